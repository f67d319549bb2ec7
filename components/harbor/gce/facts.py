"""What Google's machine types have, what Harbor asks for, and what a server boots from: the dated file, read.

Owns: reading `machine_types.yaml`. Does not own what follows from it (`settings.py`, `server.py`). Pure.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("machine_types.yaml")


@dataclass(frozen=True)
class Size:
    """How big a server is."""

    cpus: int
    """Virtual CPUs."""
    memory: float
    """GiB."""

    def __str__(self) -> str:
        return f"{self.cpus} CPUs and {self.memory:g} GiB of memory"


@dataclass(frozen=True)
class Need:
    """What Harbor asks of a server and of its data disk."""

    size: Size
    disk: int
    """GiB."""


def size_of(machine_type: str) -> Size | None:
    """How big a machine type is; None where the file does not know it."""
    found = document()["types"].get(machine_type)
    return Size(*found) if found else None


def unusable(machine_type: str) -> str:
    """Why no server can be of that type, as the rest of a sentence about it; empty where one can."""
    series, refused = machine_type.partition("-")[0], document()["refused"]
    if series in refused["arm"]:
        return "has processors that are Arm: neither the image nor Harbor's installer would run"
    if series in refused["withoutPersistentDisk"]:
        return "takes Hyperdisk only, and the server's disks are balanced persistent disks"
    return ""


def minimum() -> Need:
    """Below this Harbor's documentation promises nothing."""
    return _need("minimum")


def recommended() -> Need:
    """What Harbor's documentation recommends."""
    return _need("recommended")


def image() -> str:
    """The family of images whose newest a new server boots from."""
    return str(document()["image"]["name"])


def iap_range() -> str:
    """The network that IAP's forwarding of TCP comes from."""
    return str(document()["iap"]["range"])


def _need(which: str) -> Need:
    found = document()["harbor"][which]
    return Need(Size(found["cpus"], found["memoryGib"]), found["diskGib"])


@cache
def document() -> dict[str, Any]:
    """The file as it is."""
    found: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found
