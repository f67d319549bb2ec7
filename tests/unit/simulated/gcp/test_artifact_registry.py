"""The simulated Artifact Registry takes repositories as Google's documentation says, and wants what they need first."""

from typing import Any

import pytest

from tests.simulated.behaviour import CloudError
from tests.simulated.providers.gcp import by_hand
from tests.simulated.providers.gcp.artifact_registry import REPOSITORY
from tests.simulated.providers.gcp.kms import KEY, RING, USES
from tests.simulated.providers.gcp.secret_manager import SECRET, VERSION
from tests.simulated.providers.gcp.services import IDENTITY, agent
from tests.simulated.wire import UNKNOWN, Properties
from tests.unit.simulated.gcp.conftest import PROJECT, Cloud

KEY_GRANT = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
SECRET_GRANT = "gcp:secretmanager/secretIamMember:SecretIamMember"
GRANT = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"
API = "artifactregistry.googleapis.com"
APPS: dict[str, Any] = {"repositoryId": "apps", "format": "DOCKER", "location": "europe-west1"}
HUB: dict[str, Any] = {**APPS, "repositoryId": "hub", "mode": "REMOTE_REPOSITORY"}
FRONT: dict[str, Any] = {**APPS, "repositoryId": "front", "mode": "VIRTUAL_REPOSITORY"}
WHERE = f"projects/{PROJECT}/locations/europe-west1"
PULL = {"publicRepository": "DOCKER_HUB"}


def _key(cloud: Cloud, location: str = "europe-west1") -> str:
    ring = cloud.make(RING, name="ring", location=location).id
    return cloud.make(KEY, name="key", keyRing=ring).id


def test_a_repository_has_the_names_and_outputs_that_the_provider_gives_it(cloud: Cloud) -> None:
    made = cloud.make(REPOSITORY, **APPS)
    assert made.id == f"{WHERE}/repositories/apps"
    assert made.properties["name"] == "apps"
    assert made.properties["mode"] == "STANDARD_REPOSITORY"
    assert made.properties["registryUri"] == f"europe-west1-docker.pkg.dev/{PROJECT}/apps"
    with pytest.raises(
        CloudError, match="Error creating Repository: googleapi: Error 409: the repository already exists"
    ):
        cloud.make(REPOSITORY, **APPS)
    assert cloud.make(REPOSITORY, **{**APPS, "location": "us"}).id != made.id


def test_the_location_is_the_providers_where_none_is_set(cloud: Cloud) -> None:
    made = cloud.make(REPOSITORY, repositoryId="apps", format="DOCKER")
    assert made.properties["location"] == "europe-west1"


def test_a_domains_project_is_a_part_of_the_path(bare: Cloud) -> None:
    by_hand.enable(bare.store, "example.com:my-project", API)
    made = bare.make(REPOSITORY, **APPS, project="example.com:my-project")
    assert made.properties["registryUri"] == "europe-west1-docker.pkg.dev/example.com/my-project/apps"


@pytest.mark.parametrize("name", ["Apps", "1apps", "apps_1", "apps-", "a" * 64, "a.b", ""])
def test_a_name_that_google_refuses_is_refused(cloud: Cloud, name: str) -> None:
    with pytest.raises(CloudError, match="Invalid repository ID"):
        cloud.make(REPOSITORY, **{**APPS, "repositoryId": name})


@pytest.mark.parametrize("location", ["eu-west3", "eu", "europe-west", "mars-north1", "global", "europe-west1-b"])
def test_a_place_that_there_is_not_is_refused(cloud: Cloud, location: str) -> None:
    with pytest.raises(CloudError, match=f"Location {location} is not found"):
        cloud.make(REPOSITORY, **{**APPS, "location": location})


@pytest.mark.parametrize("location", ["us", "europe", "asia", "us-central1", "northamerica-northeast2", "me-west1"])
def test_a_place_that_there_is_is_taken(cloud: Cloud, location: str) -> None:
    cloud.make(REPOSITORY, **{**APPS, "location": location})


@pytest.mark.parametrize(
    ("changed", "replaces"),
    [
        ({"format": "MAVEN"}, True),
        ({"location": "us"}, True),
        ({"kmsKeyName": "other"}, True),
        ({"project": "other-project"}, True),
        ({"dockerConfig": {"immutableTags": True}}, False),
        ({"description": "other"}, False),
        ({"labels": {"a": "b"}}, False),
    ],
)
def test_what_cannot_change_is_a_replacement(cloud: Cloud, changed: Properties, replaces: bool) -> None:
    made = cloud.make(REPOSITORY, **APPS)
    found = cloud.diff(REPOSITORY, made, APPS, {**APPS, **changed})
    assert bool(found.replaces) is replaces
    assert found.changes


def test_of_a_remote_only_the_credential_can_change(cloud: Cloud) -> None:
    remote: dict[str, Any] = {"dockerRepository": PULL, "description": "hub"}
    before = {**HUB, "remoteRepositoryConfig": remote}
    made = cloud.make(REPOSITORY, **before)

    def replaces(**changed: object) -> bool:
        wanted = {**HUB, "remoteRepositoryConfig": {**remote, **changed}}
        return bool(cloud.diff(REPOSITORY, made, before, wanted).replaces)

    assert cloud.diff(REPOSITORY, made, before, HUB).replaces == ("remoteRepositoryConfig",), "it goes as a whole"
    assert replaces(description="other")
    assert replaces(dockerRepository={"customRepository": {"uri": "https://registry.example.com"}})
    assert not replaces(disableUpstreamValidation=True)
    assert not replaces(upstreamCredentials={"usernamePasswordCredentials": {"username": "u"}})


def test_cleanup_policies_are_filled_and_that_is_no_change(cloud: Cloud) -> None:
    policies: list[Any] = [{"id": "old", "action": "DELETE", "condition": {"olderThan": "30d"}}]
    inputs: Properties = {**APPS, "cleanupPolicies": policies}
    made = cloud.make(REPOSITORY, **inputs)
    filled: list[Any] = [{"id": "old", "action": "DELETE", "condition": {"olderThan": "30d", "tagState": "ANY"}}]
    assert made.properties["cleanupPolicies"] == filled
    assert cloud.diff(REPOSITORY, made, {**APPS, "cleanupPolicies": filled}, inputs).changes == ()


def _policy(**more: object) -> dict[str, object]:
    return {"id": "p", "action": "DELETE", "condition": {"olderThan": "30d"}, **more}


@pytest.mark.parametrize(
    ("policies", "said"),
    [
        ([_policy(id=f"p{n}") for n in range(11)], "at most 10 cleanup policies"),
        ([_policy(), _policy()], "have to be unique"),
        ([_policy(condition=None, mostRecentVersions={"keepCount": 3})], "can only be used with KEEP"),
        ([_policy(action="KEEP", mostRecentVersions={"keepCount": 3})], "either a condition or most_recent_versions"),
        ([_policy(condition=None)], "either a condition or most_recent_versions"),
        ([_policy(action="KEEP", condition=None, mostRecentVersions={"keepCount": 0})], "keep_count"),
        ([_policy(id="x" * 128)], "1 to 127 characters"),
        ([_policy(action="")], "has no action"),
    ],
)
def test_cleanup_policies_that_google_refuses_are_refused(cloud: Cloud, policies: list[Any], said: str) -> None:
    with pytest.raises(CloudError, match=said):
        cloud.make(REPOSITORY, **APPS, cleanupPolicies=policies)


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (_policy(action="EXPIRE"), "cleanupPolicies[0].action: expected action to be one of"),
        (_policy(condition={"tagState": "SOME"}), "cleanupPolicies[0].condition.tagState"),
        (_policy(condition={"olderThan": "1.5h"}), '"1.5h" is no duration'),
        (_policy(condition={"olderThan": "30"}), '"30" is no duration'),
    ],
)
def test_cleanup_policies_that_the_provider_refuses_are_mistakes(cloud: Cloud, policy: Any, said: str) -> None:
    assert said in cloud.mistakes(REPOSITORY, **APPS, cleanupPolicies=[policy])[0]
    assert cloud.mistakes(REPOSITORY, **APPS, cleanupPolicies=UNKNOWN) == []


def test_a_mode_goes_with_its_config(cloud: Cloud) -> None:
    assert "expected mode to be one of" in cloud.mistakes(REPOSITORY, **APPS, mode="REMOTE")[0]
    with pytest.raises(CloudError, match="remoteRepositoryConfig goes with the mode REMOTE_REPOSITORY"):
        cloud.make(REPOSITORY, **HUB)
    with pytest.raises(CloudError, match="remoteRepositoryConfig goes with the mode REMOTE_REPOSITORY"):
        cloud.make(REPOSITORY, **APPS, remoteRepositoryConfig={"dockerRepository": PULL})
    several = {"dockerRepository": PULL, "commonRepository": {"uri": "https://x.example.com"}}
    assert "not 2" in cloud.mistakes(REPOSITORY, **HUB, remoteRepositoryConfig=several)[0]


def _front(*policies: tuple[str, str, int]) -> dict[str, Any]:
    told = [{"id": name, "repository": repository, "priority": number} for name, repository, number in policies]
    return {**FRONT, "virtualRepositoryConfig": {"upstreamPolicies": told}}


def test_a_virtual_repository_needs_its_upstreams(cloud: Cloud) -> None:
    apps = f"{WHERE}/repositories/apps"
    with pytest.raises(CloudError, match=f"Error 404: The upstream repository {apps} was not found"):
        cloud.make(REPOSITORY, **_front(("apps", apps, 100)))
    cloud.make(REPOSITORY, **APPS)
    abroad = cloud.make(REPOSITORY, **{**APPS, "location": "us"}).id
    other = cloud.make(REPOSITORY, repositoryId="jars", format="MAVEN", location="europe-west1").id
    for upstream, said in ((abroad, "in another location"), (other, "of another format")):
        with pytest.raises(CloudError, match=said):
            cloud.make(REPOSITORY, **_front(("x", upstream, 1)))
    with pytest.raises(CloudError, match="an id of its own"):
        cloud.make(REPOSITORY, **_front(("x", apps, 1), ("x", apps, 2)))
    with pytest.raises(CloudError, match="no whole number"):
        cloud.make(REPOSITORY, **_front(("x", apps, -1)))
    front = cloud.make(REPOSITORY, **_front(("apps", apps, 100))).id
    with pytest.raises(CloudError, match="itself a virtual repository"):
        cloud.make(REPOSITORY, **{**_front(("front", front, 1)), "repositoryId": "second"})


def test_an_upstreams_credential_is_a_version_that_the_agent_may_read(cloud: Cloud) -> None:
    def hub(version: str, **more: object) -> dict[str, Any]:
        held = {"usernamePasswordCredentials": {"username": "builder", "passwordSecretVersion": version}}
        return {
            **HUB,
            "remoteRepositoryConfig": {"dockerRepository": PULL, "upstreamCredentials": held, **more},
        }

    with pytest.raises(CloudError, match="does not exist"):
        cloud.make(REPOSITORY, **hub(f"projects/{PROJECT}/secrets/hub/versions/1"))
    secret = cloud.make(SECRET, secretId="hub", replication={"auto": {}})
    version = cloud.make(VERSION, secret=secret.id, secretData="x")
    with pytest.raises(CloudError, match=r"Permission 'secretmanager.versions.access' denied"):
        cloud.make(REPOSITORY, **hub(version.id))
    cloud.make(REPOSITORY, **{**hub(version.id, disableUpstreamValidation=True), "repositoryId": "unchecked"})
    cloud.make(IDENTITY, service=API)
    reader = f"serviceAccount:{agent(PROJECT, API)}"
    cloud.make(SECRET_GRANT, secretId=secret.id, role="roles/secretmanager.secretAccessor", member=reader)
    cloud.make(REPOSITORY, **hub(version.id))


def test_a_key_is_where_the_images_are_and_the_agent_may_use_it(cloud: Cloud) -> None:
    with pytest.raises(CloudError, match="has to be in the location of the repository, us"):
        cloud.make(REPOSITORY, **{**APPS, "location": "us"}, kmsKeyName=f"{WHERE}/keyRings/r/cryptoKeys/k")
    key = _key(cloud)
    denied = "Permission denied on Cloud KMS key. Please ensure your Artifact Registry service account"
    with pytest.raises(CloudError, match=f"Error waiting to create Repository: .* code 7, message: {denied}"):
        cloud.make(REPOSITORY, **APPS, kmsKeyName=key)
    cloud.make(IDENTITY, service=API)
    cloud.make(KEY_GRANT, cryptoKeyId=key, role=USES, member=f"serviceAccount:{agent(PROJECT, API)}")
    cloud.make(REPOSITORY, **APPS, kmsKeyName=key)


def test_whether_it_is_scanned_depends_on_the_projects_api(bare: Cloud) -> None:
    by_hand.enable(bare.store, PROJECT, API)
    off = bare.make(REPOSITORY, **APPS).properties["vulnerabilityScanningConfig"]
    assert isinstance(off, dict)
    assert off["enablementState"] == "SCANNING_DISABLED"
    assert "containerscanning.googleapis.com is not enabled" in str(off["enablementStateReason"])
    by_hand.enable(bare.store, PROJECT, "containerscanning.googleapis.com")
    on = bare.make(REPOSITORY, **{**APPS, "repositoryId": "b"}).properties["vulnerabilityScanningConfig"]
    assert on == {"enablementConfig": "INHERITED", "enablementState": "SCANNING_ACTIVE"}


def test_a_repository_takes_along_what_is_in_it(cloud: Cloud) -> None:
    made = cloud.make(REPOSITORY, **APPS)
    before = len(cloud.store.held()) - 1
    by_hand.push(cloud.store, made.id, "web", "sha256:1", "v1")
    cloud.make(GRANT, repository="apps", role="roles/artifactregistry.reader", member="user:a@example.com")
    cloud.delete(REPOSITORY, made)
    assert len(cloud.store.held()) == before


def test_what_the_provider_must_not_delete_stays(cloud: Cloud) -> None:
    made = cloud.make(REPOSITORY, **APPS, deletionPolicy="PREVENT")
    with pytest.raises(CloudError, match='without setting deletion_policy="DELETE"'):
        cloud.delete(REPOSITORY, made)
    assert cloud.read(REPOSITORY, made.id) is not None
