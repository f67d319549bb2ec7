"""Each Google type on the real engine: made, the same again, changed, mended, replaced, gone, and what stays."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.simulated.conftest import engine_project
from tests.simulated.providers.gcp import KINDS, MACHINES, by_hand
from tests.simulated.providers.gcp.artifact_registry import REPOSITORY
from tests.simulated.providers.gcp.federation import PROVIDER
from tests.simulated.providers.gcp.kms import KEY, RING
from tests.simulated.providers.gcp.members import ACCOUNT, POOL
from tests.simulated.providers.gcp.place import FOREIGN, SERVICE
from tests.simulated.providers.gcp.services import IDENTITY
from tests.simulated.sdk import Sdk
from tests.simulated.store import Key, Store
from tests.support.engine import EngineProject

CANARY = "canary-google-58"
CONFIG = {"gcp:project": "my-project", "gcp:region": "europe-west1", "gcp:defaultLabels": json.dumps({"stack": "test"})}
APPS = "projects/my-project/locations/europe-west1/repositories/snapdeploy-apps"
CHANGE = "throwaway:change"
KEPT = {SERVICE, IDENTITY, POOL, PROVIDER, KEY, RING}
"""What Google keeps of what a program deletes."""


def _project(folder: Path, name: str = "gcp", **config: str) -> EngineProject:
    told = {**CONFIG, **{f"gcp:{key}": value for key, value in config.items()}}
    return engine_project(folder, name, config=told, secrets={"throwaway:token": CANARY}, providers=("gcp",))


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> EngineProject:
    """A stack that stands."""
    made = _project(tmp_path_factory.mktemp("standing"))
    made.up()
    return made


@pytest.fixture
def stack(standing: EngineProject) -> Iterator[EngineProject]:
    """The same for each test that changes it."""
    yield standing
    standing.configure({**CONFIG, CHANGE: ""})
    standing.up()


def _unchanged(stack: EngineProject) -> None:
    assert stack.up("--expect-no-changes").changes == {}
    assert stack.refresh("--expect-no-changes").changes == {}


def test_every_type_lives(tmp_path: Path) -> None:
    stack = _project(tmp_path)
    foreseen = stack.preview()
    made = stack.up()
    assert made.changes == foreseen.changes
    _unchanged(stack)
    assert stack.preview("--expect-no-changes").changes == {}

    resources = stack.resources()
    # Those of a server live in tests/engine/harbor_gce.
    declared = {found["type"] for found in resources.values()}
    assert declared == set(KINDS) - MACHINES, "the program declares every type there is"
    sdk = Sdk("pulumi_gcp")
    for name, one in resources.items():
        lacking = sdk.resource(one["type"]).computed.keys() - one["outputs"].keys()
        # Of a version that is not destroyed.
        assert lacking - {"destroyTime"} == set(), f"{name} of type {one['type']} has outputs that are never set"
    assert CANARY not in made.text
    assert CANARY not in (stack.simulated / "gcp.json").read_text()
    state = json.dumps(stack.state())
    assert CANARY not in state
    assert "PRIVATE KEY" not in state
    outputs = stack.outputs()
    assert outputs["uri"] == "europe-west1-docker.pkg.dev/my-project/snapdeploy-apps"
    assert outputs["key"] == "[secret]"
    assert outputs["ends"] == "9999-12-31T23:59:59Z"

    store, pool = Store(stack.simulated, "gcp"), resources["pool"]["id"]
    stack.destroy()
    assert {key.token for key in store.held()} == KEPT

    # What Google keeps is in the way of the next `up`.
    refused = stack.up("--continue-on-error", fails=True).diagnostics
    assert "Error creating WorkloadIdentityPool: googleapi: Error 409: Requested entity already exists" in refused
    assert "Error creating KeyRing: googleapi: Error 409" in refused
    by_hand.undelete(store, POOL, pool)
    found = store.get(Key(POOL, "", pool), {})
    assert found is not None
    assert found["state"] == "ACTIVE"


def test_what_a_program_changes_is_changed_where_it_stands(stack: EngineProject) -> None:
    stack.configure({CHANGE: "update"})
    assert stack.up().changes == {"update": 8}
    _unchanged(stack)


def test_what_cannot_change_is_replaced(stack: EngineProject) -> None:
    stack.configure({CHANGE: "place"})
    changed = stack.up()
    assert changed.changes == {"delete": 1, "replace": 2}
    assert "snapdeploy-apps" in changed.text
    _unchanged(stack)
    held = [key.id for key in Store(stack.simulated, "gcp").held() if key.token == REPOSITORY]
    assert APPS not in held
    assert APPS.replace("europe-west1", "us-central1") in held


def test_a_key_turns_with_its_keepers(stack: EngineProject) -> None:
    before = stack.outputs(secrets=True)["key"]
    stack.configure({CHANGE: "rotate"})
    assert stack.up().changes == {"replace": 1}
    assert stack.outputs(secrets=True)["key"] != before
    _unchanged(stack)


def test_what_somebody_changed_by_hand_is_found_and_mended(stack: EngineProject) -> None:
    store = Store(stack.simulated, "gcp")
    repository, account = Key(REPOSITORY, "", APPS), "snapdeploy-push@my-project.iam.gserviceaccount.com"
    store.drift(
        repository,
        {"dockerConfig": {"immutableTags": False}, "cleanupPolicies": [], "effectiveLabels": {"stranger": "yes"}},
    )
    (grant,) = [
        key for key in store.held() if key.id == f"{APPS}/roles/artifactregistry.writer/serviceAccount:{account}"
    ]
    store.drop(grant)
    store.drift(Key(ACCOUNT, "", f"projects/my-project/serviceAccounts/{account}"), {"disabled": True})
    assert stack.refresh().changes == {"update": 2, "delete": 1}
    assert stack.up().changes == {"update": 2, "create": 1}
    _unchanged(stack)
    mended = store.get(repository, {})
    assert mended is not None
    assert mended["dockerConfig"] == {"immutableTags": True}
    assert mended["effectiveLabels"] == {
        "for": "builder",
        "stack": "test",
        "stranger": "yes",
        "goog-pulumi-provisioned": "true",
    }


def test_other_default_labels_reach_what_stands(stack: EngineProject) -> None:
    stack.configure({"gcp:defaultLabels": json.dumps({"stack": "other"})})
    labelled = sum("pulumiLabels" in found["outputs"] for found in stack.resources().values())
    assert stack.up().changes == {"update": labelled}
    _unchanged(stack)


def test_a_project_of_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    foreign = min(FOREIGN)
    stack = _project(tmp_path, project=foreign)
    refused = stack.up(fails=True).diagnostics
    assert f'the user does not have permission to access Project "{foreign}" or it may not exist' in refused
    assert Store(stack.simulated, "gcp").held() == []


@pytest.fixture(scope="module")
def mistaken(tmp_path_factory: pytest.TempPathFactory) -> EngineProject:
    """One for all mistakes, since none of them makes anything that counts."""
    return _project(tmp_path_factory.mktemp("mistakes"), "gcp_mistaken")


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        ("unknown", "imutableTags: RepositoryDockerConfigArgs has no such property; did you mean 'immutableTags'?"),
        ("off", "Artifact Registry API has not been used in project 465430440566 before or it is disabled"),
        ("account", '"account_id" ("ci") must be between 6 and 30 characters long'),
        ("member", "Service account nobody@my-project.iam.gserviceaccount.com does not exist"),
        ("pool", '"workload_identity_pool_id" cannot be greater than 32 characters'),
        ("secret", "replication: exactly one of auto, userManaged must be specified, not 0"),
        ("function", "the simulated gcp does not answer gcp:organizations/getFolder:getFolder"),
        ("type", "gcp:iam/denyPolicy:DenyPolicy is not simulated: teach tests/simulated/providers/gcp/"),
    ],
)
def test_a_mistake_is_named(mistaken: EngineProject, mistake: str, said: str) -> None:
    refused = mistaken.up(fails=True, MISTAKE=mistake)
    assert said in refused.diagnostics
    assert "the simulation itself failed" not in refused.text
    assert set(mistaken.resources()) <= {"account"}
