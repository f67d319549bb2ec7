"""A server of Harbor on the real engine in an emulated AWS: what lasts, and what is made anew, when it is told anew."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.program.harbor_ec2 import CANARY, HOST, TOLD, VM
from tests.simulated.providers.aws import MACHINES
from tests.support.emulator import Emulator, emulator, emulator_server
from tests.support.engine import ROOT, EngineProject

__all__ = ["emulator", "emulator_server"]

PROGRAM = Path(__file__).with_name("server.py")


class Life:
    """The stack and the account that it is in."""

    def __init__(self, folder: Path, emulator: Emulator) -> None:
        self.emulator = emulator
        zone = emulator.client("route53").create_hosted_zone(Name="example.com", CallerReference="test")
        self.zone = zone["HostedZone"]["Id"].rpartition("/")[2]
        self.stack = EngineProject(
            folder,
            PROGRAM.read_text(encoding="utf-8"),
            secrets={"throwaway:secrets": json.dumps({"adminPassword": CANARY})},
            environment={**emulator.environment, "PYTHONPATH": str(ROOT)},
        )
        self.tell()

    def tell(self, *, vm: dict[str, Any] | None = None, **args: Any) -> None:
        """Writes the config."""
        told = {**VM, "dns": {"zone": self.zone}, **(vm or {})}
        self.stack.configure(
            {"throwaway:vm": json.dumps(told), "throwaway:args": json.dumps({**TOLD, "protect": False, **args})}
        )

    def wanted(self) -> str:
        """The wanted document that a server would read."""
        name = "/snapdeploy/prod-main/wanted"
        return str(self.emulator.client("ssm").get_parameter(Name=name)["Parameter"]["Value"])

    def instance(self) -> dict[str, Any]:
        """The server that runs; there is one."""
        (found,) = [
            each
            for group in self.emulator.client("ec2").describe_instances()["Reservations"]
            for each in group["Instances"]
            if each["State"]["Name"] == "running"
        ]
        return dict(found)

    def lasting(self) -> dict[str, Any]:
        """What has to outlive a server: the disk, the address, the record, the buckets, the secret."""
        ec2, route53 = self.emulator.client("ec2"), self.emulator.client("route53")
        addresses, volumes = ec2.describe_addresses()["Addresses"], ec2.describe_volumes()["Volumes"]
        records = route53.list_resource_record_sets(HostedZoneId=self.zone)["ResourceRecordSets"]
        secrets = self.emulator.client("secretsmanager").list_secrets()["SecretList"]
        return {
            "address": [each["PublicIp"] for each in addresses],
            "record": [each for each in records if each["Type"] == "A"],
            "volume": [each["VolumeId"] for each in volumes if each["Size"] == 160],
            "buckets": [each["Name"] for each in self.emulator.client("s3").list_buckets()["Buckets"]],
            "secret": [each["ARN"] for each in secrets],
        }


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory, emulator_server: Emulator) -> Iterator[Life]:
    """A server that was made once, for all the tests of this file, which follow each other."""
    emulator_server.reset()
    made = Life(tmp_path_factory.mktemp("harbor") / "stack", emulator_server)
    made.stack.up()
    yield made
    emulator_server.reset()


def test_all_is_made(life: Life) -> None:
    resources = life.stack.resources()
    missing = set(MACHINES) - {found["type"] for found in resources.values()}
    assert not missing, "every simulated type of a server is seen at work"
    server, ec2 = life.instance(), life.emulator.client("ec2")
    (volume,) = [each for each in ec2.describe_volumes()["Volumes"] if each["Size"] == 160]
    assert [each["InstanceId"] for each in volume["Attachments"]] == [server["InstanceId"]]
    (address,) = ec2.describe_addresses()["Addresses"]
    assert address["InstanceId"] == server["InstanceId"]
    assert life.lasting()["record"][0]["ResourceRecords"] == [{"Value": address["PublicIp"]}]
    assert life.lasting()["record"][0]["Name"] == f"{HOST}."
    outputs = life.stack.outputs()
    assert outputs["digest"] == hashlib.sha256(life.wanted().encode()).hexdigest()
    assert (outputs["address"], outputs["serial"]) == (address["PublicIp"], server["InstanceId"])
    rules = ec2.describe_security_group_rules()["SecurityGroupRules"]
    ours = [each for each in rules if each["GroupId"] == server["NetworkInterfaces"][0]["Groups"][0]["GroupId"]]
    assert {each["FromPort"] for each in ours if not each["IsEgress"]} == {443, 80, 9090}
    assert -1 not in {each["FromPort"] for each in ours}, "nothing lets everything pass"
    (bucket,) = life.lasting()["buckets"]
    s3 = life.emulator.client("s3")
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    assert '"aws:SecureTransport"' in s3.get_bucket_policy(Bucket=bucket)["Policy"]
    assert CANARY not in json.dumps(life.stack.state())


def test_another_wish_is_told_to_the_running_server_and_changes_nothing_else(life: Life) -> None:
    before, lasting = life.instance()["InstanceId"], life.lasting()
    ssm, report = life.emulator.client("ssm"), "/snapdeploy/prod-main/report"
    ssm.put_parameter(Name=report, Value='{"state":"healthy"}', Type="String", Overwrite=True)
    life.tell(wanted={**TOLD["wanted"], "version": "2.15.3"})
    # Refreshed, so that whatever is not as it was declared would be a change too, the server's report for one.
    assert life.stack.up("--refresh").changes == {"update": 1}
    assert json.loads(life.wanted())["version"] == "2.15.3"
    assert ssm.get_parameter(Name=report)["Parameter"]["Value"] == '{"state":"healthy"}'
    assert life.instance()["InstanceId"] == before
    assert life.lasting() == lasting


def test_another_first_boot_is_another_server_with_the_same_disk_and_address(life: Life) -> None:
    before, lasting = life.instance()["InstanceId"], life.lasting()
    life.tell(vm={"maintenance": "Wed 04:00"}, wanted={**TOLD["wanted"], "version": "2.15.3"})
    # The server, and what ties the disk and the address to it; the alarms look at another one.
    assert life.stack.up().changes == {"replace": 3, "update": 2}
    after = life.instance()["InstanceId"]
    assert after != before
    assert life.lasting() == lasting
    ec2 = life.emulator.client("ec2")
    (volume,) = [each for each in ec2.describe_volumes()["Volumes"] if each["Size"] == 160]
    assert [each["InstanceId"] for each in volume["Attachments"]] == [after]
    assert [each["InstanceId"] for each in ec2.describe_addresses()["Addresses"]] == [after]


def test_without_protection_nothing_is_left(life: Life) -> None:
    life.stack.destroy()
    assert life.lasting() == {"address": [], "record": [], "volume": [], "buckets": [], "secret": []}
    assert life.emulator.client("ssm").get_parameters_by_path(Path="/snapdeploy", Recursive=True)["Parameters"] == []
    assert not life.emulator.client("iam").list_roles()["Roles"]
