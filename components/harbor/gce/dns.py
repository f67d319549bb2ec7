"""The address that stays, and the name that leads to it.

Owns: the address and, where a zone is given, its record. Does not own: which server stands behind it (`server.py`).
"""

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from components._base import Component
from components.harbor.gce.settings import ComputeEngineSettings

_SECONDS = 300
"""For how long a resolver may keep the address, which never changes while the server does."""


class Address(Component):
    """A static public address."""

    TYPE = "snapdeploy:harbor:ComputeEngineAddress"

    def __init__(
        self,
        name: str,
        settings: ComputeEngineSettings,
        *,
        title: str,
        host: str,
        protect: bool,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`title` is the name in the cloud; `after` enables the APIs."""
        super().__init__(name, {"host": host}, opts)
        address = gcp.compute.Address(
            self.child("ip"),
            name=title,
            description=f"The address of the server {title}",
            project=settings.project,
            region=settings.region,
            address_type="EXTERNAL",
            network_tier="PREMIUM",
            # An address that is given back is somebody else's at once, and with it the traffic for the host.
            opts=self.options(protect=protect, depends_on=after),
        )
        self.ip: pulumi.Output[str] = address.address
        self.record: pulumi.Resource | None = None
        self.by_hand: tuple[str, ...] = ()
        """The record that somebody has to enter, where no zone is given."""
        if settings.dns is not None:
            self.record = gcp.dns.RecordSet(
                self.child("record"),
                managed_zone=settings.dns.zone,
                name=f"{host}.",
                type="A",
                ttl=_SECONDS,
                rrdatas=[address.address],
                project=settings.project,
                opts=self.options(),
            )
        else:
            self.by_hand = (f"enter an A record for {host} with the address in output `address`",)
        self.register_outputs({"ip": self.ip})
