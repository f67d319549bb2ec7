"""A simulated project: who may see it, what is on in it, its labels, and the accounts of Google's services."""

import pytest

from tests.simulated.behaviour import CloudError
from tests.simulated.providers.gcp import KINDS, by_hand
from tests.simulated.providers.gcp.labels import MARK
from tests.simulated.providers.gcp.place import FOREIGN, OTHERS, SERVICE, address, project_number
from tests.simulated.providers.gcp.projects import AUDIT
from tests.simulated.providers.gcp.secret_manager import SECRET
from tests.simulated.providers.gcp.services import IDENTITY
from tests.simulated.sdk import Sdk
from tests.simulated.store import Key
from tests.simulated.wire import Properties
from tests.unit.simulated.gcp.conftest import PROJECT, Cloud

AUTO: Properties = {"auto": {}}


def test_every_type_that_is_described_is_one_of_the_sdks(sdk: Sdk) -> None:
    for token, kind in KINDS.items():
        types = sdk.resource(token)
        named = {path.split(".")[0] for path in kind().replace_on_change} - {"project", "location"}
        assert named <= types.inputs.keys(), f"{token} has no property to replace it by"
        assert kind.secret <= types.outputs.keys() | types.inputs.keys()


def test_a_type_that_is_not_here_is_refused(cloud: Cloud) -> None:
    with pytest.raises(CloudError, match=r"gcp:storage/bucketACL:BucketACL is not simulated"):
        cloud.make("gcp:storage/bucketACL:BucketACL", bucket="x")


def test_a_number_follows_from_the_id(cloud: Cloud) -> None:
    assert project_number("my-project") == project_number("my-project")
    assert project_number("my-project") != project_number("my-project2")
    assert len(project_number("my-project")) == 12


def test_an_address_of_a_domains_project_turns_around() -> None:
    assert address("my-project", "ci") == "ci@my-project.iam.gserviceaccount.com"
    assert address("example.com:my-project", "ci") == "ci@my-project.example.com.iam.gserviceaccount.com"


def test_what_is_off_is_refused_in_googles_words(bare: Cloud) -> None:
    with pytest.raises(CloudError) as refused:
        bare.make(SECRET, secretId="a", replication=AUTO)
    said = str(refused.value)
    assert said.startswith(
        "Error creating Secret: googleapi: Error 403: Secret Manager API has not been used in project"
    )
    assert f"project {project_number(PROJECT)} before or it is disabled" in said
    assert '"reason": "SERVICE_DISABLED"' in said
    bare.make(SERVICE, service="secretmanager.googleapis.com")
    bare.make(SECRET, secretId="a", replication=AUTO)


def test_a_project_of_somebody_elses_is_refused(bare: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = min(FOREIGN)
    with pytest.raises(CloudError, match=f"Error 403: Permission denied on resource project {foreign}"):
        bare.make(SERVICE, service="pubsub.googleapis.com", project=foreign)
    bare.make(SERVICE, service="pubsub.googleapis.com", project="their-project")
    monkeypatch.setenv(OTHERS, "their-project")
    with pytest.raises(CloudError, match="Permission denied on resource project their-project"):
        bare.make(SERVICE, service="iam.googleapis.com", project="their-project")


def test_no_project_at_all_is_refused(bare: Cloud) -> None:
    bare.life.configure({"region": "europe-west1"})
    with pytest.raises(CloudError, match="project: required field is not set"):
        bare.make(SERVICE, service="pubsub.googleapis.com")


def test_an_api_stays_on_unless_the_program_says_so(bare: Cloud) -> None:
    key = Key(SERVICE, "", f"{PROJECT}/pubsub.googleapis.com")
    made = bare.make(SERVICE, service="pubsub.googleapis.com")
    assert made.id == key.id
    bare.delete(SERVICE, made)
    assert key in bare.store.held()
    again = bare.make(SERVICE, service="pubsub.googleapis.com", disableOnDestroy=True)
    bare.delete(SERVICE, again)
    assert bare.store.held() == []


def test_an_api_that_another_depends_on_goes_only_with_it(bare: Cloud) -> None:
    registry = bare.make(SERVICE, service="artifactregistry.googleapis.com", disableOnDestroy=True)
    bare.make(SERVICE, service="containerscanning.googleapis.com", disableOnDestroy=True)
    with pytest.raises(CloudError, match=r"is depended on by the following active service\(s\): containerscanning"):
        bare.delete(SERVICE, registry)
    given = bare.make(
        SERVICE, service="artifactregistry.googleapis.com", disableOnDestroy=True, disableDependentServices=True
    )
    bare.delete(SERVICE, given)
    assert bare.store.held() == []


def test_a_service_is_a_domain_of_googles(bare: Cloud) -> None:
    assert "expected pubsub to be a domain" in bare.mistakes(SERVICE, service="pubsub")[0]
    with pytest.raises(CloudError, match="Not found or permission denied for service"):
        bare.make(SERVICE, service="registry.example.com")


def test_a_services_agent_has_its_address_and_needs_its_api(bare: Cloud) -> None:
    with pytest.raises(CloudError, match="SERVICE_DISABLED"):
        bare.make(IDENTITY, service="artifactregistry.googleapis.com")
    by_hand.enable(bare.store, PROJECT, "artifactregistry.googleapis.com")
    made = bare.make(IDENTITY, service="artifactregistry.googleapis.com")
    email = f"service-{project_number(PROJECT)}@gcp-sa-artifactregistry.iam.gserviceaccount.com"
    assert made.properties["email"] == email
    assert made.properties["member"] == f"serviceAccount:{email}"
    bare.delete(IDENTITY, made)
    assert bare.read(IDENTITY, made.id) is not None


def _labels(properties: Properties) -> tuple[object, object, object]:
    return tuple(properties.get(name) for name in ("labels", "pulumiLabels", "effectiveLabels"))  # type: ignore[return-value]


def test_labels_add_up_as_the_provider_adds_them(cloud: Cloud) -> None:
    cloud.life.configure({"project": PROJECT, "defaultLabels": '{"stack": "dev", "team": "default"}'})
    own: Properties = {"team": "me"}
    made = cloud.make(SECRET, secretId="a", replication=AUTO, labels=own)
    every = {"stack": "dev", "team": "me", **MARK}
    assert _labels(made.properties) == (own, every, every)
    bare = cloud.make(SECRET, secretId="b", replication=AUTO)
    assert bare.properties["pulumiLabels"] == {"stack": "dev", "team": "default", **MARK}
    cloud.life.configure({"project": PROJECT, "addPulumiAttributionLabel": "false"})
    assert cloud.make(SECRET, secretId="c", replication=AUTO).properties["pulumiLabels"] == {}


def test_a_strangers_label_stays_and_one_of_ours_is_mended(cloud: Cloud) -> None:
    cloud.life.configure({"project": PROJECT, "defaultLabels": '{"stack": "dev"}'})
    inputs: Properties = {"secretId": "a", "replication": AUTO, "labels": {"team": "me"}}
    made = cloud.make(SECRET, **inputs)
    cloud.store.drift(Key(SECRET, "", made.id), {"effectiveLabels": {"team": "evil", "stranger": "yes"}})
    found = cloud.read(SECRET, made.id, made.properties)
    assert found is not None
    assert _labels(found) == ({"team": "evil"}, {"team": "evil"}, {"team": "evil", "stranger": "yes"})
    seen = type(made)(made.id, found)
    changed = cloud.diff(SECRET, seen, {**inputs, "labels": {"team": "evil"}}, inputs)
    assert {change.property for change in changed.changes} == {"labels", "pulumiLabels"}
    mended = cloud.update(SECRET, seen, inputs)
    assert mended["effectiveLabels"] == {"team": "me", "stack": "dev", "stranger": "yes", **MARK}


def test_other_default_labels_are_an_update(cloud: Cloud) -> None:
    inputs: Properties = {"secretId": "a", "replication": AUTO}
    made = cloud.make(SECRET, **inputs)
    assert cloud.diff(SECRET, made, inputs, inputs).changes == ()
    cloud.life.configure({"project": PROJECT, "defaultLabels": '{"stack": "dev"}'})
    assert [change.property for change in cloud.diff(SECRET, made, inputs, inputs).changes] == ["pulumiLabels"]


@pytest.mark.parametrize("labels", [{"Team": "x"}, {"1a": "x"}, {"a.b": "x"}, {"a": "X"}, {"a": "x" * 64}])
def test_a_label_that_google_refuses_is_refused(cloud: Cloud, labels: Properties) -> None:
    assert cloud.mistakes(SECRET, secretId="a", replication=AUTO, labels=labels)


def test_an_audit_config_is_one_for_a_service(cloud: Cloud) -> None:
    made = cloud.make(
        AUDIT, project=PROJECT, service="artifactregistry.googleapis.com", auditLogConfigs=[{"logType": "DATA_WRITE"}]
    )
    assert made.id == f"{PROJECT}/audit_config/artifactregistry.googleapis.com"
    wrong = [{"logType": "WRITES"}]
    assert "DATA_WRITE" in cloud.mistakes(AUDIT, project=PROJECT, service="allServices", auditLogConfigs=wrong)[0]
