"""What a server on Compute Engine declares: all of it by name, and what must not slip in each part."""

import base64
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.declared import Resource
from tests.unit.components.harbor.gce.declared import CANARY, HOST, KEY, servers

INVENTORY = Path(__file__).with_name("inventory.yaml")
IAP = "35.235.240.0/20"


def _one(name: str) -> Resource:
    (found,) = [one for one in servers().resources if one.name == name]
    return found


def _told(server: str) -> dict[str, Any]:
    return dict(servers().outputs[f"told-{server}"])


def test_everything_is_in_the_inventory() -> None:
    found = [one for one in servers().inventory() if not one["name"].startswith("told-")]
    assert found == yaml.safe_load(INVENTORY.read_text())


def test_everything_is_made_by_the_servers_own_provider() -> None:
    lacking = [one.name for one in servers().resources if one.type.startswith("gcp:") and not one.provider]
    assert lacking == []
    assert json.loads(_one("main-google").inputs["defaultLabels"]) == {"team": "platform"}


def test_nothing_is_made_before_the_apis_are_on() -> None:
    roots = ("told-secret", "backup-bucket", "account-account", "network-network", "data-disk", "address-ip")
    for root in (*roots, "storage-bucket", "data-snapshots", "account-records"):
        assert "main-apis-compute" in _one(f"main-{root}").after


def test_what_holds_data_is_protected_where_it_is_asked_and_the_instance_never() -> None:
    kept = {one.name for one in servers().resources if one.protect}
    assert kept == {
        "main-told-secret",
        "main-backup-bucket",
        "main-storage-bucket",
        "main-data-disk",
        "main-address-ip",
    }
    assert {one.name for one in servers().resources if one.retain_on_delete} == {"main-data-disk"}
    assert _one("main-told-secret").inputs["deletionProtection"] is True
    assert _one("other-told-secret").inputs["deletionProtection"] is False


@pytest.mark.parametrize(
    ("server", "ways"),
    [
        ("main", {"22": [IAP], "443": ["0.0.0.0/0"], "80": ["0.0.0.0/0"], "9090": ["10.0.0.0/16"]}),
        ("other", {"22": [IAP], "443": ["0.0.0.0/0"]}),
    ],
)
def test_who_reaches_the_server(server: str, ways: dict[str, list[str]]) -> None:
    rules = [one for one in servers().of("gcp:compute/firewall:Firewall") if one.name.startswith(f"{server}-")]
    assert {port: one.inputs["sourceRanges"] for one in rules for port in one.inputs["allows"][0]["ports"]} == ways
    account = _one(f"{server}-instance").inputs["serviceAccount"]["email"]
    for rule in rules:
        assert rule.inputs["direction"] == "INGRESS"
        assert rule.inputs["allows"][0]["protocol"] == "tcp"
        assert rule.inputs["targetServiceAccounts"] == [account]


def test_a_given_network_is_used_and_its_rules_are_in_its_project() -> None:
    (interface,) = _one("other-instance").inputs["networkInterfaces"]
    assert interface["subnetwork"] == "projects/network-host/regions/europe-west1/subnetworks/europe"
    rule = _one("other-network-https").inputs
    assert (rule["network"], rule["project"]) == ("projects/network-host/global/networks/shared", "network-host")


def test_the_instance_is_shielded_and_nobody_logs_in_but_by_google() -> None:
    found = _one("main-instance").inputs
    assert set(found["shieldedInstanceConfig"].values()) == {True}
    assert len(found["shieldedInstanceConfig"]) == 3
    metadata = found["metadata"]
    assert (
        metadata["enable-oslogin"]
        == metadata["block-project-ssh-keys"]
        == metadata["enable-guest-attributes"]
        == "TRUE"
    )
    assert metadata["serial-port-enable"] == "FALSE"
    assert found["serviceAccount"]["scopes"] == ["cloud-platform"]
    assert found["scheduling"] == {"automaticRestart": True, "onHostMaintenance": "MIGRATE"}


def test_the_instance_waits_for_all_that_its_first_boot_needs() -> None:
    needed = {
        *("main-told-secret-value", "main-account-read-secret", "main-account-write-records", "main-account-find-zone"),
        *("main-account-add-backups", "main-account-keep-images", "main-network-https", "main-address-record"),
        *("main-data-snapshots-attached", "main-storage-bucket", "main-backup-bucket"),
    }
    assert needed <= set(_one("main-instance").after)


def test_the_first_boot_is_gzip_as_text_that_cloud_init_reads_and_knows_no_secret() -> None:
    metadata = _one("main-instance").inputs["metadata"]
    assert metadata["user-data-encoding"] == "base64"
    read = gzip.decompress(base64.b64decode(metadata["user-data"], validate=True)).decode()
    for word in ("compute-engine", "europe-west1", "/dev/disk/by-id/google-harbor-data", "snapdeploy/report"):
        assert word in read
    assert "projects/my-project/secrets/snapdeploy-prod-main-harbor" in read
    assert CANARY not in json.dumps([dict(one.inputs) for one in servers().resources])
    assert _one("main-told-secret-value").inputs["secretData"] == "[secret]"


def test_the_data_disk_is_the_device_that_the_first_boot_is_told() -> None:
    (attached,) = _one("main-instance").inputs["attachedDisks"]
    assert attached == {"source": "main-data-disk-id", "deviceName": "harbor-data", "mode": "READ_WRITE"}


def test_the_wanted_document_is_completed_and_its_digest_is_that_of_its_very_text() -> None:
    told, text = _told("main"), _one("main-instance").inputs["metadata"]["harbor-wanted"]
    wanted = json.loads(text)
    assert json.dumps(wanted, sort_keys=True, separators=(",", ":")) == text
    assert told["digest"] == hashlib.sha256(text.encode()).hexdigest()
    assert wanted["host"] == HOST
    buckets = {role: _one(f"main-{role}-bucket").inputs["name"] for role in ("storage", "backup")}
    assert wanted["storage"] == {"kind": "gcs", "bucket": buckets["storage"]}
    assert wanted["backup"] == {"bucket": f"gcs:{buckets['backup']}/prod-main", "at": "02:15", "days": 30}
    assert told["backups"] == wanted["backup"]["bucket"]


def test_what_the_server_says_of_itself() -> None:
    told = _told("main")
    place = {"project": "my-project", "zone": "europe-west1-b"}
    assert told["report"] == {**place, "instance": "snapdeploy-prod-main", "attribute": "snapdeploy/report"}
    assert told["watched"] == {**place, "instance": told["serial"]}
    assert told["address"] == "203.0.113.7"
    assert told["byHand"] == []
    assert told["secret"] == "projects/my-project/secrets/snapdeploy-prod-main-harbor"


def test_with_little_is_what_is_given_used_and_the_rest_told() -> None:
    told = _told("other")
    assert told["backups"] == "gcs:acme-backups/harbor"
    (by_hand,) = told["byHand"]
    assert HOST in by_hand
    assert json.loads(_one("other-instance").inputs["metadata"]["harbor-wanted"])["storage"] == {"kind": "disk"}


def test_the_record_leads_to_the_address() -> None:
    record = _one("main-address-record").inputs
    assert (record["name"], record["type"], record["rrdatas"]) == (f"{HOST}.", "A", ["203.0.113.7"])


def test_a_newer_image_is_for_the_next_server_and_a_chosen_one_for_this() -> None:
    assert _one("main-instance").ignored == ("bootDisk.initializeParams.image",)
    assert _one("other-instance").ignored == ()
    image = _one("main-instance").inputs["bootDisk"]["initializeParams"]["image"]
    assert image == "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"


def test_buckets_are_private_and_only_backups_end() -> None:
    for role, ends in (("storage", []), ("backup", [30])):
        found = _one(f"main-{role}-bucket").inputs
        assert found["uniformBucketLevelAccess"] is True
        assert found["publicAccessPrevention"] == "enforced"
        assert found["versioning"] == {"enabled": True}
        assert found["forceDestroy"] is False
        live = [one["condition"] for one in found["lifecycleRules"] if one["condition"].get("withState") == "LIVE"]
        assert [one["age"] for one in live] == ends


def test_a_given_key_encrypts_both_disks_once_google_may_use_it() -> None:
    disk = _one("main-data-disk")
    assert disk.inputs["diskEncryptionKey"] == {"kmsKeySelfLink": KEY}
    assert "main-data-key" in disk.after
    assert _one("main-instance").inputs["bootDisk"]["kmsKeySelfLink"] == KEY
    assert "diskEncryptionKey" not in _one("other-data-disk").inputs


def test_a_snapshot_is_made_each_day_and_outlives_the_disk() -> None:
    policy = _one("main-data-snapshots").inputs["snapshotSchedulePolicy"]
    assert policy["schedule"]["dailySchedule"] == {"daysInCycle": 1, "startTime": "01:00"}
    assert policy["retentionPolicy"] == {"maxRetentionDays": 14, "onSourceDiskDelete": "KEEP_AUTO_SNAPSHOTS"}
    assert _one("main-data-snapshots-attached").inputs["disk"] == _one("main-data-disk").inputs["name"]
