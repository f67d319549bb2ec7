"""What is looked at in the project before anything is declared.

Owns: whether the stack's tags are labels, whether the project can be reached, whether the subnetwork is in the network
and the zone's region, and whether the managed zone is the host's. Does not own what is then declared. It only reads.
"""

from collections.abc import Iterator

import pulumi
import pulumi_gcp as gcp

from components._base import Obstacle, Surroundings
from components.gcp import labels
from components.gcp.lookups import is_off
from components.gcp.provider import gcp_provider
from components.harbor.gce.settings import ComputeEngineSettings


def obstacles(name: str, settings: ComputeEngineSettings, host: str, surroundings: Surroundings) -> Iterator[Obstacle]:
    """All that stands in the way of a server for `host`. Of a wrong project nothing more is asked.

    Warns, by the engine's log, where the server is smaller than Harbor recommends.
    """
    for warning in settings.warnings():
        pulumi.log.warn(f"{host}: {warning}")
    for key, why in labels.mistakes(surroundings.tags):
        yield Obstacle(
            ("tags", key),
            why,
            "write it in lower case, with '-' or '_' for whatever else is in it",
            "nothing that Google bills or lists by it would carry what was written",
            whole_stack=True,
        )
    if surroundings.simulated:
        # A simulated project holds nothing that this stack has not made.
        return
    provider = gcp_provider(f"{name}-preflight", project=settings.project, location=settings.region)
    options = pulumi.InvokeOptions(provider=provider)
    try:
        gcp.organizations.get_project(project_id=settings.project, opts=options)
    except Exception as error:  # noqa: BLE001  # the SDK has one exception for every failure of a lookup
        yield _unread(settings.project, error)
        return
    yield from _network(settings, options)
    yield from _zone(settings, host, options)


def _unread(project: str, error: Exception) -> Obstacle:
    if is_off(error):
        return Obstacle(
            ("vm", "project"),
            f"{project} cannot be looked up: its Resource Manager API is off",
            "run once `gcloud services enable cloudresourcemanager.googleapis.com serviceusage.googleapis.com"
            f" --project {project}`",
            "nothing could be made in it",
        )
    return Obstacle(
        ("vm", "project"),
        f"{project} cannot be read with these credentials: {_first_line(error)}",
        "use credentials that reach it (`gcloud auth application-default login`, or the deployment's service account);"
        " or write the project that is meant",
        "the server would be made in a project that nobody meant, or not at all",
    )


def _network(settings: ComputeEngineSettings, options: pulumi.InvokeOptions) -> Iterator[Obstacle]:
    network, subnetwork = settings.network.network, settings.network.subnetwork
    if network is None or subnetwork is None:
        return
    shared = network.partition("/global/")
    owner = shared[0].removeprefix("projects/") if shared[1] else settings.project
    if "/" in subnetwork:
        owner = subnetwork.split("/")[1]
    name = subnetwork.rpartition("/")[2]
    try:
        found = gcp.compute.get_subnetwork(name=name, project=owner, region=settings.region, opts=options)
    except Exception as error:  # noqa: BLE001  # the SDK has one exception for every failure of a lookup
        yield Obstacle(
            ("vm", "network", "subnetwork"),
            f"{name} is not to be found in {settings.region}, where the zone is: {_first_line(error)}",
            f"write a subnetwork of {network.rpartition('/')[2]} in {settings.region}",
            "Google would refuse the server",
        )
        return
    of = found.network.rpartition("/")[2]
    if of != network.rpartition("/")[2]:
        yield Obstacle(
            ("vm", "network", "subnetwork"),
            f"is one of the network {of}, and not of {network}",
            f"write `network: {of}`, or a subnetwork of {network}",
            "the firewall's rules would be another network's, and nobody would reach the server",
        )


def _zone(settings: ComputeEngineSettings, host: str, options: pulumi.InvokeOptions) -> Iterator[Obstacle]:
    if settings.dns is None:
        return
    at = ("vm", "dns", "zone")
    try:
        zone = gcp.dns.get_managed_zone(name=settings.dns.zone, project=settings.project, opts=options)
    except Exception as error:  # noqa: BLE001  # the SDK has one exception for every failure of a lookup
        yield Obstacle(
            at,
            f"is not to be found in {settings.project}: {_first_line(error)}",
            "write the name of a managed zone of that project (`gcloud dns managed-zones list`), or delete `dns` and"
            " enter the record yourself",
            "the record would be refused",
        )
        return
    domain = zone.dns_name.rstrip(".")
    if host != domain and not host.endswith(f".{domain}"):
        yield Obstacle(
            at,
            f"is the zone of {domain}, which {host} is not in",
            f"write the zone that {host} is in, or delete `dns` and enter the record yourself",
            "the record would be refused",
        )
    elif zone.visibility == "private":
        yield Obstacle(
            at,
            "is a private zone, which nobody outside its networks asks",
            f"write the public zone of {domain}",
            "the host would lead nowhere, and no certificate could be had",
        )


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), "no reason was given")
