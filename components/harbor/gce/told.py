"""What the server is told, and where it answers: its metadata and one secret.

Owns: the secret, and the names of the metadata. Does not own: what the documents say (`wanted.py`), or who reads the
secret (`account.py`).
"""

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from components._base import Component

WANTED = "harbor-wanted"
"""The metadata that the wanted document is in."""
REPORT = "snapdeploy/report"
"""The guest attribute that the server reports in: namespace and key."""


class Told(Component):
    """The server's secret."""

    TYPE = "snapdeploy:harbor:ComputeEngineTold"

    def __init__(
        self,
        name: str,
        *,
        project: str,
        secret: str,
        secrets: pulumi.Input[str],
        host: str,
        protect: bool,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`secret` is its id, `secrets` the secret document; `after` enables the APIs."""
        super().__init__(name, {"kept": secret, "protect": protect}, opts)
        kept = gcp.secretmanager.Secret(
            self.child("secret"),
            secret_id=secret,
            project=project,
            annotations={"description": f"What the server of {host} must keep to itself"},
            replication=gcp.secretmanager.SecretReplicationArgs(auto=gcp.secretmanager.SecretReplicationAutoArgs()),
            deletion_protection=protect,
            opts=self.options(protect=protect, depends_on=after),
        )
        gcp.secretmanager.SecretVersion(
            self.child("secret-value"),
            secret=kept.id,
            secret_data=pulumi.Output.secret(secrets),
            # What goes with the secret is not taken away before it: where that is held back, the value stays.
            opts=self.options(deleted_with=kept),
        )
        self.secret: pulumi.Output[str] = kept.secret_id
        self.register_outputs({"kept": self.secret})
