"""What a plan of Docker Hub includes, from the dated file beside this one.

Owns: reading the file. Does not own the limits as they are at this moment: a registry tells
those itself (`oci/pull_limit.py`).
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("plans.yaml")


class Plan(StrEnum):
    """The plans, as Docker names them."""

    PERSONAL = "personal"
    PRO = "pro"
    TEAM = "team"
    BUSINESS = "business"


@dataclass(frozen=True)
class Limits:
    """What one plan includes; None is no limit but fair use."""

    plan: Plan
    private_repositories: int | None
    pulls: int | None
    window_hours: int | None
    as_of: str
    source: str

    def report(self) -> dict[str, Any]:
        """For the stack's outputs."""
        return {
            "plan": str(self.plan),
            "private_repositories": self.private_repositories,
            "pulls": self.pulls,
            "window_hours": self.window_hours,
            "as_of": self.as_of,
            "source": self.source,
        }


def limits(plan: Plan) -> Limits:
    """What `plan` includes."""
    document = _document()
    entry = document["plans"][str(plan)]
    return Limits(
        plan,
        entry["privateRepositories"],
        entry["pulls"],
        entry["windowHours"],
        str(document["asOf"]),
        document["source"],
    )


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return document
