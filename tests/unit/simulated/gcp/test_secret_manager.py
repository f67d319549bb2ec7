"""The simulated Secret Manager takes ids, values and versions as Google does, and keeps no value."""

import base64
from typing import Any

import pytest

from tests.simulated.behaviour import CloudError
from tests.simulated.providers.gcp.place import project_number
from tests.simulated.providers.gcp.secret_manager import SECRET, VERSION, version
from tests.simulated.store import Key
from tests.simulated.wire import UNKNOWN, Properties, Secret
from tests.unit.simulated.gcp.conftest import PROJECT, Cloud

GRANT = "gcp:secretmanager/secretIamMember:SecretIamMember"
CANARY = "canary-71b2"
AUTO: dict[str, Any] = {"auto": {}}
NUMBER = project_number(PROJECT)


def test_a_secret_has_the_names_that_the_provider_and_google_give_it(cloud: Cloud) -> None:
    made = cloud.make(SECRET, secretId="builder", replication=AUTO)
    assert made.id == f"projects/{PROJECT}/secrets/builder"
    assert made.properties["name"] == f"projects/{NUMBER}/secrets/builder"
    first = cloud.make(VERSION, secret=made.id, secretData=Secret(CANARY))
    assert first.id == f"projects/{NUMBER}/secrets/builder/versions/1"
    assert cloud.make(VERSION, secret=made.id, secretData=Secret("next")).properties["version"] == "2"
    assert CANARY not in cloud.store.file.read_text(encoding="utf-8")


def test_a_value_is_secret_whatever_the_program_did(cloud: Cloud) -> None:
    made = cloud.make(SECRET, secretId="builder", replication=AUTO)
    given = cloud.make(VERSION, secret=made.id, secretData="plain")
    assert given.properties["secretData"] == Secret("plain")


def test_a_number_is_never_given_twice_and_a_secret_takes_all_along(cloud: Cloud) -> None:
    made = cloud.make(SECRET, secretId="builder", replication=AUTO)
    first = cloud.make(VERSION, secret=made.id, secretData="one")
    cloud.delete(VERSION, first)
    assert cloud.read(VERSION, first.id) is None
    assert "secretData" not in (cloud.store.get(Key(VERSION, "", first.id), {}) or {})
    assert cloud.make(VERSION, secret=made.id, secretData="two").properties["version"] == "2"
    cloud.make(GRANT, secretId=made.id, role="roles/secretmanager.secretAccessor", member="user:a@example.com")
    cloud.delete(SECRET, made)
    assert {key.token for key in cloud.store.held()} == {"gcp:projects/service:Service"}
    cloud.make(SECRET, secretId="builder", replication=AUTO)


def test_a_second_secret_of_that_id_is_refused(cloud: Cloud) -> None:
    cloud.make(SECRET, secretId="builder", replication=AUTO)
    with pytest.raises(CloudError, match=r"Error creating Secret: googleapi: Error 409: .* already exists"):
        cloud.make(SECRET, secretId="builder", replication=AUTO)


@pytest.mark.parametrize("secret_id", ["", "a b", "a/b", "ä", "x" * 256])
def test_an_id_that_google_refuses_is_refused(cloud: Cloud, secret_id: str) -> None:
    with pytest.raises(CloudError, match="Error 400: The provided Secret ID does not match"):
        cloud.make(SECRET, secretId=secret_id, replication=AUTO)


def test_a_secret_says_where_it_is_kept_in_one_way(cloud: Cloud) -> None:
    both = {"auto": {}, "userManaged": {"replicas": [{"location": "europe-west1"}]}}
    assert "exactly one of auto, userManaged" in cloud.mistakes(SECRET, secretId="a", replication=both)[0]
    assert "exactly one of auto, userManaged" in cloud.mistakes(SECRET, secretId="a", replication={})[0]
    assert "replication: is required" in cloud.mistakes(SECRET, secretId="a")[0]
    with pytest.raises(CloudError, match="The location europe is not one"):
        cloud.make(SECRET, secretId="a", replication={"userManaged": {"replicas": [{"location": "europe"}]}})


def test_a_version_needs_its_secret_and_a_value(cloud: Cloud) -> None:
    with pytest.raises(CloudError, match="Error creating SecretVersion: googleapi: Error 404"):
        cloud.make(VERSION, secret=f"projects/{PROJECT}/secrets/none", secretData="x")
    made = cloud.make(SECRET, secretId="builder", replication=AUTO)
    assert "not 0" in cloud.mistakes(VERSION, secret=made.id)[0]
    assert cloud.mistakes(VERSION, secret=made.id, secretData=UNKNOWN) == []
    with pytest.raises(CloudError, match="exceeds the maximum size of 65536 bytes"):
        cloud.make(VERSION, secret=made.id, secretData=Secret("x" * 65537))
    cloud.make(VERSION, secret=made.id, secretData=Secret("x" * 65536))
    with pytest.raises(CloudError, match="Base64 decoding failed") as refused:
        cloud.make(VERSION, secret=made.id, secretData=Secret(f"{CANARY}!"), isSecretDataBase64=True)
    assert CANARY not in str(refused.value)
    cloud.make(VERSION, secret=made.id, secretData=base64.b64encode(b"x").decode(), isSecretDataBase64=True)


def test_a_written_value_goes_with_its_number(cloud: Cloud) -> None:
    made = cloud.make(SECRET, secretId="builder", replication=AUTO)
    assert cloud.mistakes(VERSION, secret=made.id, secretDataWo="x") != []
    given = cloud.make(VERSION, secret=made.id, secretDataWo=Secret(CANARY), secretDataWoVersion="1")
    before: Properties = {"secret": made.id, "secretDataWo": Secret(CANARY), "secretDataWoVersion": "1"}
    assert cloud.diff(VERSION, given, before, {**before, "secretDataWoVersion": "2"}).replaces == (
        "secretDataWoVersion",
    )


def test_a_new_value_is_a_new_version(cloud: Cloud) -> None:
    made = cloud.make(SECRET, secretId="builder", replication=AUTO)
    given = cloud.make(VERSION, secret=made.id, secretData=Secret("one"))
    before: Properties = {"secret": made.id, "secretData": Secret("one")}
    found = cloud.diff(VERSION, given, before, {**before, "secretData": Secret("two")})
    assert (found.replaces, found.delete_first) == (("secretData",), False)


def test_a_version_is_found_by_every_name_that_google_knows(cloud: Cloud) -> None:
    made = cloud.make(SECRET, secretId="builder", replication=AUTO)
    cloud.make(VERSION, secret=made.id, secretData="one")
    second = cloud.make(VERSION, secret=made.id, secretData="two")
    for owner in (PROJECT, NUMBER):
        for name in ("2", "latest"):
            found = version(cloud.store, f"projects/{owner}/secrets/builder/versions/{name}")
            assert found is not None
            assert found["name"] == second.id
    assert version(cloud.store, f"projects/{PROJECT}/secrets/builder/versions/3") is None
    assert version(cloud.store, f"projects/{PROJECT}/secrets/other/versions/1") is None
    cloud.delete(VERSION, second)
    assert version(cloud.store, f"projects/{PROJECT}/secrets/builder/versions/2") is None


def test_a_protected_secret_is_not_deleted(cloud: Cloud) -> None:
    made = cloud.make(SECRET, secretId="builder", replication=AUTO, deletionProtection=True)
    with pytest.raises(CloudError, match="without setting deletion_protection=false"):
        cloud.delete(SECRET, made)
    held = cloud.make(SECRET, secretId="other", replication=AUTO, deletionPolicy="PREVENT")
    with pytest.raises(CloudError, match='deletion_policy="DELETE"'):
        cloud.delete(SECRET, held)
    left = cloud.make(SECRET, secretId="left", replication=AUTO, deletionPolicy="ABANDON")
    cloud.delete(SECRET, left)
    assert cloud.read(SECRET, left.id) is not None
