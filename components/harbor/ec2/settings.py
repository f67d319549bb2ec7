"""What a server on EC2 may be told.

Owns: the keys of `vm:` with `kind: ec2`, their defaults, and the rules between them. Does not own: what exists in the
account (`preflight.py`), or the numbers that the sizes are held against (`instance_types.yaml`).
"""

import re
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict, model_validator

from components._settings import MistakeError, Settings, like
from components.aws.place import Account, KeyArn, Region, region_of_key
from components.harbor.ec2 import facts
from components.harbor.settings_server import CLOCK, ServerSettings, check_named, check_private

# A generation's number and then a `g`: t4g, m7gd, c7gn. g4dn and its like have an x86 processor.
_ARM = re.compile(r"(?:a1|[a-z]+[0-9]+g[a-z0-9-]*)\..+")
# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
_WIDEST, _NARROWEST = 16, 28


def _cidr(text: str) -> str:
    try:
        ip_network(text)
    except ValueError:
        raise MistakeError("is not a network such as 203.0.113.0/24: an address, `/`, and its length") from None
    return text


def _named(text: str) -> str:
    check_named(ip_network(_cidr(text)))
    return text


def _own(text: str) -> str:
    network = ip_network(_cidr(text))
    check_private(network)
    if not _WIDEST <= network.prefixlen <= _NARROWEST:
        raise MistakeError(f"is not of a length from /{_WIDEST} to /{_NARROWEST}, which is what a VPC can be")
    return text


Cidr = Annotated[str, AfterValidator(_cidr)]
Clock = Annotated[str, like(re.compile(CLOCK), "is not a time such as 01:00, from 00:00 to 23:59")]
"""A time of the day, UTC."""


class NetworkSettings(Settings):
    """Where the server stands: a network that exists, or a small one made for it."""

    vpc: (
        Annotated[
            str, like(re.compile(r"vpc-[0-9a-f]{8,17}"), "is not the id of a VPC: `vpc-` and 8 to 17 of 0-9, a-f")
        ]
        | None
    ) = Field(default=None, description="the VPC's id; left out: one is made", examples=["vpc-0123456789abcdef0"])
    subnet: (
        Annotated[
            str,
            like(re.compile(r"subnet-[0-9a-f]{8,17}"), "is not the id of a subnet: `subnet-` and 8 to 17 of 0-9, a-f"),
        ]
        | None
    ) = Field(
        default=None,
        description="the id of a public subnet in that VPC; left out: one is made",
        examples=["subnet-0123456789abcdef0"],
    )
    cidr: Annotated[str, AfterValidator(_own)] = Field(
        default="10.110.0.0/24",
        description="the addresses of the network that is made; its one subnet has them all",
        examples=["10.110.0.0/24"],
    )
    zone: (
        Annotated[str, like(re.compile(r"[a-z]{2}(?:-[a-z]+)+-[0-9]+[a-z]"), "is not a zone such as us-east-1a")] | None
    ) = Field(
        default=None,
        description="the availability zone of the subnet that is made; left out: the first that has the instance type",
        examples=["us-east-1a"],
    )

    @model_validator(mode="after")
    def _both_or_neither(self) -> "NetworkSettings":
        if (self.vpc is None) != (self.subnet is None):
            there, lacking = ("vpc", "subnet") if self.subnet is None else ("subnet", "vpc")
            raise MistakeError(
                f"names a `{there}` without a `{lacking}`",
                f"write both, or delete `{there}` to have a network made",
            )
        made_only = sorted({"cidr", "zone"} & self.model_fields_set)
        if self.vpc is not None and made_only:
            raise MistakeError(
                f"has `{made_only[0]}` beside a network that exists",
                f"delete `{made_only[0]}`: it is that of a network that is made",
            )
        return self


class DnsSettings(Settings):
    """Where the server's name is entered."""

    zone: Annotated[str, like(re.compile(r"[A-Z0-9]{1,32}"), "is not a hosted zone's id: 1 to 32 of A-Z, 0-9")] = Field(
        description="the id of the Route 53 hosted zone that the host is in", examples=["Z0123456789ABCDEFGHIJ"]
    )


class SnapshotSettings(Settings):
    """When the data disk is copied, and for how long a copy is kept."""

    days: int = Field(
        default=14, ge=1, le=365, description="how many daily snapshots of the data disk are kept", examples=[14]
    )
    at: Clock = Field(default="01:00", description="when a snapshot is made, UTC, within the hour", examples=["01:00"])


class Ec2Settings(ServerSettings):
    """A server on EC2."""

    kind: Literal["ec2"] = Field(description="on which cloud the server stands", examples=["ec2"])
    account: Account = Field(description="the AWS account's id, in quotes", examples=["123456789012"])
    region: Region = Field(description="the AWS region", examples=["us-east-1"])
    instance_type: Annotated[
        str, like(re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9-]+"), "is not an instance type such as t3.large")
    ] = Field(default="t3.large", description="the server's type and size, with x86 processors", examples=["t3.xlarge"])
    network: NetworkSettings = Field(
        default_factory=NetworkSettings, description="the network; left out: a small one is made", examples=[{}]
    )
    dns: DnsSettings | None = Field(
        default=None,
        description="where the host's record is entered; left out: you enter it",
        examples=[{"zone": "Z0123456789ABCDEFGHIJ"}],
    )
    allow_from: Annotated[tuple[Cidr, ...], Strict(False), Field(min_length=1)] = Field(
        default=("0.0.0.0/0",), description="the networks that reach the registry (443)", examples=[["203.0.113.0/24"]]
    )
    metrics_from: Annotated[tuple[Annotated[str, AfterValidator(_named)], ...], Strict(False)] = Field(
        default=(), description="the networks that reach the metrics (9090)", examples=[["10.0.0.0/16"]]
    )
    snapshots: SnapshotSettings = Field(
        default_factory=SnapshotSettings, description="copies of the data disk", examples=[{"days": 14, "at": "01:00"}]
    )
    key: KeyArn | None = Field(
        default=None,
        description="the KMS key that encrypts disks, secret and buckets; left out: AWS's own",
        examples=["arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"],
    )
    image: Annotated[str, like(re.compile(r"ami-[0-9a-f]{8,17}"), "is not the id of an image")] | None = Field(
        default=None,
        description="the id of an image of Ubuntu 24.04 for amd64; left out: Canonical's newest when it is made",
        examples=["ami-0123456789abcdef0"],
    )

    @property
    def size(self) -> facts.Size:
        """How big the server is."""
        known = facts.size_of(self.instance_type)
        return known or facts.Size(self.cpus or 0, self.memory_gib or 0)

    def warnings(self) -> Iterator[str]:
        """What works, and is less than Harbor's documentation recommends."""
        size, wanted = self.size, facts.recommended()
        if size.cpus < wanted.size.cpus or size.memory < wanted.size.memory:
            yield (
                f"{self.instance_type} has {size.cpus} CPUs and {size.memory} GiB: Harbor recommends "
                f"{wanted.size.cpus} and {wanted.size.memory} (such as t3.xlarge)"
            )
        if self.data_gib < wanted.disk:
            yield f"a data disk of {self.data_gib} GiB is less than the {wanted.disk} that Harbor recommends"

    @model_validator(mode="after")
    def _fits(self) -> "Ec2Settings":
        mistake = next(self._mistakes(), None)
        if mistake is not None:
            raise mistake
        return self

    def _mistakes(self) -> Iterator[MistakeError]:
        if _ARM.fullmatch(self.instance_type):
            yield MistakeError(
                f"has the instance type {self.instance_type}, whose processors are Arm",
                "write one with x86 processors, such as t3.xlarge",
                "neither the image nor Harbor's installer would run",
            )
        known = facts.size_of(self.instance_type)
        told = self.cpus is not None and self.memory_gib is not None
        if known is None and not told:
            yield MistakeError(
                f"has the instance type {self.instance_type}, whose size we do not know",
                "write its `cpus` and `memoryGib` beside it",
                "it could be too small for Harbor",
            )
        if known is not None and (self.cpus or known.cpus, self.memory_gib or known.memory) != (
            known.cpus,
            known.memory,
        ):
            yield MistakeError(
                f"says another size than that of {self.instance_type}: {known.cpus} CPUs and {known.memory} GiB",
                "delete `cpus` and `memoryGib`",
            )
        least = facts.minimum()
        if self.size.cpus < least.size.cpus or self.size.memory < least.size.memory:
            yield MistakeError(
                f"has {self.instance_type} with {self.size.cpus} CPUs and {self.size.memory} GiB of memory:"
                f" Harbor needs {least.size.cpus} and {least.size.memory} at least",
                "write a bigger `instanceType`: t3.medium is the smallest, t3.xlarge what Harbor recommends",
                "its services would be killed for want of memory",
            )
        if self.data_gib < least.disk:
            yield MistakeError(
                f"has a data disk of {self.data_gib} GiB: Harbor needs {least.disk} at least",
                f"write `dataGib: {facts.recommended().disk}`",
            )
        if self.key is not None and region_of_key(self.key) != self.region:
            yield MistakeError(
                f"names a KMS key in {region_of_key(self.key)} for a server in {self.region}",
                f"write the ARN of a key in {self.region}",
                "a key works in its own region only",
            )
        if self.network.zone is not None and self.network.zone[:-1] != self.region:
            yield MistakeError(
                f"wants a subnet in {self.network.zone}, which is not in {self.region}",
                f"write a zone such as {self.region}a",
            )
