"""The move from a server to a cluster, as docs/harbor-kubernetes.md goes through it, on the real engine.

The clouds and the cluster are simulated, and so is what is inside of both Harbors.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.engine.stacks.conftest import Simulated, emulator, emulator_server
from tests.support.checkout import checkout
from tests.support.emulator import Emulator
from tests.unit.components.harbor.kubernetes.page import REGISTRIES, files

__all__ = ["emulator", "emulator_server"]

ACCOUNT, ZONE = "111122223333", "Z0123456789ABCDEFGHIJ"
"""The documentation's, which are others in the emulator."""
SERVER, BOTH, SWITCHED, ALONE = 1, 2, 4, 7
"""The page's blocks after which an update is made here."""


@pytest.fixture
def stack(tmp_path: Path, emulator: Emulator) -> Iterator[Simulated]:
    with checkout(tmp_path / "registry") as project:
        yield Simulated(project, "prod", emulator)


def steps_for(emulator: Emulator) -> list[str]:
    """The stack's file after each block, with an account and a zone that there are, and the server's images on a disk.

    A bucket more would cost seconds and show nothing.
    """
    made = emulator.client("route53").create_hosted_zone(Name="example.com", CallerReference="move")
    zone = made["HostedZone"]["Id"].rpartition("/")[2]
    account = emulator.client("sts").get_caller_identity()["Account"]
    texts = []
    for config in files():
        main = config[REGISTRIES].get("main", {})
        if "vm" in main:
            del main["storage"]
        text = yaml.safe_dump({"config": config}, sort_keys=False)
        texts.append(text.replace(ACCOUNT, account).replace(ZONE, zone))
    return texts


def delivered(stack: Simulated) -> dict[str, str]:
    """What the builder reads."""
    client = stack.emulator.client("secretsmanager", "eu-central-1")
    found: dict[str, str] = json.loads(client.get_secret_value(SecretId="snapdeploy/prod/builder")["SecretString"])
    return found


def server(stack: Simulated) -> dict[str, list[str]]:
    """What the server is made of, by the ids that AWS gave."""
    client = stack.emulator.client("ec2", "eu-central-1")
    instances = [each for group in client.describe_instances()["Reservations"] for each in group["Instances"]]
    return {
        "instances": [each["InstanceId"] for each in instances if each["State"]["Name"] == "running"],
        "volumes": sorted(each["VolumeId"] for each in client.describe_volumes()["Volumes"]),
        "addresses": sorted(each["AllocationId"] for each in client.describe_addresses()["Addresses"]),
    }


def test_the_move(stack: Simulated) -> None:
    steps = steps_for(stack.emulator)
    stack.file.write_text(steps[SERVER], encoding="utf-8")
    stack.up()
    made = server(stack)
    assert len(made["instances"]) == 1
    assert delivered(stack)["DOCKER_REGISTRY"] == "registry.example.com/snapdeploy-apps"

    stack.file.write_text(steps[BOTH], encoding="utf-8")
    stack.up()
    assert server(stack) == made
    assert delivered(stack)["DOCKER_REGISTRY"] == "registry.example.com/snapdeploy-apps"

    stack.file.write_text(steps[SWITCHED], encoding="utf-8")
    switched = stack.up().stdout
    assert delivered(stack)["DOCKER_REGISTRY"] == "images.example.com/snapdeploy-apps"
    assert server(stack) == made
    # What is delivered is written anew, and nothing else is made anew.
    assert set(re.findall(r"^ \+- (\S+ \S+) replaced", switched, re.MULTILINE)) == {
        "aws:secretsmanager:SecretVersion secret-value"
    }

    # An update as a person runs it: it ends with its preview.
    stack.file.write_text(steps[ALONE], encoding="utf-8")
    refused = stack.run("up", "--yes", fails=True).stdout
    assert "cannot be deleted" in refused
    assert "because it is protected" in refused
    assert not re.search(r"^ ~  kubernetes:", refused, re.MULTILINE), "nothing in the cluster changes"
    assert server(stack) == made
