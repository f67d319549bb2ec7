"""The repositories that are declared by name, beside those that the first push makes.

Owns: each with the same protection, adopted where it exists already, and protected against deletion where the settings
say so. Does not own: the protection itself (`protection.py`), or whether a replacement may go on (`preflight.py`).
"""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components._base import Component
from components.ecr.protection import Protection
from components.ecr.settings import RepositorySettings

REPLACEABLE = "snapdeploy:replaceable"
"""The tag on repositories whose replacement the config has confirmed."""


class Repositories(Component):
    """The repositories that are declared by name."""

    TYPE = "snapdeploy:ecr:Repositories"

    def __init__(
        self,
        name: str,
        *,
        namespace: str,
        declared: Mapping[str, RepositorySettings],
        protection: Protection,
        key: pulumi.Input[str] | None,
        protect: bool,
        replaceable: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`replaceable`: the config has confirmed that they may be replaced with the images in them."""
        super().__init__(name, {"namespace": namespace}, opts)
        self.names = [f"{namespace}/{app}" for app in declared]
        for app, chosen in declared.items():
            role = app.replace("/", "-")
            existing = f"{namespace}/{app}"
            repository = aws.ecr.Repository(
                self.child(role),
                name=existing,
                encryption_configurations=protection.encrypted(key),
                # The registry's scanning configuration decides, where it has a rule; without one this does.
                image_scanning_configuration={"scan_on_push": True},
                # Left out, it is false; said, it would be a change to one that is adopted.
                force_delete=replaceable or None,
                tags={**protection.tags, **({REPLACEABLE: "true"} if replaceable else {})},
                opts=self.options(
                    protect=protect and not replaceable, **({"import_": existing} if chosen.adopt else {})
                ),
                **protection.mutability(),
            )
            if protection.lifecycle is not None:
                aws.ecr.LifecyclePolicy(
                    self.child(f"{role}-lifecycle"),
                    repository=repository.name,
                    policy=protection.lifecycle,
                    opts=self.options(),
                )
            if protection.repository_policy is not None:
                aws.ecr.RepositoryPolicy(
                    self.child(f"{role}-policy"),
                    repository=repository.name,
                    policy=protection.repository_policy,
                    opts=self.options(),
                )
        self.register_outputs({"names": self.names})
