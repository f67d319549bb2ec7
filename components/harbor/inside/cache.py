"""A cache of somebody else's registry: an image that is pulled through it comes from there once.

Owns: the endpoint, the project in front of it, and how long what nobody pulls is kept. Does not own who may pull
through it (`robot_account.py`).
"""

import pulumi
import pulumiverse_harbor as harbor

from components._base import Component
from components.harbor.inside.cron import as_told
from components.harbor.inside.settings_replication import CacheSettings, Upstream

_ENDPOINT = {
    Upstream.DOCKER_HUB: ("docker-hub", "https://hub.docker.com"),
    Upstream.GHCR: ("github", "https://ghcr.io"),
}


class Cache(Component):
    """One upstream, cached in one project of its name; private, as the upstream's credential is behind it."""

    TYPE = "snapdeploy:harbor:Cache"

    def __init__(
        self,
        name: str,
        settings: CacheSettings,
        *,
        upstream: Upstream,
        schedule: str,
        provider: harbor.Provider,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`schedule` is when images go, six fields."""
        super().__init__(name, {"upstream": str(upstream)}, opts)
        kind, url = _ENDPOINT[upstream]
        token = settings.token.get_secret_value() if settings.token is not None else None
        endpoint = harbor.Registry(
            self.child("endpoint"),
            name=f"cache-{upstream}",
            provider_name=kind,
            endpoint_url=url,
            access_id=settings.username,
            access_secret=pulumi.Output.secret(token) if token is not None else None,
            insecure=False,
            opts=self.options(provider=provider),
        )
        self.project = harbor.Project(
            self.child("project"),
            name=str(upstream),
            registry_id=endpoint.registry_id,
            public=False,
            # What is in it can be had again.
            force_destroy=True,
            opts=self.options(provider=provider),
        )
        harbor.RetentionPolicy(
            self.child("retention"),
            scope=self.project.id,
            schedule=as_told(schedule),
            rules=[
                harbor.RetentionPolicyRuleArgs(
                    repo_matching="**",
                    tag_matching="**",
                    untagged_artifacts=True,
                    n_days_since_last_pull=settings.expire_days,
                )
            ],
            opts=self.options(provider=provider, deleted_with=self.project),
        )
        self.register_outputs({})
