"""What a report may show: what the user wrote, on one line; and never a secret, not even by its name."""

import pytest
from pydantic import Field, SecretStr

from components._settings import Settings
from contract.problem import Problem, Problems
from stack._file import StackFile
from stack._groups import BuilderSettings
from stack._models import read
from stack._report import Report
from stack._words import dotted, line_of_yaml, nearest, shown
from tests.unit.stack.reading import mistake, mistakes

CANARY = "c4n4ry-7f3a"


class Inner(Settings):
    """A group inside a group."""

    token: SecretStr = Field(description="a token", examples=["x"], min_length=100)
    size: int = Field(default=1, description="a size", examples=[3])


class Outer(Settings):
    """A kind that has a secret."""

    inner: Inner | None = Field(default=None, description="the group", examples=[{}])
    token: SecretStr | None = Field(default=None, description="a token", examples=["x"])
    word: str = Field(default="", description="a word", examples=["x"], max_length=40)


def _problems(block: dict[str, object], *, secret: frozenset[str] = frozenset()) -> tuple[Problem, ...]:
    report = Report(stack="dev", file=None, secret_keys=secret)
    assert read(Outer, block, ("registries", "main"), report) is None
    with pytest.raises(Problems) as caught:
        report.raise_if_any()
    return caught.value.problems


@pytest.mark.parametrize(
    "block",
    [
        {"token": [CANARY]},
        {"token": {"a": CANARY}},
        {"inner": {"token": CANARY}},
        {"inner": {"token": [CANARY]}},
        {"inner": CANARY, "token": 5},
        {"tokn": CANARY},
        {"inner": {"token": "x" * 100, "tokn": CANARY}},
        {"word": {"a": CANARY}},
        {"word": [CANARY]},
    ],
)
def test_a_secret_field_and_an_unknown_key_never_show_their_value(block: dict[str, object]) -> None:
    # The third of these is a text where a group belongs: shown it would be, were it not for the mark below.
    secret = frozenset({"registries"}) if isinstance(block.get("inner"), str) else frozenset[str]()
    problems = _problems(block, secret=secret)
    assert CANARY not in "".join(str(problem) for problem in problems)


def test_a_secret_field_is_told_how_to_be_set() -> None:
    (problem,) = _problems({"inner": {"token": "short"}})
    assert problem.mend == "run `pulumi config set --secret --path 'registries.main.inner.token'`"


def test_an_unknown_key_in_a_group_is_told_of_that_groups_keys() -> None:
    (problem,) = _problems({"inner": {"token": "x" * 100, "sise": 5}})
    assert problem.where.endswith("registries.main.inner.sise")
    assert problem.mend == "write `size` instead of `sise`"


def test_a_missing_key_is_told_what_to_write() -> None:
    (problem,) = _problems({"inner": {}})
    assert problem.where.endswith("inner.token")
    assert problem.what == "is missing"


@pytest.mark.parametrize(
    "raw",
    [
        {"environment": CANARY},
        {"primary": CANARY},
        {"registries": CANARY},
        {"registries": {"main": {"kind": CANARY}}},
        {"registries": {"main": CANARY}},
        {"registries": {"main": {"kind": "local", "username": CANARY.upper()}}},
        {"registries": {"main": {"kind": "local", "port": CANARY}}},
        {"registries": {"main": {"kind": "local", CANARY: 1}}},
        {"registries": {f"{CANARY}!": {"kind": "local"}}},
        {"registries": {CANARY: {"kind": "local"}, "other": {"kind": "local"}}},
        {"registries": {CANARY: {"kind": "local"}}, "primary": CANARY[:-1]},
        {"registries": {CANARY: {"kind": "local"}}, "delivery": {"a": {"target": "dotenv", "registry": "x"}}},
        {"delivery": {CANARY: {"target": "dotenv"}, "b": {"target": "dotenv"}}},
        {"builder": {"workDir": f"{CANARY}\n"}},
        {"smokeTest": {"tag": f"{CANARY} "}},
        {"tags": {"team": f"{CANARY}$"}},
        {"tags": {f"{CANARY}$": "x"}},
        {"tags": {"team": f"your-{CANARY}"}},
    ],
)
def test_under_a_secret_key_neither_values_nor_names_are_shown(raw: dict[str, object]) -> None:
    problems = mistakes(raw, secret=set(raw))
    assert CANARY not in "".join(str(problem) for problem in problems).lower()


def test_a_quoted_number_under_a_secret_key_is_not_repeated_without_its_quotes() -> None:
    problem = mistake({"registries": {"main": {"kind": "local", "port": "54321"}}}, secret={"registries"})
    assert "54321" not in str(problem)


@pytest.mark.parametrize(
    ("raw", "key", "resembled"),
    [
        ({"registries": {"main": {"kind": "local", "usernam": 1}}}, "registries", "`username`"),
        ({"primary": "mian"}, "primary", "`primary: main`"),
        ({"registries": {"main": {"kind": "lokal"}}, "environment": "dev"}, "registries", "`kind: local`"),
        ({"environment": "prd"}, "environment", "prod`"),
    ],
)
def test_what_is_hidden_is_not_told_by_what_it_resembles(raw: dict[str, object], key: str, resembled: str) -> None:
    assert resembled in "".join(problem.mend for problem in mistakes(raw))
    assert resembled not in "".join(problem.mend for problem in mistakes(raw, secret={key}))


def test_names_that_the_file_holds_in_plain_are_shown_beside_a_secret() -> None:
    text = "config:\n  registries:\n    main:\n      kind: local\n      port: 80\n      token: {secure: v1:x}\n"
    raw = {"registries": {"main": {"kind": "local", "port": 80, "token": CANARY}}}
    port, token = mistakes(raw, secret={"registries"}, text=text)
    assert port.where == "Pulumi.local.yaml:5 registries.main.port"
    assert token.where == "Pulumi.local.yaml:6 registries.main.token"
    assert CANARY not in f"{port}{token}"


def test_what_the_file_encrypts_is_hidden_even_where_the_key_is_not_marked() -> None:
    file = StackFile.parse("Pulumi.dev.yaml", "config:\n  tags:\n    team: {secure: v1:x}\n")
    report = Report(stack="dev", file=file, secret_keys=())
    assert CANARY not in report.value(("tags", "team"), CANARY)
    assert CANARY in report.value(("tags", "other"), CANARY)


def test_text_where_an_object_belongs_is_not_shown_since_it_may_hold_secrets() -> None:
    assert CANARY not in str(mistake({"registries": f'{{"main": {{"password": "{CANARY}"'}))


@pytest.mark.parametrize(
    "value",
    [
        f"ghp_{CANARY}",
        f"github_pat_{CANARY}",
        f"dckr_pat_{CANARY}",
        f"glpat-{CANARY}",
        f"AKIA{CANARY}",
        f"eyJ{CANARY}",
        f"https://user:{CANARY}@host",
    ],
)
def test_what_looks_like_a_credential_is_not_shown_wherever_it_stands(value: str) -> None:
    assert CANARY not in str(mistake({"registries": {"main": {"kind": "local", "username": f"{value} "}}}))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (True, "`true`"),
        (False, "`false`"),
        (5, "`5`"),
        pytest.param(10**5000, "a number of more than 75 digits", id="huge"),
        pytest.param(-(10**5000), "a number of more than 75 digits", id="huge and negative"),
        ({"a": 1}, "an object of 1"),
        ([1, 2], "a list of 2"),
        (BuilderSettings(work_dir="/tmp"), "an object of 1"),
        ("", "an empty text"),
        ("a\nb", "the text `a\\nb`"),
        ("\x1b[31m", "the text `\\x1b[31m`"),
    ],
)
def test_values_are_shown_on_one_line(value: object, words: str) -> None:
    assert shown(value) == words


def test_a_long_value_is_cut() -> None:
    assert len(shown("x" * 100_000)) < 100


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (("registries", "main", "port"), "registries.main.port"),
        (("tags", "a.b"), 'tags["a.b"]'),
        (("tags", 'a"b'), 'tags["a\\"b"]'),
        (("tags", "a\nb: forged"), 'tags["a\\nb: forged"]'),
    ],
)
def test_a_place_is_written_as_pulumi_takes_it(place: tuple[str, ...], text: str) -> None:
    assert dotted(place) == text


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("main", "k: main"),
        (".env", "k: .env"),
        ("2026-11", 'k: "2026-11"'),
        ("yes", 'k: "yes"'),
        (5, "k: 5"),
        (False, "k: false"),
        ("a: b", 'k: "a: b"'),
    ],
)
def test_what_is_offered_to_write_is_read_as_meant(value: object, line: str) -> None:
    assert line_of_yaml("k", value) == line


def test_a_suggestion_is_made_for_a_slip_and_for_nothing_else() -> None:
    words = ["tls", "port", "namespace"]
    assert nearest("tsl", words) == "tls"
    assert nearest("nameSpace", words) == "namespace"
    assert nearest("colour", words) is None
    assert nearest("x" * 1_000_000, words) is None
