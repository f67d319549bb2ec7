"""Copies to and from other registries: the endpoint there, and the policy.

Owns: how Harbor is told of them. Does not own when the bridge may be used (`inside.py`), or the rules of what may be
said (`settings_replication.py`). The endpoints' credentials do not end by themselves: Harbor has no other way in.
"""

import pulumi
import pulumiverse_harbor as harbor

from components._base import Component
from components.harbor.inside.settings_replication import Direction, Peer, ReplicationSettings, Trigger

_KEY_FILE_USER = "_json_key"
_KIND = {
    Peer.ECR: "aws",
    Peer.GHCR: "github",
    # Harbor's own adapter for Google is for gcr.io, and lists a catalogue that Artifact Registry does not have.
    Peer.ARTIFACT_REGISTRY: "docker-registry",
    Peer.HARBOR: "harbor",
}
_TOP_PARTS = 1  # the project, which stands before every image's name here


def address(settings: ReplicationSettings) -> str:
    """Where the other registry answers."""
    match settings.peer:
        case Peer.ECR:
            return f"https://api.ecr.{settings.region}.amazonaws.com"
        case Peer.GHCR:
            return "https://ghcr.io"
        case Peer.ARTIFACT_REGISTRY:
            return f"https://{settings.location}-docker.pkg.dev"
        case Peer.HARBOR:
            return str(settings.url)


def naming(settings: ReplicationSettings, project: str) -> tuple[str, str, int]:
    """Which images go, the path that they arrive under, and how many parts of their names that is in place of."""
    if settings.direction is Direction.PUSH:
        return f"{project}/{settings.names}", settings.namespace, _TOP_PARTS
    return f"{settings.namespace}/{settings.names}", project, settings.namespace.count("/") + 1


def schedule(settings: ReplicationSettings) -> str:
    """When, in the bridge's words."""
    if settings.trigger is Trigger.SCHEDULED:
        return str(settings.schedule)
    return "event_based" if settings.trigger is Trigger.EVENT else "manual"


class Replication(Component):
    """One endpoint and what is copied to or from it."""

    TYPE = "snapdeploy:harbor:Replication"

    def __init__(
        self,
        name: str,
        settings: ReplicationSettings,
        *,
        label: str,
        project: harbor.Project,
        namespace: str,
        provider: harbor.Provider,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`label` is its name in Harbor."""
        super().__init__(name, {"peer": str(settings.peer), "direction": str(settings.direction)}, opts)
        username = _KEY_FILE_USER if settings.peer is Peer.ARTIFACT_REGISTRY else settings.username
        secret = settings.secret.get_secret_value() if settings.secret is not None else None
        endpoint = harbor.Registry(
            self.child("endpoint"),
            name=label,
            provider_name=_KIND[settings.peer],
            endpoint_url=address(settings),
            access_id=username,
            access_secret=pulumi.Output.secret(secret) if secret is not None else None,
            insecure=False,
            opts=self.options(provider=provider),
        )
        names, destination, replaced = naming(settings, namespace)
        filters = [harbor.ReplicationFilterArgs(name=names)]
        if settings.tags is not None:
            filters.append(harbor.ReplicationFilterArgs(tag=settings.tags, decoration="matches"))
        harbor.Replication(
            self.child("policy"),
            name=label,
            description=f"{settings.direction}: {settings.peer}",
            action=str(settings.direction),
            registry_id=endpoint.registry_id,
            dest_namespace=destination,
            dest_namespace_replace=replaced,
            filters=filters,
            schedule=schedule(settings),
            deletion=settings.deletions,
            override=True,
            speed=settings.kbps if settings.kbps is not None else -1,
            opts=self.options(provider=provider, depends_on=[project]),
        )
        self.register_outputs({})
