"""A rule on how a registry is proven: in production never with a tag that others move.

Owns: the inputs of `snapdeploy:verify:SmokeTest`. Does not own: what the test does.
"""

from collections.abc import Mapping
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
)

from policies._props import Gap, message, printable, text

_SMOKE_TEST = "snapdeploy:verify:SmokeTest"
_MUTABLE_TAGS = ("latest",)
_ENVIRONMENTS = ("prod",)


def _listed(config: Mapping[str, Any], name: str, default: tuple[str, ...]) -> frozenset[str]:
    """A list from the rule's config; in lower case."""
    return frozenset(str(entry).lower() for entry in config.get(name, default))


def _pinned(args: ResourceValidationArgs, report: ReportViolation) -> None:
    if args.resource_type != _SMOKE_TEST:
        return
    tag, environment = text(args.props, "tag"), text(args.props, "environment")
    if Gap.UNKNOWN in (tag, environment):
        return
    mutable = _listed(args.get_config(), "mutableTags", _MUTABLE_TAGS)
    strict = _listed(args.get_config(), "environments", _ENVIRONMENTS)
    # A test that does not say where it runs is held to the strictest.
    if not isinstance(environment, Gap) and environment.lower() not in strict:
        return
    if isinstance(tag, Gap) or not tag:
        used = "no tag, which means `latest`"
    elif tag.lower() in mutable:
        used = f"the tag `{printable(tag)}`"
    else:
        return
    where = "an environment that it does not name" if isinstance(environment, Gap) else f"`{printable(environment)}`"
    report(
        message(
            f"smoke test '{printable(args.name)}' uses {used} in {where}",
            "it moves a tag that deployments may follow, and proves whatever was pushed last instead of what it pushed",
            "leave the tag out of the config for a new one at each run, or write one that nothing else uses: "
            "`tag: smoke-test`",
        ),
        None,
    )


RULES: tuple[Policy, ...] = (
    ResourceValidationPolicy(
        name="smoke-test-uses-own-tag",
        description="A smoke test in production pushes under a tag of its own, never a mutable one such as `latest`.",
        validate=_pinned,
        enforcement_level=EnforcementLevel.MANDATORY,
        severity=Severity.MEDIUM,
        config_schema=PolicyConfigSchema(
            {
                "mutableTags": {
                    "type": "array",
                    "items": {"type": "string"},
                    "default": list(_MUTABLE_TAGS),
                    "description": "tags that are moved from image to image",
                },
                "environments": {
                    "type": "array",
                    "items": {"type": "string"},
                    "default": list(_ENVIRONMENTS),
                    "description": "environments in which the rule holds",
                },
            }
        ),
        remediation_steps="Give the smoke test a generated tag, or one that nothing else uses.",
    ),
)
