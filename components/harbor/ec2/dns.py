"""The address that stays, and the name that leads to it.

Owns: the address and, where a zone is given, its record. Does not own: which server stands behind it (`server.py`).
"""

import pulumi
import pulumi_aws as aws

from components._base import Component
from components.harbor.ec2.settings import Ec2Settings

_SECONDS = 300
"""For how long a resolver may keep the address, which never changes while the server does."""


class Address(Component):
    """A static public address."""

    TYPE = "snapdeploy:harbor:Ec2Address"

    allocation: pulumi.Output[str]
    """What a server is associated by."""
    ip: pulumi.Output[str]
    record: aws.route53.Record | None = None
    by_hand: tuple[str, ...] = ()
    """The record that somebody has to enter, where no zone is given."""

    def __init__(
        self,
        name: str,
        settings: Ec2Settings,
        *,
        title: str,
        host: str,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`title` is the name in the cloud."""
        super().__init__(name, {"host": host}, opts)
        # An address that is given back is somebody else's at once, and with it the traffic for the host.
        address = aws.ec2.Eip(self.child("ip"), domain="vpc", tags={"Name": title}, opts=self.options(protect=protect))
        if settings.dns is not None:
            self.record = aws.route53.Record(
                self.child("record"),
                zone_id=settings.dns.zone,
                name=host,
                type="A",
                ttl=_SECONDS,
                records=[address.public_ip],
                opts=self.options(),
            )
        else:
            self.by_hand = (f"enter an A record for {host} with the address in output `address`",)
        self.allocation, self.ip = address.allocation_id, address.public_ip
        self.register_outputs({"ip": self.ip})
