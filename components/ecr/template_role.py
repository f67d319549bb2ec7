"""What ECR acts as where a creation template sets tags or a KMS key.

Owns: the role, of which one serves all templates of a registry. Does not own: its documents (`rights.py`).
"""

import json
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components._base import Component, once
from components.aws.place import Place
from components.ecr import rights, trust


class TemplateRole(Component):
    """What ECR acts as where a template sets tags or a KMS key: one for all templates of a registry."""

    TYPE = "snapdeploy:ecr:TemplateRole"

    def __init__(
        self,
        name: str,
        *,
        places: Sequence[Place],
        prefixes: Sequence[str],
        keys: Sequence[pulumi.Output[str]],
        role_name: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`places` are the regions whose templates act as it, `keys` the ARNs of the KMS keys there."""
        super().__init__(name, {"prefixes": list(prefixes)}, opts)
        role = aws.iam.Role(
            self.child("role"),
            name=role_name,
            description="ECR acts as it when a creation template makes a repository",
            assume_role_policy=json.dumps(trust.template_role(places[0])),
            opts=self.options(),
        )

        def document(arns: list[str]) -> str:
            return json.dumps(rights.template_role(places, prefixes, arns))

        policy = aws.iam.RolePolicy(
            self.child("policy"),
            name="make-repositories",
            role=role.name,
            policy=pulumi.Output.all(*keys).apply(document) if keys else document([]),
            opts=self.options(),
        )
        # A template that is applied before the role may act fails the first push.
        self.arn = once(role.arn, policy.id)
        self.register_outputs({"arn": self.arn})
