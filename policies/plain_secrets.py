"""Rules against secrets that nobody marked as such: in what resources are given, and in what the program puts out.

Owns: the judgement on a value that is known and not marked secret. Does not own: how a
secret is recognised (`_secret_signs.py`), or how the marks come here (`_sdk.py`).

What is not caught: a secret of no known format under a harmless name, and what a provider
computes and does not mark (its marks are its own). A value unknown in the preview is judged
in the update, before its resource is made.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_policy import Severity

from policies._props import Gap, Leaf, Props, leaves, printable, text, unknowns
from policies._rule import Finding, Practice, Remark, Rule, Seen, StackRule
from policies._secret_signs import is_reference, names_a_secret, secret_format

_STACK = "pulumi:pulumi:Stack"
_VALUES = frozenset({"value", "plaintextValue", "plaintext_value"})
_NAMES = ("name", "key", "variableName", "variable_name", "secretName", "secret_name")
_SECURE_STRING = "SecureString"


@dataclass(frozen=True)
class Plain:
    """A plain value that ought to be marked, without the value."""

    path: str
    sign: str
    """What gives it away, in words that follow the path."""


def findings(resource_type: str, props: Props, public: Collection[str]) -> Iterator[Plain]:
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
            yield Plain(".".join(_harmless(part) for part in leaf.path), sign)


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


def _inputs(seen: Seen) -> Iterator[Remark]:
    for finding in findings(seen.type, seen.props, _public(seen.settings[_PUBLIC])):
        yield Finding(f"property `{finding.path}` of {seen} {finding.sign}, but is not marked secret")
    if any(unknowns(seen.props)):
        yield Gap.UNKNOWN


def _outputs(resources: list[Seen], settings: Mapping[str, Any]) -> Iterator[Remark]:
    public = _public(settings[_PUBLIC])
    for one in resources:
        if not _is_program_made(one):
            continue
        whose = "the stack" if one.type == _STACK else str(one)
        for finding in findings(one.type, one.props, public):
            yield Finding(f"output `{finding.path}` of {whose} {finding.sign}, but is not marked secret", one.urn)
        if any(unknowns(one.props)):
            yield Gap.UNKNOWN


def _is_program_made(one: Seen) -> bool:
    """Whether the outputs were put together by the program: of the stack and of components, not by a provider."""
    return one.provider is None and not one.type.startswith("pulumi:providers:")


_PUBLIC = "publicProperties"
_SETTINGS: Mapping[str, Mapping[str, Any]] = {
    _PUBLIC: {
        "type": "array",
        "items": {"type": "string"},
        "default": [],
        "description": "properties that are no secrets in spite of their names: `path` or `type::path`",
    }
}

RULES: tuple[Rule, ...] = (
    Rule(
        name="secret-inputs-are-marked",
        says="What is a secret by its name or its format is handed to a resource as a secret.",
        refuses="a property of any resource that is a secret by its name, its format or its resource's type, and is"
        " not marked secret",
        why="it stands readable in the state, in previews and in the logs of pull requests",
        mend="hand it over as a secret: `pulumi config set --secret` and `config.require_secret(…)`, "
        "or `pulumi.Output.secret(…)`; what has been in a state in plain must be replaced",
        severity=Severity.CRITICAL,
        checks=("CKV_GIT_4",),
        practices=(Practice.TOKENS,),
        settings=_SETTINGS,
        judge=_inputs,
    ),
    StackRule(
        name="secret-outputs-are-marked",
        says="What is a secret by its name or its format is put out by stacks and components as a secret.",
        refuses="the same in the outputs of the stack and of components",
        why="`pulumi stack output`, the state and the logs of pull requests show it to anyone",
        mend="put out `pulumi.Output.secret(…)`, or leave it out; what has been in a state in plain must be replaced",
        severity=Severity.CRITICAL,
        checks=("CKV_GIT_4",),
        practices=(Practice.TOKENS,),
        settings=_SETTINGS,
        over=_outputs,
    ),
)
