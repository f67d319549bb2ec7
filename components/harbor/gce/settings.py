"""What a server on Compute Engine may be told.

Owns: the keys of `vm:` with `kind: compute-engine`, their defaults, and the rules between them. Does not own: what
exists in the project (`preflight.py`), or the numbers that the sizes are held against (`machine_types.yaml`). Pure.

Names: https://docs.cloud.google.com/compute/docs/naming-resources, read 2026-11.
"""

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict, model_validator

from components._retention import Refusal, refuse
from components._settings import MistakeError, Settings, like
from components.gcp.place import MULTI_REGIONS, KeyName, Project, key_location
from components.harbor.gce import facts
from components.harbor.settings_server import ServerSettings, check_named, check_private

_NAME = "[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NETWORK = re.compile(rf"(?:projects/[a-z0-9.:-]+/global/networks/)?{_NAME}")
_SUBNETWORK = re.compile(rf"(?:projects/[a-z0-9.:-]+/regions/(?P<region>[a-z0-9-]+)/subnetworks/)?{_NAME}")
_ZONE = re.compile(r"[a-z]+-[a-z]+[1-9][0-9]?-[a-z]")
# https://docs.cloud.google.com/vpc/docs/subnets
_NARROWEST = 29


def _cidr(text: str) -> str:
    try:
        IPv4Network(text)
    except (AddressValueError, NetmaskValueError, ValueError):
        raise MistakeError(
            "is not an IPv4 network such as 203.0.113.0/24: an address, `/`, and its length",
            consequence="the server has an IPv4 address only",
        ) from None
    return text


def _named(text: str) -> str:
    check_named(IPv4Network(_cidr(text)))
    return text


def _own(text: str) -> str:
    network = IPv4Network(_cidr(text))
    check_private(network)
    if network.prefixlen > _NARROWEST:
        raise MistakeError(f"is longer than /{_NARROWEST}, the smallest subnetwork that Google makes")
    return text


Cidr = Annotated[str, AfterValidator(_cidr)]


class NetworkSettings(Settings):
    """Where the server stands: a network that exists, or a small one made for it."""

    network: (
        Annotated[str, like(_NETWORK, "is not a network: its name, or projects/PROJECT/global/networks/NAME")] | None
    ) = Field(
        default=None,
        description="the VPC network; left out: one is made. Its other firewall rules stay in force",
        examples=["my-network"],
    )
    subnetwork: (
        Annotated[
            str, like(_SUBNETWORK, "is not a subnetwork: its name, or projects/PROJECT/regions/REGION/subnetworks/NAME")
        ]
        | None
    ) = Field(
        default=None,
        description="a subnetwork of it in the zone's region; left out: one is made",
        examples=["my-subnetwork"],
    )
    cidr: Annotated[str, AfterValidator(_own)] = Field(
        default="10.111.0.0/28", description="the addresses of the subnetwork that is made", examples=["10.111.0.0/28"]
    )

    @model_validator(mode="after")
    def _both_or_neither(self) -> "NetworkSettings":
        if (self.network is None) != (self.subnetwork is None):
            there, lacking = ("network", "subnetwork") if self.subnetwork is None else ("subnetwork", "network")
            raise MistakeError(
                f"names a `{there}` without a `{lacking}`",
                f"write both, or delete `{there}` to have a network made",
            )
        if self.network is not None and "cidr" in self.model_fields_set:
            raise MistakeError(
                "has `cidr` beside a network that exists", "delete `cidr`: it is that of a network that is made"
            )
        return self


class DnsSettings(Settings):
    """Where the server's name is entered."""

    zone: Annotated[str, like(re.compile(_NAME), "is not a managed zone's name, which is not its domain")] = Field(
        description="the name of the managed zone in Cloud DNS, in the server's project, that the host is in",
        examples=["example-com"],
    )


class SnapshotSettings(Settings):
    """When the data disk is copied, and for how long a copy is kept."""

    days: int = Field(default=14, ge=1, le=365, description="how many days a snapshot is kept", examples=[14])
    at: Annotated[
        str, like(re.compile("(?:[01][0-9]|2[0-3]):00"), "is not a full hour such as 01:00, from 00:00 to 23:00")
    ] = Field(
        default="01:00", description="when the day's snapshot is begun, UTC, within four hours", examples=["01:00"]
    )


class ComputeEngineSettings(ServerSettings):
    """A server on Compute Engine."""

    kind: Literal["compute-engine"] = Field(description="on which cloud the server stands", examples=["compute-engine"])
    project: Project = Field(description="the project's id, not its number", examples=["your-project"])
    zone: Annotated[str, like(_ZONE, "is not a zone such as europe-west1-b")] = Field(
        description="the zone that server and data disk are in", examples=["europe-west1-b"]
    )
    machine_type: Annotated[
        str, like(re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+"), "is not a machine type such as e2-standard-4")
    ] = Field(default="e2-standard-2", description="the server's type, with x86 processors", examples=["e2-standard-4"])
    network: NetworkSettings = Field(
        default_factory=NetworkSettings, description="the network; left out: a small one is made", examples=[{}]
    )
    dns: DnsSettings | None = Field(
        default=None,
        description="where the host's record is entered; left out: you enter it",
        examples=[{"zone": "example-com"}],
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
    key: KeyName | None = Field(
        default=None,
        description="the key in Cloud KMS that encrypts both disks, and so the snapshots; left out: Google's own."
        " Bucket and secret have Google's own either way",
        examples=["projects/my-project/locations/europe-west1/keyRings/harbor/cryptoKeys/disks"],
    )
    image: (
        Annotated[
            str,
            like(
                re.compile(rf"projects/[a-z0-9.:-]+/global/images/(?:family/)?{_NAME}"),
                "is not an image: projects/PROJECT/global/images/NAME, or …/images/family/NAME",
            ),
        ]
        | None
    ) = Field(
        default=None,
        description="an image, or a family of images, of Ubuntu 24.04 for amd64; left out: Canonical's newest when the"
        " server is made",
        examples=["projects/ubuntu-os-cloud/global/images/ubuntu-2404-noble-amd64-v20261101"],
    )

    @property
    def region(self) -> str:
        """The region that the zone is in."""
        return self.zone.rpartition("-")[0]

    @property
    def size(self) -> facts.Size:
        """How big the server is; nothing at all where nobody says it."""
        return facts.size_of(self.machine_type) or facts.Size(self.cpus or 0, self.memory_gib or 0)

    def warnings(self) -> Iterator[str]:
        """What works, and is less than Harbor's documentation recommends."""
        size, wanted = self.size, facts.recommended()
        if size.cpus < wanted.size.cpus or size.memory < wanted.size.memory:
            yield f"{self.machine_type} has {size}: Harbor recommends {wanted.size} (such as e2-standard-4)"
        if self.data_gib < wanted.disk:
            yield f"a data disk of {self.data_gib} GiB is less than the {wanted.disk} that Harbor recommends"

    @model_validator(mode="after")
    def _fits(self) -> "ComputeEngineSettings":
        refuse(self._mistakes())
        return self

    def _mistakes(self) -> Iterator[Refusal]:
        yield from self._size_mistakes()
        least = facts.minimum()
        if self.data_gib < least.disk:
            mend = f"write `dataGib: {facts.recommended().disk}`"
            yield Refusal(
                ("dataGib",),
                self.data_gib,
                MistakeError(f"is less than the {least.disk} GiB that Harbor needs at least", mend),
            )
        where = key_location(self.key) if self.key is not None else ""
        if where and where not in {self.region, "global"} | MULTI_REGIONS:
            yield Refusal(
                ("key",),
                self.key,
                MistakeError(
                    f"lies in {where}, and the disks in {self.region}",
                    f"name a key in {self.region}",
                    "Compute Engine would refuse the disks",
                ),
            )
        found = _SUBNETWORK.fullmatch(self.network.subnetwork or "")
        if found is not None and found["region"] not in (None, self.region):
            yield Refusal(
                ("network", "subnetwork"),
                self.network.subnetwork,
                MistakeError(f"lies in {found['region']}, and the zone in {self.region}", f"name one in {self.region}"),
            )

    def _size_mistakes(self) -> Iterator[Refusal]:
        at, least = ("machineType",), facts.minimum()
        known, why = facts.size_of(self.machine_type), facts.unusable(self.machine_type)
        if why:
            yield Refusal(at, self.machine_type, MistakeError(why, "write one such as e2-standard-4"))
        elif known is None and (self.cpus is None or self.memory_gib is None):
            mistake = MistakeError(
                "is a type whose size we do not know",
                "write its `cpus` and `memoryGib` beside it",
                "it could be too small for Harbor",
            )
            yield Refusal(at, self.machine_type, mistake)
        elif known is not None and (self.cpus or self.memory_gib):
            said = MistakeError(f"has {known}, and `cpus` or `memoryGib` is written beside it", "delete them")
            yield Refusal(at, self.machine_type, said)
        elif self.size.cpus < least.size.cpus or self.size.memory < least.size.memory:
            mistake = MistakeError(
                f"has {self.size}: Harbor needs {least.size} at least",
                "write a bigger one: e2-medium is the smallest, e2-standard-4 what Harbor recommends",
                "its services would be killed for want of memory",
            )
            yield Refusal(at, self.machine_type, mistake)
