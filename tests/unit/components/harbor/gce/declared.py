"""Two servers on Compute Engine as they are declared, seen under Pulumi's mocks: one with everything, one with little.

Owns: that run, and what Google would add to the inputs; a type that is not in `MADE` is an error. Does not own: what
is expected.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from tests.support.declared import Program, component, observe

PROJECT = "my-project"
NUMBER = "123456789012"
HOST = "registry.example.com"
CANARY = "canary-harbor-7d20"
KEY = f"projects/{PROJECT}/locations/europe-west1/keyRings/harbor/cryptoKeys/disks"
EMAIL = f"{{accountId}}@{PROJECT}.iam.gserviceaccount.com"

MADE: Mapping[str, Mapping[str, Any]] = {
    "gcp:compute/address:Address": {"address": "203.0.113.7"},
    "gcp:compute/disk:Disk": {},
    "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment": {},
    "gcp:compute/firewall:Firewall": {},
    "gcp:compute/instance:Instance": {"instanceId": "4567890123456789012"},
    "gcp:compute/network:Network": {},
    "gcp:compute/resourcePolicy:ResourcePolicy": {},
    "gcp:compute/subnetwork:Subnetwork": {},
    "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember": {},
    "gcp:dns/recordSet:RecordSet": {},
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": {},
    "gcp:projects/iAMCustomRole:IAMCustomRole": {"name": f"projects/{PROJECT}/roles/{{roleId}}"},
    "gcp:projects/iAMMember:IAMMember": {},
    "gcp:projects/service:Service": {},
    "gcp:secretmanager/secret:Secret": {},
    "gcp:secretmanager/secretIamMember:SecretIamMember": {},
    "gcp:secretmanager/secretVersion:SecretVersion": {},
    "gcp:serviceaccount/account:Account": {"email": EMAIL, "member": f"serviceAccount:{EMAIL}"},
    "gcp:storage/bucket:Bucket": {},
    "gcp:storage/bucketIAMMember:BucketIAMMember": {},
}
ANSWERS = {"gcp:organizations/getProject:getProject": {"projectId": PROJECT, "number": NUMBER}}

BARE: Mapping[str, Any] = {"kind": "compute-engine", "project": PROJECT, "zone": "europe-west1-b"}
FULL: Mapping[str, Any] = {
    **BARE,
    "machineType": "e2-standard-4",
    "metricsFrom": ["10.0.0.0/16"],
    "dns": {"zone": "example-com"},
    "key": KEY,
}
GIVEN: Mapping[str, Any] = {
    **BARE,
    "network": {"network": "projects/network-host/global/networks/shared", "subnetwork": "europe"},
    "image": "projects/my-project/global/images/hardened",
}
ARGS: Mapping[str, Any] = {
    "host": HOST,
    "owner": "organization/snapdeploy-registry/prod/main",
    "slug": "prod-main",
    "tags": {"team": "platform"},
    "environment": "prod",
    "protect": True,
    "wanted": {"schema": 1, "host": HOST, "database": {"port": 5432, "host": "db.example.com"}},
    "storage": {"kind": "gcs", "bucket": ""},
    "backup": {"bucket": "", "at": "02:15", "days": 30},
    "http_challenge": True,
    "dns_challenge": True,
    "metrics_push": True,
}
_LITTLE: Mapping[str, Any] = {
    **ARGS,
    "slug": "dev-other",
    "protect": False,
    "storage": {"kind": "disk"},
    "backup": {"bucket": "acme-backups/harbor", "at": "02:15", "days": 30},
    "http_challenge": False,
    "dns_challenge": False,
    "metrics_push": False,
}


@cache
def servers() -> Program:
    """`main` with all that a server can have, and `other`, in a given network and with a given bucket.

    The component `told-<server>` puts out what each says of itself.
    """
    told = {"main": {"vm": FULL, "args": ARGS}, "other": {"vm": GIVEN, "args": _LITTLE}}
    return component(f"{__name__}:_run", MADE, answers=ANSWERS, servers=told)


def stand_in() -> None:
    """Makes of the first boot what it is told and no more, packed: what it does with that is its own room's matter."""
    import gzip
    from dataclasses import asdict

    from components.harbor.boot import render

    render.user_data = lambda place: gzip.compress(repr(asdict(place)).encode(), mtime=0)


def _run(order: dict[str, Any]) -> None:
    import pulumi

    from components.harbor.gce.server import ComputeEngineServer
    from components.harbor.gce.settings import ComputeEngineSettings
    from components.harbor.server import ServerArgs
    from contract.kinds import Environment

    stand_in()

    def program() -> None:
        for name, told in order["servers"].items():
            server = ComputeEngineServer(
                name,
                ComputeEngineSettings.model_validate(told["vm"], by_alias=True, by_name=False),
                ServerArgs(
                    **{**told["args"], "environment": Environment(told["args"]["environment"])},
                    secrets=pulumi.Output.secret(CANARY),
                ),
            )
            shown = pulumi.ComponentResource("snapdeploy:test:Told", f"told-{name}")
            shown.register_outputs(
                {
                    "address": server.address,
                    "report": dict(server.report.place),
                    "digest": server.digest,
                    "serial": server.serial,
                    "byHand": list(server.by_hand),
                    "secret": server.secret,
                    "backups": server.backups,
                    "watched": dict(server.watched),
                }
            )

    observe(order, program)
