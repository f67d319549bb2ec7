"""A server of Harbor on the real engine in a simulated Google: what lasts, and what is made anew, when it is told anew.

One stack lives once, told three things one after the other; the tests look at what each left.
"""

import base64
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.simulated.providers.gcp import MACHINES
from tests.simulated.sdk import Sdk
from tests.simulated.store import Key, Store
from tests.support.engine import ROOT, EngineProject, Result
from tests.unit.components.harbor.gce.declared import ARGS, CANARY, FULL

PROGRAM = Path(__file__).with_name("server.py")
VM = {key: value for key, value in FULL.items() if key != "key"}
INSTANCE = Key(
    "gcp:compute/instance:Instance", "", "projects/my-project/zones/europe-west1-b/instances/snapdeploy-prod-main"
)
KEPT = ("main-data-disk", "main-address-ip", "main-address-record", "main-backup-bucket", "main-told-secret")


@dataclass(frozen=True)
class Stage:
    """What one update did, and what is there after it."""

    result: Result
    state: Mapping[str, Any]
    instance: Mapping[str, Any]
    """As the simulated Google has it."""

    @property
    def outputs(self) -> Mapping[str, Any]:
        """The stack's."""
        found = next(one for one in self.state["deployment"]["resources"] if one["type"] == "pulumi:pulumi:Stack")
        return dict(found["outputs"])

    def ids(self) -> dict[str, str]:
        """The ids of all that is to outlive a server, by name."""
        found = {
            one["urn"].rpartition("::")[2]: one["id"] for one in self.state["deployment"]["resources"] if "id" in one
        }
        return {name: found[name] for name in KEPT}

    def steps(self, resource: str) -> list[str]:
        """What was done to one resource, in order."""
        done = [event["resOutputsEvent"]["metadata"] for event in self.result.events if "resOutputsEvent" in event]
        return [one["op"] for one in done if one["urn"].endswith(f"::{resource}")]


@dataclass(frozen=True)
class Life:
    """The stages."""

    made: Stage
    told: Stage
    """After another wanted document and a bigger machine."""
    booted: Stage
    """After another first boot and another hour for the snapshots."""
    again: Result
    """A further update, told nothing new, after a look at what is there."""
    everything: str
    """All that was printed and kept."""


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    """Lives it."""
    stack = EngineProject(
        tmp_path_factory.mktemp("harbor"),
        PROGRAM.read_text(encoding="utf-8"),
        secrets={"throwaway:secrets": json.dumps({"adminPassword": CANARY})},
        providers=("gcp",),
        environment={"PYTHONPATH": str(ROOT)},
    )
    store = Store(stack.simulated, "gcp")

    def stage(vm: Mapping[str, Any], version: str) -> Stage:
        told = {**ARGS, "protect": False, "wanted": {**ARGS["wanted"], "version": version}}
        stack.configure({"throwaway:vm": json.dumps({**VM, **vm}), "throwaway:args": json.dumps(told)})
        return Stage(stack.up(), stack.state(), store.get(INSTANCE, {}) or {})

    made = stage({}, "2.15.2")
    bigger = {"machineType": "e2-standard-8"}
    told = stage(bigger, "2.15.3")
    booted = stage({**bigger, "maintenance": "Mon 04:30", "snapshots": {"at": "05:00"}}, "2.15.3")
    again = stack.up("--refresh", "--expect-no-changes")
    kept = json.dumps([made.state, told.state, booted.state]) + store.file.read_text()
    printed = "".join(one.text + json.dumps(one.events) for one in (made.result, told.result, booted.result, again))
    return Life(made, told, booted, again, kept + printed)


def test_it_is_made_and_a_second_up_changes_nothing(life: Life) -> None:
    assert set(life.made.result.changes) == {"create"}
    assert life.again.changes == {}


def test_every_type_that_a_server_needs_lives_with_all_its_outputs(life: Life) -> None:
    sdk, found = (
        Sdk("pulumi_gcp"),
        [one for one in life.made.state["deployment"]["resources"] if one["type"] in MACHINES],
    )
    assert {one["type"] for one in found} == MACHINES
    lacking = {one["urn"]: sdk.resource(one["type"]).computed.keys() - one["outputs"].keys() for one in found}
    assert {urn: names for urn, names in lacking.items() if names} == {}


def test_another_wanted_document_and_a_bigger_machine_reach_the_server_that_stands(life: Life) -> None:
    assert set(life.told.result.changes) == {"update"}
    assert life.told.steps("main-instance") == ["update"]
    assert json.loads(life.told.instance["metadata"]["harbor-wanted"])["version"] == "2.15.3"
    assert life.told.outputs["digest"] != life.made.outputs["digest"]
    assert life.told.outputs["serial"] == life.made.outputs["serial"]


def test_another_first_boot_is_another_server_with_the_same_disk_and_address(life: Life) -> None:
    # One after the other: the simulated Google, as the real one, has a disk and an address on one server at a time.
    assert life.booted.steps("main-instance") == ["delete-replaced", "replace", "create-replacement"]
    assert [name for name in KEPT if life.booted.steps(name) != ["same"]] == []
    assert life.booted.ids() == life.told.ids() == life.made.ids()
    found = life.booted.instance
    assert b"Mon 04:30" in gzip.decompress(base64.b64decode(found["metadata"]["user-data"]))
    assert found["attachedDisks"][0]["source"] == life.made.ids()["main-data-disk"]
    assert found["networkInterfaces"][0]["accessConfigs"][0]["natIp"] == life.made.outputs["address"]
    assert life.booted.outputs["serial"] != life.made.outputs["serial"]


def test_another_hour_for_snapshots_changes_over_without_touching_the_disk(life: Life) -> None:
    assert "create-replacement" in life.booted.steps("main-data-snapshots")
    assert "create-replacement" in life.booted.steps("main-data-snapshots-attached")


def test_the_secret_shows_nowhere(life: Life) -> None:
    assert CANARY not in life.everything
