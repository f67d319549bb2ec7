"""Who may push, pull and clean up: what the config may say of each.

Owns: the kinds of principal, told apart by `from`, and the rules of their values. Does not own: the documents that
follow (`trust.py`, `rights.py`), or the roles (`access.py`). Pure.
"""

import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from components._access import KubernetesName, TwoSlots, builder_of, check_builder
from components._github_jobs import GithubId, GithubJobs
from components._settings import MistakeError, Settings, like
from components.aws.place import Account

_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
_CLUSTER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_ISSUER = re.compile(r"https://[a-z0-9.-]+(?:/[A-Za-z0-9._/-]+)?")
_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}")
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)


class From(StrEnum):
    """Where somebody comes from; the `from` key of a principal."""

    GITHUB = "github"
    EC2 = "ec2"
    ECS = "ecs"
    EKS_POD_IDENTITY = "eks-pod-identity"
    IRSA = "irsa"
    ACCOUNT = "account"
    ORGANIZATION = "organization"
    USER = "user"


class GithubPrincipal(GithubJobs):
    """Workflows of one GitHub repository, by the token that GitHub gives each job; nothing is stored.

    With both ids, both forms of the token's subject are trusted, `repo:OWNER/NAME:…` and
    `repo:OWNER@OWNER_ID/NAME@REPOSITORY_ID:…`, and both only from the repository with these ids. Without them only the
    first form is: who holds the name is trusted then. Repositories that were created, renamed or transferred since
    2026-07-15 send the second form, and so need the ids.
    """

    from_: Literal[From.GITHUB] = Field(alias="from")
    owner_id: GithubId | None = Field(
        default=None, description="`gh api repos/OWNER/NAME --jq .owner.id`", examples=[1234567]
    )
    repository_id: GithubId | None = Field(
        default=None, description="`gh api repos/OWNER/NAME --jq .id`", examples=[7654321]
    )

    @model_validator(mode="after")
    def _pinned(self) -> "GithubPrincipal":
        if (self.owner_id is None) != (self.repository_id is None):
            raise MistakeError(
                "has one of `ownerId` and `repositoryId`, and needs both or none",
                "run `gh api repos/OWNER/NAME --jq '.owner.id, .id'`, and write both",
                "half a pin would trust a repository that is not yours",
            )
        return self


class Ec2Principal(Settings):
    """Instances that carry the role's instance profile."""

    from_: Literal[From.EC2] = Field(alias="from")


class EcsPrincipal(Settings):
    """Tasks of ECS in the registry's account and region."""

    from_: Literal[From.ECS] = Field(alias="from")


class EksPodIdentityPrincipal(Settings):
    """Pods of one service account in one EKS cluster of the registry's account and region, by EKS Pod Identity.

    The association has to keep its session tags: by them one service account is told from another.
    """

    from_: Literal[From.EKS_POD_IDENTITY] = Field(alias="from")
    cluster: Annotated[str, like(_CLUSTER, "is not a cluster's name")] = Field(
        description="the cluster's name", examples=["apps"]
    )
    namespace: KubernetesName = Field(description="the namespace in the cluster", examples=["builder"])
    service_account: KubernetesName = Field(description="the service account there", examples=["builder"])


class IrsaPrincipal(Settings):
    """Pods of one service account, by the OIDC issuer of their cluster (IAM roles for service accounts)."""

    from_: Literal[From.IRSA] = Field(alias="from")
    issuer: Annotated[str, like(_ISSUER, "is not the address of an OIDC issuer, https://…")] = Field(
        description="`aws eks describe-cluster --name NAME --query cluster.identity.oidc.issuer`",
        examples=["https://oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"],
    )
    namespace: KubernetesName = Field(description="the namespace in the cluster", examples=["builder"])
    service_account: KubernetesName = Field(description="the service account there", examples=["builder"])


class AccountPrincipal(Settings):
    """Whoever another account lets: its own policies say who."""

    from_: Literal[From.ACCOUNT] = Field(alias="from")
    account: Account = Field(description="the other account's id, in quotes", examples=["210987654321"])
    external_id: (
        Annotated[str, like(_EXTERNAL_ID, "is not an external id: 2 to 1224 letters, digits and +=,.@:/-_")] | None
    ) = Field(default=None, description="what a third party has to name; see `sts:ExternalId`", examples=["snapdeploy"])


class OrganizationPrincipal(Settings):
    """Whoever an account of an AWS organization lets."""

    from_: Literal[From.ORGANIZATION] = Field(alias="from")
    id: Annotated[str, like(_ORGANIZATION, "is not an organization's id, o-…")] = Field(
        description="`aws organizations describe-organization --query Organization.Id`", examples=["o-a1b2c3d4e5"]
    )


class UserPrincipal(TwoSlots):
    """An IAM user with access keys: the last resort, for what can have no role.

    Two slots of keys, so that the new one can be delivered and proven before the old one goes.
    """

    from_: Literal[From.USER] = Field(alias="from")


AnyPrincipal = (
    GithubPrincipal
    | Ec2Principal
    | EcsPrincipal
    | EksPodIdentityPrincipal
    | IrsaPrincipal
    | AccountPrincipal
    | OrganizationPrincipal
    | UserPrincipal
)
Principal = Annotated[AnyPrincipal, Field(discriminator="from_")]
"""Somebody, told apart by the `from` key."""

_PrincipalName = Annotated[str, like(_NAME, "is not a name: a lower-case letter, then up to 30 of a-z, 0-9 and '-'")]
_Principals = dict[_PrincipalName, Principal]
_EXAMPLE = [{"ci": {"from": "github", "repository": "owner/name", "branches": ["main"]}}]


class AccessSettings(Settings):
    """Who may do what with the images, by a name that the role or user gets."""

    push: _Principals = Field(default_factory=dict, description="who may push", examples=_EXAMPLE)
    pull: _Principals = Field(default_factory=dict, description="who may pull", examples=_EXAMPLE)
    clean: _Principals = Field(default_factory=dict, description="who may delete images", examples=_EXAMPLE)
    builder: str | None = Field(
        default=None,
        description="which of `push` is the builder, whose role is delivered; left out: the only one",
        examples=["ci"],
    )

    @model_validator(mode="after")
    def _one_is_the_builder(self) -> "AccessSettings":
        check_builder(self.push, self.builder, "role")
        return self

    def delivered(self) -> str | None:
        """The name of the principal whose role or key the builder gets; None where nobody may push."""
        return builder_of(self.push, self.builder)
