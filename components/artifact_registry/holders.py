"""All who have one right: its service account, who may become that, and who has the right without it.

Owns: the service account, the grants on this registry's repositories alone, the providers of GitHub's tokens, and keys
in two slots. Does not own: the pool (`access.py`), the conditions and members (`federation.py`), or the roles
(`rights.py`).

One service account for all, and not one for each: what they may do is the same, and Google's trail names the token or
account that became it. Every grant is one member's own: what others have on the same repository or account stays. A
grant to somebody who exists is named after them and not after the principal: under another name it would be made, which
changes nothing, and then taken away under the old one.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

import pulumi
import pulumi_gcp as gcp

from components._access import Right
from components._base import Component, once
from components._github_jobs import GITHUB_ISSUER
from components.artifact_registry import federation, rights
from components.artifact_registry.fresh import fresh
from components.artifact_registry.settings_access import (
    AccountPrincipal,
    AnyPrincipal,
    ComputePrincipal,
    GithubPrincipal,
    GkePrincipal,
    KeyPrincipal,
)
from components.gcp.place import Place
from contract.variables import Name

KEY_USERNAME = "_json_key_base64"
"""The user name to which a JSON key is the password.

https://docs.cloud.google.com/artifact-registry/docs/docker/authentication, read 2026-11.
"""

_NEVER = "9999-"  # The year in which Google lets a key end that does not.


@dataclass(frozen=True)
class Given:
    """What a principal is told, so that it can use its right."""

    variables: Mapping[str, pulumi.Output[str]]
    expires_at: pulumi.Input[str | None] = None


class Holders(Component):
    """Everybody who has one right on the images of one registry."""

    TYPE = "snapdeploy:artifact-registry:Holders"

    address: pulumi.Output[str] | None
    """The address of the right's service account, known once it has its roles; None where nobody needs one."""
    given: Mapping[str, Given]
    """What each principal is told, by its name."""

    def __init__(
        self,
        name: str,
        right: Right,
        group: Mapping[str, AnyPrincipal],
        *,
        place: Place,
        repositories: Mapping[str, pulumi.Input[str]],
        account_id: str,
        pool: gcp.iam.WorkloadIdentityPool | None,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`repositories` are ids by the part that each plays; `pool` is there where somebody comes from GitHub."""
        super().__init__(name, {"right": str(right)}, opts)
        self._right = right
        self._place = place
        self._repositories = repositories
        self._pool = pool
        self._granted: dict[str, list[pulumi.Output[str]]] = {}
        self._trusted: dict[str, pulumi.Output[str]] = {}
        self._account: gcp.serviceaccount.Account | None = None
        self.address = None
        if not all(isinstance(principal, AccountPrincipal) for principal in group.values()):
            self._account = gcp.serviceaccount.Account(
                self.child("account"),
                account_id=account_id,
                display_name=f"SnapDeploy {right}",
                description=f"May {right} images of SnapDeploy",
                project=place.project,
                opts=self.options(depends_on=list(after)),
            )
            self._grant("granted", self._account.member)
        self.given = {who: self._give(who, principal) for who, principal in group.items()}
        if self._account is not None:
            self.address = self._usable(*self._trusted.values())
        self.register_outputs({"address": self.address})

    def _give(self, who: str, principal: AnyPrincipal) -> Given:
        """Gives the right to one principal."""
        match principal:
            case GithubPrincipal():
                return self._federate(who, principal)
            case GkePrincipal():
                pool = principal.pool(self._place.project)
                pods = federation.pods(pool, principal.namespace, principal.service_account)
                return self._become(f"gke-{_short(pods)}", rights.FEDERATE, pods)
            case ComputePrincipal():
                machine = federation.account(principal.service_account)
                return self._become(f"compute-{_short(machine)}", rights.IMPERSONATE, machine)
            case AccountPrincipal():
                grants = self._grant(f"account-{_short(principal.member)}", principal.member)
                if principal.address is None:
                    return Given({})
                address = once(pulumi.Output.from_input(principal.address), *grants)
                return Given({Name.GOOGLE_SERVICE_ACCOUNT: address})
            case KeyPrincipal():
                return self._key(who, principal)
            case _:
                assert_never(principal)

    def _federate(self, who: str, principal: GithubPrincipal) -> Given:
        """Lets in the tokens of GitHub's that the principal trusts, as the right's service account."""
        assert self._pool is not None
        provider = gcp.iam.WorkloadIdentityPoolProvider(
            self.child(who),
            workload_identity_pool_id=self._pool.workload_identity_pool_id,
            workload_identity_pool_provider_id=fresh(federation.trusted(self._right, who)),
            display_name=federation.trusted(self._right, who),
            description=f"Jobs of {principal.repository}",
            attribute_condition=principal.condition(),
            attribute_mapping=federation.mapping(self._right, who),
            # Without audiences of its own it takes only tokens that were made for it by its full name.
            oidc={"issuer_uri": GITHUB_ISSUER},
            project=self._place.project,
            # 2026-11-25: the id is new at each run, and is the provider's only where it is made (see fresh.py).
            opts=self.options(ignore_changes=["workload_identity_pool_provider_id"]),
        )
        right = self._right
        members = self._pool.name.apply(lambda pool: federation.federated(pool, right, who))
        become = self._become(f"{who}-trusted", rights.FEDERATE, members)
        return Given({Name.GOOGLE_WORKLOAD_IDENTITY_PROVIDER: provider.name, **become.variables})

    def _become(self, label: str, role: str, member: pulumi.Input[str]) -> Given:
        """Lets `member` become the right's service account by `role`; once, however many principals it is."""
        assert self._account is not None
        if label not in self._trusted:
            self._trusted[label] = gcp.serviceaccount.IAMMember(
                self.child(label),
                service_account_id=self._account.name,
                role=role,
                member=member,
                opts=self.options(),
            ).id
        return Given({Name.GOOGLE_SERVICE_ACCOUNT: self._usable(self._trusted[label])})

    def _grant(self, label: str, member: pulumi.Input[str]) -> list[pulumi.Output[str]]:
        """Gives `member` the right's role on each of its repositories; once, however many principals it is."""
        if label not in self._granted:
            self._granted[label] = [
                gcp.artifactregistry.RepositoryIamMember(
                    self.child(f"{label}-{part}"),
                    project=self._place.project,
                    location=self._place.location,
                    repository=repository,
                    role=rights.role(self._right),
                    member=member,
                    opts=self.options(),
                ).id
                for part, repository in self._repositories.items()
            ]
        return self._granted[label]

    def _key(self, who: str, principal: KeyPrincipal) -> Given:
        """A key in each slot that has a text; the active one is what the principal is told."""
        assert self._account is not None
        account = once(self._account.name, *self._granted["granted"])  # no key before it can be used
        keys = {
            slot: gcp.serviceaccount.Key(
                self.child(f"{who}-key-{slot}"),
                service_account_id=account,
                # A changed text makes the new key before the old one of its slot goes: an account has ten.
                keepers={"text": text},
                opts=self.options(),
            )
            for slot, text in principal.texts().items()
        }
        active = keys[principal.active]
        variables: dict[str, pulumi.Output[str]] = {
            Name.DOCKER_REGISTRY_USERNAME: pulumi.Output.from_input(KEY_USERNAME),
            Name.DOCKER_REGISTRY_PASSWORD: pulumi.Output.secret(active.private_key),
        }
        return Given(variables, active.valid_before.apply(_end))

    def _usable(self, *trusted: pulumi.Output[str]) -> pulumi.Output[str]:
        """The service account's address, known once it has its roles and whoever `trusted` means may become it."""
        assert self._account is not None
        return once(self._account.email, *self._granted["granted"], *trusted)


def _end(valid_before: str) -> str | None:
    """When a key ends; None where Google says the year 9999."""
    return None if valid_before.startswith(_NEVER) else valid_before


def _short(member: str) -> str:
    """A name for `member` that is the same wherever it stands in the config."""
    return hashlib.sha256(member.encode()).hexdigest()[:8]
