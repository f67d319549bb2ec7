"""Compute Engine without its instances: networks, ways in, addresses, disks, and the schedules of their snapshots.

Owns: Network, Subnetwork, Firewall, Address, Disk, ResourcePolicy, DiskResourcePolicyAttachment. Does not own: the
instance (`instances`). No packet flows and no snapshot is made. A disk or a schedule that is in use cannot be deleted;
of networks and addresses that is not simulated. A disk that is to shrink the provider would make anew; here it is
refused. Of schedules only daily ones are looked at.
Rules from https://docs.cloud.google.com/compute/docs/naming-resources, https://docs.cloud.google.com/firewall/docs and
https://docs.cloud.google.com/compute/docs/disks/scheduled-snapshots, read 2026-11.
"""

import ipaddress
import re
from collections.abc import Iterator
from typing import ClassVar

from tests.simulated.behaviour import Call
from tests.simulated.checker import Mistake
from tests.simulated.providers.gcp import kms
from tests.simulated.providers.gcp.kind import Kind
from tests.simulated.providers.gcp.place import project
from tests.simulated.providers.gcp.services import agent
from tests.simulated.providers.gcp.words import MADE, RefusedError, matching, number, part, parts, text
from tests.simulated.store import Key, Store
from tests.simulated.wire import Properties

NETWORK = "gcp:compute/network:Network"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
FIREWALL = "gcp:compute/firewall:Firewall"
ADDRESS = "gcp:compute/address:Address"
DISK = "gcp:compute/disk:Disk"
POLICY = "gcp:compute/resourcePolicy:ResourcePolicy"
ATTACHMENT = "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment"
INSTANCE = "gcp:compute/instance:Instance"

API = "compute.googleapis.com"
_NAME = re.compile(r"[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?")
_HOUR = re.compile(r"(?:[01][0-9]|2[0-3]):00")
_ROOT = "https://www.googleapis.com/compute/v1/"
_USED = "The {kind} resource '{id}' is already being used by '{by}', resourceInUseByAnotherResource"


class Part(Kind):
    """What all of Compute Engine has in common: a name, a link, and a place that it never leaves."""

    api = API
    named_by = "name"
    exists = "The resource '{id}' already exists, alreadyExists"
    collection: ClassVar[str]
    """As it stands in the id: `disks`."""
    within: ClassVar[str] = "global"
    """`global`, or the property that says the region or the zone."""

    def __init__(self) -> None:
        self.replace_on_change = self.replace_on_change | {"name"} | {self.within} - {"global"}
        super().__init__()

    def rules(self, inputs: Properties) -> list[Mistake]:
        said = f'"name" doesn\'t match regexp "^{_NAME.pattern}$"'
        return matching(inputs, "name", _NAME, said)

    def unset(self, call: Call) -> Properties:
        value = text(call.config, self.within)
        return {self.within: value} if value else {}

    def identity(self, call: Call, inputs: Properties) -> str:
        place = text(inputs, self.within) or text(call.config, self.within)
        where = "global" if self.within == "global" else f"{self.within}s/{place}"
        return f"projects/{project(call.config, inputs)}/{where}/{self.collection}/{text(inputs, 'name')}"

    def outputs(self, call: Call, id_: str, properties: Properties) -> Properties:
        return {"selfLink": link(id_), "creationTimestamp": MADE, **self.more(id_, properties)}

    def more(self, id_: str, properties: Properties) -> Properties:
        """The outputs beside link and time."""
        return {}

    def leave(self, call: Call, id_: str, olds: Properties) -> None:
        by = next(self.users(call.store, id_), None)
        if by is not None:
            raise RefusedError(400, _USED.format(kind=self.noun.lower(), id=id_, by=by))
        super().leave(call, id_, olds)

    def users(self, store: Store, id_: str) -> Iterator[str]:
        """The ids of what cannot be without this one."""
        yield from ()


class Network(Part):
    """A network without automatic subnetworks, or with them, of which none is made."""

    noun, collection = "Network", "networks"

    def more(self, id_: str, properties: Properties) -> Properties:
        return {"networkId": number(id_, 19), "numericId": number(id_, 19), "gatewayIpv4": ""}

    def unset(self, call: Call) -> Properties:
        return {"autoCreateSubnetworks": True, "deleteDefaultRoutesOnCreate": False}


class Subnetwork(Part):
    """A part of a network in one region. Its addresses may grow; here they stay."""

    noun, collection, within = "Subnetwork", "subnetworks", "region"
    replace_on_change = frozenset({"network", "ipCidrRange"})

    def more(self, id_: str, properties: Properties) -> Properties:
        first = next(ipaddress.ip_network(text(properties, "ipCidrRange")).hosts())
        none: Properties = dict.fromkeys(("ipv6CidrRange", "ipv6GceEndpoint"), "")
        fixed: Properties = {"fingerprint": "SIMULATED=", "state": "READY", "subnetworkId": int(number(id_, 9))}
        return {**none, **fixed, "gatewayAddress": str(first)}

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        there(call.store, NETWORK, text(properties, "network"))


class Firewall(Part):
    """Who may reach a port of whom."""

    noun, collection = "Firewall", "firewalls"
    replace_on_change = frozenset({"direction", "network"})

    def unset(self, call: Call) -> Properties:
        return {"direction": "INGRESS", "priority": 1000}

    def rules(self, inputs: Properties) -> list[Mistake]:
        found = super().rules(inputs)
        if not inputs.get("allows") and not inputs.get("denies"):
            found.append(Mistake("allows", "one of `allow,deny` must be specified"))
        if inputs.get("targetServiceAccounts") and (inputs.get("targetTags") or inputs.get("sourceTags")):
            found.append(Mistake("targetServiceAccounts", "conflicts with target_tags and source_tags"))
        return found

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        there(call.store, NETWORK, text(properties, "network"))


class Address(Part):
    """A static address: one of those that are kept for documentation."""

    noun, collection, within, labelled = "Address", "addresses", "region", True
    replace_on_change = frozenset({"address", "addressType", "networkTier", "description"})
    stable = frozenset({"address"})
    filled = frozenset({"address"})

    def unset(self, call: Call) -> Properties:
        return {**super().unset(call), "addressType": "EXTERNAL"}

    def more(self, id_: str, properties: Properties) -> Properties:
        drawn = f"203.0.113.{int(number(id_, 9)) % 254 + 1}"
        fixed: Properties = {"labelFingerprint": "SIMULATED=", "users": [], "addressId": int(number(id_, 9))}
        return {**fixed, "address": text(properties, "address") or drawn}


class Disk(Part):
    """A disk, which is on one instance at a time."""

    noun, collection, within, labelled = "Disk", "disks", "zone", True
    replace_on_change = frozenset({"type", "diskEncryptionKey", "image", "snapshot", "description"})

    def unset(self, call: Call) -> Properties:
        return {**super().unset(call), "type": "pd-standard"}

    def more(self, id_: str, properties: Properties) -> Properties:
        names = ("lastAttachTimestamp", "lastDetachTimestamp", "sourceDiskId", "sourceImageId", "sourceSnapshotId")
        none: Properties = dict.fromkeys((*names, "sourceInstantSnapshotId"), "")
        return {**none, "diskId": number(id_, 19), "labelFingerprint": "SIMULATED=", "users": []}

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        size, was = properties.get("size"), (before or {}).get("size")
        if isinstance(size, int | float) and isinstance(was, int | float) and size < was:
            raise RefusedError(400, f"New disk size '{size:g}' GB must be larger than existing size '{was:g}' GB.")
        key = text(part(properties, "diskEncryptionKey"), "kmsKeySelfLink")
        member = f"serviceAccount:{agent(self.owner(call, properties), API)}"
        why = kms.usable(call.store, key, member) if key else ""
        if why:
            raise RefusedError(400, f"Cloud KMS error when using key {key}: {why}")

    def users(self, store: Store, id_: str) -> Iterator[str]:
        yield from holding(store, id_)

    def leave(self, call: Call, id_: str, olds: Properties) -> None:
        super().leave(call, id_, olds)
        for found, _ in entries(call.store, ATTACHMENT):
            if found.startswith(f"{id_}/"):
                call.store.drop(Key(ATTACHMENT, "", found))


class ResourcePolicy(Part):
    """A schedule of snapshots, which Google changes by no call."""

    noun, collection, within = "ResourcePolicy", "resourcePolicies", "region"
    replace_on_change = frozenset({"description", "snapshotSchedulePolicy"})

    def rules(self, inputs: Properties) -> list[Mistake]:
        daily = part(part(part(inputs, "snapshotSchedulePolicy"), "schedule"), "dailySchedule")
        said = '"start_time" is not a valid time, must be on the hour, such as 23:00'
        return [*super().rules(inputs), *matching(daily, "startTime", _HOUR, said)]

    def users(self, store: Store, id_: str) -> Iterator[str]:
        _, owner, _, region, _, name = id_.split("/")
        for found, _ in entries(store, ATTACHMENT):
            pieces = found.split("/")
            if pieces[1] == owner and pieces[3].rpartition("-")[0] == region and pieces[6] == name:
                yield found.rpartition("/")[0]


class Attachment(Kind):
    """That a schedule is about a disk."""

    api = API
    noun = "DiskResourcePolicyAttachment"
    replace_on_change = frozenset({"disk", "name", "zone"})

    def identity(self, call: Call, inputs: Properties) -> str:
        where = f"projects/{project(call.config, inputs)}/zones/{text(inputs, 'zone')}"
        return f"{where}/disks/{text(inputs, 'disk')}/{text(inputs, 'name')}"

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        disk, _, name = id_.rpartition("/")
        _, owner, _, zone, *_ = disk.split("/")
        there(call.store, DISK, disk)
        there(call.store, POLICY, f"projects/{owner}/regions/{zone.rpartition('-')[0]}/resourcePolicies/{name}")


def link(id_: str) -> str:
    """What the API calls the thing with that id."""
    return f"{_ROOT}{id_}"


def same(one: str, other: str) -> bool:
    """Whether two texts, each an id or a link, name the same."""
    return one.removeprefix(_ROOT) == other.removeprefix(_ROOT)


def entries(store: Store, token: str) -> Iterator[tuple[str, Properties]]:
    """Everything of a type, with its id."""
    for key in store.held():
        if key.token == token:
            yield key.id, store.get(key, {}) or {}


def holding(store: Store, disk: str) -> Iterator[str]:
    """The instances that a disk is on."""
    for found, entry in entries(store, INSTANCE):
        if any(same(text(one, "source"), disk) for one in parts(entry, "attachedDisks")):
            yield found


def answering(store: Store, address: str) -> Iterator[str]:
    """The instances that are reached by an address."""
    for found, entry in entries(store, INSTANCE):
        ways = [way for one in parts(entry, "networkInterfaces") for way in parts(one, "accessConfigs")]
        if address and any(text(way, "natIp") == address for way in ways):
            yield found


def there(store: Store, token: str, name: str) -> None:
    """Raises RefusedError where nothing of a type has that id or link."""
    if store.get(Key(token, "", name.removeprefix(_ROOT)), {}) is None:
        raise RefusedError(404, f"The resource '{name.removeprefix(_ROOT)}' was not found, notFound")


KINDS: dict[str, type[Kind]] = {
    NETWORK: Network,
    SUBNETWORK: Subnetwork,
    FIREWALL: Firewall,
    ADDRESS: Address,
    DISK: Disk,
    POLICY: ResourcePolicy,
    ATTACHMENT: Attachment,
}
