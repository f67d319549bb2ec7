"""The chart's own words: the paths of its values, and the passwords that it publishes as defaults.

Owns: reading the dated lists beside this file, and taking values apart into paths. Does not own: the chart, which is
not kept here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Default:
    """A default that everybody can read."""

    path: str
    value: str
    replaced: str
    """The path whose value makes it count for nothing."""


def paths() -> frozenset[str]:
    """The paths of the chart's values that are set here."""
    return frozenset(path for listed in _paths()["paths"].values() for path in listed)


def free() -> frozenset[str]:
    """The paths of maps whose keys are not the chart's: annotations, resources."""
    return frozenset(_paths()["free"])


def defaults() -> list[Default]:
    """The chart's public passwords and keys."""
    document = yaml.safe_load((_HERE / "defaults.yaml").read_text(encoding="utf-8"))
    return [Default(**entry) for entry in document["defaults"]]


def leaves(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Each value with its path; what lies under one of the `free` paths is one value."""
    for name, value in values.items():
        path = f"{before}{name}"
        if isinstance(value, Mapping) and path not in free():
            yield from leaves(value, f"{path}.")
        else:
            yield path, value


@cache
def _paths() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((_HERE / "paths.yaml").read_text(encoding="utf-8"))
    return document
