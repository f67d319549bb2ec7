"""Stack `harbor` as it stands in the repository: a whole life under simulation, on the real engine.

What the server makes of it, and what Harbor itself says, is simulated by a report that is healthy at once and by
entries in a file; `tests/e2e/harbor_boot` boots a server, and the inside has a double of Harbor's API.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engine.stacks.conftest import UNDER_THE_PACK, Simulated
from tests.support.checkout import checkout
from tests.support.emulator import Emulator

SERVER = "/snapdeploy/harbor-main"
ADVISED = {"secrets-have-own-key"}
"""What the pack says of the stack as it stands, on purpose: AWS's own key is enough where one account is all."""


@pytest.fixture
def harbor(tmp_path: Path, emulator: Emulator) -> Iterator[Simulated]:
    zone = emulator.client("route53").create_hosted_zone(Name="example.com", CallerReference="test")["HostedZone"]["Id"]
    with checkout(tmp_path / "registry") as project:
        stack = Simulated(project, "harbor", emulator)
        # The one thing of the account that the stack does not make.
        change(stack, lambda main: main["vm"].update(dns={"zone": zone.rpartition("/")[2]}))
        yield stack


def change(stack: Simulated, change: Callable[[dict[str, Any]], None]) -> None:
    """Writes the stack's file as `change` leaves the registry in it."""
    read = yaml.safe_load(stack.file.read_text(encoding="utf-8"))
    change(read["config"]["snapdeploy-registry:registries"]["main"])
    stack.file.write_text(yaml.safe_dump(read, sort_keys=False), encoding="utf-8")


def touched(stdout: str) -> dict[str, str]:
    """What an update did to each resource that it did not leave as it was."""
    done = re.findall(r"^ *[~+-]{1,2} +\S+ (\S+) (created|updated|deleted|replaced)", stdout, re.MULTILINE)
    return {name: what for name, what in done if name != "snapdeploy-registry-harbor"}


def test_a_whole_life(harbor: Simulated) -> None:
    made = harbor.up(*UNDER_THE_PACK)
    said = made.stdout + made.stderr
    assert set(re.findall(r"\[advisory\] \[severity: \w+\]\s+(\S+)", said)) == ADVISED
    assert "[mandatory]" not in said
    assert "can't run policy" not in said

    ssm, ec2 = harbor.emulator.client("ssm"), harbor.emulator.client("ec2")
    wanted = json.loads(ssm.get_parameter(Name=f"{SERVER}/wanted")["Parameter"]["Value"])
    assert (wanted["host"], wanted["version"]) == ("registry.example.com", "2.15.2")
    assert wanted["storage"]["kind"] == "s3"
    assert wanted["backup"] == {"at": "02:15", "bucket": wanted["backup"]["bucket"], "days": 30}
    (reservation,) = ec2.describe_instances()["Reservations"]
    (server,) = reservation["Instances"]
    assert server["MetadataOptions"]["HttpTokens"] == "required"

    outputs = json.loads(harbor.run("stack", "output", "--json").stdout)
    main = outputs["registries"]["main"]
    assert main["registry"] == "registry.example.com/snapdeploy-apps"
    assert main["builder_env"]["DOCKER_REGISTRY_USERNAME"] == "robot$snapdeploy-apps+made-up"
    assert main["builder_env"]["DOCKER_REGISTRY_PASSWORD"] == "[secret]"
    assert (main["version"], main["administrator"]) == ("2.15.2", "snapdeploy/harbor-main/harbor")
    assert main["expires_at"]

    # Looked up again, nothing of it has changed; and what the running server is told makes no other server.
    change(harbor, lambda main: main.update(backup={"at": "03:30", "days": 14}))
    again = harbor.up("--refresh")
    told = ("main-server-told-wanted", "main-server-backup-lifecycle", "main-ready")
    assert touched(again.stdout) == dict.fromkeys(told, "updated")
    changed = json.loads(ssm.get_parameter(Name=f"{SERVER}/wanted")["Parameter"]["Value"])
    assert (changed["backup"]["at"], changed["backup"]["days"]) == ("03:30", 14)
    (reservation,) = ec2.describe_instances()["Reservations"]
    assert reservation["Instances"][0]["InstanceId"] == server["InstanceId"]

    refused = harbor.destroy(fails=True)
    assert "main-server-data" in refused.stdout + refused.stderr
    assert ec2.describe_volumes()["Volumes"]
