"""What a server of Harbor on EC2 declares: seen under mocks, once as most have it and once with all that differs."""

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.program.harbor_ec2 import CANARY, HOST, MADE, TOLD, VM
from tests.support.declared import Program, component

INVENTORY = Path(__file__).parent / "inventories" / "harbor-ec2.yaml"
KEY = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
SERVER = "tests.program.harbor_ec2:server"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


@pytest.fixture(scope="module")
def usual() -> Program:
    """A server in a network of its own, with its record, as production has it."""
    return component(SERVER, MADE, vm=VM, args=TOLD)


@pytest.fixture(scope="module")
def other() -> Program:
    """A server in a network that exists, with images in S3 and a key of one's own, that nothing holds."""
    vm = {
        **{name: value for name, value in VM.items() if name not in ("dns", "metricsFrom")},
        "network": {"vpc": "vpc-0123456789abcdef0", "subnet": "subnet-0123456789abcdef0"},
        "allowFrom": ["203.0.113.0/24", "2001:db8::/32"],
        "image": "ami-00000000000000001",
        "key": KEY,
    }
    args = {
        **TOLD,
        "protect": False,
        "storage": {"kind": "s3", "bucket": "", "region": ""},
        "backup": {"bucket": "acme-backup", "at": "02:15", "days": 30},
        **dict.fromkeys(("http_challenge", "dns_challenge", "metrics_push"), False),
    }
    return component(SERVER, MADE, vm=vm, args=args)


def only(found: Program, kind: str) -> Mapping[str, Any]:
    """The inputs of the one resource of that kind."""
    (resource,) = [each for each in found.resources if each.kind == kind]
    return resource.inputs


def wanted(found: Program) -> Any:
    """The wanted document as the server reads it."""
    (parameter,) = [each for each in found.resources if each.name == "main-told-wanted"]
    return json.loads(parameter.inputs["insecureValue"])


def test_the_server_is_its_inventory(usual: Program) -> None:
    assert usual.inventory() == yaml.safe_load(INVENTORY.read_text())


def test_no_child_lives_outside_its_component_or_its_provider(usual: Program, other: Program) -> None:
    for found in (usual, other):
        components = {each.name for each in found.resources if each.type.startswith("snapdeploy:")}
        inside = [each for each in found.resources if each.name not in ("main", "snapdeploy-registry-test")]
        assert [each.name for each in inside if each.parent not in components] == []
        ours = [each for each in inside if each.type.startswith("aws:")]
        assert [each.name for each in ours if "::main-aws::" not in each.provider] == []


def test_only_the_ports_that_are_asked_for_are_open(usual: Program, other: Program) -> None:
    def opened(found: Program) -> set[tuple[int, str]]:
        rules = [each.inputs for each in found.of(INGRESS)]
        assert all(each["fromPort"] == each["toPort"] and each["ipProtocol"] == "tcp" for each in rules)
        return {(each["fromPort"], each.get("cidrIpv4") or each["cidrIpv6"]) for each in rules}

    assert opened(usual) == {(443, "0.0.0.0/0"), (80, "0.0.0.0/0"), (9090, "10.0.0.0/16")}
    assert opened(other) == {(443, "203.0.113.0/24"), (443, "2001:db8::/32")}
    group = only(usual, "SecurityGroup")
    assert "ingress" not in group
    assert "egress" not in group
    out = {each.inputs["fromPort"] for each in usual.resources if each.kind == "SecurityGroupEgressRule"}
    assert out == {443, 80, 53, 123, 5432}, "the database's port is told, and no other"


def test_credentials_stay_on_the_server(usual: Program, other: Program) -> None:
    assert only(usual, "Instance")["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
        "instanceMetadataTags": "disabled",
    }
    # The registry's container is one hop further, and enters S3 by the role.
    assert only(other, "Instance")["metadataOptions"]["httpPutResponseHopLimit"] == 2
    for found in (usual, other):
        assert "keyName" not in only(found, "Instance")
        assert "keyPair" not in {each.kind for each in found.resources}


def test_every_disk_and_bucket_is_encrypted(usual: Program, other: Program) -> None:
    for found, key in ((usual, None), (other, KEY)):
        root, data = only(found, "Instance")["rootBlockDevice"], only(found, "Volume")
        assert (root["encrypted"], data["encrypted"]) == (True, True)
        assert (root.get("kmsKeyId"), data.get("kmsKeyId"), only(found, "Secret").get("kmsKeyId")) == (key,) * 3
        (rule,) = only(found, "BucketServerSideEncryptionConfiguration")["rules"]
        assert rule["applyServerSideEncryptionByDefault"].get("kmsMasterKeyId") == key
        assert only(found, "BucketVersioning")["versioningConfiguration"] == {"status": "Enabled"}
        said = [each for each in found.resources if each.kind.startswith("Bucket")]
        assert {each.inputs["bucket"] for each in said} == {only(found, "Bucket")["bucket"]}, "all of the one bucket"
        private = only(found, "BucketPublicAccessBlock")
        assert [name for name, value in private.items() if name != "bucket" and value is not True] == []


def test_what_holds_data_is_held_and_outlives_the_server(usual: Program, other: Program) -> None:
    held = {each.kind for each in usual.resources if each.protect}
    assert held == {"Volume", "Bucket", "Secret", "Eip"}
    assert [each.kind for each in usual.resources if each.retain_on_delete] == ["Volume"]
    assert not any(each.protect or each.retain_on_delete for each in other.resources)
    assert only(usual, "Secret")["recoveryWindowInDays"] == 7
    assert only(usual, "Bucket")["forceDestroy"] is False
    server = only(usual, "Instance")
    assert server["disableApiTermination"] is True
    assert "ebsBlockDevices" not in server, "a disk of the instance's own would go with it"
    assert only(usual, "VolumeAttachment")["stopInstanceBeforeDetaching"] is True


def test_the_disk_is_copied_each_day_and_no_other(usual: Program) -> None:
    details = only(usual, "LifecyclePolicy")["policyDetails"]
    ((mark, owner),) = details["targetTags"].items()
    assert only(usual, "Volume")["tags"][mark] == owner == TOLD["owner"]
    (schedule,) = details["schedules"]
    assert (schedule["createRule"]["times"], schedule["retainRule"]["count"]) == ("01:00", 14)


def test_backups_go_after_their_days_and_images_never(usual: Program, other: Program) -> None:
    (backups,), (images,) = (only(found, "BucketLifecycleConfiguration")["rules"] for found in (usual, other))
    assert backups["expiration"] == {"days": 30}
    assert "expiration" not in images
    assert images["noncurrentVersionExpiration"] == {"noncurrentDays": 7}, "else a collection would free nothing"
    assert {each["abortIncompleteMultipartUpload"]["daysAfterInitiation"] for each in (backups, images)} == {7}


def test_the_server_is_told_where_its_buckets_are(usual: Program, other: Program) -> None:
    bucket = only(usual, "Bucket")["bucket"]
    assert wanted(usual)["backup"] == {"bucket": f"s3:{bucket}/prod-main", "at": "02:15", "days": 30}
    assert wanted(usual)["storage"] == {"kind": "disk"}
    assert wanted(other)["backup"]["bucket"] == "s3:acme-backup/prod-main"
    assert wanted(other)["storage"] == {"kind": "s3", "bucket": only(other, "Bucket")["bucket"], "region": "us-east-1"}
    assert wanted(usual)["host"] == HOST
    (parameter,) = [each for each in usual.resources if each.name == "main-told-wanted"]
    digest = hashlib.sha256(parameter.inputs["insecureValue"].encode()).hexdigest()
    assert usual.outputs["main"]["digest"] == digest


def test_the_server_stands_where_it_was_told_to(usual: Program, other: Program) -> None:
    assert (only(other, "Instance")["subnetId"], only(other, "Volume")["availabilityZone"]) == (
        "subnet-0123456789abcdef0",
        "us-east-1c",
    )
    assert only(other, "SecurityGroup")["vpcId"] == "vpc-0123456789abcdef0"
    assert not other.of("aws:ec2/vpc:Vpc")
    (subnet,) = usual.of("aws:ec2/subnet:Subnet")
    assert subnet.ignored == ("availabilityZone",), "what is offered where changes, and the disk cannot follow"
    assert subnet.inputs["availabilityZone"] == only(usual, "Volume")["availabilityZone"] == "us-east-1a"
    for found in (usual, other):
        assert only(found, "Instance")["associatePublicIpAddress"] is False


def test_the_name_leads_to_the_address_that_stays(usual: Program, other: Program) -> None:
    record = only(usual, "Record")
    assert (record["name"], record["type"], record["records"]) == (HOST, "A", [usual.outputs["main"]["address"]])
    assert usual.outputs["main"]["by_hand"] == []
    assert other.outputs["main"]["by_hand"] == [f"enter an A record for {HOST} with the address in output `address`"]


def test_a_newer_image_does_not_replace_the_server_by_itself(usual: Program, other: Program) -> None:
    (server,), (chosen,) = usual.of("aws:ec2/instance:Instance"), other.of("aws:ec2/instance:Instance")
    assert server.ignored == ("ami",)
    assert (chosen.inputs["ami"], chosen.ignored) == ("ami-00000000000000001", ())


def test_the_report_is_the_servers_to_write(usual: Program) -> None:
    (report,) = [each for each in usual.resources if each.name == "main-told-report"]
    assert set(report.ignored) == {"value", "insecureValue"}


def test_all_that_the_first_boot_reads_is_there_before_it(usual: Program) -> None:
    (server,) = usual.of("aws:ec2/instance:Instance")
    assert {
        "main-told-wanted",
        "main-scripts-1",
        "main-told-secret-value",
        "main-role-policy",
        "main-network-subnet-routes",
        "main-network-out-https",
        "main-backup-bucket",
    } <= set(server.after)
    assert server.inputs["userDataReplaceOnChange"] is True


def test_a_failing_host_and_a_failing_system_are_mended(usual: Program) -> None:
    alarms = {each.inputs["metricName"]: each.inputs for each in usual.resources if each.kind == "MetricAlarm"}
    assert {name: alarm["alarmActions"] for name, alarm in alarms.items()} == {
        "StatusCheckFailed_System": ["arn:aws:automate:us-east-1:ec2:recover"],
        "StatusCheckFailed_Instance": ["arn:aws:automate:us-east-1:ec2:reboot"],
    }
    assert len({alarm["evaluationPeriods"] for alarm in alarms.values()}) == 2, "never both at once"


def test_the_secret_shows_nowhere(usual: Program) -> None:
    assert only(usual, "SecretVersion")["secretString"] == "[secret]"
    shown = json.dumps([dict(each.inputs) for each in usual.resources])
    assert CANARY not in shown + json.dumps(usual.outputs)
    assert CANARY.encode() not in base64.b64decode(only(usual, "Instance")["userDataBase64"])
