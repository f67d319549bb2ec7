"""Runs one rule on properties as the engine would send them, and collects what it reports.

The properties go through the pack's own reading of the wire, so that a secret, an unknown
value and a plain one reach the rule as they do behind a real engine.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_policy import (
    Policy,
    PolicyCustomTimeouts,
    PolicyProviderResource,
    PolicyResource,
    PolicyResourceOptions,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy

from policies import rules
from policies._sdk import with_marks

UNKNOWN = UNKNOWN_STRING_VALUE
"""A value that only the update decides, as a preview has it."""

_OPTIONS = PolicyResourceOptions(False, [], None, [], PolicyCustomTimeouts(0, 0, 0), [])


def secret(value: object) -> dict[str, object]:
    """`value` as the engine sends it when it is marked secret."""
    return {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "value": value}


def rule(name: str) -> Policy:
    """The pack's rule of that name; raises LookupError for none or several."""
    (found,) = [candidate for candidate in rules.ALL if candidate.name == name]
    return found


def urn(resource_type: str, name: str) -> str:
    return f"urn:pulumi:test::project::{resource_type}::{name}"


def _collector(messages: list[str]) -> Callable[[str, str | None], None]:
    def report(message: str, _urn: str | None = None) -> None:
        messages.append(message)

    return report


def judge(
    rule_name: str, resource_type: str, props: dict[str, Any], config: Mapping[str, Any] | None = None
) -> list[str]:
    """What a rule over resources says of one resource, named `main`."""
    policy = rule(rule_name)
    assert isinstance(policy, ResourceValidationPolicy)
    seen = unknown_checking_proxy(with_marks(props))
    args = ResourceValidationArgs(
        resource_type, seen, urn(resource_type, "main"), "main", _OPTIONS, provider=None, config=config
    )
    messages: list[str] = []
    policy.validate(args, _collector(messages))
    return messages


@dataclass(frozen=True)
class Made:
    """A resource at the end of an update, with its outputs."""

    resource_type: str
    outputs: dict[str, Any]
    provided: bool = False
    """Whether a provider made it, as opposed to the program."""

    def as_resource(self) -> PolicyResource:
        provider = PolicyProviderResource("pulumi:providers:aws", {}, urn("pulumi:providers:aws", "p"), "p")
        seen = unknown_checking_proxy(with_marks(self.outputs))
        return PolicyResource(
            self.resource_type,
            seen,
            urn(self.resource_type, "main"),
            "main",
            _OPTIONS,
            provider if self.provided else None,
            None,
            [],
            {},
        )


def judge_stack(rule_name: str, *resources: Made, config: Mapping[str, Any] | None = None) -> list[str]:
    """What a rule over the whole stack says of these resources."""
    policy = rule(rule_name)
    assert isinstance(policy, StackValidationPolicy)
    messages: list[str] = []
    policy.validate(
        StackValidationArgs([resource.as_resource() for resource in resources], config), _collector(messages)
    )
    return messages
