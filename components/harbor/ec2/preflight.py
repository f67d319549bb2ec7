"""What is looked at in the account before anything is declared.

Owns: whether it is the right account, whether the subnet lies in the VPC and its zone has the instance type, and
whether the hosted zone is the host's. Does not own what is then declared. It only reads.
"""

from collections.abc import Iterator

import pulumi
import pulumi_aws as aws

from components._base import Obstacle, Surroundings
from components.aws.provider import aws_provider
from components.harbor.ec2.settings import Ec2Settings


def obstacles(name: str, settings: Ec2Settings, host: str, surroundings: Surroundings) -> Iterator[Obstacle]:
    """All that stands in the way of a server for `host`. Of a wrong account nothing more is asked.

    Warns, by the engine's log, where the server is smaller than Harbor recommends.
    """
    for warning in settings.warnings():
        pulumi.log.warn(f"{host}: {warning}")
    # It has no account, so that another one is refused in these words and not in the provider's.
    provider = aws_provider(f"{name}-preflight", region=settings.region, tags=surroundings.tags)
    options = pulumi.InvokeOptions(provider=provider)
    found = aws.get_caller_identity(opts=options).account_id
    if found != settings.account:
        yield Obstacle(
            ("vm", "account"),
            f"refusing to touch account {found}: the config says {settings.account}",
            f"use the credentials of account {settings.account} (AWS_PROFILE, or the role of the deployment);"
            f' or, if {found} is meant, write `account: "{found}"`',
            "the server would be made in an account that nobody meant",
        )
    elif not surroundings.simulated:
        # A simulated account holds nothing that this stack has not made.
        yield from _network(settings, options)
        yield from _zone(settings, host, options)


def _network(settings: Ec2Settings, options: pulumi.InvokeOptions) -> Iterator[Obstacle]:
    zone = settings.network.zone
    if settings.network.subnet is not None:
        subnet = aws.ec2.get_subnet(id=settings.network.subnet, opts=options)
        zone = subnet.availability_zone
        if subnet.vpc_id != settings.network.vpc:
            yield Obstacle(
                ("vm", "network", "subnet"),
                f"lies in {subnet.vpc_id}, and not in {settings.network.vpc}",
                f"write `vpc: {subnet.vpc_id}`, or a subnet of {settings.network.vpc}",
                "AWS would refuse the server its security group",
            )
    offered = aws.ec2.get_instance_type_offerings(
        location_type="availability-zone",
        filters=[aws.ec2.GetInstanceTypeOfferingsFilterArgs(name="instance-type", values=[settings.instance_type])],
        opts=options,
    ).locations
    if not offered or (zone is not None and zone not in offered):
        there = ", ".join(sorted(set(offered))) or f"no zone of {settings.region}"
        yield Obstacle(
            ("vm", "instanceType"),
            f"is not to be had in {zone or settings.region}: it is in {there}",
            "write another type, or another zone or subnet",
        )


def _zone(settings: Ec2Settings, host: str, options: pulumi.InvokeOptions) -> Iterator[Obstacle]:
    if settings.dns is None:
        return
    zone = aws.route53.get_zone(zone_id=settings.dns.zone, opts=options)
    name = zone.name.rstrip(".")
    if host != name and not host.endswith(f".{name}"):
        yield Obstacle(
            ("vm", "dns", "zone"),
            f"is the zone of {name}, which {host} is not in",
            f"write the id of the zone that {host} is in, or delete `dns` and enter the record yourself",
            "the record would be refused",
        )
    elif zone.private_zone:
        yield Obstacle(
            ("vm", "dns", "zone"),
            "is a private zone, which nobody outside its VPCs asks",
            f"write the id of the public zone of {name}",
            "the host would lead nowhere, and no certificate could be had",
        )
