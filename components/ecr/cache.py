"""Caches of other registries: an image that is pulled through one comes from the upstream once.

Owns: the rule, the upstream's credential in Secrets Manager under the name that ECR demands, and the template of what
the cache holds. Does not own: who may pull through it (`access.py`).
"""

import json

import pulumi
import pulumi_aws as aws

from components._base import Component, once
from components.ecr.protection import Protection
from components.ecr.settings import CacheSettings, Upstream
from components.ecr.template import Occasion, Template

# https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-rule.html
_URL = {
    Upstream.DOCKER_HUB: "registry-1.docker.io",
    Upstream.GHCR: "ghcr.io",
    Upstream.QUAY: "quay.io",
    Upstream.KUBERNETES: "registry.k8s.io",
    Upstream.ECR_PUBLIC: "public.ecr.aws",
}
_SECRET_PREFIX = "ecr-pullthroughcache/"  # noqa: S105  # a prefix that ECR demands of the secret's name


class PullThroughCache(Component):
    """One upstream, cached under one prefix."""

    TYPE = "snapdeploy:ecr:PullThroughCache"

    def __init__(
        self,
        name: str,
        settings: CacheSettings,
        *,
        prefix: str,
        stack: str,
        protection: Protection,
        key: pulumi.Input[str] | None,
        role: pulumi.Input[str] | None,
        region: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`protection` is that of what is cached, see `cached`."""
        super().__init__(name, {"upstream": str(settings.upstream), "prefix": prefix}, opts)
        template = Template(
            self.child("template"),
            prefix=prefix,
            occasions=[Occasion.CACHE],
            protection=protection,
            key=key,
            role=role,
            region=region,
            opts=self.options(),
        )
        credential = None
        if settings.token is not None:
            credential = self._credential(f"{_SECRET_PREFIX}{stack}/{prefix}", settings, region)
        aws.ecr.PullThroughCacheRule(
            self.child("rule"),
            ecr_repository_prefix=prefix,
            upstream_registry_url=_URL[settings.upstream],
            credential_arn=credential,
            region=region,
            # What is pulled before its template is there is a repository without protection.
            opts=self.options(depends_on=[template]),
        )
        self.register_outputs({})

    def _credential(self, secret_name: str, settings: CacheSettings, region: str) -> pulumi.Output[str]:
        assert settings.token is not None
        secret = aws.secretsmanager.Secret(
            self.child("credential"),
            name=secret_name,
            description=f"What ECR logs in to {settings.upstream} with",
            region=region,
            opts=self.options(),
        )
        content = {"username": settings.username, "accessToken": settings.token.get_secret_value()}
        version = aws.secretsmanager.SecretVersion(
            self.child("credential-version"),
            secret_id=secret.id,
            secret_string=pulumi.Output.secret(json.dumps(content)),
            region=region,
            opts=self.options(),
        )
        # The rule is tried at its making: the secret must not be empty then.
        return once(secret.arn, version.id)
