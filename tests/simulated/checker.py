"""Whether a resource's inputs are what the SDK says they may be.

Owns: finding every mistake at once, each with the path of the property and what was
expected. Does not own: the types (`sdk`), nor rules that only the cloud itself knows.
A message names types and never shows a value, since a value may be a secret.
"""

import collections.abc
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

import pulumi
from pulumi._types import is_input_type

from tests.simulated.sdk import READING, Property, ResourceTypes, alternatives, properties_of
from tests.simulated.suggest import suggestion
from tests.simulated.wire import Blob, Properties, Reference, Secret, Unknown, Value

LISTS = (list, collections.abc.Sequence)
MAPS = (dict, collections.abc.Mapping)
_SCALARS = {str: "str", bool: "bool", int: "int", float: "float"}


@dataclass(frozen=True)
class Mistake:
    """One input that the cloud would refuse, or worse, not look at."""

    path: str
    """The property as it is on the wire: `imageScanningConfiguration.scanOnPush`."""
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


def check(types: ResourceTypes, inputs: Properties) -> list[Mistake]:
    """Every mistake in `inputs`; none where all is well. What is not known yet passes."""
    with READING:  # types inside others are read when they are met
        return list(_check_object(types.token, types.inputs, inputs, ""))


def _check_object(owner: str, known: dict[str, Property], found: Properties, path: str) -> Iterator[Mistake]:
    for name, value in found.items():
        here = f"{path}.{name}" if path else name
        if name in known:
            yield from _check_value(known[name].types, value, here)
        else:
            yield Mistake(here, f"{owner} has no such property{suggestion(name, known)}")
    for name, entry in known.items():
        if entry.required and found.get(name) is None:
            here = f"{path}.{name}" if path else name
            yield Mistake(here, f"is required by {owner} and missing (expected {describe(entry.types)})")


def _check_value(types: tuple[Any, ...], value: Value, path: str) -> Iterator[Mistake]:
    if isinstance(value, Secret):
        value = value.value
    if value is None or isinstance(value, Unknown):
        return
    attempts = [list(_check_one(kind, value, path)) for kind in types]
    if any(not attempt for attempt in attempts):
        return
    # A dictionary for the wrong alternative of a union says more from the inside than "expected one of".
    deeper = [attempt for attempt in attempts if any(mistake.path != path for mistake in attempt)]
    if len(deeper) == 1:
        yield from deeper[0]
    else:
        yield Mistake(path, f"expected {describe(types)}, found {_found(value)}")


def _check_one(kind: Any, value: Value, path: str) -> Iterator[Mistake]:
    """What is wrong with `value` as a `kind`. Raises TypeError for a kind that this checker cannot judge."""
    wrong = Mistake(path, f"expected {describe((kind,))}, found {_found(value)}")
    origin = typing.get_origin(kind) or kind
    if kind is Any:
        return
    if origin in LISTS:
        if not isinstance(value, list):
            yield wrong
            return
        for position, item in enumerate(value):
            yield from _check_value(_inner(kind, 0), item, f"{path}[{position}]")
    elif origin in MAPS:
        if not isinstance(value, dict):
            yield wrong
            return
        for name, item in value.items():
            yield from _check_value(_inner(kind, 1), item, f"{path}.{name}")
    elif is_input_type(kind):
        if isinstance(value, dict):
            yield from _check_object(kind.__name__, properties_of(kind), value, path)
        else:
            yield wrong
    elif not _is_plain(kind, value):
        yield wrong


def _is_plain(kind: Any, value: Value) -> bool:
    if typing.get_origin(kind) is typing.Literal:
        return value in typing.get_args(kind)
    if kind is str:
        return isinstance(value, str)
    if kind is bool:
        return isinstance(value, bool)
    if kind is int:
        return isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer()
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(kind, type):
        if issubclass(kind, Enum):
            return value in [member.value for member in kind]
        if issubclass(kind, pulumi.Asset):
            return isinstance(value, Blob) and value.kind == "asset"
        if issubclass(kind, pulumi.Archive):
            return isinstance(value, Blob) and value.kind == "archive"
        if issubclass(kind, pulumi.Resource):
            return isinstance(value, Reference)
    raise TypeError(
        f"this simulation cannot check a value against the SDK's type {kind!r}: teach tests/simulated/checker.py"
    )


def _inner(kind: Any, position: int) -> tuple[Any, ...]:
    arguments = typing.get_args(kind)
    return alternatives(arguments[position]) if arguments else (Any,)


def describe(types: tuple[Any, ...]) -> str:
    """The types in words: `bool`, `a list of str`, `RepositoryImageScanningConfigurationArgs`."""
    return " or ".join(dict.fromkeys(_describe_one(kind) for kind in types))


def _describe_one(kind: Any) -> str:
    origin = typing.get_origin(kind) or kind
    if origin in LISTS:
        return f"a list of {describe(_inner(kind, 0))}"
    if origin in MAPS:
        return f"a map of {describe(_inner(kind, 1))}"
    if origin is typing.Literal:
        return "one of " + ", ".join(map(str, typing.get_args(kind)))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "one of " + ", ".join(str(member.value) for member in kind)
    return _SCALARS.get(kind, getattr(kind, "__name__", str(kind)))


def _found(value: Value) -> str:
    match value:
        case bool():
            return "bool"
        case int() | float():
            return "int" if float(value).is_integer() else "float"
        case str():
            return "str"
        case list():
            return "a list"
        case dict():
            return "a map"
        case Blob():
            return f"an {value.kind}"
        case Reference():
            return "a resource"
        case _:
            return "nothing"
