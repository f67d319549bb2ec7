"""What the server is in the account: its role, and the profile that an instance takes it by.

Owns: both. Does not own: what the role may do (`rights.py`).
"""

import json

import pulumi
import pulumi_aws as aws

from components._base import Component, once
from components.aws.place import Place, Service
from components.harbor.ec2 import rights


class ServerRole(Component):
    """The role of one server."""

    TYPE = "snapdeploy:harbor:Ec2ServerRole"

    profile: pulumi.Output[str]
    """The instance profile's name, known once the role may do what it has to."""

    def __init__(
        self,
        name: str,
        *,
        title: str,
        place: Place,
        reach: rights.Reach,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`title` is the name in the cloud."""
        super().__init__(name, {"title": title}, opts)
        role = aws.iam.Role(
            self.child("role"),
            name=title,
            description=f"What the server of {title} is",
            assume_role_policy=json.dumps(rights.trusted(place, Service.EC2)),
            opts=self.options(),
        )
        policy = aws.iam.RolePolicy(
            self.child("policy"),
            name="server",
            role=role.name,
            policy=json.dumps(rights.server(place, reach)),
            opts=self.options(),
        )
        profile = aws.iam.InstanceProfile(self.child("profile"), name=title, role=role.name, opts=self.options())
        self.profile = once(profile.name, policy.id)
        self.register_outputs({"profile": self.profile})
