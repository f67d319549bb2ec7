"""The watch over a Harbor, on CloudWatch."""

import pulumi

from components._base import Component
from components.harbor.server import Server
from components.harbor.watch.settings import WatchSettings


class AwsWatch(Component):
    """Alarms and a dashboard over what the server measures."""

    TYPE = "snapdeploy:harbor:AwsWatch"

    def __init__(
        self,
        name: str,
        settings: WatchSettings,
        server: Server,
        *,
        registry: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`registry` is `<stack>/<name>`: the dimension of each measurement."""
        raise NotImplementedError
