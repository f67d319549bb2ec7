"""The repository that holds every app's images.

Owns: one standard repository of Docker images, protected as the settings say. Does not own: its key (`key.py`), the
caches beside it (`cache.py`), who may reach it (`access.py`), or whether it may be replaced (`preflight.py`).

An app needs no repository of its own, as with ECR: its images lie below this one, and the number of resources does not
depend on the number of apps. Google deletes a repository with all that is in it, and asks nobody: hence both locks, the
engine's and the provider's, which also holds where somebody lifts the first by hand.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_gcp as gcp

from components._base import Component
from components.artifact_registry import cleanup
from components.artifact_registry.settings import ArtifactRegistrySettings, ScanningSettings

REPLACEABLE = "snapdeploy-replaceable"
"""The label on a repository whose replacement the config has confirmed."""


class Repository(Component):
    """The standard repository of one registry."""

    TYPE = "snapdeploy:artifact-registry:Repository"

    def __init__(
        self,
        name: str,
        settings: ArtifactRegistrySettings,
        *,
        key: pulumi.Input[str] | None,
        protect: bool,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`key` is the full name of the key in Cloud KMS, where there is one."""
        super().__init__(name, {"namespace": settings.namespace}, opts)
        replaceable = settings.encryption.confirm_replacement is not None
        kept = protect and not replaceable
        there = settings.place.resource(settings.namespace)
        made = gcp.artifactregistry.Repository(
            self.child("standard"),
            project=settings.project,
            location=settings.location,
            repository_id=settings.namespace,
            description="Images of SnapDeploy",
            format="DOCKER",
            mode="STANDARD_REPOSITORY",
            docker_config={"immutable_tags": settings.immutability.enabled},
            kms_key_name=key,
            labels={REPLACEABLE: "true"} if replaceable else None,
            deletion_policy="PREVENT" if kept else "DELETE",
            vulnerability_scanning_config=_scanned(settings.scanning),
            opts=self.options(
                protect=kept,
                depends_on=after,
                # Its name is its address: a new one cannot stand beside the old.
                delete_before_replace=True,
                **({"import_": there} if settings.adopt else {}),
            ),
            **_cleaned(settings),
        )
        self.full_name: pulumi.Output[str] = made.id
        self.repository_id: pulumi.Output[str] = made.repository_id
        self.register_outputs({"full_name": self.full_name})


def _scanned(scanning: ScanningSettings | None) -> Any:
    """Left out where the settings do not own it: the project's way then holds."""
    if scanning is None:
        return None
    return {"enablement_config": "INHERITED" if scanning.enabled else "DISABLED"}


def _cleaned(settings: ArtifactRegistrySettings) -> Mapping[str, Any]:
    policies = cleanup.policies(settings.retention)
    if not policies:
        return {}
    return {"cleanup_policies": policies, "cleanup_policy_dry_run": settings.retention_dry_run}
