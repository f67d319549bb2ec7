"""The shape in which AWS's answers become a resource's properties, and properties AWS's arguments.

Owns: what is the same for every type: whole numbers, times, secrets, lists that are sets,
and which tags are the resource's own.
"""

import json
from typing import Any

from tests.simulated.wire import Properties, Secret, Value, plain


def pruned(**arguments: Any) -> dict[str, Any]:
    """The arguments that are set."""
    return {name: value for name, value in arguments.items() if value not in (None, "", [], {})}


_SPELT = {"id": "ID", "kmsMasterKeyId": "KMSMasterKeyID", "sseAlgorithm": "SSEAlgorithm"}
_READ = {spelt: own for own, spelt in _SPELT.items()}


def to_aws(value: Any) -> Any:
    """A property's value as most of AWS's arguments have it: with names that begin with a capital."""
    if isinstance(value, list):
        return [to_aws(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {_SPELT.get(name, f"{name[:1].upper()}{name[1:]}"): to_aws(item) for name, item in value.items()}


def from_aws(value: Any) -> Any:
    """AWS's answer as a property's value."""
    if isinstance(value, list):
        return [from_aws(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {_READ.get(name, f"{name[:1].lower()}{name[1:]}"): from_aws(item) for name, item in value.items()}


def moment(value: Any) -> str:
    """A time that boto3 read, as the provider writes it."""
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if hasattr(value, "strftime") else str(value)


def as_python(value: Any) -> Any:
    """A number from the wire is a float; AWS wants an integer where it is whole."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case list():
            return [as_python(item) for item in value]
        case dict():
            return {name: as_python(item) for name, item in value.items()}
        case _:
            return value


def sealed(known: Value, found: Value) -> Value:
    """`found`, secret where it was known as a secret."""
    match known, found:
        case Secret(), _:
            return Secret(found)
        case dict(), dict():
            return {name: sealed(known.get(name), value) for name, value in found.items()}
        case list(), list():
            return [sealed(known[n] if n < len(known) else None, value) for n, value in enumerate(found)]
        case _:
            return found


def in_order(known: list[Value], found: list[Value]) -> Value:
    """Most lists of AWS are sets: an order that only the answer has is none."""

    def sorted_(values: list[Value]) -> list[str]:
        return sorted(json.dumps(as_python(plain(value)), sort_keys=True, default=str) for value in values)

    return known if sorted_(known) == sorted_(found) else sealed(known, found)


def own_tags(common: Properties, found: dict[str, str], known: Value) -> Properties:
    """The tags that are not merely the provider's."""
    own = known if isinstance(known, dict) else {}
    return {name: value for name, value in found.items() if common.get(name) != value or name in own}
