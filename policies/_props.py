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

from pulumi_policy import Secret, proxy
from pulumi_policy.proxy import UnknownValueError, unknown_checking_proxy

Props = Mapping[str, Any]
_SHOWN = 80
_SENTINELS = frozenset(value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_"))


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
        if isinstance(value, str) and value in _SENTINELS:
            return Gap.UNKNOWN
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


def number(props: Props, name: str) -> float | Gap:
    """One property as a number."""
    value = read(props, name)
    if isinstance(value, bool) or not isinstance(value, int | float | Gap):
        return Gap.MISSING
    return value


def group(props: Props, name: str) -> Props | Gap:
    """One property as a map."""
    value = read(props, name)
    return value if isinstance(value, Mapping | Gap) else Gap.MISSING


def items(props: Props, name: str) -> list[object] | Gap:
    """One property as a list, each element its value or the `Gap` in its place."""
    value = read(props, name)
    if isinstance(value, str | bytes) or not isinstance(value, Sequence | Gap):
        return Gap.MISSING
    return value if isinstance(value, Gap) else [read({"it": value}, "it") for value in _elements(value)]


def _elements(value: Sequence[Any]) -> Iterator[object]:
    for position in range(len(value)):
        try:
            yield value[position]
        except UnknownValueError as unknown:
            yield unknown.unknown_type_sentinel


def words(props: Props, name: str) -> list[str | Gap] | Gap:
    """One property as a list of texts. A text on its own is a list of one."""
    value = read(props, name)
    if isinstance(value, str):
        return [value]
    found = items(props, name)
    if isinstance(found, Gap):
        return found
    return [element if isinstance(element, str | Gap) else Gap.MISSING for element in found]


def groups(props: Props, name: str) -> list[Props | Gap] | Gap:
    """One property as a list of maps. A map on its own is a list of one."""
    value = read(props, name)
    if isinstance(value, Mapping):
        return [value]
    found = items(props, name)
    if isinstance(found, Gap):
        return found
    return [element if isinstance(element, Mapping | Gap) else Gap.MISSING for element in found]


def inside(props: Props, *path: str) -> object:
    """What stands at the end of `path`, going through maps; the first `Gap` on the way where there is one."""
    *holders, last = path
    for name in holders:
        held = group(props, name)
        if isinstance(held, Gap):
            return held
        props = held
    return read(props, last)


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


def unknowns(props: Props) -> Iterator[tuple[str, ...]]:
    """The paths of all values, at any depth, that are not known yet."""
    yield from _unknowns(props, ())


def _unknowns(holder: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for key in holder if isinstance(holder, Mapping) else range(len(holder)):
        here = (*path, str(key))
        try:
            value = holder[key]
        except UnknownValueError:
            yield here
            continue
        if isinstance(value, Mapping) or (isinstance(value, Sequence) and not isinstance(value, str | bytes)):
            yield from _unknowns(value, here)


def printable(value: str) -> str:
    """`value` on one line, short, and unable to forge a line or to steer a terminal."""
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in value[: _SHOWN + 1])
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def message(fact: str, consequence: str, mend: str) -> str:
    """What a person reads under the rule's name: what was found, what follows, what to write instead."""
    return f"{fact}\n    so: {consequence}\n    mend: {mend}"
