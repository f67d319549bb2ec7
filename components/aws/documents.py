"""IAM's policy documents as typed values: what every document of ours is written with.

Owns: the shape. Does not own: who may do what (`ecr/rights.py`, `ecr/trust.py`). Pure.

Actions and resources are lists even where there is one: a document that reads the same everywhere can be compared.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Literal, NotRequired, TypedDict

Conditions = Mapping[str, Mapping[str, list[str]]]
"""By operator and key: any one of the values will do, and all of the keys have to."""


class Statement(TypedDict):
    """What somebody may do. Principal in policies of a resource only, Resource in all but those of a repository."""

    Sid: str
    Effect: Literal["Allow", "Deny"]
    Principal: NotRequired[dict[str, list[str]]]
    Action: list[str]
    Resource: NotRequired[list[str]]
    Condition: NotRequired[dict[str, dict[str, list[str]]]]


class Document(TypedDict):
    """A policy document; `json.dumps` makes of it what the API takes."""

    Version: Literal["2012-10-17"]
    Statement: list[Statement]


class By(StrEnum):
    """How a principal is named."""

    ACCOUNT = "AWS"
    SERVICE = "Service"
    WEB_IDENTITY = "Federated"


EVERYBODY = "*"
"""Every principal there is: a statement that names it is narrowed by its conditions, or public."""


def allow(
    sid: str,
    actions: Iterable[str],
    resources: Iterable[str] = (),
    *,
    principals: Mapping[By, Iterable[str]] | None = None,
    when: Conditions | None = None,
) -> Statement:
    """A statement that allows `actions`. What nothing allows is denied already: see `deny_everybody`."""
    statement: Statement = {"Sid": sid, "Effect": "Allow", "Action": list(actions)}
    if principals:
        statement["Principal"] = {str(by): list(who) for by, who in principals.items()}
        if list(principals.values()) == [[EVERYBODY]] and not when:
            raise ValueError(f"{sid}: would allow everybody")
    if resources := list(resources):
        statement["Resource"] = resources
    if when:
        statement["Condition"] = {operator: dict(keys) for operator, keys in when.items()}
    return statement


def deny_everybody(sid: str, actions: Iterable[str], resources: Iterable[str], *, when: Conditions) -> Statement:
    """A statement of a resource's own policy: whoever comes `when` may do none of `actions`, whatever allows them."""
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Principal": {str(By.ACCOUNT): [EVERYBODY]},
        "Action": list(actions),
        "Resource": list(resources),
        "Condition": {operator: dict(keys) for operator, keys in when.items()},
    }


def document(*statements: Statement) -> Document:
    """The document that says `statements`."""
    return {"Version": "2012-10-17", "Statement": list(statements)}
