"""The simulated GitHub takes names, values and ids as GitHub and its provider do, and gives no secret back."""

import base64
from pathlib import Path

import pytest
from nacl.public import PrivateKey, SealedBox

from tests.simulated.behaviour import CloudError
from tests.simulated.faults import Faults
from tests.simulated.lifecycle import Lifecycle, Naming, Resource
from tests.simulated.providers.github import POLICY, provider
from tests.simulated.providers.github_kept import ENVIRONMENT, PUBLIC_KEY_FILE
from tests.simulated.sdk import Sdk
from tests.simulated.store import Key, Store
from tests.simulated.wire import UNKNOWN, Properties, Secret

SECRET = "github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret"
VARIABLE = "github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable"
OF_REPOSITORY = "github:index/actionsSecret:ActionsSecret"
OF_ORGANIZATION = "github:index/actionsOrganizationSecret:ActionsOrganizationSecret"
CANARY = "canary-5f3a"
PLACE: Properties = {"repository": "builder", "environment": "dev"}
TOLD: Properties = {**PLACE, "secretName": "PASSWORD", "value": Secret(CANARY)}


@pytest.fixture(scope="module")
def sdk() -> Sdk:
    return Sdk("pulumi_github")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path, "github")


@pytest.fixture
def life(sdk: Sdk, store: Store, tmp_path: Path) -> Lifecycle:
    made = Lifecycle(provider(), store, Faults(tmp_path), sdk)
    made.configure({"owner": "Acme"})
    return made


@pytest.fixture
def environment(life: Lifecycle) -> str:
    return life.create(Resource(ENVIRONMENT, "env"), PLACE, preview=False).id


def _mistakes(life: Lifecycle, token: str, inputs: Properties) -> list[str]:
    return [str(mistake) for mistake in life.check(Resource(token, "x"), {}, inputs, Naming())[1]]


def test_every_type_that_is_described_is_one_of_the_sdks(sdk: Sdk) -> None:
    for token in provider().behaviours:
        assert sdk.resource(token).inputs


def test_a_secret_is_kept_sealed_and_never_given_back(life: Lifecycle, store: Store, environment: str) -> None:
    private = PrivateKey.generate()
    store.file.with_name(PUBLIC_KEY_FILE).write_text(base64.b64encode(bytes(private.public_key)).decode())
    made = life.create(Resource(SECRET, "x"), TOLD, preview=False)
    assert made.id == "builder:dev:PASSWORD"
    text = store.file.read_text(encoding="utf-8")
    assert CANARY not in text
    held = store.get(Key(SECRET, "acme", "builder:dev:password"), {})
    assert held is not None
    assert "value" not in held
    assert SealedBox(private).decrypt(base64.b64decode(str(held["sealed"]))) == CANARY.encode()

    read = life.read(Resource(SECRET, "x"), made.id, made.properties, TOLD)
    assert read is not None
    assert read[1]["value"] == Secret(CANARY), "from the engine's own state"
    assert "sealed" not in read[1]
    assert read[0] == TOLD, "the key that GitHub chose is nothing that was asked for"
    imported = life.read(Resource(SECRET, ""), made.id, {}, {})
    assert imported is not None
    assert "value" not in imported[1]


def test_without_a_test_that_looks_nobody_has_the_private_key(life: Lifecycle, store: Store, environment: str) -> None:
    life.create(Resource(SECRET, "x"), TOLD, preview=False)
    files = [file for file in store.file.parent.iterdir() if file.is_file()]
    assert {file.name for file in files} == {"github.json", "github.lock", PUBLIC_KEY_FILE}


def test_a_secret_that_was_changed_by_hand_is_set_again(life: Lifecycle, store: Store, environment: str) -> None:
    made = life.create(Resource(SECRET, "x"), TOLD, preview=False)
    resource = Resource(SECRET, "x")
    assert life.diff(resource, made.properties, TOLD, TOLD).changes == ()
    store.drift(Key(SECRET, "acme", "builder:dev:password"), {"updatedAt": "later"})
    read = life.read(resource, made.id, made.properties, TOLD)
    assert read is not None
    assert read[1]["remoteUpdatedAt"] == "later"
    difference = life.diff(resource, read[1], TOLD, TOLD)
    assert [change.property for change in difference.changes] == ["remoteUpdatedAt"]
    assert difference.replaces == ()
    mended = life.update(resource, made.id, read[1], TOLD, preview=False)
    assert mended["updatedAt"] == mended["remoteUpdatedAt"]
    assert mended["createdAt"] == made.properties["createdAt"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("GITHUB_TOKEN", "must not start with the GITHUB_ prefix"),
        ("github_x", "must not start with the GITHUB_ prefix"),
        ("1ST", "must not start with a number"),
        ("A-B", "alphanumeric characters or underscores"),
        ("A B", "alphanumeric characters or underscores"),
        ("", "alphanumeric characters or underscores"),
    ],
)
def test_a_name_that_github_refuses_is_refused(life: Lifecycle, name: str, reason: str) -> None:
    (found,) = _mistakes(life, SECRET, {**TOLD, "secretName": name})
    assert reason in found
    (found,) = _mistakes(life, VARIABLE, {**PLACE, "variableName": name, "value": "x"})
    assert reason in found


def test_a_value_is_given_once_and_in_one_way(life: Lifecycle) -> None:
    assert _mistakes(life, SECRET, TOLD) == []
    assert _mistakes(life, SECRET, {**TOLD, "value": UNKNOWN}) == []
    assert "found 2" in _mistakes(life, SECRET, {**TOLD, "plaintextValue": "x"})[0]
    assert "found 0" in _mistakes(life, SECRET, {**PLACE, "secretName": "A"})[0]
    sealed: Properties = {**PLACE, "secretName": "A", "valueEncrypted": "eA=="}
    assert "keyId" in _mistakes(life, SECRET, sealed)[0]


def test_what_only_looks_sealed_is_refused(life: Lifecycle, environment: str) -> None:
    sealed: Properties = {**PLACE, "secretName": "A", "keyId": "1", "valueEncrypted": "eA=="}
    with pytest.raises(CloudError, match="not sealed"):
        life.create(Resource(SECRET, "x"), sealed, preview=False)


def test_a_value_has_48_kilobytes_at_most(life: Lifecycle, environment: str) -> None:
    long = "x" * (48 * 1024)
    life.create(Resource(SECRET, "x"), {**TOLD, "value": Secret(long)}, preview=False)
    with pytest.raises(CloudError, match="too large"):
        life.create(Resource(SECRET, "x"), {**TOLD, "value": Secret(long + "x")}, preview=False)
    with pytest.raises(CloudError, match="too large"):
        life.create(Resource(VARIABLE, "x"), {**PLACE, "variableName": "A", "value": long + "x"}, preview=False)


def test_nothing_is_kept_in_an_environment_that_is_not_there(life: Lifecycle) -> None:
    for token, name in ((SECRET, "secretName"), (VARIABLE, "variableName")):
        with pytest.raises(CloudError, match="404"):
            life.create(Resource(token, "x"), {**PLACE, name: "A", "value": "x"}, preview=False)


def test_a_secret_overwrites_and_a_variable_is_refused(life: Lifecycle, environment: str) -> None:
    life.create(Resource(SECRET, "x"), TOLD, preview=False)
    life.create(Resource(SECRET, "y"), {**TOLD, "secretName": "password"}, preview=False)
    variable: Properties = {**PLACE, "variableName": "A", "value": "x"}
    life.create(Resource(VARIABLE, "x"), variable, preview=False)
    with pytest.raises(CloudError, match="409 Already exists"):
        life.create(Resource(VARIABLE, "y"), {**variable, "variableName": "a"}, preview=False)


def test_an_environment_takes_what_is_in_it_along(life: Lifecycle, store: Store, environment: str) -> None:
    life.create(Resource(SECRET, "x"), TOLD, preview=False)
    life.create(Resource(ENVIRONMENT, "other"), {**PLACE, "environment": "dev2"}, preview=False)
    life.delete(Resource(ENVIRONMENT, "env"), environment, {})
    assert [key.id for key in store.held()] == ["builder:dev2"]


def test_a_colon_in_an_environments_name_is_escaped_in_ids(life: Lifecycle) -> None:
    place: Properties = {**PLACE, "environment": "a:b"}
    assert life.create(Resource(ENVIRONMENT, "e"), place, preview=False).id == "builder:a??b"
    made = life.create(Resource(SECRET, "x"), {**TOLD, "environment": "a:b"}, preview=False)
    assert made.id == "builder:a??b:PASSWORD"


@pytest.mark.parametrize("id_", ["PASSWORD", "builder:PASSWORD", "builder:dev:PASSWORD:x"])
def test_an_id_of_another_form_cannot_be_imported(life: Lifecycle, id_: str) -> None:
    with pytest.raises(CloudError, match="unexpected ID format"):
        life.read(Resource(SECRET, ""), id_, {}, {})


def test_what_an_organization_gives_to_selected_repositories_names_them(life: Lifecycle) -> None:
    told: Properties = {"secretName": "A", "value": "x", "visibility": "selected"}
    assert "selectedRepositoryIds" in _mistakes(life, OF_ORGANIZATION, told)[0]
    assert _mistakes(life, OF_ORGANIZATION, {**told, "selectedRepositoryIds": [1.0]}) == []
    assert "visibility" in _mistakes(life, OF_ORGANIZATION, {**told, "visibility": "public"})[0]
    made = life.create(Resource(OF_ORGANIZATION, "x"), {**told, "selectedRepositoryIds": [1.0]}, preview=False)
    assert made.id == "A"


def test_a_deployment_policy_needs_an_environment_that_has_them(life: Lifecycle, environment: str) -> None:
    policy: Properties = {**PLACE, "branchPattern": "main"}
    with pytest.raises(CloudError, match="404"):
        life.create(Resource(POLICY, "p"), policy, preview=False)
    guarded: Properties = {
        **PLACE,
        "deploymentBranchPolicy": {"protectedBranches": False, "customBranchPolicies": True},
    }
    life.create(Resource(ENVIRONMENT, "env"), guarded, preview=False)
    made = life.create(Resource(POLICY, "p"), policy, preview=False)
    assert made.id == f"builder:dev:{made.properties['policyId']}"
    assert _mistakes(life, POLICY, {**policy, "tagPattern": "v*"})


def test_an_environments_guards_are_held_to_githubs_limits(life: Lifecycle) -> None:
    assert _mistakes(life, ENVIRONMENT, {**PLACE, "waitTimer": 43201.0})
    seven: Properties = {"users": [1.0, 2.0, 3.0, 4.0], "teams": [1.0, 2.0, 3.0]}
    assert _mistakes(life, ENVIRONMENT, {**PLACE, "reviewers": [seven]})
    same: Properties = {"protectedBranches": True, "customBranchPolicies": True}
    assert _mistakes(life, ENVIRONMENT, {**PLACE, "deploymentBranchPolicy": same})
    assert _mistakes(life, ENVIRONMENT, {**PLACE, "waitTimer": 30.0}) == []


def test_self_review_is_forgotten_without_reviewers(life: Lifecycle) -> None:
    made = life.create(Resource(ENVIRONMENT, "e"), {**PLACE, "preventSelfReview": True}, preview=False)
    assert made.properties["preventSelfReview"] is False
