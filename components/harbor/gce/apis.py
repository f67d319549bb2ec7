"""The Google APIs that a server stands on.

Owns: which they are, that each is on before anything is made through it, and that it stays on. Does not own: the two
that have to be on before a program can switch on any, Resource Manager's and Service Usage's (docs/traps.md).
"""

import pulumi
import pulumi_gcp as gcp

from components._base import Component

COMPUTE = "compute.googleapis.com"
_ALWAYS = (
    COMPUTE,
    "iam.googleapis.com",
    "secretmanager.googleapis.com",
    "storage.googleapis.com",
    "iap.googleapis.com",
)


class Apis(Component):
    """The APIs of one project."""

    TYPE = "snapdeploy:harbor:ComputeEngineApis"

    def __init__(
        self,
        name: str,
        *,
        project: str,
        dns: bool,
        monitoring: bool,
        kms: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        services = [
            *_ALWAYS,
            *(["dns.googleapis.com"] if dns else []),
            *(["monitoring.googleapis.com"] if monitoring else []),
            *(["cloudkms.googleapis.com"] if kms else []),
        ]
        super().__init__(name, {"services": services}, opts)
        self.all: list[pulumi.Resource] = []
        """Each of them, for whatever has to wait."""
        for service in services:
            enabled = gcp.projects.Service(
                self.child(service.partition(".")[0]),
                service=service,
                project=project,
                # Others in the project may rely on it.
                disable_on_destroy=False,
                # One after the other: Google refuses changes that overlap.
                opts=self.options(depends_on=self.all[-1:]),
            )
            self.all.append(enabled)
        self.register_outputs({})
