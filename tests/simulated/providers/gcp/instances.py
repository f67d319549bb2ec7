"""Compute Engine's instances.

Owns: Instance: what it needs, what it cannot share, and what is changed only while it is stopped. No instance boots:
its metadata is kept, and what it would report is never there. The image is a name that nobody looks up.
https://docs.cloud.google.com/compute/docs/metadata/setting-custom-metadata#limitations, read 2026-11.
"""

import secrets

from tests.simulated.behaviour import Call, CloudError
from tests.simulated.difference import changes
from tests.simulated.providers.gcp.compute import (
    ADDRESS,
    DISK,
    INSTANCE,
    SUBNETWORK,
    Part,
    answering,
    entries,
    holding,
    there,
)
from tests.simulated.providers.gcp.members import accounts
from tests.simulated.providers.gcp.words import RefusedError, part, parts, text
from tests.simulated.wire import Properties

_LARGEST = 256 * 1024
_STOPPED = ("machineType", "serviceAccount", "shieldedInstanceConfig", "minCpuPlatform")
_ASK = (
    "Changing the machine_type, min_cpu_platform, service_account, enable_display, shielded_instance_config on a"
    " started instance requires stopping it. To acknowledge this, please set allow_stopping_for_update = true in your"
    " config."
)


class Instance(Part):
    """A machine. A new one of the same name is another one: it has another number."""

    noun, collection, within, labelled = "instance", "instances", "zone", True
    replace_on_change = frozenset(
        {"bootDisk.initializeParams", "bootDisk.source", "bootDisk.kmsKeySelfLink", "hostname", "description"}
    )
    stable = frozenset({"instanceId", "cpuPlatform", "currentStatus"})

    def unset(self, call: Call) -> Properties:
        return {**super().unset(call), "canIpForward": False, "deletionProtection": False}

    def more(self, id_: str, properties: Properties) -> Properties:
        prints: Properties = dict.fromkeys(("labelFingerprint", "metadataFingerprint", "tagsFingerprint"), "SIMULATED=")
        drawn = str(10**18 + secrets.randbelow(8 * 10**18))
        return {**prints, "cpuPlatform": "Simulated", "currentStatus": "RUNNING", "instanceId": drawn}

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        store, zone = call.store, text(properties, "zone")
        for one in parts(properties, "networkInterfaces"):
            subnetwork = text(one, "subnetwork")
            there(store, SUBNETWORK, subnetwork)
            if f"/regions/{zone.rpartition('-')[0]}/" not in subnetwork:
                raise RefusedError(400, f"The subnetwork '{subnetwork}' is not in the region of zone {zone}., invalid")
            for way in parts(one, "accessConfigs"):
                self._reach(call, id_, text(way, "natIp"))
        for disk in parts(properties, "attachedDisks"):
            source = text(disk, "source")
            there(store, DISK, source)
            for other in holding(store, source):
                if other != id_ and text(disk, "mode") != "READ_ONLY":
                    raise RefusedError(
                        400, f"The disk resource '{source}' is already being used by '{other}', RESOURCE_IN_USE"
                    )
        email = text(part(properties, "serviceAccount"), "email")
        if email and email not in accounts(store):
            raise RefusedError(400, f"The resource '{email}' of type 'serviceAccount' was not found., notFound")
        for key, value in part(properties, "metadata").items():
            if len(str(value).encode()) > _LARGEST:
                raise RefusedError(400, f"Value for metadata '{key}' is too large: maximum size {_LARGEST}., invalid")
        now = {name: properties.get(name) for name in _STOPPED}
        stops = before is not None and changes({name: before.get(name) for name in _STOPPED}, now)
        if stops and properties.get("allowStoppingForUpdate") is not True:
            raise CloudError(_ASK)

    def _reach(self, call: Call, id_: str, address: str) -> None:
        if not address:
            return
        if address not in {text(entry, "address") for _, entry in entries(call.store, ADDRESS)}:
            raise RefusedError(
                400, f"Invalid value for field 'natIP': '{address}'. It is no reserved address., invalid"
            )
        if any(other != id_ for other in answering(call.store, address)):
            raise RefusedError(400, f"External IP address: {address} is already in-use., RESOURCE_IN_USE")

    def delete(self, call: Call, id_: str, olds: Properties) -> None:
        if olds.get("deletionProtection") is True:
            raise CloudError("Cannot delete instance: instance Deletion Protection is enabled.")
        super().delete(call, id_, olds)


KINDS = {INSTANCE: Instance}
