"""Google's words, for the simulated Google: how it refuses, and how values are read. Pure.

Owns: the form of an error as the provider hands it on, and reading a property whatever it is wrapped in.
"""

import contextlib
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.simulated.behaviour import CloudError
from tests.simulated.checker import Mistake
from tests.simulated.wire import Properties, Secret, Unknown, Value, plain

MADE = "2026-01-01T00:00:00.000000Z"
"""When everything was made: the simulated Google has no clock, so that two runs look the same."""

NOT_FOUND = "Requested entity was not found."
EXISTS = "Requested entity already exists"
IMMUTABLE = "Attempted to update an immutable field."

_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]{1,9})?s")


class RefusedError(Exception):
    """Google would answer with this: the HTTP status and its message."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"googleapi: Error {code}: {message}")
        self.code = code


@contextlib.contextmanager
def worded(action: str) -> Iterator[None]:
    """Turns Google's refusal into the provider's error: `Error creating Repository: googleapi: Error 409: …`."""
    try:
        yield
    except RefusedError as error:
        raise CloudError(f"{action}: {error}") from None


def text(properties: Mapping[str, Value], name: str) -> str:
    """The text at `name`, secret or not; empty where there is none or none yet."""
    found = properties.get(name)
    found = found.value if isinstance(found, Secret) else found
    return found if isinstance(found, str) else ""


def known(properties: Mapping[str, Value], name: str) -> str | None:
    """The text at `name` where it is set and known already; a check says nothing about any other."""
    found = properties.get(name)
    found = found.value if isinstance(found, Secret) else found
    return found if isinstance(found, str) else None


def part(properties: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The block at `name` with its secrets opened; empty where there is none."""
    found = plain(properties.get(name))
    return found if isinstance(found, dict) else {}


def parts(properties: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The blocks of the list at `name` with their secrets opened."""
    found = plain(properties.get(name))
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def texts(properties: Mapping[str, Any], name: str) -> list[str]:
    """The texts of the list at `name`."""
    found = plain(properties.get(name))
    return [entry for entry in found if isinstance(entry, str)] if isinstance(found, list) else []


def is_unknown(value: Value) -> bool:
    """Whether only the update itself will bring `value`."""
    return isinstance(value.value if isinstance(value, Secret) else value, Unknown)


def seconds(duration: str) -> float | None:
    """A duration in seconds, `60s` or `3.5s`; None for what is none."""
    return float(duration[:-1]) if _SECONDS.fullmatch(duration) else None


def number(of: str, digits: int) -> str:
    """A number of so many digits that Google would give to `of`: the same each time."""
    first = 10 ** (digits - 1)
    drawn = int.from_bytes(hashlib.sha256(of.encode()).digest()[:12])
    return str(first + drawn % (9 * first))


def matching(inputs: Properties, name: str, pattern: re.Pattern[str], said: str) -> list[Mistake]:
    """A mistake with what the provider says where the text at `name` does not match."""
    value = known(inputs, name)
    return [] if value is None or pattern.fullmatch(value) else [Mistake(name, said)]


def one_of(inputs: Mapping[str, Any], name: str, allowed: tuple[str, ...], path: str = "") -> list[Mistake]:
    """A mistake as the provider words it where the text at `name` is none of `allowed`."""
    value = known(inputs, name)
    if value is None or value in allowed:
        return []
    listed = " ".join(f'"{word}"' for word in allowed)
    return [Mistake(path or name, f'expected {name} to be one of [{listed}], got "{value}"')]


def within(inputs: Mapping[str, Any], name: str, most: int) -> list[Mistake]:
    """A mistake where the text at `name` is too long."""
    value = known(inputs, name)
    if value is None or len(value) <= most:
        return []
    return [Mistake(name, f"expected length of {name} to be in the range (0 - {most})")]


Rule = Callable[[Properties], list[Mistake]]
"""What a provider checks by itself, before anything is asked of Google."""
