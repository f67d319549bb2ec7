"""What the server may do in the project, asked of the grants that are declared and of what is in Google's roles."""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.support.declared import Resource
from tests.unit.components.harbor.gce.declared import KEY, NUMBER, PROJECT, servers

MAIN = f"serviceAccount:snapdeploy-prod-main@{PROJECT}.iam.gserviceaccount.com"
OTHER = f"serviceAccount:snapdeploy-dev-other@{PROJECT}.iam.gserviceaccount.com"
ENGINE = f"serviceAccount:service-{NUMBER}@compute-system.iam.gserviceaccount.com"
# By the type of the grant, the input that names what it is on.
ON = {
    "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember": "managedZone",
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": "cryptoKeyId",
    "gcp:projects/iAMMember:IAMMember": "project",
    "gcp:secretmanager/secretIamMember:SecretIamMember": "secretId",
    "gcp:storage/bucketIAMMember:BucketIAMMember": "bucket",
}


class Grant(NamedTuple):
    member: str
    on: str
    permissions: frozenset[str]
    role: str


@cache
def grants() -> tuple[Grant, ...]:
    """All that is granted, with what it means."""
    given: dict[str, Any] = yaml.safe_load((Path(__file__).with_name("roles.yaml")).read_text())
    own = {
        f"projects/{PROJECT}/roles/{one.inputs['roleId']}": one.inputs["permissions"]
        for one in servers().of("gcp:projects/iAMCustomRole:IAMCustomRole")
    }
    return tuple(_grant(one, given | own) for one in servers().resources if one.type in ON)


def _grant(one: Resource, roles: dict[str, Any]) -> Grant:
    on, role = one.inputs[ON[one.type]], one.inputs["role"]
    return Grant(one.inputs["member"], on, frozenset(roles[role]), role)


def _bucket(server: str, role: str) -> str:
    return next(str(one.inputs["name"]) for one in servers().resources if one.name == f"{server}-{role}-bucket")


def _may(member: str, permission: str, on: str) -> bool:
    # What is granted on the project holds for all in it.
    return any(one.member == member and one.on in {on, PROJECT} and permission in one.permissions for one in grants())


SECRET, OTHER_SECRET = "snapdeploy-prod-main-harbor", "snapdeploy-dev-other-harbor"
ZONE = "example-com"


@pytest.mark.parametrize(
    ("permission", "on", "may"),
    [
        ("secretmanager.versions.access", SECRET, True),
        ("secretmanager.versions.access", OTHER_SECRET, False),
        ("secretmanager.versions.add", SECRET, False),
        ("storage.objects.create", "backup", True),
        ("storage.objects.get", "backup", True),
        ("storage.objects.list", "backup", True),
        ("storage.objects.delete", "backup", False),
        ("storage.objects.update", "backup", False),
        ("storage.buckets.update", "backup", False),
        ("storage.objects.create", "storage", True),
        ("storage.objects.delete", "storage", True),
        ("storage.buckets.delete", "storage", False),
        ("storage.objects.setIamPolicy", "storage", False),
        ("storage.objects.list", "acme-backups", False),
        ("monitoring.timeSeries.create", PROJECT, True),
        ("monitoring.timeSeries.list", PROJECT, False),
        ("logging.logEntries.create", PROJECT, True),
        ("logging.logEntries.list", PROJECT, False),
        ("dns.resourceRecordSets.create", ZONE, True),
        ("dns.resourceRecordSets.delete", ZONE, True),
        ("dns.changes.create", ZONE, True),
        ("dns.managedZones.delete", ZONE, False),
        ("dns.managedZones.update", ZONE, False),
        ("dns.resourceRecordSets.create", "another-zone", False),
        ("dns.managedZones.list", PROJECT, True),
        ("compute.instances.setMetadata", PROJECT, False),
        ("iam.serviceAccounts.getAccessToken", PROJECT, False),
        ("cloudkms.cryptoKeyVersions.useToDecrypt", KEY, False),
    ],
)
def test_a_server_with_everything_may(permission: str, on: str, may: bool) -> None:
    on = _bucket("main", on) if on in {"backup", "storage"} else on
    assert _may(MAIN, permission, on) is may


@pytest.mark.parametrize(
    ("permission", "on", "may"),
    [
        ("storage.objects.create", "acme-backups", True),
        ("storage.objects.delete", "acme-backups", False),
        ("monitoring.timeSeries.create", PROJECT, False),
        ("dns.managedZones.list", PROJECT, False),
        ("secretmanager.versions.access", SECRET, False),
    ],
)
def test_a_server_with_little_may_less(permission: str, on: str, may: bool) -> None:
    assert _may(OTHER, permission, on) is may


def test_only_google_itself_uses_the_key_of_the_disks() -> None:
    assert {one.member for one in grants() if one.on == KEY} == {ENGINE}
    assert _may(ENGINE, "cloudkms.cryptoKeyVersions.useToEncrypt", KEY)


def test_nothing_is_granted_on_the_project_but_what_can_be_granted_nowhere_else() -> None:
    wide = {one.role for one in grants() if one.on == PROJECT}
    assert wide == {
        "roles/logging.logWriter",
        "roles/monitoring.metricWriter",
        f"projects/{PROJECT}/roles/snapdeploy_prod_main_zones",
    }
    changing = {"create", "update", "delete", "set"}
    found = {permission for one in grants() if one.on == PROJECT for permission in one.permissions}
    assert {one for one in found if one.rpartition(".")[2] in changing} == {
        "logging.logEntries.create",
        "monitoring.metricDescriptors.create",
        "monitoring.timeSeries.create",
    }
