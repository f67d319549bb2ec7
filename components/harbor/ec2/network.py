"""Where the server stands, and who reaches it through which port.

Owns: the small network where none is given, and the security group with its rules. Does not own: the address
(`dns.py`), or what listens on a port. There is no way in for SSH: who has to look uses Session Manager, which the
server itself connects to.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from typing import Any

import pulumi
import pulumi_aws as aws

from components._base import Component
from components.harbor.ec2.settings import Ec2Settings, NetworkSettings

_HTTPS, _HTTP, _METRICS = 443, 80, 9090
_EVERYWHERE = "0.0.0.0/0"
_OTHER = re.compile(r"[^0-9a-f]+")


@dataclass(frozen=True)
class Opening:
    """One port for one network."""

    name: str
    port: int
    cidr: str
    protocol: str = "tcp"

    @property
    def arguments(self) -> dict[str, Any]:
        """As a rule of a security group takes it."""
        version = "cidr_ipv4" if isinstance(ip_network(self.cidr), IPv4Network) else "cidr_ipv6"
        return {"ip_protocol": self.protocol, "from_port": self.port, "to_port": self.port, version: self.cidr}


def ways_in(settings: Ec2Settings, *, http_challenge: bool) -> Iterator[Opening]:
    """Who reaches the server."""
    for cidr in settings.allow_from:
        yield Opening(f"https-{_slug(cidr)}", _HTTPS, cidr)
    if http_challenge:
        # The certificate's authority asks from addresses that it does not tell.
        yield Opening("challenge", _HTTP, _EVERYWHERE)
    for cidr in settings.metrics_from:
        yield Opening(f"metrics-{_slug(cidr)}", _METRICS, cidr)


def ways_out(wanted: Mapping[str, Any]) -> Iterator[Opening]:
    """What the server reaches: AWS and registries, packages, names, time, and the services that it is told of."""
    yield Opening("https", _HTTPS, _EVERYWHERE)
    yield Opening("packages", _HTTP, _EVERYWHERE)
    yield Opening("names", 53, _EVERYWHERE, "udp")
    yield Opening("long-names", 53, _EVERYWHERE)
    yield Opening("time", 123, _EVERYWHERE, "udp")
    taken = {_HTTPS, _HTTP, 53}
    for role, port in _told(wanted):
        if port not in taken:
            yield Opening(role, port, _EVERYWHERE)
            taken.add(port)


def _told(wanted: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for role in ("database", "redis"):
        if wanted.get(role):
            yield role, int(wanted[role]["port"])
    if wanted.get("auditForward"):
        yield "audit", int(str(wanted["auditForward"]).rpartition(":")[2])


def first_zone(region: str, locations: Iterable[str]) -> str | None:
    """The first of `locations` that is a zone of `region` itself, and not one in another city; None: there is none."""
    return next((zone for zone in sorted(locations) if zone[:-1] == region), None)


def _slug(cidr: str) -> str:
    return _OTHER.sub("-", cidr).strip("-")


class Network(Component):
    """The subnet that the server stands in, and its security group."""

    TYPE = "snapdeploy:harbor:Ec2Network"

    subnet: pulumi.Output[str]
    zone: pulumi.Output[str]
    """The availability zone, in which the data disk has to be too."""
    group: pulumi.Output[str]
    """The security group's id."""

    def __init__(
        self,
        name: str,
        settings: Ec2Settings,
        *,
        title: str,
        wanted: Mapping[str, Any],
        http_challenge: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`title` is the name in the cloud."""
        super().__init__(name, {"own": settings.network.vpc is None}, opts)
        vpc = self._given(settings.network) if settings.network.vpc else self._made(settings, title)
        group = aws.ec2.SecurityGroup(
            self.child("group"),
            name=title,
            description=f"Harbor {title}: what reaches it and what it reaches",
            vpc_id=vpc,
            opts=self.options(),
        )
        for way in ways_in(settings, http_challenge=http_challenge):
            aws.vpc.SecurityGroupIngressRule(
                self.child(f"in-{way.name}"), security_group_id=group.id, **way.arguments, opts=self.options()
            )
        for way in ways_out(wanted):
            aws.vpc.SecurityGroupEgressRule(
                self.child(f"out-{way.name}"), security_group_id=group.id, **way.arguments, opts=self.options()
            )
        self.group = group.id
        self.register_outputs({"subnet": self.subnet, "group": self.group})

    def _given(self, settings: NetworkSettings) -> pulumi.Input[str]:
        found = aws.ec2.get_subnet_output(id=settings.subnet, opts=pulumi.InvokeOptions(parent=self))
        self.subnet = pulumi.Output.from_input(settings.subnet or "")
        self.zone = found.availability_zone
        return settings.vpc or ""

    def _made(self, settings: Ec2Settings, title: str) -> pulumi.Input[str]:
        chosen = settings.network
        vpc = aws.ec2.Vpc(
            self.child("vpc"),
            cidr_block=chosen.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": title},
            opts=self.options(),
        )
        gateway = aws.ec2.InternetGateway(
            self.child("gateway"), vpc_id=vpc.id, tags={"Name": title}, opts=self.options()
        )
        subnet = aws.ec2.Subnet(
            self.child("subnet"),
            vpc_id=vpc.id,
            cidr_block=chosen.cidr,
            availability_zone=chosen.zone or self._zone_with(settings),
            map_public_ip_on_launch=False,
            tags={"Name": title},
            # What AWS offers where changes, and the disk cannot follow.
            opts=self.options(ignore_changes=None if chosen.zone else ["availability_zone"]),
        )
        table = aws.ec2.RouteTable(
            self.child("routes"),
            vpc_id=vpc.id,
            routes=[aws.ec2.RouteTableRouteArgs(cidr_block=_EVERYWHERE, gateway_id=gateway.id)],
            tags={"Name": title},
            opts=self.options(),
        )
        aws.ec2.RouteTableAssociation(
            self.child("subnet-routes"), subnet_id=subnet.id, route_table_id=table.id, opts=self.options()
        )
        self.subnet, self.zone = subnet.id, subnet.availability_zone
        id_: pulumi.Output[str] = vpc.id
        return id_

    def _zone_with(self, settings: Ec2Settings) -> pulumi.Output[str | None]:
        """The first zone in which the instance type is to be had: not every zone has each of them."""
        found = aws.ec2.get_instance_type_offerings_output(
            location_type="availability-zone",
            filters=[aws.ec2.GetInstanceTypeOfferingsFilterArgs(name="instance-type", values=[settings.instance_type])],
            opts=pulumi.InvokeOptions(parent=self),
        )
        zone: pulumi.Output[str | None] = found.locations.apply(lambda there: first_zone(settings.region, there))
        return zone
