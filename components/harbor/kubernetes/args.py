"""What Harbor's release on Kubernetes is told, beside its block of the settings.

Owns: that interface.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi


@dataclass(frozen=True)
class ReleaseArgs:
    """What is known before anything is made; all plain but `secrets`."""

    host: str
    version: str
    """Harbor's version; the chart's is looked up by it."""
    tls: Mapping[str, Any]
    """As in the wanted document."""
    storage: Mapping[str, Any]
    database: Mapping[str, Any]
    """As in the wanted document; external, always."""
    redis: Mapping[str, Any]
    secrets: Mapping[str, pulumi.Input[str]]
    """The secret document's keys, each secret."""
    protect: bool
    tags: Mapping[str, str]
    minutes: int = 15
    """For how long the host's name, certificate and load balancer may take when the pods run."""
