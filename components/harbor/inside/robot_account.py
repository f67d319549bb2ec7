"""A robot account as Harbor is told of it.

Owns: its name, its level, and the least that it may do. Does not own making it (`robots.py`). Pure.
"""

from dataclasses import dataclass
from typing import Any

PREFIX = "robot$"
"""What Harbor puts before a robot's name: `configuration.py` sees to it."""

# The least that pushes, pulls and lists. https://goharbor.io/docs/2.14.0/administration/robot-accounts/
_PUSHES = (
    ("repository", "push"),
    ("repository", "pull"),
    ("artifact", "read"),
    ("artifact", "list"),
    ("tag", "create"),
    ("tag", "list"),
)
_PULLS = (("repository", "pull"),)


@dataclass(frozen=True)
class Account:
    """One robot. Harbor lets a project's robot into that project only: with caches to pull from it is the system's."""

    project: str
    number: int
    """The project's, in Harbor."""
    caches: tuple[str, ...]
    """The projects that it may pull from besides."""
    days: int
    slot: str

    @property
    def project_id(self) -> int | None:
        """Whose robot it is: the project's number, or None where it is the system's."""
        return None if self.caches else self.number

    @property
    def name(self) -> str:
        """Its name as it is given."""
        own = f"builder-{self.slot}"
        return f"{self.project}-{own}" if self.caches else own

    @property
    def whole_name(self) -> str:
        """Its name as Harbor has it, which is the user name."""
        return f"{PREFIX}{self.name}" if self.caches else f"{PREFIX}{self.project}+{self.name}"

    def body(self, description: str) -> dict[str, Any]:
        """What Harbor is sent to make it."""
        return {
            "name": self.name,
            "description": description,
            "level": "system" if self.caches else "project",
            "duration": self.days,
            "disable": False,
            "permissions": [
                _permission(self.project, _PUSHES),
                *(_permission(cache, _PULLS) for cache in self.caches),
            ],
        }


def mark(owner: str) -> str:
    """What is said of a robot, by which it is known again as `owner`'s."""
    return f"Pushes for {owner}; made and ended by `pulumi up`"


def _permission(project: str, allowed: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    access = [{"resource": resource, "action": action} for resource, action in allowed]
    return {"kind": "project", "namespace": project, "access": access}
