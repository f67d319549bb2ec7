"""Texts that hold JSON, compared by what they mean.

Owns: the normal form of a document. A cloud gives a policy back with other spaces, another
order of keys, or one action where there was a list of one; none of that is a change.
"""

import json
from typing import Any

from tests.simulated.wire import Secret, Value, has_unknown

_SETS = frozenset({"Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"})


def text(value: Value) -> Value:
    """`value` as the cloud takes it: a document that was given as a map is written out."""
    match value:
        case Secret():
            return Secret(text(value.value))
        case dict() | list() if not has_unknown(value):
            return json.dumps(value)
        case _:
            return value


def normal(value: Value) -> Value:
    """What `value` means: the same for two texts that say the same, and `value` itself where it is no document."""
    match value:
        case Secret():
            return Secret(normal(value.value))
        case str():
            try:
                read = json.loads(value)
            except ValueError:
                return value
            return _normal_policy(read) if isinstance(read, dict) and "Statement" in read else read
        case dict() if "Statement" in value and not has_unknown(value):
            return _normal_policy(value)
        case _:
            return value


def _normal_policy(policy: dict[str, Any]) -> Value:
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    return {
        **policy,
        "Statement": [
            {name: _as_set(part) if name in _SETS else part for name, part in statement.items()}
            if isinstance(statement, dict)
            else statement
            for statement in statements
        ],
    }


def _as_set(part: Any) -> Any:
    """IAM tells neither `"x"` from `["x"]`, nor one order of a list from another, nor `true` from `"true"`."""
    match part:
        case dict():
            return {name: _as_set(inner) for name, inner in part.items()}
        case list():
            return sorted({_plainly(item) for item in part})
        case _:
            return [_plainly(part)]


def _plainly(item: Any) -> str:
    return item if isinstance(item, str) else json.dumps(item)
