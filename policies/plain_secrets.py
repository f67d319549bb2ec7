"""Rules against secrets that nobody marked as such: in what resources are given, and in what the program puts out.

Owns: the judgement on a value that is known and not marked secret. Does not own: how a
secret is recognised (`_secret_signs.py`), or how the marks come here (`_sdk.py`).

What is not caught: a secret of no known format under a harmless name, and what a provider
computes and does not mark (its marks are its own). A value unknown in the preview is judged
in the update, before its resource is made.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import pulumi
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

from policies._props import Leaf, Props, leaves, message, printable, text
from policies._secret_signs import is_reference, names_a_secret, secret_format

_STACK = "pulumi:pulumi:Stack"
_VALUES = frozenset({"value", "plaintextValue", "plaintext_value"})
_NAMES = ("name", "key", "variableName", "variable_name", "secretName", "secret_name")
_SECURE_STRING = "SecureString"


@dataclass(frozen=True)
class Finding:
    """A plain value that ought to be marked, without the value."""

    path: str
    sign: str
    """What gives it away, in words that follow the path."""


def findings(resource_type: str, props: Props, public: Collection[str]) -> Iterator[Finding]:
    """Every plain value among `props` that is a secret by its name, its format or its resource's type.

    `public` holds properties that are known to be none: `name`, or `type::name`, the name
    being the whole path with dots.
    """
    for leaf in leaves(props):
        path = ".".join(leaf.path)
        if path in public or f"{resource_type}::{path}" in public:
            continue
        sign = _sign(resource_type, leaf, props)
        if sign is not None:
            yield Finding(".".join(_harmless(part) for part in leaf.path), sign)


def _sign(resource_type: str, leaf: Leaf, props: Props) -> str | None:
    value = leaf.value.text if isinstance(leaf.value, pulumi.StringAsset) else leaf.value
    if isinstance(value, bool) or not isinstance(value, str | float | int):
        return None
    content = str(value)
    found = secret_format(content)
    if found is not None:
        return f"holds {found}"
    if not content.strip() or is_reference(content):
        return None
    if _holds_secrets(resource_type, leaf.path[0], props):
        return "is what this type of resource keeps secret"
    return "is a secret by its name" if any(map(names_a_secret, _names(leaf))) else None


def _names(leaf: Leaf) -> Iterator[str]:
    """What a leaf is called: its own name, and what names it where that is only "value" or a place in a list."""
    *holders, own = leaf.path
    while own.isdecimal() and holders:
        own = holders.pop()
    yield own
    if own in _VALUES:
        yield from holders[-1:]
        for name in _NAMES:
            named = text(leaf.around, name)
            if isinstance(named, str):
                yield named


def _holds_secrets(resource_type: str, top: str, props: Props) -> bool:
    """Whether the property `top` of this type of resource is secret whatever it is called."""
    package, _, rest = resource_type.partition(":")
    name = rest.rpartition(":")[2]
    if package == "github" and name.endswith("Secret"):
        return top in _VALUES
    if resource_type == "kubernetes:core/v1:Secret":
        return top in ("data", "stringData")
    return resource_type == "aws:ssm/parameter:Parameter" and top == "value" and text(props, "type") == _SECURE_STRING


def _harmless(part: str) -> str:
    """A name on the way to a value, unless someone used a secret as a name."""
    return "[hidden]" if secret_format(part) else printable(part)


def _public(config: object) -> frozenset[str]:
    return frozenset(map(str, config)) if isinstance(config, list | tuple) else frozenset()


def _inputs(args: ResourceValidationArgs, report: ReportViolation) -> None:
    for finding in findings(args.resource_type, args.props, _public(args.get_config().get(_PUBLIC))):
        report(
            message(
                f"property `{finding.path}` of '{printable(args.name)}' {finding.sign}, but is not marked secret",
                "it stands readable in the state, in previews and in the logs of pull requests",
                "hand it over as a secret: `pulumi config set --secret` and `config.require_secret(…)`, "
                "or `pulumi.Output.secret(…)`; what has been in a state in plain must be replaced",
            ),
            None,
        )


def _outputs(args: StackValidationArgs, report: ReportViolation) -> None:
    public = _public(args.get_config().get(_PUBLIC))
    for resource in args.resources:
        if not _is_program_made(resource):
            continue
        whose = "the stack" if resource.resource_type == _STACK else f"'{printable(resource.name)}'"
        for finding in findings(resource.resource_type, resource.props, public):
            report(
                message(
                    f"output `{finding.path}` of {whose} {finding.sign}, but is not marked secret",
                    "`pulumi stack output`, the state and the logs of pull requests show it to anyone",
                    "put out `pulumi.Output.secret(…)`, or leave it out; "
                    "what has been in a state in plain must be replaced",
                ),
                resource.urn,
            )


def _is_program_made(resource: PolicyResource) -> bool:
    """Whether the outputs were put together by the program: of the stack and of components, not by a provider."""
    return resource.provider is None and not resource.resource_type.startswith("pulumi:providers:")


_PUBLIC = "publicProperties"


def _schema() -> PolicyConfigSchema:
    return PolicyConfigSchema(
        {
            _PUBLIC: {
                "type": "array",
                "items": {"type": "string"},
                "default": [],
                "description": "properties that are no secrets in spite of their names: `path` or `type::path`",
            }
        }
    )


_FRAMEWORK = PolicyComplianceFramework(
    name="Checkov",
    reference="CKV_GIT_4",
    specification="Ensure GitHub Actions secrets are encrypted; here for every resource",
)

RULES: tuple[Policy, ...] = (
    ResourceValidationPolicy(
        name="secret-inputs-are-marked",
        description="What is a secret by its name or its format is handed to a resource as a secret.",
        validate=_inputs,
        enforcement_level=EnforcementLevel.MANDATORY,
        severity=Severity.CRITICAL,
        framework=_FRAMEWORK,
        config_schema=_schema(),
        remediation_steps="Mark the value as secret where it enters the program, and replace it if it was ever stored.",
    ),
    StackValidationPolicy(
        name="secret-outputs-are-marked",
        description="What is a secret by its name or its format is put out by stacks and components as a secret.",
        validate=_outputs,
        enforcement_level=EnforcementLevel.MANDATORY,
        severity=Severity.CRITICAL,
        framework=_FRAMEWORK,
        config_schema=_schema(),
        remediation_steps="Put out `pulumi.Output.secret(…)`, or nothing.",
    ),
)
