"""Where the server stands, and who reaches it there.

Owns: the network that is made, or the names of the one that is given, and the ways in. Does not own: the address
(`dns.py`), or the other firewall rules of a given network, which stay in force.

Nobody reaches SSH but Identity-Aware Proxy, which asks who one is first:
`gcloud compute ssh --tunnel-through-iap`. Its addresses are in `machine_types.yaml`. What a rule is for is told by the
server's service account and not by a tag, which whoever may edit an instance could put on another.
"""

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from components._base import Component
from components.harbor.gce import facts
from components.harbor.gce.settings import ComputeEngineSettings

_WORLD = ("0.0.0.0/0",)


class Network(Component):
    """A subnetwork, and the server's ports in it."""

    TYPE = "snapdeploy:harbor:ComputeEngineNetwork"

    subnetwork: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        settings: ComputeEngineSettings,
        *,
        title: str,
        email: pulumi.Input[str],
        http_challenge: bool,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`title` is the name in the cloud, `email` the server's service account; `after` enables the APIs."""
        super().__init__(name, {"openTo": list(settings.allow_from), "made": settings.network.network is None}, opts)
        network, self.subnetwork = (
            self._given(settings) if settings.network.network else self._made(settings, title, after)
        )
        # A shared network is another project's, and so are its rules.
        shared = (settings.network.network or "").partition("/global/")
        owner = shared[0].removeprefix("projects/") if shared[1] else settings.project
        ways: list[tuple[str, int, Sequence[str]]] = [
            ("ssh", 22, (facts.iap_range(),)),
            ("https", 443, settings.allow_from),
            *([("http", 80, _WORLD)] if http_challenge else []),
            *([("metrics", 9090, settings.metrics_from)] if settings.metrics_from else []),
        ]
        for way, port, sources in ways:
            gcp.compute.Firewall(
                self.child(way),
                name=f"{title}-{way}",
                description=f"Port {port} of the server {title}",
                network=network,
                project=owner,
                direction="INGRESS",
                allows=[gcp.compute.FirewallAllowArgs(protocol="tcp", ports=[str(port)])],
                source_ranges=list(sources),
                target_service_accounts=[email],
                opts=self.options(),
            )
        self.register_outputs({"subnetwork": self.subnetwork})

    def _given(self, settings: ComputeEngineSettings) -> tuple[pulumi.Input[str], pulumi.Output[str]]:
        network, subnetwork = settings.network.network or "", settings.network.subnetwork or ""
        if "/" not in network:
            network = f"projects/{settings.project}/global/networks/{network}"
        if "/" not in subnetwork:
            subnetwork = f"{network.partition('/global/')[0]}/regions/{settings.region}/subnetworks/{subnetwork}"
        return network, pulumi.Output.from_input(subnetwork)

    def _made(
        self, settings: ComputeEngineSettings, title: str, after: Sequence[pulumi.Resource]
    ) -> tuple[pulumi.Input[str], pulumi.Output[str]]:
        network = gcp.compute.Network(
            self.child("network"),
            name=title,
            description=f"For the server {title} alone",
            project=settings.project,
            # Google's automatic network would have a subnetwork in every region of the world.
            auto_create_subnetworks=False,
            routing_mode="REGIONAL",
            opts=self.options(depends_on=after),
        )
        subnetwork = gcp.compute.Subnetwork(
            self.child("subnetwork"),
            name=title,
            description=f"For the server {title} alone",
            project=settings.project,
            region=settings.region,
            network=network.id,
            ip_cidr_range=settings.network.cidr,
            # Google's own APIs are reached without leaving Google's network.
            private_ip_google_access=True,
            opts=self.options(),
        )
        return network.id, subnetwork.id
