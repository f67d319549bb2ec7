"""A sentence of the explanation: our words, with other people's in marked places.

Owns: keeping the two apart, so that each writer can quote what came from outside, and a name can neither forge a line
nor break the form. Does not own how a form quotes (`markdown.py`, `text.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from contract.problem import printable
from ops.explain.digest import Mark

_LONGEST = 160
_LONGEST_MESSAGE = 700
_MOST = 12


@dataclass(frozen=True)
class Sentence:
    """`words` with a `{}` for each of `values`; a tuple among them is a list of names."""

    words: str
    values: tuple[object, ...] = ()

    def render(self, quote: Callable[[str], str]) -> str:
        """The sentence with each value by `quote`; what is not in the preview stands there in our own words."""
        return self.words.format(*(_shown(value, quote) for value in self.values))

    def __str__(self) -> str:
        return self.render(lambda value: value)


@dataclass(frozen=True)
class Own:
    """Words of ours that a sentence is given as a value: not quoted."""

    words: str

    def __str__(self) -> str:
        return self.words


class Long(str):
    """A value that may take several lines: a policy's message, an error of the engine's."""

    __slots__ = ()


def say(words: str, *values: object) -> Sentence:
    """A sentence; the number of values is that of the places."""
    return Sentence(words, values)


def short(value: object) -> str:
    """A value on one line, cut where it is long, whatever it holds."""
    return printable(value if isinstance(value, str) else _flat(value), _LONGEST)


def _flat(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_flat(one)}" for name, one in list(value.items())[:20]) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flat(one) for one in value[:20]) + "]"
    return str(value)


def _shown(value: object, quote: Callable[[str], str]) -> str:
    if isinstance(value, Own | Mark):
        return str(value)
    if isinstance(value, Sentence):
        return value.render(quote)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, tuple):
        shown = [_shown(one, quote) for one in value[:_MOST]]
        more = [f"and {len(value) - _MOST:,} more"] if len(value) > _MOST else []
        return ", ".join([*shown, *more])
    if value is None:
        return "nothing"
    text = printable(value, _LONGEST_MESSAGE) if isinstance(value, Long) else short(value)
    return quote(text) if text else "nothing"
