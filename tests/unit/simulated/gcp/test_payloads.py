"""The simulated Secret Manager gives back what it was given, as Google does, and keeps nothing in plain."""

import pytest

from tests.simulated.behaviour import CloudError
from tests.simulated.providers.gcp import payloads
from tests.simulated.providers.gcp.place import project_number
from tests.simulated.providers.gcp.secret_manager import SECRET, VERSION
from tests.simulated.wire import Properties, Secret
from tests.unit.simulated.gcp.conftest import PROJECT, Cloud

CANARY = "canary-payload-90ce"
FOUND = "gcp:secretmanager/getSecretVersion:getSecretVersion"
ACCESSED = "gcp:secretmanager/getSecretVersionAccess:getSecretVersionAccess"


@pytest.fixture
def secret(cloud: Cloud) -> str:
    """A secret without a version."""
    return cloud.make(SECRET, secretId="builder", replication={"auto": {}}).id


def asked(cloud: Cloud, token: str, **arguments: object) -> Properties:
    told: Properties = {"project": PROJECT, "secret": "builder", **arguments}  # type: ignore[dict-item]
    return cloud.life.invoke(token, told)


def test_the_newest_version_is_latest(cloud: Cloud, secret: str) -> None:
    for number, value in enumerate(("one", CANARY), start=1):
        cloud.make(VERSION, secret=secret, secretData=Secret(value))
        found = asked(cloud, ACCESSED, version="latest")
        assert (found["version"], found["secretData"]) == (str(number), Secret(value))
    assert asked(cloud, ACCESSED, version="1")["secretData"] == Secret("one")
    for file in cloud.store.file.parent.rglob("*"):
        assert file.stat().st_mode & 0o077 == 0
        assert file.is_dir() or CANARY.encode() not in file.read_bytes()


def test_a_value_is_looked_up_only_where_it_is_asked_for(cloud: Cloud, secret: str) -> None:
    cloud.make(VERSION, secret=secret, secretData=Secret(CANARY))
    assert asked(cloud, FOUND)["secretData"] == Secret(CANARY)
    assert asked(cloud, FOUND, fetchSecretData=False)["secretData"] == ""


def test_a_version_that_was_destroyed_is_latest_and_is_not_opened(cloud: Cloud, secret: str) -> None:
    cloud.make(VERSION, secret=secret, secretData=Secret("one"))
    made = cloud.make(VERSION, secret=secret, secretData=Secret(CANARY))
    cloud.delete(VERSION, made)
    found = asked(cloud, FOUND, fetchSecretData=False)
    assert (found["version"], found["enabled"]) == ("2", False)
    with pytest.raises(CloudError, match="is in DESTROYED state") as refused:
        asked(cloud, ACCESSED)
    assert CANARY not in str(refused.value)
    assert payloads.latest(cloud.store, PROJECT, "builder") is None
    assert payloads.opened(cloud.store, made.id) is None


def test_what_is_not_there_is_not_found(cloud: Cloud, secret: str) -> None:
    with pytest.raises(CloudError, match=rf"404: Secret Version \[projects/{project_number(PROJECT)}/secrets/builder"):
        asked(cloud, FOUND)
    with pytest.raises(CloudError, match="404"):
        asked(cloud, FOUND, secret="another")


def test_where_the_api_is_off_nothing_is_looked_up(bare: Cloud) -> None:
    with pytest.raises(CloudError, match="it is disabled"):
        asked(bare, FOUND)


def test_a_version_added_by_hand_has_the_next_number(cloud: Cloud, secret: str) -> None:
    cloud.make(VERSION, secret=secret, secretData=Secret("one"))
    payloads.add_by_hand(cloud.store, PROJECT, "builder", CANARY)
    assert asked(cloud, ACCESSED)["version"] == "2"
    assert payloads.latest(cloud.store, PROJECT, "builder") == CANARY
    assert cloud.make(VERSION, secret=secret, secretData=Secret("three")).properties["version"] == "3"
    assert payloads.latest(cloud.store, PROJECT, "builder") == "three"
