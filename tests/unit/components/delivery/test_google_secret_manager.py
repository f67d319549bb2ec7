"""Delivery into Google Secret Manager: what it may be told, and what it declares."""

import datetime
import json
from typing import Any

import pytest
from pydantic import ValidationError

from components._settings import MistakeError
from components.delivery._google_secret_settings import (
    GoogleSecretManagerSettings,
    RegionSettings,
    RotationSettings,
    keys_of,
)
from components.delivery._interface import Context
from components.delivery.google_secret_manager import (
    GoogleSecretManager,
    first_rotation,
    is_protected,
)
from contract.kinds import Environment
from tests.unit.components.delivery.recording import CANARY, DEV, PROD, STATIC, Recorder, declared, outputs

HERE: dict[str, Any] = {"registry": "main", "project": "my-project"}
RING = "projects/my-project/locations/{}/keyRings/builder/cryptoKeys/secrets"
KEY = RING.format("global")
EUROPE = RING.format("europe-west1")
READER = "serviceAccount:builder@my-project.iam.gserviceaccount.com"
TOPIC = "projects/my-project/topics/rotate-builder"
POOL = "iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/snapdeploy"
FOUND = "gcp:secretmanager/getSecretVersion:getSecretVersion"
ACCESSED = "gcp:secretmanager/getSecretVersionAccess:getSecretVersionAccess"


def told(**changed: Any) -> GoogleSecretManagerSettings:
    return GoogleSecretManagerSettings.model_validate({**HERE, **changed})


def mistake(**changed: Any) -> MistakeError:
    with pytest.raises(ValidationError) as caught:
        told(**changed)
    (found,) = caught.value.errors()
    error = found.get("ctx", {}).get("error")
    assert isinstance(error, MistakeError)
    return error


@pytest.mark.parametrize("model", [GoogleSecretManagerSettings, RegionSettings, RotationSettings])
def test_every_field_states_its_meaning_and_an_example_that_works(model: Any) -> None:
    base = {
        GoogleSecretManagerSettings: HERE,
        RegionSettings: {},
        RotationSettings: {"topic": TOPIC, "period_days": 1},
    }
    for name, field in model.model_fields.items():
        if name == "target":
            continue
        assert field.description, name
        assert field.examples, name
        assert model.model_validate({**base[model], name: field.examples[0]})


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"project": "My Project"}, "is not a project's id"),
        ({"name": "a b"}, "is not a secret's id"),
        ({"name": "snapdeploy/{stack}/builder"}, "is not a secret's id"),
        ({"name": "{other}"}, "is not a secret's id"),
        ({"name": ""}, "is not a secret's id"),
        ({"name": "x" * 256}, "is not a secret's id"),
        ({"regions": {"europe": {}}}, "is not a region such as europe-west1"),
        ({"kmsKey": "alias/mine"}, "is not the full name of a KMS key"),
        ({"kmsKey": f"{KEY}/cryptoKeyVersions/1"}, "is not the full name of a KMS key"),
        ({"kmsKey": EUROPE}, "names a KMS key in europe-west1 for what is kept in global"),
        ({"kmsKey": KEY, "regions": {"europe-west1": {}}}, "has a `kmsKey` beside `regions`"),
        (
            {"regions": {"europe-north1": {"kmsKey": EUROPE}}},
            "names a KMS key in europe-west1 for what is kept in europe-north1",
        ),
        ({"rotation": {"topic": "rotate", "periodDays": 1}}, "is not the full name of a Pub/Sub topic"),
    ],
)
def test_what_google_would_refuse_is_refused_before(changed: dict[str, Any], what: str) -> None:
    assert mistake(**changed).what.startswith(what)


@pytest.mark.parametrize(
    "reader",
    [
        "allUsers",
        "allAuthenticatedUsers",
        "domain:example.com",
        "projectViewer:my-project",
        "projectOwner:my-project",
        "serviceAccount:*",
        "serviceAccount:Builder@my-project.iam.gserviceaccount.com",
        "builder@my-project.iam.gserviceaccount.com",
        "deleted:serviceAccount:x@my-project.iam.gserviceaccount.com?uid=1",
        f"principalSet://{POOL}/*",
        f"principalSet://{POOL}/attribute.repository/*",
        f"principal://{POOL}/subject/*",
        "principal://iam.googleapis.com/projects/my-project/locations/global/workloadIdentityPools/p123/subject/x",
        "",
    ],
)
def test_a_reader_is_one_account_or_group_by_its_whole_name(reader: str) -> None:
    assert "is not one account or group by name" in mistake(readers={"a": reader}).what


def test_a_reader_that_is_everybody_is_told_what_follows() -> None:
    assert mistake(readers={"a": "allUsers"}).consequence == "it would let strangers read"
    assert mistake(readers={"a": "builder"}).consequence == "whom it lets read would be a guess"


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "snapdeploy-{stack}-x_Y"},
        {"project": "example.com:my-project"},
        {"recoveryDays": 0},
        {"recoveryDays": 1000},
        {"regions": {"europe-west1": {}, "europe-north1": {"kmsKey": RING.format("europe-north1")}}},
        {"kmsKey": KEY},
        {"readers": {"a": READER, "b": "group:builders@example.com", "c": "user:a.b+c@example.com"}},
        {"readers": {"a": f"principal://{POOL}/subject/repo:o@1/r@2:ref:refs/heads/main"}},
        {"readers": {"a": f"principalSet://{POOL}/attribute.trusted/push-ci"}},
        {"readers": {"a": "serviceAccount:123456789012-compute@developer.gserviceaccount.com"}},
    ],
)
def test_what_google_takes_is_taken(changed: dict[str, Any]) -> None:
    told(**changed)


def test_two_that_write_to_the_same_secret_are_equal() -> None:
    assert told().destination() == told(registry="other", recoveryDays=30).destination()
    assert told().destination() == "projects/my-project/secrets/snapdeploy-{stack}-builder"
    assert len({each.destination() for each in [told(name="x"), told(project="another-one"), told()]}) == 3


def test_production_may_not_do_without() -> None:
    objection = GoogleSecretManager.objection(told(recoveryDays=0), PROD)
    assert objection is not None
    assert "`recoveryDays: 0`, which production cannot have" in objection.what
    assert GoogleSecretManager.objection(told(recoveryDays=0), DEV) is None
    assert GoogleSecretManager.objection(told(), PROD) is None


def test_tags_that_are_no_labels_are_told_before_anything_is_declared() -> None:
    objection = GoogleSecretManager.objection(told(), Context("dev", Environment.DEV, {"Cost Centre": "4711"}))
    assert objection is not None
    assert "the tag `Cost Centre` has a key that is no label's" in objection.what
    assert "a changed one would not be found again" in objection.consequence


@pytest.mark.parametrize(
    ("protect", "environment", "expected"),
    [
        (None, Environment.PROD, True),
        (None, Environment.DEV, False),
        (False, Environment.PROD, False),
        (True, Environment.DEV, True),
    ],
)
def test_production_keeps_its_secret(protect: bool | None, environment: Environment, expected: bool) -> None:
    assert is_protected(told(protect=protect), environment) is expected


def test_a_new_value_is_asked_for_after_the_first_period() -> None:
    now = datetime.datetime(2026, 11, 25, 12, 30, 15, 123456, datetime.UTC)
    assert first_rotation(now, 90) == "2027-02-23T12:30:15Z"


def test_each_key_is_asked_for_where_it_is_needed() -> None:
    assert keys_of(told(kmsKey=KEY)) == {"global": KEY}
    assert keys_of(told(regions={"europe-west1": {"kmsKey": EUROPE}, "us-east1": {}})) == {"europe-west1": EUROPE}
    assert keys_of(told()) == {}


def made(context: Any = PROD, **changed: Any) -> Recorder:
    answers = {FOUND: {"enabled": False, "version": "1"}}
    return declared(lambda: GoogleSecretManager("handed", told(**changed), outputs(STATIC), context), answers)


def test_one_secret_holds_all_variables_as_a_secret() -> None:
    regions = {"europe-west1": {"kmsKey": EUROPE}, "europe-north1": {}}
    recorder = made(regions=regions, readers={"builder": READER}, rotation={"topic": TOPIC, "periodDays": 90})
    assert sorted(recorder.types) == [
        "handed",
        "handed-agent",
        "handed-api",
        "handed-google",
        "handed-key-europe-west1",
        "handed-reader-builder",
        "handed-secret",
        "handed-topic",
        "handed-value",
    ]
    assert recorder.inputs["handed-google"]["project"] == "my-project"
    assert json.loads(recorder.inputs["handed-google"]["defaultLabels"]) == {"team": "platform"}
    assert recorder.inputs["handed-api"] == {"service": "secretmanager.googleapis.com", "disableOnDestroy": False}
    secret = recorder.inputs["handed-secret"]
    assert secret["secretId"] == "snapdeploy-prod-builder"
    assert secret["replication"] == {
        "userManaged": {
            "replicas": [
                {"location": "europe-north1"},
                {"location": "europe-west1", "customerManagedEncryption": {"kmsKeyName": EUROPE}},
            ]
        }
    }
    assert secret["topics"] == [{"name": TOPIC}]
    assert secret["rotation"]["rotationPeriod"] == "7776000s"
    assert (secret["versionDestroyTtl"], secret["deletionProtection"]) == ("2592000s", True)
    value = recorder.inputs["handed-value"]
    assert json.loads(value["secretData"]) == STATIC
    assert list(json.loads(value["secretData"])) == list(STATIC)
    assert recorder.secret["handed-value"] == {"secretData"}
    for name in ("handed-api", "handed-secret", "handed-value", "handed-reader-builder", "handed-topic"):
        assert "handed-google" in recorder.providers[name]


def test_a_grant_is_for_one_member_on_this_secret_alone() -> None:
    recorder = made(readers={"builder": READER, "people": "group:builders@example.com"})
    grants = {name: each for name, each in recorder.inputs.items() if "reader" in name}
    assert {(each["role"], each["member"], each["secretId"]) for each in grants.values()} == {
        ("roles/secretmanager.secretAccessor", READER, "handed-secret-id"),
        ("roles/secretmanager.secretAccessor", "group:builders@example.com", "handed-secret-id"),
    }
    assert {recorder.types[name] for name in grants} == {"gcp:secretmanager/secretIamMember:SecretIamMember"}


def test_secret_managers_own_identity_gets_what_it_needs_of_what_is_given_and_no_more() -> None:
    recorder = made(kmsKey=KEY, rotation={"topic": TOPIC, "periodDays": 1})
    key, topic = recorder.inputs["handed-key-global"], recorder.inputs["handed-topic"]
    assert (key["cryptoKeyId"], key["role"]) == (KEY, "roles/cloudkms.cryptoKeyEncrypterDecrypter")
    assert (topic["topic"], topic["role"]) == (TOPIC, "roles/pubsub.publisher")
    assert "handed-agent" not in made().types


def test_without_anything_asked_for_google_chooses() -> None:
    recorder = made(DEV)
    assert sorted(recorder.types) == ["handed", "handed-api", "handed-google", "handed-secret", "handed-value"]
    secret = recorder.inputs["handed-secret"]
    assert secret["replication"] == {"auto": {}}
    assert secret["deletionProtection"] is False
    assert not {"topics", "rotation", "versionDestroyTtl"} & secret.keys()
    assert "defaultLabels" not in recorder.inputs["handed-google"]


def test_the_component_itself_holds_no_value() -> None:
    recorder = made()
    assert CANARY not in json.dumps({name: found for name, found in recorder.inputs.items() if name != "handed-value"})
