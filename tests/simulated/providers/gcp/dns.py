"""Cloud DNS: managed zones and the records in them.

Owns: ManagedZone, RecordSet. No name is answered for, and of a record only its place is looked at. The zone's own NS
and SOA records are not kept.
https://docs.cloud.google.com/dns/docs/records, read 2026-11.
"""

from tests.simulated.behaviour import Call
from tests.simulated.checker import Mistake
from tests.simulated.providers.gcp import grants
from tests.simulated.providers.gcp.kind import Kind
from tests.simulated.providers.gcp.place import project
from tests.simulated.providers.gcp.words import MADE, RefusedError, known, number, text
from tests.simulated.store import Key
from tests.simulated.wire import Properties, Value

ZONE = "gcp:dns/managedZone:ManagedZone"
RECORD = "gcp:dns/recordSet:RecordSet"
_API = "dns.googleapis.com"


class ManagedZone(Kind):
    """A zone."""

    api = _API
    noun = "ManagedZone"
    labelled = True
    named_by = "name"
    replace_on_change = frozenset({"dnsName", "name", "visibility"})
    stable = frozenset({"creationTime", "managedZoneId", "nameServers"})

    def unset(self, call: Call) -> Properties:
        return {"description": "Managed by Pulumi", "forceDestroy": False, "visibility": "public"}

    def rules(self, inputs: Properties) -> list[Mistake]:
        return _ends_in_a_dot(inputs, "dnsName")

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"projects/{project(call.config, inputs)}/managedZones/{text(inputs, 'name')}"

    def outputs(self, call: Call, id_: str, properties: Properties) -> Properties:
        servers: list[Value] = [f"ns-cloud-a{place}.googledomains.com." for place in range(1, 5)]
        return {"creationTime": MADE, "managedZoneId": number(id_, 18), "nameServers": servers}

    def leave(self, call: Call, id_: str, olds: Properties) -> None:
        records = [key for key in call.store.held() if key.token == RECORD and key.id.startswith(f"{id_}/rrsets/")]
        if records and olds.get("forceDestroy") is not True:
            raise RefusedError(400, f"The resource named '{id_}' cannot be deleted because it is not empty")
        for key in records:
            call.store.drop(key)
        grants.drop_with(call.store, id_)
        super().leave(call, id_, olds)


class RecordSet(Kind):
    """All records of one name and type."""

    api = _API
    noun = "ResourceDnsRecordSet"
    replace_on_change = frozenset({"managedZone", "name", "type"})
    exists = "The resource 'entity.change.additions[0]' named '{id}' already exists"

    def rules(self, inputs: Properties) -> list[Mistake]:
        return _ends_in_a_dot(inputs, "name")

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"{self._zone(call, inputs)}/rrsets/{text(inputs, 'name')}/{text(inputs, 'type')}"

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        zone, name = self._zone(call, properties), text(properties, "name")
        found = call.store.get(Key(ZONE, "", zone), {})
        if found is None:
            raise RefusedError(404, f"The 'parameters.managedZone' resource named '{zone}' does not exist., notFound")
        domain = text(found, "dnsName")
        if name != domain and not name.endswith(f".{domain}"):
            raise RefusedError(400, f"Invalid value for 'entity.change.additions[0].name': '{name}', invalid")

    def _zone(self, call: Call, properties: Properties) -> str:
        zone = text(properties, "managedZone")
        return zone if "/" in zone else f"projects/{project(call.config, properties)}/managedZones/{zone}"


def _ends_in_a_dot(inputs: Properties, name: str) -> list[Mistake]:
    value = known(inputs, name)
    return [] if value is None or value.endswith(".") else [Mistake(name, f"{value!r} does not end in a dot")]


KINDS: dict[str, type[Kind]] = {ZONE: ManagedZone, RECORD: RecordSet}
