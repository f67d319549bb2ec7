"""What EC2's types have, what Harbor asks for, and whose images are used: the dated file beside this one, read.

Owns: reading `instance_types.yaml`. Does not own what follows from it (`settings.py`, `server.py`). Pure.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("instance_types.yaml")


@dataclass(frozen=True)
class Size:
    """How big a server is."""

    cpus: int
    """Virtual CPUs."""
    memory: int
    """GiB."""


@dataclass(frozen=True)
class Need:
    """What Harbor asks of a server and of its data disk."""

    size: Size
    disk: int
    """GiB."""


@dataclass(frozen=True)
class Images:
    """Where the operating system's images are found."""

    owner: str
    """The publisher's account."""
    name: str
    """The images' names; `*` stands for the date."""


def size_of(type_: str) -> Size | None:
    """How big an instance type is; None where the file does not know it."""
    found = document()["types"].get(type_)
    return Size(*found) if found else None


def minimum() -> Need:
    """Below this Harbor's documentation promises nothing."""
    return _need("minimum")


def recommended() -> Need:
    """What Harbor's documentation recommends."""
    return _need("recommended")


def images(partition: str) -> Images:
    """The images of Ubuntu Server 24.04 LTS for amd64 in `partition`."""
    found = document()["images"]
    return Images(found["owners"][partition], found["name"])


def _need(which: str) -> Need:
    found = document()["harbor"][which]
    return Need(Size(found["cpus"], found["memoryGib"]), found["diskGib"])


@cache
def document() -> dict[str, Any]:
    """The file as it is."""
    found: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found
