"""docs/harbor-kubernetes.md: its blocks of config are read as they stand, in order, as one who follows it would."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from components.harbor.kubernetes.secrets import Name
from components.harbor.kubernetes.settings import KubernetesSettings, Part
from stack.settings import StackSettings, parse
from tests.unit.components.harbor.kubernetes.page import PAGE, REGISTRIES, files

FILES = list(files())


def read(file: Mapping[str, Any]) -> StackSettings:
    raw = {key.removeprefix("snapdeploy-registry:"): value for key, value in file.items()}
    return parse(raw, stack="prod", file=None, simulated=True)


@pytest.mark.parametrize("step", range(len(FILES)))
def test_the_file_is_accepted_after_each_block(step: int) -> None:
    assert read(FILES[step]).registries


def test_the_steps_of_the_move_go_from_the_server_to_the_cluster() -> None:
    """Who is delivered, and which registries there are, after each step."""
    told = [read(file) for file in FILES[1:]]
    steps = [(each.primary, sorted(each.registries)) for each in told]
    assert steps == [
        ("main", ["main"]),
        ("main", ["main", "standby"]),
        ("main", ["main", "standby"]),
        ("standby", ["main", "standby"]),
        ("standby", ["main", "standby"]),
        ("standby", ["main", "standby"]),
        ("standby", ["standby"]),
    ]
    copies = [file[REGISTRIES]["main"].get("replication", {}) for file in FILES[2:7]]
    assert [len(each) for each in copies] == [0, 2, 2, 2, 0]


def test_the_standby_is_the_same_before_and_after() -> None:
    assert FILES[2][REGISTRIES]["standby"] == FILES[-1][REGISTRIES]["standby"]


def test_every_key_is_explained() -> None:
    explained = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    assert {field.alias or name for name, field in KubernetesSettings.model_fields.items()} <= explained
    assert all(f"`{part}`" in PAGE for part in Part)


def test_every_secret_is_named() -> None:
    assert [name for name in Name if f"`{name}`" not in PAGE] == []
