"""The creation template: how the first push of an app makes its repository, protected like every other.

Owns: one prefix in one region. Does not own: the role that ECR acts as (`template_role.py`). The number of resources
does not depend on the number of apps: an app that nobody declares is made by the template.
"""

from collections.abc import Sequence
from enum import StrEnum

import pulumi
import pulumi_aws as aws

from components._base import Component
from components.ecr.protection import Protection


class Occasion(StrEnum):
    """On which occasions ECR makes a repository by the template."""

    PUSH = "CREATE_ON_PUSH"
    CACHE = "PULL_THROUGH_CACHE"
    REPLICATION = "REPLICATION"


class Template(Component):
    """The template of one prefix in one region."""

    TYPE = "snapdeploy:ecr:Template"

    def __init__(
        self,
        name: str,
        *,
        prefix: str,
        occasions: Sequence[Occasion],
        protection: Protection,
        key: pulumi.Input[str] | None,
        role: pulumi.Input[str] | None,
        region: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`key` is the ARN of the KMS key, where there is one; `role` what ECR acts as for tags and KMS."""
        super().__init__(name, {"prefix": prefix, "region": region}, opts)
        made = aws.ecr.RepositoryCreationTemplate(
            self.child("rule"),
            prefix=prefix,
            description=f"Repositories under {prefix}/, made by the first push",
            applied_fors=[str(occasion) for occasion in occasions],
            encryption_configurations=protection.encrypted(key),
            lifecycle_policy=protection.lifecycle,
            repository_policy=protection.repository_policy,
            resource_tags=dict(protection.tags) or None,
            custom_role_arn=role,
            region=region,
            opts=self.options(),
            **protection.mutability(),
        )
        self.prefix = made.prefix
        self.register_outputs({"prefix": self.prefix})
