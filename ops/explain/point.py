"""What the explanation is made of: points, each one sentence about one thing."""

from dataclasses import dataclass, field
from enum import StrEnum

from ops.explain.sentence import Sentence


class Danger(StrEnum):
    """Why a point stands before all others; in this order."""

    LOST = "data lost"
    PUBLIC = "made public"
    WIDENED = "permission widened"
    UNSEEN = "permission that cannot be seen yet"
    LIFTED = "protection lifted"
    LONG_LIVED = "long-lived key"
    ENCRYPTION = "encryption changed"
    SHORTENED = "kept for a shorter time"
    REPLACED = "replaced"
    DELETED = "deleted"
    EXPIRED = "credential ends"


@dataclass(frozen=True)
class Point:
    """One thing to know."""

    sentence: Sentence
    urn: str = ""
    """The resource, where it is about one."""
    danger: Danger | None = None
    facts: dict[str, object] = field(default_factory=dict, hash=False, compare=False)
    """The same for a program, where there is more to it than the sentence."""

    def as_dict(self) -> dict[str, object]:
        """For `--format json`."""
        return {
            "text": str(self.sentence),
            "urn": self.urn or None,
            "danger": str(self.danger) if self.danger else None,
            **self.facts,
        }
