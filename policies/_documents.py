"""IAM documents as a rule reads them: statements with every list a list.

Owns: taking a document apart, and the words for who and what may be anything. Does not own:
which of that is too much; a rule says.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policies._props import Gap, Props, read

ANYBODY = "*"
_NARROWING = re.compile(
    r"aws:(?:principal(?:orgid|orgpaths|account|arn)|source(?:account|arn|orgid|orgpaths|owner|vpc|vpce|ip))"
    r"|aws:(?:resourceaccount|resourceorgid|resourceorgpaths|resourcetag/.+|principaltag/.+|requesttag/.+)"
    r"|kms:(?:calleraccount|viaservice|encryptioncontext.*|grantisforawsresource)|sts:externalid"
    r"|[^\s]+:(?:sub|amr|repository_id|repository_owner_id)|cloudwatch:namespace|iam:passedtoservice",
    re.IGNORECASE,
)
_EQUAL = re.compile(
    # Not ForAllValues, which also holds where the key is absent, and not …IfExists.
    r"(?:ForAnyValue:)?(?:String(?:Equals|Like)(?:IgnoreCase)?|Arn(?:Equals|Like)|Bool|IpAddress)$"
)


@dataclass(frozen=True)
class Condition:
    """One key of a statement's conditions."""

    operator: str
    key: str
    values: tuple[str, ...]

    @property
    def narrows(self) -> bool:
        """Whether it holds for some only: it compares, with values of which none is anything at all."""
        return (
            _EQUAL.match(self.operator) is not None
            and _NARROWING.fullmatch(self.key) is not None
            and bool(self.values)
            and not any(self._is_any(value) for value in self.values)
        )

    def _is_any(self, value: str) -> bool:
        """Whether the value holds for so many that it tells nobody apart."""
        if value in ("0.0.0.0/0", "::/0") or not value.strip("*?"):
            return True
        # An account or an organization is one or it is none: what begins like it is somebody else's.
        return self.key.lower().endswith(("account", "orgid")) and ("*" in value or "?" in value)


@dataclass(frozen=True)
class Statement:
    """One statement."""

    label: str
    """Its Sid, or its place in the document."""
    allows: bool
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    principals: tuple[tuple[str, str], ...]
    """By what kind (`AWS`, `Service`, `Federated`; `*` for the bare star), and who."""
    not_principals: bool
    conditions: tuple[Condition, ...]

    @property
    def narrowed(self) -> bool:
        """Whether a condition on who asks or on what is asked for holds for some only."""
        return any(condition.narrows for condition in self.conditions)

    @property
    def for_anybody(self) -> bool:
        """Whether the whole world is its principal."""
        return self.not_principals or any(
            who == ANYBODY and kind in (ANYBODY, "AWS", "Federated") for kind, who in self.principals
        )


def statements(props: Props, name: str) -> list[Statement] | Gap | None:
    """The statements of the document in one property; None where it cannot be read as one."""
    told = read(props, name)
    if isinstance(told, Gap):
        return told
    if isinstance(told, str):
        try:
            told = json.loads(told)
        except ValueError:
            return None
    if not isinstance(told, Mapping):
        return None
    try:
        found = told["Statement"]
        every = [found] if isinstance(found, Mapping) else list(found)
        return [_statement(position, each) for position, each in enumerate(every)]
    except (KeyError, TypeError, AttributeError, ValueError):
        return None


def _statement(position: int, told: Mapping[str, Any]) -> Statement:
    return Statement(
        label=str(told.get("Sid") or f"number {position + 1}"),
        allows=str(told.get("Effect", "")).lower() == "allow",
        actions=_texts(told.get("Action")),
        not_actions=_texts(told.get("NotAction")),
        resources=_texts(told.get("Resource")),
        not_resources=_texts(told.get("NotResource")),
        principals=tuple(_principals(told.get("Principal"))),
        not_principals="NotPrincipal" in told,
        conditions=tuple(_conditions(told.get("Condition"))),
    )


def _texts(told: object) -> tuple[str, ...]:
    if told is None:
        return ()
    return (str(told),) if isinstance(told, str | int | bool) else tuple(map(str, told))  # type: ignore[call-overload]


def _principals(told: object) -> Iterator[tuple[str, str]]:
    if isinstance(told, str):
        yield ANYBODY, told
    elif isinstance(told, Mapping):
        for kind, who in told.items():
            for each in _texts(who):
                yield str(kind), each


def _conditions(told: object) -> Iterator[Condition]:
    if isinstance(told, Mapping):
        for operator, keys in told.items():
            for key, values in keys.items():
                yield Condition(str(operator), str(key), _texts(values))
