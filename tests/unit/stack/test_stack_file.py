"""That a line is given where it is certain, and none where it is not."""

from pathlib import Path

import pytest

from stack._file import StackFile, Twice

TEXT = """\
# A comment, so that lines do not begin at the first.
config:
  aws:region: eu-central-1
  snapdeploy-registry:environment: dev
  registries:
    main:
      kind: local
      password:
        secure: v1:abc
  snapdeploy-registry:tags: {team: a}
"""
RAW = {
    "environment": "dev",
    "registries": {"main": {"kind": "local", "password": "plain"}},
    "tags": {"team": "a"},
}


def _file(text: str = TEXT) -> StackFile:
    file = StackFile.parse("Pulumi.dev.yaml", text)
    assert file is not None
    return file


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("environment",), 4),
        (("registries",), 5),
        (("registries", "main", "kind"), 7),
        (("registries", "main", "port"), 6),
        (("registries", "main", "password", "deeper"), 8),
        (("tags", "team"), 10),
        (("primary",), None),
        (("region",), None),
    ],
)
def test_a_line_is_that_of_the_key_or_of_the_nearest_above(place: tuple[str, ...], line: int | None) -> None:
    assert _file().line(place) == line


def test_only_what_is_written_is_there() -> None:
    assert _file().has(("registries", "main", "kind"))
    assert not _file().has(("registries", "main", "port"))


def test_what_is_encrypted_is_secret_and_its_neighbours_are_not() -> None:
    assert _file().is_secret(("registries", "main", "password"))
    assert not _file().is_secret(("registries", "main", "kind"))


def test_a_registry_called_secure_is_no_secret() -> None:
    file = _file("config:\n  registries:\n    secure: {kind: local}\n")
    assert not file.is_secret(("registries", "secure", "kind"))


def test_the_file_in_use_is_known_by_its_keys_and_texts() -> None:
    assert _file().describes(RAW)
    assert _file().describes({**RAW, "delivery": {}})


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {**RAW, "environment": "prod"},
        {**RAW, "registries": {"other": {"kind": "local"}}},
        {**RAW, "tags": {"team": "b"}},
        {**RAW, "tags": 5},
    ],
)
def test_another_file_than_the_one_in_use_is_not_taken_for_it(raw: dict[str, object]) -> None:
    assert not _file().describes(raw)


def test_numbers_dates_and_merged_keys_may_be_written_in_the_engines_way() -> None:
    file = _file("config:\n  tags: {a: 2026-11-01, b: 010, c: yes}\n  registries: {<<: {}, x: {}}\n")
    tags = {"a": "2026-11-01 00:00:00 +0000 UTC", "b": 8, "c": "yes"}
    assert file.describes({"tags": tags, "registries": {"y": {}}})


def test_keys_written_twice_are_found_with_and_without_the_namespace() -> None:
    file = _file("config:\n  tags: {a: x, a: y}\n  snapdeploy-registry:tags: {}\n  aws:tags: {}\n")
    assert set(file.twice()) == {Twice(("tags",), 3, 2), Twice(("tags", "a"), 2, 2)}


def test_an_anchor_that_contains_itself_ends() -> None:
    file = _file("config:\n  tags: &a\n    b: *a\n")
    assert list(file.twice()) == []
    assert file.line(("tags", "b", "b", "b")) == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "config: 5",
        "other: {}",
        "config: [",
        "a: b: c",
        "\x00",
        "[" * 5000,
        "config: {a: " + "[" * 30_000 + "]" * 30_000 + "}",
        "--- {}\n--- {}\n",
        "config: {a: \ud800}",
    ],
)
def test_what_is_no_stack_file_is_none(text: str) -> None:
    assert StackFile.parse("Pulumi.dev.yaml", text) is None


def test_a_file_nested_as_deep_as_can_be_read_is_compared_without_an_error() -> None:
    depth = 150
    file = _file("config:\n  tags: " + "{a: " * depth + "{}" + "}" * depth)
    value: dict[str, object] = {}
    for _ in range(depth):
        value = {"a": value}
    assert file.describes({"tags": value})
    assert not file.describes({"tags": value["a"]})


def test_its_representation_shows_nothing_of_what_is_in_it() -> None:
    assert repr(_file()) == "StackFile(name='Pulumi.dev.yaml')"


def test_a_file_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    assert StackFile.read(tmp_path / "absent.yaml") is None
    assert StackFile.read(tmp_path) is None
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    assert StackFile.read(binary) is None
    huge = tmp_path / "huge.yaml"
    huge.write_text(TEXT + "#" * (1 << 16))
    assert StackFile.read(huge) is None


def test_a_file_that_can_be_read_goes_by_its_name_alone(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text(TEXT)
    file = StackFile.read(tmp_path / "Pulumi.dev.yaml")
    assert file is not None
    assert file.name == "Pulumi.dev.yaml"
