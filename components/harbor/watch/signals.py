"""What is measured of a Harbor, and when it wakes somebody: the table `signals.yaml`, read.

Owns: the table's types, and what a stack changes of it. Does not own: measuring (`boot/files/lib/measure.py`),
or alarms as a cloud has them (`aws.py`, `google.py`). Pure.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from components._slug import slug

if TYPE_CHECKING:
    from components.harbor.watch.settings import WatchSettings

EVERY_MINUTES = 5
"""How often the server measures: `snapdeploy-harbor-measure.timer`."""
NAMESPACE = "SnapDeploy/Harbor"
"""CloudWatch's namespace; `wanted.py` tells the server."""
GOOGLE = "custom.googleapis.com/snapdeploy/harbor"
"""What every metric's type begins with at Cloud Monitoring; `measure.py` writes there."""
RUNBOOKS, PAGE = "docs/harbor-runbooks.md", "docs/harbor-watch.md"
_TABLE = Path(__file__).with_name("signals.yaml")


class Breach(StrEnum):
    """On which side of the threshold it is bad."""

    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True)
class Signal:
    """One thing that is measured, and when it is bad."""

    name: str
    """The metric's name in both clouds."""
    unit: str
    means: str
    breach: Breach
    threshold: float
    minutes: int
    """For how long it has to be bad; a multiple of `EVERY_MINUTES`."""
    missing: bool
    """Whether no data is bad."""
    action: str
    runbook: str
    """The section of the runbooks; empty: there is no more to it than `action`."""

    @property
    def key(self) -> str:
        """The name in a stack's config."""
        return self.name[0].lower() + self.name[1:]

    @property
    def role(self) -> str:
        """The name in names of resources: `disk-used-percent`."""
        return "".join(f"-{one.lower()}" if one.isupper() else one for one in self.name).lstrip("-")

    @property
    def samples(self) -> int:
        """How many measurements in a row have to be bad."""
        return self.minutes // EVERY_MINUTES

    @property
    def bound(self) -> str:
        """The threshold as text."""
        return f"{self.threshold:g}"

    def title(self, registry: str) -> str:
        """The alarm in one line."""
        return f"{registry}: {self.name} {self.breach} {self.bound} {self.unit} for {self.minutes} minutes"

    def text(self) -> str:
        """What it means and what to do, for the person whom it wakes."""
        more = f" More: {RUNBOOKS}, {self.runbook}." if self.runbook else ""
        return f"{self.name}: {self.means}. Do: {self.action}.{more} See {PAGE}."


@cache
def table() -> tuple[Signal, ...]:
    """The whole table, in its order."""
    read: dict[str, Any] = yaml.safe_load(_TABLE.read_text(encoding="utf-8"))
    return tuple(
        Signal(**{"missing": False, **entry, "breach": Breach(entry["breach"]), "threshold": float(entry["threshold"])})
        for entry in read["signals"]
    )


def signals(settings: "WatchSettings") -> tuple[Signal, ...]:
    """The signals that have an alarm, with the thresholds that were asked for."""
    found: list[Signal] = []
    for signal in table():
        told = settings.signals.get(signal.key)
        if told is None:
            found.append(signal)
        elif told.alarm:
            found.append(signal if told.threshold is None else replace(signal, threshold=told.threshold))
    return tuple(found)


def prefix(registry: str) -> str:
    """Before every name in the cloud; `registry` is `<stack>/<name>`."""
    return f"{slug(registry)}-watch"
