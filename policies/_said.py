"""What components said of themselves when they were declared.

Owns: remembering it until the end of a run. Does not own: judging it.

A rule over the whole stack is shown outputs, and of a component only those that it registers:
the facts that it was declared with, its environment among them, are gone by then. The pack
has seen them in the same process, one by one.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_SAID: dict[str, Mapping[str, Any]] = {}


def remember(urn: str, props: Mapping[str, Any]) -> None:
    """Keeps what the component of that URN was declared with."""
    _SAID[urn] = props


def recall(urn: str) -> Mapping[str, Any]:
    """What the component of that URN was declared with; nothing where it is none, or was never seen."""
    return _SAID.get(urn, _NOTHING)


def forget() -> None:
    """Empties the memory: another run begins."""
    _SAID.clear()
