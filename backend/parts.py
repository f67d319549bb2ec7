"""What a backend is made of, part by part: how each is found, and what is done about it. Pure.

Owns: the order of looking before doing, and the outcome of each part. Does not own any cloud. A part is made where it
is missing, made stronger where it is weak, and left alone where it is as strong or stronger: running it again changes
nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What came of one part."""

    SOUND = "as it should be"
    WOULD = "would be done"
    DONE = "done"


@dataclass(frozen=True)
class Part:
    """One part of a backend; `missing` tells what is to be done, or None where nothing is, and `make` does it."""

    name: str
    missing: Callable[[], str | None]
    make: Callable[[], None]
    sound: str
    """What is there once it is as it should be."""


@dataclass(frozen=True)
class Found:
    """One part, and what came of it."""

    name: str
    outcome: Outcome
    what: str

    def as_dict(self) -> dict[str, str]:
        """For `--json`."""
        return {"name": self.name, "outcome": self.outcome, "what": self.what}


@dataclass(frozen=True)
class Backend:
    """A backend as it is now, or would be, and how it is named to the engine."""

    found: tuple[Found, ...]
    url: str
    """What `pulumi login` and PULUMI_BACKEND_URL take."""
    secrets_provider: str
    """What `pulumi stack init --secrets-provider` takes."""

    @property
    def changed(self) -> bool:
        """Whether anything was, or would be, done."""
        return any(part.outcome is not Outcome.SOUND for part in self.found)


def ensure(parts: Iterable[Part], *, dry_run: bool) -> tuple[Found, ...]:
    """Looks at each part in turn and makes what is missing; with `dry_run` only tells."""
    found = []
    for part in parts:
        missing = part.missing()
        if missing is None:
            found.append(Found(part.name, Outcome.SOUND, part.sound))
        elif dry_run:
            found.append(Found(part.name, Outcome.WOULD, missing))
        else:
            part.make()
            found.append(Found(part.name, Outcome.DONE, missing))
    return tuple(found)
