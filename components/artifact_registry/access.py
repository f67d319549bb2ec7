"""Who may push, pull and clean up: all who have a right, and what the builder is told.

Owns: the workload identity pool that lets GitHub's tokens in, and choosing what of a principal's is delivered. Does not
own: the service accounts and grants of a right (`holders.py`), the conditions and members (`federation.py`), the roles
(`rights.py`), or which principal is the builder (the settings).
"""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_gcp as gcp

from components._access import Right, principals
from components._base import Component
from components.artifact_registry.fresh import fresh
from components.artifact_registry.holders import Given, Holders
from components.artifact_registry.settings_access import AccessSettings, GithubPrincipal
from components.gcp.place import Place

APIS: tuple[str, ...] = ("iam.googleapis.com", "iamcredentials.googleapis.com", "sts.googleapis.com")
"""What has to be enabled in the project: service accounts, their tokens, and the exchange of GitHub's for them."""

Repositories = Mapping[Right, Mapping[str, pulumi.Input[str]]]
"""The ids of the repositories that each right is about, by the part that each plays."""


class Access(Component):
    """All who may do something with the images of one registry."""

    TYPE = "snapdeploy:artifact-registry:Access"

    variables: Mapping[str, pulumi.Output[str]]
    """What the builder gets: its service account and the provider that lets it in, or its key."""
    accounts: Mapping[str, pulumi.Output[str]]
    """The address of each right's service account."""
    expires_at: pulumi.Input[str | None]
    """When the builder's key ends, RFC 3339; None: never, or there is none."""

    def __init__(
        self,
        name: str,
        settings: AccessSettings,
        *,
        place: Place,
        repositories: Repositories,
        prefix: str,
        after: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`prefix` begins the ids of service accounts where the settings say nothing of it; `after` enables the APIs.

        Raises MistakeError where the place leaves open who a principal is.
        """
        super().__init__(name, {"project": place.project, "location": place.location}, opts)
        prefix = settings.account_prefix or prefix
        chosen = principals(settings)
        pool = None
        if any(isinstance(principal, GithubPrincipal) for principal in chosen.values()):
            pool = gcp.iam.WorkloadIdentityPool(
                self.child("pool"),
                workload_identity_pool_id=fresh(prefix),
                display_name="SnapDeploy",
                description="Jobs of GitHub that may use images of SnapDeploy",
                project=place.project,
                # 2026-11-25: the id is new at each run, and is the pool's only where it is made (see fresh.py).
                opts=self.options(depends_on=list(after), ignore_changes=["workload_identity_pool_id"]),
            )
        holders = {
            right: Holders(
                self.child(str(right)),
                right,
                {who: principal for (of, who), principal in chosen.items() if of is right},
                place=place,
                repositories=repositories[right],
                account_id=f"{prefix}-{right}",
                pool=pool,
                after=after,
                opts=self.options(),
            )
            for right in Right
            if any(of is right for of, _ in chosen)
        }
        builder = settings.delivered()
        given = holders[Right.PUSH].given[builder] if builder is not None else Given({})
        self.variables = given.variables
        self.expires_at = given.expires_at
        self.accounts = {str(right): each.address for right, each in holders.items() if each.address is not None}
        self.register_outputs({"accounts": self.accounts})
