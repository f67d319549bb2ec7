"""IAM's documents read into grants: role and user policies, trust policies, and the policies of things.

Owns: the grammar of a policy document, and which resource's property holds one. Does not own comparing (`grants.py`) or
words (`rights.py`). The grammar:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html (read 2026-11). Pure.

A principal is written `<kind>:<name>`: `role:`, `user:`, `group:`, `policy:` (whoever has it), `account:`, `arn:`,
`service:`, `federated:`, or `*` for everybody.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ops.explain.digest import Change, Mark, State
from ops.explain.grants import EVERYTHING, Grant, Set, conditions

_ROOT = re.compile(r"arn:[a-z0-9-]+:iam::(\d{12}):root")
_ACCOUNT = re.compile(r"\d{12}")


class UnreadableError(Exception):
    """A document that IAM would not take, or that this reader does not know."""


@dataclass(frozen=True)
class Held:
    """A document: who has what it gives (None: it names them itself), and what it is on where it does not say."""

    document: Any
    who: str | None
    on: str | None = None


def statements(document: object) -> Iterator[Mapping[str, Any]]:
    """The statements of a document, as text or as read. Raises UnreadableError."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except (ValueError, RecursionError):
            raise UnreadableError from None
    if not isinstance(document, Mapping):
        raise UnreadableError
    found = document.get("Statement", [])
    for statement in found if isinstance(found, list) else [found]:
        if not isinstance(statement, Mapping) or statement.get("Effect") not in ("Allow", "Deny"):
            raise UnreadableError
        yield statement


def grants(held: Held) -> Iterator[Grant]:
    """What a document gives and denies, as single rights. Raises UnreadableError."""
    for statement in statements(held.document):
        whos = [held.who] if held.who is not None else list(_principals(statement))
        actions = _sets(statement, "Action")
        on = _sets(statement, "Resource") or [EVERYTHING]
        if held.on is not None and on == [EVERYTHING]:
            on = [Set((held.on,))]
        for way in conditions(statement.get("Condition")):
            for who in whos:
                for may in actions:
                    for what in on:
                        yield Grant(who, may, what, way, denied=statement["Effect"] == "Deny")


def documents(change: Change, state: State, named: Mapping[str, str]) -> Iterator[Held]:
    """The documents that a resource of AWS holds; `named` has the names of others by URN, for what is not known yet."""
    reader = _READERS.get(change.type)
    if reader is not None:
        yield from reader(change, state, named)


def attached(change: Change, state: State, named: Mapping[str, str]) -> Iterator[Grant]:
    """Rights that are given without a document: a policy attached by its name, a permission on a function."""
    kind = _ATTACHMENTS.get(change.type)
    if kind is not None:
        policy = _reference(state, "policyArn", named) or "?"
        yield Grant(
            f"{kind}:{_reference(state, kind, named) or '?'}", Set((f"policy:{policy.rsplit('/', 1)[-1]}",)), EVERYTHING
        )
    elif change.type == "aws:iam/role:Role":
        for policy in _list(state.asked("managedPolicyArns")):
            yield Grant(
                f"role:{_own_name(change, state)}", Set((f"policy:{str(policy).rsplit('/', 1)[-1]}",)), EVERYTHING
            )
    elif change.type == "aws:lambda/permission:Permission":
        source = state.get("sourceArn")
        account = state.get("sourceAccount")
        told = {
            key: value
            for key, value in (("aws:SourceArn", source), ("aws:SourceAccount", account))
            if value is not None and not isinstance(value, Mark)
        }
        (way,) = conditions({"ArnLike": told} if told else None)
        who = _principal("AWS" if "." not in str(state.get("principal")) else "Service", str(state.get("principal")))
        on = f"function:{_reference(state, 'function', named) or '?'}"
        yield Grant(who, Set((str(state.get("action")),)), Set((on,)), way)
    elif change.type == "aws:eks/podIdentityAssociation:PodIdentityAssociation":
        role = (_reference(state, "roleArn", named) or "?").rsplit("/", 1)[-1]
        who = "pod:" + "/".join(str(state.get(name)) for name in ("clusterName", "namespace", "serviceAccount"))
        yield Grant(who, Set(("sts:AssumeRole",)), Set((f"role:{role}",)))


def name_of(change: Change, state: State | None = None) -> str:
    """What the cloud calls a resource, as it will be or in `state`; where that is not known, what the program does."""
    return _own_name(change, state or change.state)


def _principals(statement: Mapping[str, Any]) -> Iterator[str]:
    for key in ("Principal", "NotPrincipal"):
        if key not in statement:
            continue
        found = statement[key]
        block = {"AWS": found} if isinstance(found, str) else found
        if not isinstance(block, Mapping):
            raise UnreadableError
        whos = [_principal(str(kind), str(one)) for kind, names in sorted(block.items()) for one in _list(names)]
        if key == "NotPrincipal":
            yield "but:" + ", ".join(sorted(whos))
        else:
            yield from whos
        return
    raise UnreadableError


def _principal(kind: str, name: str) -> str:
    if name == "*":
        return "*"
    root = _ROOT.fullmatch(name)
    if root or _ACCOUNT.fullmatch(name):
        return f"account:{root.group(1) if root else name}"
    return {"Service": "service:", "Federated": "federated:"}.get(kind, "arn:" if kind == "AWS" else f"{kind}:") + (
        name.removeprefix("arn:") if kind == "AWS" else name
    )


def _sets(statement: Mapping[str, Any], name: str) -> list[Set]:
    def read(value: object) -> str:
        if not isinstance(value, str):
            raise UnreadableError
        return value

    if name in statement:
        return [Set((read(one),)) for one in _list(statement[name])]
    if f"Not{name}" in statement:
        return [Set(tuple(sorted(read(one) for one in _list(statement[f"Not{name}"]))), but=True)]
    if name == "Action":
        raise UnreadableError
    return []


def _list(value: Any) -> list[Any]:
    if value is None or isinstance(value, Mark):
        return []
    return value if isinstance(value, list) else [value]


def _own_name(change: Change, state: State) -> str:
    found = state.get("name", "repositoryName", "repository", "prefix")
    return found if isinstance(found, str) and not isinstance(found, Mark) else change.name


def _reference(state: State, name: str, named: Mapping[str, str]) -> str | None:
    """The name that a property holds, or that of the resource it will come from."""
    found = state.get(name)
    if isinstance(found, str) and not isinstance(found, Mark):
        return found
    return next((named[urn] for urn in state.depends.get(name, ()) if urn in named), None)


def _last(name: str) -> str:
    """A thing's name, where its ARN was given: the same before it is made and after."""
    if not name.startswith("arn:"):
        return name
    return re.sub(r"-[A-Za-z0-9]{6}$", "", name.split(":secret:")[1]) if ":secret:" in name else name.rsplit(":", 1)[-1]


_Reader = Callable[[Change, State, Mapping[str, str]], Iterable[Held]]


def _of_principal(kind: str) -> _Reader:
    def read(change: Change, state: State, named: Mapping[str, str]) -> Iterator[Held]:
        yield Held(state.asked("policy"), f"{kind}:{_reference(state, kind, named) or change.name}")

    return read


def _role(change: Change, state: State, _named: Mapping[str, str]) -> Iterator[Held]:
    name = f"role:{_own_name(change, state)}"
    yield Held(state.asked("assumeRolePolicy"), None, name)
    for inline in _list(state.asked("inlinePolicies")):
        if isinstance(inline, Mapping) and inline.get("policy"):
            yield Held(inline["policy"], name)


def _of_thing(kind: str, *properties: str, where: str = "policy") -> _Reader:
    def read(change: Change, state: State, named: Mapping[str, str]) -> Iterator[Held]:
        told = next((found for name in properties if (found := _reference(state, name, named))), None)
        if state.asked(where) is not None:
            yield Held(state.asked(where), None, f"{kind}:{_last(told) if told else _own_name(change, state)}")

    return read


def _policy(change: Change, state: State, _named: Mapping[str, str]) -> Iterator[Held]:
    yield Held(state.asked("policy"), f"policy:{_own_name(change, state)}")


_ATTACHMENTS = {
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "role",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "user",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": "group",
}

_READERS: Mapping[str, _Reader] = {
    "aws:iam/role:Role": _role,
    "aws:iam/rolePolicy:RolePolicy": _of_principal("role"),
    "aws:iam/userPolicy:UserPolicy": _of_principal("user"),
    "aws:iam/groupPolicy:GroupPolicy": _of_principal("group"),
    "aws:iam/policy:Policy": _policy,
    "aws:ecr/repositoryPolicy:RepositoryPolicy": _of_thing("repository", "repository"),
    "aws:ecr/registryPolicy:RegistryPolicy": _of_thing("registry"),
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": _of_thing(
        "repositories", "prefix", where="repositoryPolicy"
    ),
    "aws:sns/topicPolicy:TopicPolicy": _of_thing("topic", "arn"),
    "aws:sns/topic:Topic": _of_thing("topic", "name"),
    "aws:secretsmanager/secretPolicy:SecretPolicy": _of_thing("secret", "secretArn"),
    "aws:secretsmanager/secret:Secret": _of_thing("secret", "name"),
    "aws:kms/key:Key": _of_thing("key"),
    "aws:s3/bucketPolicy:BucketPolicy": _of_thing("bucket", "bucket"),
    "aws:sqs/queuePolicy:QueuePolicy": _of_thing("queue", "queueUrl"),
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": _of_thing("bus", "eventBusName"),
}
"""The resources of AWS that hold a document."""
