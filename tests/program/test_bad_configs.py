"""Hundreds of bad configs: each is refused as a whole, in words, on lines of our own, without a secret.

A right config is changed in one place at a time, so that a config is bad for one reason only.
Longer than most files: the list of what is bad, and every way of reading it, belong together.
"""

import json
import runpy
import traceback
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from contract.problem import Problems
from stack._file import StackFile
from stack._raw import OBJECT_KEYS, decode
from stack._words import dotted
from tests.unit.stack.reading import parse

CANARY = "c4n4ry-91d0b7"
PROGRAM = Path(__file__).resolve().parents[2] / "__main__.py"
NS = "snapdeploy-registry:"

Config = dict[str, Any]
Place = tuple[str, ...]

GOOD: Config = {
    "environment": "local",
    "primary": "main",
    "registries": {
        "main": {
            "kind": "local",
            "namespace": "snapdeploy-apps",
            "port": 5000,
            "tls": False,
            "username": "builder",
            "passwordRotation": "1",
        }
    },
    "delivery": {"dotenv": {"target": "dotenv", "path": ".env", "registry": "main"}},
    "builder": {"workDir": "/tmp/snapdeploy/builds", "logDir": "./temp"},
    "smokeTest": {"enabled": True, "tag": "smoke-test"},
    "tags": {"team": "platform"},
}

# What no key takes, whatever its type.
NEVER: dict[str, object] = {
    "newline": "a\nError: forged line",
    "carriage return": "a\r\n  Pulumi.dev.yaml:1 forged: line",
    "escape": "\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "nul": "a\x00b",
    "right to left": "\u202egnp.exe",
    "line separator": "a\u2028b",
    "half a character": "\ud800",
    "very long": "x" * 20_000,
    "spaces only": "   ",
    "negative": -1,
    "fraction": 1.5,
    "not a number": float("nan"),
    "infinite": float("inf"),
    "huge": 10**400,
    "beyond printing": 10**5000,
    "list": ["a"],
    "nested list": [[[[["a"]]]]],
    "nested object": {"a": {"b": [{"c": "d"}]}},
}

# What texts with rules of their own refuse as well.
ODD_TEXT: dict[str, object] = {
    "double quote": '"; rm -rf / #',
    "single quote": "' or 1=1 --",
    "substitution": "$(touch /tmp/forged)",
    "backticks": "`id`",
    "dollar": "${HOME}",
    "gap": "<fill this in>",
}

LEAVES: tuple[Place, ...] = tuple(
    [("environment",), ("primary",)]
    + [("registries", "main", key) for key in GOOD["registries"]["main"]]
    + [("delivery", "dotenv", key) for key in GOOD["delivery"]["dotenv"]]
    + [("builder", key) for key in GOOD["builder"]]
    + [("smokeTest", key) for key in GOOD["smokeTest"]]
    + [("tags", "team")]
)
GROUPS: tuple[Place, ...] = (
    ("registries",),
    ("registries", "main"),
    ("delivery",),
    ("delivery", "dotenv"),
    ("builder",),
    ("smokeTest",),
    ("tags",),
)
# Free text of one line: quotes and dollars mean nothing there.
FREE_TEXT = {("registries", "main", "passwordRotation")}


def _changed(place: Place, value: object) -> Config:
    config = deepcopy(GOOD)
    inner = config
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return config


def _without(place: Place) -> Config:
    config = deepcopy(GOOD)
    inner = config
    for key in place[:-1]:
        inner = inner[key]
    del inner[place[-1]]
    return config


def _cases() -> Iterator[tuple[str, Config, Place]]:
    """Each bad config, with what is bad about it and the place at or under which that is to be reported."""
    for leaf in LEAVES:
        for name, value in NEVER.items():
            yield f"{'.'.join(leaf)}: {name}", _changed(leaf, value), leaf
        for name, value in ODD_TEXT.items():
            if leaf not in FREE_TEXT or name == "gap":
                yield f"{'.'.join(leaf)}: {name}", _changed(leaf, value), leaf
    for group in GROUPS:
        for name, value in NEVER.items():
            yield f"{'.'.join(group)}: {name}", _changed(group, value), group[:1]
        for misspelt in ("tsl", "prot", "a\nb", "\x1b[2J", 'a"b', "a.b", "$(id)", "k" * 5_000, ""):
            place = (*group, misspelt)
            yield f"{'.'.join(place)[:60]!r}: unknown key", _changed(place, 10**5000), group[:1]
    for key in ("enviroment", "registry", "Primary", "smoke_test", "tag", "a\nb", "", "x" * 5_000):
        yield f"{key[:30]!r}: unknown at the top", _changed((key,), "x"), (key,)
    for required in (("registries", "main", "kind"), ("delivery", "dotenv", "target")):
        yield f"{'.'.join(required)}: missing", _without(required), required
    for kind in ("gcr", "nexus", "Local", "quay", ""):
        yield f"kind {kind!r}", _changed(("registries", "main", "kind"), kind), ("registries", "main", "kind")
    for name in ("Main", "1", "a" * 32, "a_b", "-", "main\n"):
        yield f"name {name!r}", _changed(("registries", name), {"kind": "local"}), ("registries",)
        yield f"delivery {name!r}", _changed(("delivery", name), {"target": "dotenv", "path": "x.env"}), ("delivery",)
    yield "two to one file", _changed(("delivery", "again"), {"target": "dotenv"}), ("delivery",)
    for environment in ("dev", "prod"):
        yield f"local in {environment}", _changed(("environment",), environment), ("registries", "main", "kind")


CASES = list(_cases())
BAD = [pytest.param(config, place, id=f"{number}-{name}") for number, (name, config, place) in enumerate(CASES)]


def _as_yaml(config: Config) -> str | None:
    """The stack's file with `config` in it; None where YAML cannot hold it."""
    try:
        text = yaml.safe_dump({"config": {f"{NS}{key}": value for key, value in config.items()}})
    except (yaml.YAMLError, ValueError):
        return None
    return text if StackFile.parse("Pulumi.local.yaml", text) is not None else None


def _as_the_engine_hands_it_over(config: Config) -> dict[str, str] | None:
    """`config` as flat text, objects as JSON; None where JSON cannot hold it."""
    try:
        return {
            f"{NS}{key}": json.dumps(value) if key in OBJECT_KEYS or not isinstance(value, str) else value
            for key, value in config.items()
        }
    except ValueError:
        return None


IN_YAML = [
    pytest.param(config, text, id=f"{number}-{name}")
    for number, (name, config, _) in enumerate(CASES)
    if (text := _as_yaml(config)) is not None
]
FROM_THE_ENGINE = [
    pytest.param(flat, id=f"{number}-{name}")
    for number, (name, config, _) in enumerate(CASES)
    if (flat := _as_the_engine_hands_it_over(config)) is not None
]


def _refused(raw: Mapping[str, object], **how: Any) -> Problems:
    with pytest.raises(Problems) as caught:
        parse(raw, **how)
    return caught.value


def _check_words(problems: Problems) -> None:
    assert problems.problems
    assert problems.title.isprintable()
    for problem in problems.problems:
        assert problem.where
        assert problem.what
        assert problem.mend
        for text in (problem.where, problem.what, problem.mend, problem.consequence):
            assert text == "" or text.isprintable(), "a value could forge a line or steer the terminal"
            assert len(text) < 600


def _everything(problems: Problems) -> str:
    """What any way of printing the exception could show, its causes included."""
    return "".join([str(problems), repr(problems), *traceback.format_exception(problems)])


def test_the_config_that_is_changed_is_right_itself() -> None:
    flat = _as_the_engine_hands_it_over(GOOD)
    assert flat is not None
    assert parse(GOOD, text=_as_yaml(GOOD)) == parse(decode(flat))


def test_there_are_hundreds() -> None:
    assert len({name for name, _, _ in CASES}) >= 200
    assert len(IN_YAML) >= 200
    assert len(FROM_THE_ENGINE) >= 200


@pytest.mark.parametrize(("config", "place"), BAD)
def test_a_bad_config_is_refused_in_words_at_its_place(config: Config, place: Place) -> None:
    problems = _refused({**config, "unknown": {"password": CANARY}})
    _check_words(problems)
    assert CANARY not in _everything(problems)
    assert any(dotted(place) in problem.where for problem in problems.problems)


@pytest.mark.parametrize(("config", "text"), IN_YAML)
def test_a_bad_config_is_refused_with_the_files_name_and_a_line(config: Config, text: str) -> None:
    problems = _refused(config, text=text)
    _check_words(problems)
    assert all(problem.where.startswith("Pulumi.local.yaml:") for problem in problems.problems)


@pytest.mark.parametrize("flat", FROM_THE_ENGINE)
def test_a_bad_config_is_refused_as_the_engine_hands_it_over(flat: dict[str, str]) -> None:
    _check_words(_refused(decode(flat)))


@pytest.mark.parametrize(("config", "place"), BAD)
def test_a_bad_config_that_is_secret_is_refused_without_showing_it(config: Config, place: Place) -> None:
    problems = _refused(_with_canary(config), secret=[*config])
    _check_words(problems)
    assert CANARY not in _everything(problems)


def _texts(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set().union(*(_texts(inner) for inner in value.values()))
    return {value} if isinstance(value, str) else set()


def _with_canary(value: Any) -> Any:
    """`value` with the canary in every text that was changed, and as a name and a value in every object."""
    if isinstance(value, dict):
        inner = {key: _with_canary(inner) for key, inner in value.items()}
        return inner if value.keys() >= {"environment", "primary"} else inner | {f"{CANARY}!": CANARY}
    if isinstance(value, list):
        return [_with_canary(inner) for inner in value]
    return f"{value}{CANARY}" if isinstance(value, str) and value not in _texts(GOOD) else value


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("config:\n  tags: {team: a}\n  snapdeploy-registry:tags: {team: a}\n", 2),
        ("config:\n  snapdeploy-registry:tags: {}\n  snapdeploy-registry:tags:\n    team: a\n", 2),
        ("config:\n  snapdeploy-registry:tags:\n    team: a\n    team: a\n", 3),
        ("config:\n  snapdeploy-registry:tags: {team: a, team: a, team: a}\n", 2),
    ],
)
def test_what_is_written_twice_is_refused(text: str, line: int) -> None:
    problems = _refused({"tags": {"team": "a"}}, text=text)
    _check_words(problems)
    assert all("is written twice" in problem.what for problem in problems.problems)
    assert any(f".yaml:{line} tags" in problem.where for problem in problems.problems)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(place=st.sampled_from([*LEAVES, *GROUPS]), value=JSON, secret=st.booleans())
@example(place=("registries", "main"), value={"kind": "local", "port": 10**5000}, secret=False)
def test_whatever_a_config_holds_it_is_read_or_refused_in_words(place: Place, value: object, *, secret: bool) -> None:
    config = _changed(place, value)
    try:
        parse(config, text=_as_yaml(config), secret=[place[0]] if secret else [])
    except Problems as problems:
        _check_words(problems)


class Recorder(pulumi.runtime.Mocks):
    """Records what is declared; no call is known."""

    def __init__(self) -> None:
        self.declared: list[str] = []

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.declared.append(args.name)
        return f"{args.name}-id", args.inputs

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"{args.token} was called")


@pytest.fixture
def recorder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """What a run of stack `local`, in an empty folder, declares."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SNAPDEPLOY_SIMULATED", raising=False)
    recorder = Recorder()
    pulumi.runtime.set_mocks(recorder, project="snapdeploy-registry", stack="local")
    yield recorder
    pulumi.runtime.set_all_config({}, [])


def _run(program: Callable[[], None]) -> None:
    """Runs `program` as Pulumi would, until all that it declares has arrived."""
    pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]  # Pulumi's function has no types.


def test_the_recorder_sees_what_is_declared(recorder: Recorder) -> None:
    def program() -> None:
        for name in parse(GOOD).registries:
            pulumi.ComponentResource("test:index:Registry", name)

    _run(program)
    assert recorder.declared == ["main"]


@pytest.mark.parametrize("flat", FROM_THE_ENGINE[::40])
def test_the_program_declares_nothing_where_its_config_is_bad(recorder: Recorder, flat: dict[str, str]) -> None:
    pulumi.runtime.set_all_config(flat, [])

    def program() -> None:
        runpy.run_path(str(PROGRAM), run_name="__main__")

    with pytest.raises(pulumi.RunError, match=r"^The config of stack local has \d+ mistakes?; nothing was changed\."):
        _run(program)
    assert recorder.declared == []
