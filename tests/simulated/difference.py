"""What differs between a resource as it is and as the program wants it.

Owns: comparing values and naming each change by its path. Does not own: which changes need
a replacement; the caller says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from tests.simulated.wire import Properties, Secret, Unknown, Value


class Kind(Enum):
    """What happens to one property."""

    ADD = auto()
    DELETE = auto()
    UPDATE = auto()


@dataclass(frozen=True)
class Change:
    """One property that changes; `property` is the outermost name in `path`."""

    property: str
    path: str
    kind: Kind


def current(inputs: Properties, outputs: Properties, wanted: Properties) -> Properties:
    """What each wanted or once set property is now.

    A property that the program sets for the first time may already be so, since the cloud
    fills in what is not said: then nothing changes.
    """
    return {name: inputs[name] if name in inputs else outputs.get(name) for name in {*inputs, *wanted}}


def changes(old: Properties, new: Properties) -> list[Change]:
    """Every change from `old` to `new`, in the order of the names."""
    return [change for name in sorted({*old, *new}) for change in _compare(name, name, old.get(name), new.get(name))]


def _compare(top: str, path: str, old: Value, new: Value) -> Iterator[Change]:
    old, new = _open(old), _open(new)
    if isinstance(new, Unknown):
        yield Change(top, path, Kind.ADD if _is_empty(old) else Kind.UPDATE)
    elif _is_empty(old) and _is_empty(new):
        return
    elif _is_empty(old):
        yield Change(top, path, Kind.ADD)
    elif _is_empty(new):
        yield Change(top, path, Kind.DELETE)
    elif isinstance(old, dict) and isinstance(new, dict):
        for name in sorted({*old, *new}):
            yield from _compare(top, f"{path}{_step(name)}", old.get(name), new.get(name))
    elif isinstance(old, list) and isinstance(new, list):
        for place in range(max(len(old), len(new))):
            before = old[place] if place < len(old) else None
            after = new[place] if place < len(new) else None
            yield from _compare(top, f"{path}[{place}]", before, after)
    elif old != new:
        yield Change(top, path, Kind.UPDATE)


def _open(value: Value) -> Value:
    return _open(value.value) if isinstance(value, Secret) else value


def _is_empty(value: Value) -> bool:
    """Clouds do not tell an empty list, map or text from none at all."""
    return value is None or value == [] or value == {} or value == ""


def _step(name: str) -> str:
    """One more name on a path, in the engine's own notation where it has a dot in it."""
    return f'["{name}"]' if any(character in name for character in '.["') else f".{name}"
