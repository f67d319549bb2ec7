"""docs/harbor-kubernetes.md: its blocks of config are read as they stand, in order, as one who follows it would."""

import copy
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.harbor.kubernetes.secrets import Name
from components.harbor.kubernetes.settings import KubernetesSettings, Part
from stack.settings import StackSettings, parse

ROOT = Path(__file__).resolve().parents[5]
PAGE = (ROOT / "docs" / "harbor-kubernetes.md").read_text(encoding="utf-8")
BLOCKS = [yaml.safe_load(block)["config"] for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
REGISTRIES = "snapdeploy-registry:registries"
WHOLE = "snapdeploy-registry:environment"
"""A block with this key is a whole file; any other is added to what stood before."""


def _opened(value: Any) -> Any:
    """`value` with encrypted values as a simulated run sees them."""
    if isinstance(value, Mapping):
        return "simulated-secret" if set(value) == {"secure"} else {key: _opened(inner) for key, inner in value.items()}
    return value


def _added(before: Any, block: Any) -> Any:
    """`before` with `block` written into it; an empty mapping takes the place of what stood there."""
    if not isinstance(before, Mapping) or not isinstance(block, Mapping) or not block:
        return copy.deepcopy(block)
    return {**before, **{key: _added(before.get(key), inner) for key, inner in block.items()}}


def _files() -> Iterator[dict[str, Any]]:
    """The stack's file after each block."""
    file: dict[str, Any] = {}
    for block in BLOCKS:
        file = copy.deepcopy(block) if WHOLE in block else _added(file, block)
        yield file


FILES = list(_files())


def read(file: Mapping[str, Any]) -> StackSettings:
    raw = {key.removeprefix("snapdeploy-registry:"): _opened(value) for key, value in file.items()}
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
