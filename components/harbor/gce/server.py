"""The server on Compute Engine."""

import pulumi

from components.harbor.gce.settings import ComputeEngineSettings
from components.harbor.server import Server, ServerArgs


class ComputeEngineServer(Server):
    """One instance with its network, disk, address and service account."""

    TYPE = "snapdeploy:harbor:ComputeEngineServer"

    def __init__(
        self, name: str, settings: ComputeEngineSettings, args: ServerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        raise NotImplementedError
