"""A KMS key for the images of one registry in one region.

Owns: the key, rotated each year and protected where the settings say so, and its alias. Does not own: who may use it
(`rights.py`).
"""

import json

import pulumi
import pulumi_aws as aws

from components._base import Component
from components.aws.place import Place
from components.ecr import rights


class OwnKey(Component):
    """A KMS key for the images of one registry."""

    TYPE = "snapdeploy:ecr:Key"

    def __init__(
        self,
        name: str,
        *,
        alias: str,
        place: Place,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, {"alias": alias}, opts)
        key = aws.kms.Key(
            self.child("key"),
            description=f"Images of {alias}",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=json.dumps(rights.key(place)),
            region=place.region,
            opts=self.options(protect=protect),
        )
        aws.kms.Alias(
            self.child("alias"),
            name=f"alias/{alias}",
            target_key_id=key.key_id,
            region=place.region,
            opts=self.options(),
        )
        self.arn = key.arn
        self.register_outputs({"arn": self.arn})
