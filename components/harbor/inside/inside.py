"""What is inside a Harbor, as resources."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components._base import Component
from components.harbor.inside.settings import InsideSettings


@dataclass(frozen=True)
class Door:
    """How one gets into a Harbor as its administrator."""

    url: pulumi.Input[str]
    """`https://<host>`."""
    admin_password: pulumi.Input[str]
    ca: pulumi.Input[str]
    """PEM of the certificate authority to trust besides the world's; empty: none."""
    simulated: bool = False


class Inside(Component):
    """The project, who may use it, and what keeps it in order."""

    TYPE = "snapdeploy:harbor:Inside"

    username: pulumi.Output[str]
    """The robot that pushes: `robot$<project>+<name>`."""
    password: pulumi.Output[str]
    """Its secret, always a secret output."""
    expires_at: pulumi.Output[str]
    """When it ends, RFC 3339."""

    def __init__(
        self,
        name: str,
        settings: InsideSettings,
        door: Door,
        *,
        namespace: str,
        owner: str,
        protect: bool,
        tags: Mapping[str, str],
        after: tuple[pulumi.Resource, ...],
        admin_login: bool = True,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        raise NotImplementedError
