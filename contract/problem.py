"""How a mistake is reported: where it is, what is wrong, what follows, and how to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass


def printable(value: object, limit: int = 80) -> str:
    """`value` on one line and no longer than `limit` characters, safe to show in a terminal.

    Control characters (newlines, escapes) are written out, so that a hostile value can
    neither forge a line of output nor steer the terminal.
    """
    text = value if isinstance(value, str) else repr(value)
    shown = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text[: limit + 1]
    )
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


@dataclass(frozen=True)
class Problem:
    """One mistake, as the person who can mend it needs to read it."""

    where: str
    """The place, as the user would look for it: `Pulumi.dev.yaml:7 registries.main.port`."""
    what: str
    """The fact: what was found and what was expected."""
    mend: str
    """What to write, or the exact command to run."""
    consequence: str = ""
    """What follows if it stays as it is; empty where the fact says it."""

    def __str__(self) -> str:
        consequence = f"\n    so: {self.consequence}" if self.consequence else ""
        return f"{self.where}: {self.what}{consequence}\n    mend: {self.mend}"


class Problems(Exception):
    """All mistakes that were found, together; nothing has been changed when it is raised."""

    def __init__(self, title: str, problems: Iterable[Problem]) -> None:
        self.title = title
        self.problems = tuple(problems)
        super().__init__(title)

    def __str__(self) -> str:
        return "\n".join([self.title, *(f"  {problem}" for problem in self.problems)])
