"""What a rule is: who it is, what it judges, and what it tells a person who broke it.

Owns: the one shape of all rules, and making the SDK's policies of it. Does not own: any rule,
nor who is excused from one (`_exemptions.py`).

A judge says one of three things of what it is shown. Nothing: it is fine. A `Finding`: it is
not, and why. `Gap.UNKNOWN`: a value that decides it is not known before the update, so that
neither can be said yet. The last leaves the engine silent; the update, and
`pulumi policy analyze` over the finished state, ask again when the value is known. What one
unknown value leaves open never hides what another one shows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from types import MappingProxyType
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyComplianceFramework,
    PolicyConfigSchema,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)

from policies import _said
from policies._exemptions import SCHEMA, SETTING
from policies._props import Gap, Props, message, printable

PAGE = "docs/policies.md"
"""Where every rule has an anchor of its name."""


class Practice(Enum):
    """The security practices of SnapDeploy's guide, in its order, that rules stand for."""

    TOKENS = "Use access tokens, not passwords"
    SCANNING = "Enable image scanning for vulnerabilities"
    PRIVATE = "Use private registries for production"
    ROTATION = "Rotate credentials regularly"
    ROLES = "Implement role-based access control"
    AUDIT = "Enable audit logging"
    HTTPS = "Use HTTPS always"
    TAGS = "Tag images properly (no `:latest` in production)"


@dataclass(frozen=True)
class Seen:
    """One resource, as a judge sees it."""

    type: str
    name: str
    urn: str
    props: Props
    protected: bool = False
    """Whether the program says `protect`."""
    provider: "Seen | None" = None
    """Which provider makes it; None for what the program makes itself."""
    parent: str | None = None
    """The URN of what it belongs to."""
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """The rule's settings, defaults filled in."""
    inputs: Props = field(default_factory=lambda: MappingProxyType({}))
    """At the end of a run, what a component was declared with; `props` are then its outputs."""
    depends: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Of which resources a property is made, as URNs; known to rules over the stack only."""

    def __str__(self) -> str:
        return f"'{printable(self.name)}'"


@dataclass(frozen=True)
class Finding:
    """What is wrong with one resource: a fact, without any secret of it."""

    fact: str
    urn: str | None = None
    """Of the resource that it is about, where a judge sees several."""


Remark = Finding | Gap
Judge = Callable[[Seen], Iterable[Remark]]
StackJudge = Callable[[list[Seen], Mapping[str, Any]], Iterable[Remark]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule over resources, each on its own."""

    name: str
    says: str
    """What holds where the rule is kept, in one sentence."""
    refuses: str
    """What it objects to, in words that follow "refuses" or "warns of"."""
    why: str
    """What follows from breaking it, after "so:"."""
    mend: str
    """What to write instead: our config's key, and the resource's property for whoever has no such config."""
    severity: Severity
    level: EnforcementLevel = EnforcementLevel.MANDATORY
    checks: tuple[str, ...] = ()
    """What other tools call it: controls of AWS Security Hub (`ECR.1`), checks of Checkov (`CKV_…`)."""
    practices: tuple[Practice, ...] = ()
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    """What the pack's config may say of it, as JSON schema with a default and a description."""
    types: tuple[str, ...] = ()
    """The type tokens that it judges; one that ends with `:` stands for all that begin so; none: every resource."""
    judge: Judge

    def weigh(self, seen: Seen) -> tuple[list[Finding], bool]:
        """What the rule has against a resource, and whether anything of it is not known yet."""
        return _sorted(self.judge(seen))

    @cached_property
    def concerns(self) -> Callable[[str], bool]:
        """Whether it judges resources of a type."""
        whole = not self.types
        exact = frozenset(told for told in self.types if not told.endswith(":"))
        prefixes = tuple(told for told in self.types if told.endswith(":"))

        def concerns(resource_type: str) -> bool:
            return whole or resource_type in exact or resource_type.startswith(prefixes)

        return concerns

    def settle(self, config: Mapping[str, Any]) -> Mapping[str, Any]:
        """The settings in force: what the pack's config says, else the defaults."""
        return {name: config.get(name, told["default"]) for name, told in self.settings.items()}

    def tell(self, finding: Finding) -> str:
        """The finding as a person reads it."""
        return message(finding.fact, self.why, self.mend)

    def policy(self) -> Policy:
        """The rule as the SDK serves it."""
        concerns = self.concerns

        def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
            if not concerns(args.resource_type):
                return
            provider = args.provider
            seen = Seen(
                args.resource_type,
                args.name,
                args.urn,
                args.props,
                args.opts.protect,
                Seen(provider.resource_type, provider.name, provider.urn, provider.props) if provider else None,
                args.opts.parent,
                self.settle(args.get_config()),
            )
            for finding in self.weigh(seen)[0]:
                report(self.tell(finding), finding.urn)

        return _ResourcePolicy(concerns, validate=validate, **self._told())

    def _told(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "description": self.says,
            "enforcement_level": self.level,
            "severity": self.severity,
            "framework": _framework(self),
            "tags": [*self.checks, *(practice.name.lower() for practice in self.practices)],
            "remediation_steps": self.mend,
            "url": f"{PAGE}#{self.name}",
            "config_schema": PolicyConfigSchema({**{k: dict(v) for k, v in self.settings.items()}, SETTING: SCHEMA}),
        }


class _ResourcePolicy(ResourceValidationPolicy):
    """A policy that says which types it is about, so that it need not be asked about others."""

    def __init__(self, concerns: Callable[[str], bool], **told: Any) -> None:
        super().__init__(**told)
        self.concerns = concerns


@dataclass(frozen=True, kw_only=True)
class StackRule(Rule):
    """One rule over all resources of a stack together, at the end of a preview or an update."""

    judge: Judge = lambda _: ()
    over: StackJudge

    def weigh_stack(self, resources: list[Seen], settings: Mapping[str, Any]) -> tuple[list[Finding], bool]:
        """What the rule has against these resources, and whether anything of it is not known yet."""
        return _sorted(self.over(resources, settings))

    def policy(self) -> Policy:
        """The rule as the SDK serves it."""

        def validate(args: StackValidationArgs, report: ReportViolation) -> None:
            resources = [seen(resource) for resource in args.resources]
            for finding in self.weigh_stack(resources, self.settle(args.get_config()))[0]:
                report(self.tell(finding), finding.urn)

        return StackValidationPolicy(validate=validate, **self._told())


def seen(resource: PolicyResource) -> Seen:
    """A resource of a stack as a judge sees it."""
    provider = resource.provider
    return Seen(
        resource.resource_type,
        resource.name,
        resource.urn,
        resource.props,
        resource.opts.protect,
        Seen(provider.resource_type, provider.name, provider.urn, provider.props) if provider else None,
        resource.parent.urn if resource.parent else resource.opts.parent,
        inputs=_said.recall(resource.urn),
        depends={name: tuple(made.urn for made in of) for name, of in resource.property_dependencies.items()},
    )


def _sorted(remarks: Iterable[Remark]) -> tuple[list[Finding], bool]:
    findings: list[Finding] = []
    unknown = False
    for remark in remarks:
        if isinstance(remark, Finding):
            findings.append(remark)
        else:
            unknown = unknown or remark is Gap.UNKNOWN
    return findings, unknown


def _framework(rule: Rule) -> PolicyComplianceFramework | None:
    if not rule.checks:
        return None
    name = "Checkov" if rule.checks[0].startswith("CKV") else "AWS Security Hub"
    return PolicyComplianceFramework(name=name, reference=rule.checks[0], specification=rule.says)


def only(value: object, wrong: Callable[[object], str | None]) -> Iterator[Remark]:
    """Judges one value: `Gap.UNKNOWN` where it is not known, else what `wrong` has against it."""
    if value is Gap.UNKNOWN:
        yield Gap.UNKNOWN
        return
    fact = wrong(value)
    if fact is not None:
        yield Finding(fact)
