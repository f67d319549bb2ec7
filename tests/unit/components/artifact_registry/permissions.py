"""The tables of who may do what and who may come in, with the grants they are about, and the page made of them.

`python -m tests.unit.components.artifact_registry.permissions` writes docs/artifact-registry-permissions.md anew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from components._access import Right
from components.artifact_registry.settings_access import AccessSettings, AnyPrincipal
from components.gcp.place import Place
from tests.support.page import code, config
from tests.unit.components.artifact_registry import accessible
from tests.unit.components.artifact_registry.accessible import COMPUTE, DEPLOYER, GITHUB, GKE, GRANT, KEYS, TRUST

HERE = Path(__file__).parent
PAGE = HERE.parents[3] / "docs" / "artifact-registry-permissions.md"
PLACE = Place(accessible.PROJECT, accessible.LOCATION)

EVERY_KIND = {
    "builder": "ci",
    "push": {"ci": GITHUB, "pods": GKE, "vm": COMPUTE},
    "pull": {"deployer": DEPLOYER, "other": KEYS},
    "clean": {"janitor": KEYS},
}


@dataclass(frozen=True, order=True)
class Grant:
    """One member's role on one resource."""

    resource: str
    role: str
    member: str


@dataclass(frozen=True)
class Question:
    """One cell of a table: may this member do this there?"""

    block: str
    because: str
    permission: str
    resource: str
    member: str
    expected: bool

    def asked(self, grants: Iterable[Grant]) -> bool:
        """The answer of the grants, and of what is in Google's roles."""
        return any(
            grant.member == self.member and grant.resource == self.resource and self.permission in roles()[grant.role]
            for grant in grants
        )

    def __str__(self) -> str:
        return (
            f"{self.block} {'may' if self.expected else 'may not'} {self.permission} at {self.resource}: {self.because}"
        )


@cache
def roles() -> dict[str, frozenset[str]]:
    """The permissions in each of Google's roles that are spoken of."""
    found: dict[str, Any] = yaml.safe_load((HERE / "roles.yaml").read_text())
    return {role: frozenset(_flat(permissions)) for role, permissions in found.items()}


@cache
def grants() -> tuple[Grant, ...]:
    """All that is granted where every kind of principal is there."""
    return granted(accessible.access(EVERY_KIND))


def granted(found: Any) -> tuple[Grant, ...]:
    """The grants that a program declares."""
    on_repositories = [
        Grant(PLACE.resource(one.inputs["repository"]), one.inputs["role"], one.inputs["member"])
        for one in found.of(GRANT)
    ]
    on_accounts = [
        Grant(one.inputs["serviceAccountId"], one.inputs["role"], one.inputs["member"]) for one in found.of(TRUST)
    ]
    return (*sorted(on_repositories), *sorted(on_accounts))


def permissions() -> dict[str, Any]:
    """permissions.yaml."""
    found: dict[str, Any] = yaml.safe_load((HERE / "permissions.yaml").read_text())
    return found


def trusts() -> dict[str, Any]:
    """trust.yaml."""
    found: dict[str, Any] = yaml.safe_load((HERE / "trust.yaml").read_text())
    return found


def questions() -> list[Question]:
    """Every permission of every row of permissions.yaml."""
    return [
        Question(name, row["because"], permission, resource(row["at"]), member(block["as"]), expected)
        for name, block in permissions().items()
        for expected, rows in ((True, block["allowed"]), (False, block["refused"]))
        for row in rows
        for permission in row["do"]
    ]


def principal(block: Mapping[str, Any]) -> AnyPrincipal:
    """The principal of a block of trust.yaml, read as from the config."""
    settings = AccessSettings.model_validate({"push": {"x": block["principal"]}}, by_alias=True, by_name=False)
    return settings.push["x"]


def resource(short: str) -> str:
    """The full name of what a row's `at` stands for."""
    if short in set(Right):
        return f"projects/{accessible.PROJECT}/serviceAccounts/{accessible.address(short)}"
    return short if "/" in short else PLACE.resource(short)


def member(short: str) -> str:
    """The member that a block's `as` stands for."""
    return f"serviceAccount:{accessible.address(short)}" if short in set(Right) else short


def _flat(permissions: Iterable[Any]) -> Iterable[str]:
    """A role's permissions, with those of the role that it begins with."""
    for one in permissions:
        if isinstance(one, str):
            yield one
        else:
            yield from _flat(one)


# --- the page ---

_HEAD = """# Artifact Registry: who may do what

Made from the tables that the tests ask the declared grants about
(`tests/unit/components/artifact_registry/permissions.yaml`, `roles.yaml` and `trust.yaml`);
`python -m tests.unit.components.artifact_registry.permissions` writes it anew. The examples are of project
`my-project`, location `europe-west1`, repository `snapdeploy-apps` with a cache `snapdeploy-apps-hub`, and registry
`main` in stack `prod`. Nothing is granted on the project, nothing is denied, and what no line grants nobody has by this
stack: who has a role on the project, its folder or its organization has it here as well.

What is in Google's roles was read on 2026-11-25; Google adds to them without notice.

## The grants

| who | gets the role | on |
|---|---|---|
"""
_TRUST_HEAD = """
## Who may come in

The kinds of principal under `access`, and what they are told by. A row that is refused is a near miss that was tried.
Jobs from GitHub come in by a token whose issuer is GitHub, whose audience is the provider by its full name, and of
which the provider's condition holds; the conditions are evaluated as they stand.
"""


def page() -> str:
    """docs/artifact-registry-permissions.md."""
    lines = [_HEAD.rstrip()]
    lines += [f"| `{_told(one.member)}` | `{one.role}` | `{_told(one.resource)}` |" for one in grants()]
    for block in permissions().values():
        lines += [f"\n## {block['title']}", f"For {block['for']}. The role: `{block['role']}`."]
        for title, rows in (("may", block["allowed"]), ("may not", block["refused"])):
            if rows:
                lines += [f"\n| {title} | on | why |", "|---|---|---|"]
            lines += [f"| {code(row['do'])} | `{_told(resource(row['at']))}` | {row['because']} |" for row in rows]
    lines.append(_TRUST_HEAD)
    for name, block in trusts().items():
        lines += [f"\n### {name}", f"{config(block['principal'])}\n", "| | who | why |", "|---|---|---|"]
        for verb, rows in (("yes", block["admits"]), ("no", block["refuses"])):
            lines += [f"| {verb} | {_who(row, block)} | {row['because']} |" for row in rows]
    return "\n".join(lines) + "\n"


def _told(name: str) -> str:
    """A resource or a member without what all of them have in common."""
    return name.removeprefix(f"projects/{accessible.PROJECT}/locations/{accessible.LOCATION}/").removeprefix(
        f"projects/{accessible.PROJECT}/"
    )


def _who(row: Mapping[str, Any], block: Mapping[str, Any]) -> str:
    if "as" in row:
        return f"`{row['as']}`"
    with_ = row.get("with") or {"ref": block["token"]["ref"]}
    return ", ".join(f"`{key}` = `{value}`" if value else f"no `{key}`" for key, value in with_.items())


if __name__ == "__main__":
    PAGE.write_text(page())
