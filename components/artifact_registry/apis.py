"""The Google APIs that a registry stands on.

Owns: that each is on before anything is made through it, and stays on. Does not own: which ones are needed, which each
part says of itself. Their number depends on what is switched on, not on the number of apps.
"""

from collections.abc import Iterable

import pulumi
import pulumi_gcp as gcp

from components._base import Component

ARTIFACT_REGISTRY = "artifactregistry.googleapis.com"
PROJECTS = "cloudresourcemanager.googleapis.com"
"""What the preflight looks the project up with."""
APIS = (ARTIFACT_REGISTRY, PROJECTS)


class Apis(Component):
    """The APIs of one project, the registry's own first."""

    TYPE = "snapdeploy:artifact-registry:Apis"

    def __init__(
        self, name: str, services: Iterable[str], *, project: str, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """`services` are those that the registry's parts need beside its own; naming one twice does no harm."""
        needed = dict.fromkeys((*APIS, *services))
        super().__init__(name, {"services": list(needed)}, opts)
        self.all: list[pulumi.Resource] = []
        """Each of them, for whatever has to wait."""
        for service in needed:
            enabled = gcp.projects.Service(
                self.child(service.partition(".")[0]),
                service=service,
                project=project,
                # Others in the project may rely on it, and images cannot be pulled while it is off.
                disable_on_destroy=False,
                # One after the other: Google refuses changes that overlap.
                opts=self.options(depends_on=self.all[-1:]),
            )
            self.all.append(enabled)
        self.register_outputs({})
