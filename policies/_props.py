"""Reading what a resource was declared with, one property at a time, and saying what is wrong with it.

Owns: the gaps (a property that is missing, or not known before the update), the walk over
nested values, the wording of a report. Does not own: what is right or wrong.

A property whose value is not known yet raises when it is read, and what a rule does not catch
ends the rule for that resource with a mere warning, even a mandatory one. So no rule reads
properties but through here. What was unknown in a preview is judged in the update.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from pulumi_policy import Secret
from pulumi_policy.proxy import UnknownValueError, unknown_checking_proxy

Props = Mapping[str, Any]
_SHOWN = 80


class Gap(Enum):
    """Why a property cannot be judged by its value."""

    MISSING = "missing"
    """Absent, null, or not of the type that it is read as."""
    UNKNOWN = "unknown"
    """Decided only by the update: there is nothing to judge yet."""


@dataclass(frozen=True)
class Leaf:
    """A value that is no list and no map, is known, and is not marked secret."""

    path: tuple[str, ...]
    """Names and list positions from the resource down to it."""
    value: object
    around: Props
    """The map that holds it, or that holds the list that holds it."""


def read(props: Props, name: str) -> object:
    """The value of one property, out of its mark where it is secret; a `Gap` where there is none."""
    try:
        value = props[name]
        if isinstance(value, Secret):
            value = unknown_checking_proxy({name: value.value})[name]
    except KeyError:
        return Gap.MISSING
    except UnknownValueError:
        return Gap.UNKNOWN
    return Gap.MISSING if value is None else value


def text(props: Props, name: str) -> str | Gap:
    """One property as text without the spaces around it."""
    value = read(props, name)
    if isinstance(value, Gap):
        return value
    return value.strip() if isinstance(value, str) else Gap.MISSING


def flag(props: Props, name: str) -> bool | Gap:
    """One property as a yes or a no. Text that says "true" is not one."""
    value = read(props, name)
    return value if isinstance(value, bool | Gap) else Gap.MISSING


def leaves(props: Props) -> Iterator[Leaf]:
    """Every known value at any depth that is not marked secret, itself or by what holds it."""
    yield from _leaves(props, (), props)


def _leaves(holder: Any, path: tuple[str, ...], around: Props) -> Iterator[Leaf]:
    for key in holder if isinstance(holder, Mapping) else range(len(holder)):
        try:
            value = holder[key]
        except UnknownValueError:
            continue
        here = (*path, str(key))
        if isinstance(value, Mapping):
            yield from _leaves(value, here, value)
        elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
            yield from _leaves(value, here, around)
        elif value is not None and not isinstance(value, Secret):
            yield Leaf(here, value, around)


def printable(value: str) -> str:
    """`value` on one line, short, and unable to forge a line or to steer a terminal."""
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in value[: _SHOWN + 1])
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def message(fact: str, consequence: str, mend: str) -> str:
    """What a person reads under the rule's name: what was found, what follows, what to write instead."""
    return f"{fact}\n    so: {consequence}\n    mend: {mend}"
