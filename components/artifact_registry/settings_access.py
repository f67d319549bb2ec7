"""Who may push, pull and clean up: what the config may say of each.

Owns: the kinds of principal, told apart by `from`, and the rules of their values. Does not own: the conditions that
follow (`federation.py`), the roles (`rights.py`), or the service accounts (`access.py`). Pure.

Sources, read 2026-11:
- ids of service accounts: https://docs.cloud.google.com/iam/docs/service-accounts-create;
- ids of pools and providers: https://docs.cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.
"""

import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from components._access import KubernetesName, TwoSlots, builder_of, check_builder
from components._github_jobs import GithubId, GithubJobs
from components._settings import MistakeError, Settings, like
from components.artifact_registry import federation
from components.gcp.place import Project
from contract.kinds import Auth

# It stands in a provider's id, of 32 characters, between `clean-` and an ending that Google has not seen before.
_NAME = re.compile(r"[a-z][a-z0-9-]{0,20}")
# It begins the ids of service accounts, of 30 characters, the longest of which ends in `-clean`. Google keeps `gcp-`.
PREFIX = re.compile(r"(?!gcp-)[a-z](?:[a-z0-9-]{0,22}[a-z0-9])?")
_ADDRESS = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?@(?:[a-z0-9-]+\.)+gserviceaccount\.com")
_POOL = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?\.svc\.id\.goog")
_MEMBER = re.compile(
    r"(?:serviceAccount|group|user):[a-z0-9](?:[a-z0-9._+'-]{0,62}[a-z0-9])?@(?:[a-z0-9-]+\.)+[a-z]{2,}"
)

_SERVICE_ACCOUNT = "serviceAccount:"

AccountPrefix = Annotated[
    str, like(PREFIX, "is not a prefix: up to 24 of a-z, 0-9 and '-', a letter first, no '-' last, and not `gcp-…`")
]
"""What the ids of service accounts begin with."""


Address = Annotated[str, like(_ADDRESS, "is not a service account's address, NAME@….gserviceaccount.com")]
"""A service account's address."""


class From(StrEnum):
    """Where somebody comes from; the `from` key of a principal."""

    GITHUB = "github"
    GKE = "gke"
    COMPUTE = "compute"
    ACCOUNT = "account"
    KEY = "key"


class GithubPrincipal(GithubJobs):
    """Workflows of one GitHub repository, by the token that GitHub gives each job; nothing is stored.

    Trusted is the repository that has the name and both numbers. Jobs of pull requests are not, whatever they name.
    """

    from_: Literal[From.GITHUB] = Field(alias="from")
    owner_id: GithubId = Field(description="`gh api repos/OWNER/NAME --jq .owner.id`", examples=[1234567])
    repository_id: GithubId = Field(description="`gh api repos/OWNER/NAME --jq .id`", examples=[7654321])

    @model_validator(mode="after")
    def _fits(self) -> "GithubPrincipal":
        length = len(self.condition())
        if length > federation.MOST_OF_A_CONDITION:
            raise MistakeError(
                f"makes a condition of {length} characters, and Google takes {federation.MOST_OF_A_CONDITION}",
                "name fewer branches, tags and environments; `*` stands for anything",
                "Google would refuse the provider",
            )
        return self

    def condition(self) -> str:
        """Which tokens are let in, in CEL."""
        return federation.condition(self, owner_id=self.owner_id, repository_id=self.repository_id)


class GkePrincipal(Settings):
    """Pods of one service account in the GKE clusters of a project, by Workload Identity Federation for GKE.

    The service account in the cluster needs the annotation `iam.gke.io/gcp-service-account`, with the address of the
    right's service account. All clusters of a project share one pool: whoever may make the same service account in
    another of them is trusted as well.
    """

    from_: Literal[From.GKE] = Field(alias="from")
    project: Project | None = Field(
        default=None, description="the clusters' project; left out: the registry's", examples=["my-clusters"]
    )
    workload_pool: Annotated[str, like(_POOL, "is not a workload pool, PROJECT.svc.id.goog")] | None = Field(
        default=None,
        description="the pool, where it is not called after the project;"
        " `gcloud container clusters describe NAME --format='value(workloadIdentityConfig.workloadPool)'`",
        examples=["my-clusters.svc.id.goog"],
    )
    namespace: KubernetesName = Field(description="the namespace in the cluster", examples=["builder"])
    service_account: KubernetesName = Field(description="the service account there", examples=["builder"])

    @model_validator(mode="after")
    def _one_pool(self) -> "GkePrincipal":
        if self.project is not None and self.workload_pool is not None:
            raise MistakeError(
                "has `project` and `workloadPool`, which say the same",
                "delete `project`",
                "one of them would be ignored",
            )
        return self

    def pool(self, project: str) -> str:
        """The workload pool, where the registry's project is `project`. Raises MistakeError where nothing says it."""
        if self.workload_pool is not None:
            return self.workload_pool
        project = self.project or project
        if ":" in project:
            raise MistakeError(
                f"has its clusters in {project}, a project in a domain's scope, and does not name their pool",
                "write `workloadPool:`, as `gcloud container clusters describe NAME"
                " --format='value(workloadIdentityConfig.workloadPool)'` has it",
                "Google does not document what it is called",
            )
        return federation.workload_pool(project)


class ComputePrincipal(Settings):
    """Machines of Compute Engine, or whatever else runs as a service account, which becomes the right's own one."""

    from_: Literal[From.COMPUTE] = Field(alias="from")
    service_account: Address = Field(
        description="the address of the machine's service account",
        examples=["builder@my-project.iam.gserviceaccount.com"],
    )


class AccountPrincipal(Settings):
    """A service account, group or user that exists, and gets the role itself; never everybody."""

    from_: Literal[From.ACCOUNT] = Field(alias="from")
    member: Annotated[
        str, like(_MEMBER, "is not serviceAccount:ADDRESS, group:ADDRESS or user:ADDRESS, in lower-case letters")
    ] = Field(
        description="who, as Google's policies write it",
        examples=["serviceAccount:deployer@my-project.iam.gserviceaccount.com"],
    )

    @property
    def address(self) -> str | None:
        """The service account's address; None where it is a group or a user."""
        return self.member.removeprefix(_SERVICE_ACCOUNT) if self.member.startswith(_SERVICE_ACCOUNT) else None


class KeyPrincipal(TwoSlots):
    """A service account's JSON key: the last resort, for what can have no identity of its own.

    Two slots of keys, so that the new one can be delivered and proven before the old one goes. An organization may
    forbid keys (`iam.disableServiceAccountKeyCreation`), or end them (`iam.serviceAccountKeyExpiryHours`).
    """

    from_: Literal[From.KEY] = Field(alias="from")


AnyPrincipal = GithubPrincipal | GkePrincipal | ComputePrincipal | AccountPrincipal | KeyPrincipal
Principal = Annotated[AnyPrincipal, Field(discriminator="from_")]
"""Somebody, told apart by the `from` key."""

_PrincipalName = Annotated[str, like(_NAME, "is not a name: a lower-case letter, then up to 20 of a-z, 0-9 and '-'")]
_Principals = dict[_PrincipalName, Principal]
_EXAMPLE = [
    {"ci": {"from": "github", "repository": "owner/name", "ownerId": 1, "repositoryId": 2, "branches": ["main"]}}
]


class AccessSettings(Settings):
    """Who may do what with the images, by a name of one's choice."""

    push: _Principals = Field(default_factory=dict, description="who may push", examples=_EXAMPLE)
    pull: _Principals = Field(default_factory=dict, description="who may pull", examples=_EXAMPLE)
    clean: _Principals = Field(default_factory=dict, description="who may delete images", examples=_EXAMPLE)
    builder: str | None = Field(
        default=None,
        description="which of `push` is the builder, whose service account is delivered; left out: the only one",
        examples=["ci"],
    )
    account_prefix: AccountPrefix | None = Field(
        default=None,
        description="what the ids of the service accounts begin with; left out: snapdeploy-<stack>-<registry>",
        examples=["snapdeploy-prod"],
    )

    @model_validator(mode="after")
    def _one_is_the_builder(self) -> "AccessSettings":
        check_builder(self.push, self.builder, "service account")
        builder = self._builder()
        if isinstance(builder, AccountPrincipal) and builder.address is None:
            raise MistakeError(
                f"has a builder, `{self.delivered()}`, that is a group or a user",
                "name a service account, or another builder",
                "a builder needs a service account, whose tokens it can get",
            )
        return self

    def delivered(self) -> str | None:
        """The name of the principal whose service account or key the builder gets; None where nobody may push."""
        return builder_of(self.push, self.builder)

    def builder_auth(self) -> Auth:
        """How the builder gets in: by a token of its service account, or with a stored key."""
        return Auth.STATIC if isinstance(self._builder(), KeyPrincipal) else Auth.GOOGLE

    def _builder(self) -> AnyPrincipal | None:
        name = self.delivered()
        return self.push[name] if name is not None else None
