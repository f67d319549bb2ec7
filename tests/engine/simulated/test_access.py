"""The access to Artifact Registry over its life: made as planned, changed, rotated, removed, and made again.

Google keeps the id of a deleted pool or provider for thirty days, and so does the simulation.
"""

import json
from pathlib import Path
from typing import Any

from tests.engine.simulated.conftest import Project
from tests.support.engine import ROOT, EngineProject, Result

CI = {"from": "github", "repository": "owner/name", "ownerId": 11, "repositoryId": 22, "branches": ["main"]}
VM = {"from": "compute", "serviceAccount": "vm-account@my-project.iam.gserviceaccount.com"}
OPS = {"from": "account", "member": "group:ops@example.com"}
PROVIDER = "GOOGLE_WORKLOAD_IDENTITY_PROVIDER"


def _config(block: dict[str, Any]) -> dict[str, str]:
    return {"throwaway:block": json.dumps(block)}


def _stack(project: Project, block: dict[str, Any]) -> EngineProject:
    return project("access", config=_config(block), providers=("gcp",), environment={"PYTHONPATH": str(ROOT)})


def _up(stack: EngineProject, block: dict[str, Any]) -> Result:
    stack.configure(_config(block))
    return stack.up()


def _steps(result: Result) -> list[tuple[str, str]]:
    """What was done to keys, by their slots, in order."""
    done = [event["resourcePreEvent"]["metadata"] for event in result.events if "resourcePreEvent" in event]
    keys = [one for one in done if "Key::" in one["urn"] and one["op"] != "same"]
    return [(one["op"], one["urn"].rpartition("-")[2]) for one in keys]


def test_it_is_made_as_planned_left_alone_and_can_be_made_again_on_the_same_day(
    project: Project, tmp_path: Path
) -> None:
    stack = _stack(project, {"push": {"ci": CI}, "pull": {"ops": OPS}, "clean": {"janitor": VM}})
    plan = str(tmp_path / "plan.json")
    stack.preview("--save-plan", plan)
    made = stack.up("--plan", plan, PULUMI_EXPERIMENTAL="true").changes
    told = stack.outputs()["told"]
    assert told["GOOGLE_SERVICE_ACCOUNT"] == "snapdeploy-test-main-push@my-project.iam.gserviceaccount.com"
    assert stack.up("--expect-no-changes").changes == {}
    assert stack.refresh("--expect-no-changes").changes == {}

    assert stack.destroy().changes == {"delete": made["create"]}
    assert stack.up().changes == made
    assert stack.outputs()["told"][PROVIDER] != told[PROVIDER]


def test_a_principal_can_go_and_come_back_and_another_name_for_one_that_exists_changes_nothing(
    project: Project,
) -> None:
    both = {"builder": "ci", "push": {"ci": CI, "vm": VM}, "pull": {"ops": OPS}}
    stack = _stack(project, both)
    stack.up()
    told = stack.outputs()["told"]
    assert _up(stack, {"push": {"vm": VM}, "pull": {"ops": OPS}}).changes == {"delete": 3}, "its pool goes with it"
    assert _up(stack, both).changes == {"create": 3}
    assert stack.outputs()["told"][PROVIDER] != told[PROVIDER]
    assert _up(stack, {"builder": "ci", "push": {"ci": CI, "machine": VM}, "pull": {"all": OPS}}).changes == {}


def test_a_new_key_is_there_before_the_old_one_goes(project: Project) -> None:
    def block(**slots: str) -> dict[str, Any]:
        return {"push": {"old": {"from": "key", **slots}}}

    stack = _stack(project, block(a="1"))
    stack.up()
    first = stack.outputs(secrets=True)["told"]["DOCKER_REGISTRY_PASSWORD"]
    assert stack.outputs()["told"]["DOCKER_REGISTRY_PASSWORD"] == "[secret]"
    assert _steps(_up(stack, block(a="1", b="2"))) == [("create", "b")]
    assert stack.outputs(secrets=True)["told"]["DOCKER_REGISTRY_PASSWORD"] == first, "made, and not delivered yet"
    assert _up(stack, block(a="1", b="2", active="b")).changes == {}
    assert stack.outputs(secrets=True)["told"]["DOCKER_REGISTRY_PASSWORD"] != first
    replaced = [op for op, _ in _steps(_up(stack, block(a="3", b="2", active="b")))]
    assert replaced.index("create-replacement") < replaced.index("delete-replaced")
    assert _steps(_up(stack, block(b="2", active="b"))) == [("delete", "a")]
