"""Caches of other registries, and the one repository in front of them.

Owns: a remote repository for each upstream with its credential in Secret Manager, and a virtual one that looks in the
standard repository first, and then in the caches. Does not own: who may pull through them (`access.py`).

Nobody is sent to the virtual repository for a push: it takes none.

https://docs.cloud.google.com/artifact-registry/docs/repositories/remote-overview and `virtual-overview` beside it,
read 2026-11.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_gcp as gcp

from components._base import Component, once
from components.artifact_registry import cleanup
from components.artifact_registry.settings import VIRTUAL, ArtifactRegistrySettings, CacheSettings, Upstream

API = "secretmanager.googleapis.com"
_READER = "roles/secretmanager.secretAccessor"
_FIRST = 100
"""The priority of the standard repository; a greater number is asked earlier."""


class Cache(Component):
    """One upstream, cached in a repository of its own."""

    TYPE = "snapdeploy:artifact-registry:Cache"

    def __init__(
        self,
        name: str,
        label: str,
        settings: ArtifactRegistrySettings,
        *,
        secret_id: str,
        agent: pulumi.Output[str] | None,
        key: pulumi.Input[str] | None,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`label` is the cache's name in the settings; `agent` who reads its credential, needed where there is one."""
        cache = settings.cache[label]
        super().__init__(name, {"upstream": str(cache.upstream), "url": cache.url}, opts)
        self._settings = settings
        expiry: Any = cleanup.of_cached(cache.expire_days)
        remote: Any = {"description": f"Cache of {cache.url or cache.upstream}", **_upstream(cache)}
        if cache.token is not None:
            assert agent is not None
            remote["upstream_credentials"] = {
                "username_password_credentials": {
                    "username": cache.username,
                    "password_secret_version": self._credential(secret_id, cache, agent, after),
                }
            }
        made = gcp.artifactregistry.Repository(
            self.child("remote"),
            project=settings.project,
            location=settings.location,
            repository_id=settings.cache_repository(label),
            description=f"Cache of {cache.url or cache.upstream}",
            format="DOCKER",
            mode="REMOTE_REPOSITORY",
            remote_repository_config=remote,
            kms_key_name=key,
            cleanup_policies=expiry,
            # What is cached is fetched anew: nothing is lost, and no dry run needed.
            cleanup_policy_dry_run=False,
            opts=self.options(depends_on=after, delete_before_replace=True),
        )
        self.full_name: pulumi.Output[str] = made.id
        self.repository_id: pulumi.Output[str] = made.repository_id
        self.register_outputs({"full_name": self.full_name})

    def _credential(
        self, secret_id: str, cache: CacheSettings, agent: pulumi.Output[str], after: Sequence[pulumi.Resource]
    ) -> pulumi.Output[str]:
        """The version that holds the token, known once Artifact Registry may read it: it tries it at its making."""
        assert cache.token is not None
        place = self._settings.place
        secret = gcp.secretmanager.Secret(
            self.child("credential"),
            project=place.project,
            secret_id=secret_id,
            # Where the images are, and nowhere else; a multi-region is no place that Secret Manager knows.
            replication={"auto": {}}
            if place.is_multi_region
            else {"user_managed": {"replicas": [{"location": place.location}]}},
            opts=self.options(depends_on=after),
        )
        version = gcp.secretmanager.SecretVersion(
            self.child("credential-version"),
            secret=secret.id,
            secret_data=pulumi.Output.secret(cache.token.get_secret_value()),
            opts=self.options(),
        )
        reader = gcp.secretmanager.SecretIamMember(
            self.child("credential-reader"),
            project=place.project,
            secret_id=secret.secret_id,
            role=_READER,
            member=agent,
            opts=self.options(),
        )
        return once(version.name, reader.id)


class Front(Component):
    """The virtual repository: the registry's own images first, then the caches'."""

    TYPE = "snapdeploy:artifact-registry:Front"

    def __init__(
        self,
        name: str,
        settings: ArtifactRegistrySettings,
        *,
        standard: pulumi.Output[str],
        caches: Mapping[str, pulumi.Output[str]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`standard` and `caches` are the repositories' full names, the latter by their names in the settings."""
        super().__init__(name, {"caches": sorted(caches)}, opts)
        # An image of somebody else's that is called like an app of ours must never be what is pulled.
        asked = [
            (settings.namespace, standard),
            *((settings.cache_repository(label), caches[label]) for label in sorted(caches)),
        ]
        made = gcp.artifactregistry.Repository(
            self.child("virtual"),
            project=settings.project,
            location=settings.location,
            repository_id=settings.cache_repository(VIRTUAL),
            description="Images of SnapDeploy, then those of its caches",
            format="DOCKER",
            mode="VIRTUAL_REPOSITORY",
            virtual_repository_config={
                "upstream_policies": [
                    {"id": id_, "repository": repository, "priority": _FIRST - number}
                    for number, (id_, repository) in enumerate(asked)
                ]
            },
            opts=self.options(delete_before_replace=True),
        )
        self.full_name: pulumi.Output[str] = made.id
        self.repository_id: pulumi.Output[str] = made.repository_id
        self.register_outputs({"full_name": self.full_name})


def _upstream(cache: CacheSettings) -> dict[str, Any]:
    if cache.upstream is Upstream.DOCKER_HUB:
        return {"docker_repository": {"public_repository": "DOCKER_HUB"}}
    return {"common_repository": {"uri": cache.url}}
