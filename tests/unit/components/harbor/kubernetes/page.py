"""docs/harbor-kubernetes.md as a file of config that grows: one after each of its blocks, as one who follows it has.

Owns: reading the page. Does not own: what is expected of it.
"""

import copy
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[5]
PAGE = (ROOT / "docs" / "harbor-kubernetes.md").read_text(encoding="utf-8")
REGISTRIES = "snapdeploy-registry:registries"
WHOLE = "snapdeploy-registry:environment"
"""A block with this key is a whole file; any other is added to what stood before."""


def files() -> Iterator[dict[str, Any]]:
    """The config after each block, where secrets are as a simulated run sees them."""
    file: dict[str, Any] = {}
    for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL):
        block = _opened(yaml.safe_load(text)["config"])
        file = copy.deepcopy(block) if WHOLE in block else _added(file, block)
        yield copy.deepcopy(file)


def _opened(value: Any) -> Any:
    if isinstance(value, Mapping):
        return "simulated-secret" if set(value) == {"secure"} else {key: _opened(inner) for key, inner in value.items()}
    return value


def _added(before: Any, block: Any) -> Any:
    """`before` with `block` written into it; an empty mapping takes the place of what stood there."""
    if not isinstance(before, Mapping) or not isinstance(block, Mapping) or not block:
        return copy.deepcopy(block)
    return {**before, **{key: _added(before.get(key), inner) for key, inner in block.items()}}
