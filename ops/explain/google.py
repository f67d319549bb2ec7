"""Google's grants: a member, a role, and what it is on.

Owns: which resource of Google's provider gives a role to whom, what the roles hold (`google_roles.yaml`), and what a
service account is called before it is made. Does not own who comes in through a pool (`federation.py`), comparing
(`grants.py`) or words (`rights.py`). Pure but for reading that table.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ops.explain.digest import Change, Mark, State
from ops.explain.grants import Condition, Grant, Set

_ROLES = Path(__file__).with_name("google_roles.yaml")
_ON = (
    ("repository", "artifact repository"),
    ("serviceAccountId", "service account"),
    ("secretId", "secret"),
    ("cryptoKeyId", "key"),
    ("keyRingId", "key ring"),
    ("topic", "topic"),
    ("subscription", "subscription"),
    ("bucket", "bucket"),
    ("service", "service"),
    ("folder", "folder"),
    ("orgId", "organization"),
    ("project", "project"),
)
ACCOUNT = "gcp:serviceaccount/account:Account"
_IDENTITY = "gcp:projects/serviceIdentity:ServiceIdentity"
_NAMES = {"gcp:secretmanager/secret:Secret": "secretId", "gcp:artifactregistry/repository:Repository": "repositoryId"}
"""Where the name is that people know, of what has another one of its own."""

OWN = "right:"
"""What a right begins with that is told in our own words."""
ACT = frozenset({"roles/iam.workloadIdentityUser", "roles/iam.serviceAccountTokenCreator"})
"""The roles by which somebody becomes a service account."""
BASIC = frozenset({"roles/owner", "roles/editor"})
"""Roles that give so much that no part of this project has a use for them."""


@cache
def roles() -> Mapping[str, tuple[str, ...]]:
    """What the roles that are known here let somebody do, in words."""
    import yaml

    found: Mapping[str, Mapping[str, Any]] = yaml.safe_load(_ROLES.read_text(encoding="utf-8"))
    return {role: tuple(told["may"]) for role, told in found.items()}


def gives(change: Change) -> bool:
    """Whether the resource gives a role."""
    kind = change.type.rsplit(":", 1)[-1].lower()
    return change.type.startswith("gcp:") and kind.endswith(("iammember", "iambinding"))


def name_of(change: Change) -> str | None:
    """What people call a resource of Google's; None where its kind has nothing to say of that here."""
    if change.type == ACCOUNT:
        member = identity(change)
        return member.removeprefix("member:serviceAccount:") if member else None
    found = change.state.get(_NAMES[change.type]) if change.type in _NAMES else None
    return found if type(found) is str else None


def identity(change: Change) -> str | None:
    """Who a service account or a service's own identity is, as a principal; None where it is neither.

    A service account's address follows from its id and project, so that it is known before the update:
    https://docs.cloud.google.com/iam/docs/service-account-overview (read 2026-11). An identity's does not.
    """
    state = change.state
    if change.type == _IDENTITY:
        found, service = state.get("member"), state.get("service")
        return f"member:{found}" if type(found) is str else f"agent:{service}" if type(service) is str else None
    if change.type != ACCOUNT:
        return None
    email, account, project = (state.get(name) for name in ("email", "accountId", "project"))
    if type(email) is str:
        return f"member:serviceAccount:{email}"
    if type(account) is str and type(project) is str:
        scope, _, name = project.rpartition(":")
        return f"member:serviceAccount:{account}@{name}{'.' if scope else ''}{scope}.iam.gserviceaccount.com"
    return None


def grants(state: State, named: Mapping[str, str], known: Mapping[str, str]) -> Iterator[Grant]:
    """What it gives; `named` has the names of others by URN, `known` the principals among them.

    A member or role that only the update finds out is `?`.
    """
    on = Set((on_what(state, named),))
    for who in members(state, named, known):
        yield from (Grant(who, may, on, conditions(state)) for may in rights(state))


def rights(state: State) -> list[Set]:
    """The rights that its role holds: the words where there are several, else the role itself."""
    role = state.get("role")
    name = role if isinstance(role, str) and not isinstance(role, Mark) else "?"
    held = roles().get(name, ())
    several = len(held) > 1 or name.startswith("roles/artifactregistry.")
    return [Set((f"{OWN}{right}",)) for right in held] if several and held else [Set((name,))]


def conditions(state: State) -> tuple[Condition, ...]:
    """On which condition of its own it gives them."""
    told = state.get("condition")
    expression = told.get("expression") if isinstance(told, Mapping) else None
    return (Condition("CEL", "expression", (str(expression),)),) if expression is not None else ()


def unknown(state: State) -> bool:
    """Whether what it gives is not in the preview."""
    return isinstance(state.get("role"), Mark)


def members(state: State, named: Mapping[str, str], known: Mapping[str, str]) -> list[str]:
    """To whom, as principals: `member:?NAME` is somebody who follows from that resource, and `member:?` anybody."""
    found: Any = state.get("members") if state.get("members") is not None else [state.get("member")]
    if not isinstance(found, list):
        found = [found]
    told = ["*" if one == "allUsers" else f"member:{one}" for one in found if type(one) is str]
    if len(told) == len(found):
        return told
    urns = [urn for name in ("member", "members") for urn in state.depends.get(name, ()) if urn in named]
    return [*told, *(known.get(urn) or f"member:?{named[urn]}" for urn in urns), *([] if urns else ["member:?"])]


def on_what(state: State, named: Mapping[str, str]) -> str:
    """What it is on."""
    for key, word in _ON:
        found = state.get(key)
        if found is None:
            continue
        if isinstance(found, Mark):
            found = next((named[urn] for urn in state.depends.get(key, ()) if urn in named), "?")
        return f"{word}:{str(found).rsplit('/', 1)[-1]}"
    return "?"
