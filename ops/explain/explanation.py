"""The whole explanation of one preview, before it is written in any form.

Owns: what belongs into it, and in which order. Does not own how it looks (`markdown.py`, `text.py`, `as_dict` here).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ops.explain import cost as costs
from ops.explain import dangers as looked
from ops.explain import deliveries, details, digest, expiry, policies
from ops.explain import permissions as granted
from ops.explain.cost import Cost
from ops.explain.details import Part
from ops.explain.point import Danger, Point
from ops.explain.policies import Policies
from ops.explain.sentence import Sentence, say
from ops.prices import Usage

_ORDER = {danger: at for at, danger in enumerate(Danger)}
_UNCHANGED = frozenset({"same", "read", "refresh"})


@dataclass(frozen=True)
class Explanation:
    """What a reviewer has to know of one preview."""

    environment: str
    """As the heading names it: what was asked for, else the stack's name."""
    counts: Mapping[str, int]
    """How many resources, by the engine's word for what happens to them."""
    errors: tuple[tuple[str, ...], ...]
    """Why the preview failed: of each error its lines."""
    warnings: tuple[str, ...]
    dangers: tuple[Point, ...]
    deliveries: tuple[Point, ...]
    others: tuple[Point, ...]
    """What is kept longer, protected more or given up: worth a line, and no danger."""
    permissions: tuple[Point, ...]
    policies: Policies | None
    """None where no event log was given."""
    cost: Cost
    parts: tuple[Part, ...]
    notes: tuple[Sentence, ...]
    """What the explanation could not see."""
    simulated: bool

    @property
    def failed(self) -> bool:
        """Whether the preview ended in an error."""
        return bool(self.errors)

    @property
    def changed(self) -> int:
        """How many resources do not stay as they are."""
        return sum(count for word, count in self.counts.items() if word not in _UNCHANGED)

    @property
    def dangerous(self) -> bool:
        """Whether somebody should stop here: a danger, a failed preview, a rule that refuses it."""
        return bool(self.dangers or self.errors or (self.policies and self.policies.refused))

    def as_dict(self) -> dict[str, object]:
        """For `--format json`."""
        return {
            "environment": self.environment,
            "dangerous": self.dangerous,
            "failed": self.failed,
            "simulated": self.simulated,
            "changed": self.changed,
            "counts": dict(self.counts),
            "errors": ["\n".join(lines) for lines in self.errors],
            "warnings": list(self.warnings),
            "dangers": [point.as_dict() for point in self.dangers],
            "deliveries": [point.as_dict() for point in self.deliveries],
            "others": [point.as_dict() for point in self.others],
            "permissions": [point.as_dict() for point in self.permissions],
            "policies": self.policies.as_dict() if self.policies else None,
            "cost": self.cost.as_dict(),
            "parts": [part.as_dict() for part in self.parts],
            "notes": [str(note) for note in self.notes],
        }


def explain(
    preview: str,
    *,
    now: datetime,
    environment: str | None = None,
    events: str | None = None,
    usage: Usage | None = None,
    expiry_within: timedelta = timedelta(days=30),
) -> Explanation:
    """Explains the digest in `preview`, with the event log in `events` where there is one. Raises Problems."""
    read = digest.read(preview)
    judged = policies.read(events) if events is not None else None
    rights = granted.permissions(read)
    ending = expiry.expiring(read, now, expiry_within)
    seen = looked.dangers(read)
    found = [*seen, *rights, *ending]
    dangers = sorted(
        (point for point in found if point.danger), key=lambda point: _ORDER[point.danger or Danger.EXPIRED]
    )
    calm = tuple(point for point in seen if not point.danger)
    return Explanation(
        environment=environment or read.stack or "the stack",
        counts=read.counts,
        errors=tuple(_lines(error) for error in read.errors),
        warnings=tuple(warning.removeprefix("warning: ") for warning in dict.fromkeys(read.warnings)),
        dangers=tuple(dangers),
        deliveries=deliveries.deliveries(read),
        others=calm,
        permissions=tuple(point for point in rights if not point.danger),
        policies=judged,
        cost=costs.cost(read, usage or Usage()),
        parts=details.parts(read),
        notes=tuple(_notes(read, judged)),
        simulated=read.simulated,
    )


def _lines(error: str) -> tuple[str, ...]:
    """An error without the frames of a traceback: what happened is in its last line."""
    lines = [line.rstrip() for line in error.removeprefix("error: ").splitlines() if line.strip()]
    start = next((at for at, line in enumerate(lines) if line.startswith("Traceback ")), None)
    return tuple(lines) if start is None else (*lines[:start], lines[-1])


def _notes(read: digest.Preview, judged: Policies | None) -> list[Sentence]:
    notes: list[Sentence] = []
    if read.refreshed:
        notes.append(say("The preview compares with the clouds: what changes has changed there already"))
    if read.corrupt:
        notes.append(say("The engine says that one of the resources may be corrupt"))
    if read.unseen and len(read.changes) > 1:
        them = "resource stays as it is and is" if read.unseen == 1 else "resources stay as they are and are"
        words = (
            f"{{}} {them} not in the preview: costs leave out what is not there, and a right that it gives too is told "
            "as gained or lost. `--show-sames` puts it in"
        )
        notes.append(say(words, read.unseen))
    if judged is None:
        words = "What the policies say is not in the preview; `--events` takes the event log that has it"
        if any(error.strip() == "error: preview failed" for error in read.errors):
            words += ". A refusal by a policy looks like this failure"
        notes.append(say(words))
    counted = sum(read.counts.values())
    told = len(read.changes) + read.unseen
    if read.counts and not read.errors and counted > told:
        notes.append(say("The engine counted {} resources more than it lists", counted - told))
    return notes
