"""The server on EC2."""

import pulumi

from components.harbor.ec2.settings import Ec2Settings
from components.harbor.server import Server, ServerArgs


class Ec2Server(Server):
    """One instance with its network, disk, address and role."""

    TYPE = "snapdeploy:harbor:Ec2Server"

    def __init__(
        self, name: str, settings: Ec2Settings, args: ServerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        raise NotImplementedError
