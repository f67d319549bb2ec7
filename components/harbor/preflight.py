"""What stands in the way of a Harbor, looked up before anything is declared.

Owns: whether a given certificate can be served with today. Does not own the rules of the config (`settings.py`), the
server's cloud (`ec2/`, `gce/`), or what only the server can find out (`boot/`). Reads, and changes nothing.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pulumi

from components._base import Obstacle, Surroundings
from components.harbor import certificate
from components.harbor.inside import trust
from components.harbor.settings import HarborSettings
from components.harbor.settings_tls import Given, Internal


def obstacles(name: str, settings: HarborSettings, surroundings: Surroundings) -> Iterator[Obstacle]:
    """Everything in the way."""
    yield from certificate_obstacles(settings, datetime.now(UTC))
    if isinstance(settings.tls, Internal) and not surroundings.simulated:
        yield from trust.obstacles(os.environ, Path.cwd())
    if settings.kubernetes is not None:
        from components.harbor.kubernetes.preflight import obstacles as on_kubernetes

        yield from on_kubernetes(settings.kubernetes, settings.version, surroundings)
    if settings.vm is None:
        return
    if settings.vm.kind == "ec2":
        from components.harbor.ec2.preflight import obstacles as on_ec2

        yield from on_ec2(name, settings.vm, settings.host, surroundings)
    else:
        from components.harbor.gce.preflight import obstacles as on_compute_engine

        yield from on_compute_engine(name, settings.vm, settings.host, surroundings)


def certificate_obstacles(settings: HarborSettings, now: datetime) -> Iterator[Obstacle]:
    """What is wrong with a given certificate at `now`."""
    if not isinstance(settings.tls, Given):
        return
    found, left = certificate.faults(settings.tls.chain, settings.tls.key.get_secret_value(), settings.host, now)
    for fault in found:
        yield Obstacle(("tls", fault.key), fault.what, fault.mend, fault.consequence)
    if not found and left is not None and left < certificate.WARN_DAYS:
        pulumi.log.warn(f"the certificate for {settings.host} ends in {left} days: renew it now")
