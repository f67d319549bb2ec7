"""What stands in the way of a Harbor, looked up before anything is declared.

Owns: whether a given certificate can be served with today. Does not own the rules of the config (`settings.py`), or
what only the server can find out (`boot/`). Reads, and changes nothing.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pulumi

from components._base import Obstacle
from components.harbor import certificate
from components.harbor.settings import HarborSettings
from components.harbor.settings_tls import Given


def obstacles(settings: HarborSettings, now: datetime | None = None) -> Iterator[Obstacle]:
    """Everything in the way."""
    if not isinstance(settings.tls, Given):
        return
    found, left = certificate.faults(
        settings.tls.chain, settings.tls.key.get_secret_value(), settings.host, now or datetime.now(UTC)
    )
    for fault in found:
        yield Obstacle(("tls", fault.key), fault.what, fault.mend, fault.consequence)
    if not found and left is not None and left < certificate.WARN_DAYS:
        pulumi.log.warn(f"the certificate for {settings.host} ends in {left} days: renew it now")
