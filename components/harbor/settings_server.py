"""What a server for Harbor may be told, whichever cloud it stands in.

Owns: the keys that mean the same in both clouds, and the rules of their values. Does not own: a cloud's own keys
(`ec2/settings.py`, `gce/settings.py`), or the numbers that sizes are held against. Pure.
"""

import re
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated

from pydantic import Field

from components._settings import MistakeError, Settings, like

# https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html (gp3), and
# https://docs.cloud.google.com/compute/docs/disks/persistent-disks (balanced)
_MOST_GIB = 65_536
_DAYS = "Mon|Tue|Wed|Thu|Fri|Sat|Sun"
CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
"""The pattern of a time of the day."""
# By hand: Python also calls the documentation's networks private.
_PRIVATE = tuple(IPv4Network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


def check_private(network: IPv4Network | IPv6Network) -> None:
    """Raises MistakeError where `network` is not one of the private IPv4 networks, or a part of one."""
    if not isinstance(network, IPv4Network) or not any(network.subnet_of(each) for each in _PRIVATE):
        raise MistakeError("is not a private IPv4 network", "write one of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16")


def check_named(network: IPv4Network | IPv6Network) -> None:
    """Raises MistakeError where `network` is everybody: Harbor's metrics carry no authentication."""
    if network.prefixlen == 0:
        raise MistakeError(
            "is the whole internet",
            "write the networks in which your Prometheus runs; left out, nobody reaches the port",
            "Harbor's metrics carry no authentication",
        )


class ServerSettings(Settings):
    """The base of `vm:` for each cloud."""

    cpus: int | None = Field(
        default=None, ge=1, description="the type's virtual CPUs, where we do not know the type", examples=[4]
    )
    memory_gib: int | None = Field(
        default=None, ge=1, description="the type's GiB of memory, where we do not know the type", examples=[8]
    )
    data_gib: int = Field(
        default=160, le=_MOST_GIB, description="the size of the data disk in GiB; it can grow later", examples=[160]
    )
    root_gib: int = Field(
        default=30, ge=16, le=_MOST_GIB, description="the size of the system's disk in GiB", examples=[30]
    )
    maintenance: Annotated[
        str, like(re.compile(rf"(?:{_DAYS}) {CLOCK}"), "is not a day and a time such as `Sun 03:00`")
    ] = Field(
        default="Sun 03:00", description="when updates may restart the server, once a week, UTC", examples=["Sun 03:00"]
    )
