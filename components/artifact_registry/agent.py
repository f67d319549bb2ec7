"""Artifact Registry's own identity in the project: who encrypts images, and who logs in to an upstream.

Owns: that it exists, which Google otherwise sees to at some later time. Does not own: what it may do; each part grants
that on its own key or secret alone (`key.py`, `cache.py`).
"""

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from components._base import Component
from components.artifact_registry.apis import ARTIFACT_REGISTRY


class Agent(Component):
    """The service agent of Artifact Registry."""

    TYPE = "snapdeploy:artifact-registry:Agent"

    def __init__(
        self,
        name: str,
        *,
        project: str,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, {"project": project}, opts)
        identity = gcp.projects.ServiceIdentity(
            self.child("identity"),
            service=ARTIFACT_REGISTRY,
            project=project,
            opts=self.options(depends_on=after),
        )
        self.member: pulumi.Output[str] = identity.member
        self.register_outputs({"member": self.member})
