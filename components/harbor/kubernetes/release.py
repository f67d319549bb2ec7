"""Harbor on Kubernetes: the release of the chart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from components._base import Component
from components.harbor.kubernetes.settings import KubernetesSettings


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


class HarborRelease(Component):
    """The official chart with everything that holds data outside of it."""

    TYPE = "snapdeploy:harbor:Release"

    def __init__(
        self, name: str, settings: KubernetesSettings, args: ReleaseArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        raise NotImplementedError
        self.there: tuple[pulumi.Resource, ...] = ()
        """What has to be there before Harbor answers."""
        self.ca: pulumi.Output[str]
        """PEM; empty where the certificate is the world's."""
