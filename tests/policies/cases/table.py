"""What a case of a rule is: resources that break it, the same that keep it, and the same with a value not known yet.

Owns: the shape, and filling it in. Does not own: the cases (`aws.py`, `google.py`, `others.py`), or judging them:
`tests/policies/test_cases.py` does in this process, `tests/engine/policies/` on the real engine.

Each wrong case is right in all else, so that exactly one rule objects to it. `{rule}` in a text becomes the rule's
name, which keeps cases apart that share a stack.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

CANARY = "canary-77c1-never-shown"
"""Stands in every case in the place of a secret."""

UNKNOWN: dict[str, object] = {"@unknown": True}
"""A value that only the update decides."""

CONFIG: dict[str, Any] = {
    "places-are-as-configured": {
        "accounts": ["111122223333"],
        "projects": ["acme-images"],
        "regions": ["eu-central-1", "europe-west3"],
    },
    "ecr-copies-stay-in-regions": {"regions": ["eu-central-1", "eu-west-1"]},
}
"""The pack's config for all cases: some rules say nothing without one."""


def secret(value: object) -> dict[str, object]:
    """A value that is marked secret."""
    return {"@secret": value}


def late(value: object) -> dict[str, object]:
    """A value that a preview does not know, and the update does."""
    return {"@late": value}


class Expected(Enum):
    """What a rule says of a case."""

    REFUSED = "refused"
    FINE = "fine"
    NOT_YET = "not yet"


@dataclass(frozen=True)
class Made:
    """One resource of a case."""

    type: str
    props: Mapping[str, Any] = field(default_factory=dict)
    name: str = "main"
    protect: bool = False
    provider: str = ""
    """Which provider makes it, by the name of one that the case has or that all share; left out: the shared one."""
    parent: str = ""
    outputs: Mapping[str, Any] | None = None
    """What a component registers."""

    @property
    def package(self) -> str:
        """Whose it is: a provider's package, or nobody's where the program makes it."""
        first = self.type.partition(":")[0]
        return "" if first in ("snapdeploy", "test", "pulumi") else first


@dataclass(frozen=True)
class Case:
    """One rule's three: wrong, right and unknown."""

    rule: str
    wrong: tuple[Made, ...]
    right: tuple[Made, ...]
    unknown: tuple[Made, ...]
    verdict: Expected
    """Of the unknown one."""
    blamed: frozenset[str]
    """The resources of the wrong one that are refused, by name; `` is the stack."""

    def packages(self) -> frozenset[str]:
        """The providers that it takes to declare it."""
        every = (*self.wrong, *self.right, *self.unknown)
        named = {one.type.rpartition(":")[2] for one in every if one.type.startswith("pulumi:providers:")}
        return frozenset({one.package for one in every} | named) - {""}


PROVIDERS: Mapping[str, Made] = {
    "aws": Made(
        "pulumi:providers:aws",
        {"region": "eu-central-1", "allowedAccountIds": '["111122223333"]'},
        "shared-aws",
    ),
    "gcp": Made("pulumi:providers:gcp", {"region": "europe-west3", "project": "acme-images"}, "shared-gcp"),
    "github": Made("pulumi:providers:github", {"owner": "acme"}, "shared-github"),
    "harbor": Made(
        "pulumi:providers:harbor",
        {"url": "https://registry.example.com", "username": "admin", "password": secret(CANARY), "insecure": "false"},
        "shared-harbor",
    ),
    "kubernetes": Made("pulumi:providers:kubernetes", {"context": "apps"}, "shared-kubernetes"),
}
"""The providers that cases share; right by every rule."""

TAGS = {"project": "snapdeploy", "environment": "dev", "owner": "platform"}

Builder = Callable[[Any], list[Made]]


def case(
    rule: str,
    build: Builder,
    *,
    wrong: Any,
    right: Any,
    unknown: Any = UNKNOWN,
    verdict: Expected = Expected.NOT_YET,
    blamed: tuple[str, ...] = ("main",),
) -> Case:
    """The three of a rule, that differ in one value."""

    def made(value: Any) -> tuple[Made, ...]:
        return tuple(
            replace(one, props=filled(one.props, rule), outputs=filled(one.outputs, rule)) for one in build(value)
        )

    return Case(rule, made(wrong), made(right), made(unknown), verdict, frozenset(blamed))


def filled(value: Any, rule: str) -> Any:
    """`value` with the rule's name in its texts, and without what is left out (`...`)."""
    if isinstance(value, Mapping):
        return {name: filled(one, rule) for name, one in value.items() if one is not ...}
    if isinstance(value, list):
        return [filled(one, rule) for one in value]
    return value.replace("{rule}", rule) if isinstance(value, str) else value
