"""The simulated AWS answers in the SDK's own shapes, for the account and region that it is told."""

from pathlib import Path

import pytest

from tests.simulated.behaviour import CloudError
from tests.simulated.faults import Faults
from tests.simulated.lifecycle import Lifecycle, Resource
from tests.simulated.providers.aws import ENDPOINT, REPOSITORY, provider
from tests.simulated.providers.aws.emulator import loopback
from tests.simulated.sdk import Sdk
from tests.simulated.store import Store
from tests.simulated.wire import Properties

BOX = Resource(REPOSITORY, "apps")


@pytest.fixture(scope="module")
def sdk() -> Sdk:
    """Read in full: what other tests import of the package must stay whole."""
    return Sdk("pulumi_aws")


@pytest.fixture
def life(sdk: Sdk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lifecycle:
    monkeypatch.delenv(ENDPOINT, raising=False)
    made = Lifecycle(provider(), Store(tmp_path, "aws"), Faults(tmp_path), sdk)
    made.configure({})
    return made


def test_account_and_region_are_the_configured_ones(life: Lifecycle) -> None:
    assert life.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})["accountId"] == "123456789012"
    assert life.invoke("aws:index/getRegion:getRegion", {})["region"] == "us-east-1"
    # As the engine hands it over: what is no text is JSON in a text.
    life.configure({"region": "cn-north-1", "allowedAccountIds": '["210987654321"]'})
    assert life.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})["accountId"] == "210987654321"
    assert life.invoke("aws:index/getRegion:getRegion", {})["region"] == "cn-north-1"
    assert life.invoke("aws:index/getPartition:getPartition", {})["partition"] == "aws-cn"
    made = life.create(BOX, {"name": "apps"}, preview=False).properties
    assert made["arn"] == "arn:aws-cn:ecr:cn-north-1:210987654321:repository/apps"
    assert made["repositoryUrl"] == "210987654321.dkr.ecr.cn-north-1.amazonaws.com.cn/apps"


def test_a_partition_that_is_not_known_is_refused_and_not_guessed(life: Lifecycle) -> None:
    life.configure({"region": "us-iso-east-1"})
    with pytest.raises(CloudError, match="not simulated"):
        life.invoke("aws:index/getPartition:getPartition", {})


def test_a_region_keeps_its_repositories_apart(life: Lifecycle) -> None:
    life.create(BOX, {"name": "apps"}, preview=False)
    life.create(BOX, {"name": "apps", "region": "eu-west-1"}, preview=False)
    with pytest.raises(
        CloudError, match="RepositoryAlreadyExistsException: The repository with name 'apps' already exists"
    ):
        life.create(BOX, {"name": "apps", "region": "us-east-1"}, preview=False)


def test_tags_of_the_provider_are_on_everything(life: Lifecycle) -> None:
    life.configure({"defaultTags": '{"tags": {"stack": "dev", "owner": "default"}}'})
    made = life.create(BOX, {"name": "apps", "tags": {"owner": "me"}}, preview=False).properties
    assert made["tags"] == {"owner": "me"}
    assert made["tagsAll"] == {"stack": "dev", "owner": "me"}


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"regoin": "x"}, "regoin: pulumi:providers:aws has no such property; did you mean 'region'?"),
        ({"maxRetries": "many"}, "maxRetries: expected int, found str"),
        (
            {"defaultTags": '{"tag": {}}'},
            "defaultTags.tag: ProviderDefaultTagsArgs has no such property; did you mean 'tags'?",
        ),
    ],
)
def test_the_providers_configuration_is_checked_too(life: Lifecycle, config: Properties, said: str) -> None:
    assert [str(mistake) for mistake in life.check_config(config)] == [said]


def test_a_configuration_that_is_right_passes(life: Lifecycle) -> None:
    config: Properties = {"region": "x", "maxRetries": "3", "insecure": "false", "defaultTags": '{"tags": {"a": "b"}}'}
    assert life.check_config({**config, "version": "7.51.1", "__internal": {}}) == []


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:5000", "http://127.8.9.1:1", "http://[::1]:5000/", "http://localhost:5000"]
)
def test_an_emulator_on_this_machine_is_taken(endpoint: str) -> None:
    assert loopback(endpoint) == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://ecr.us-east-1.amazonaws.com",
        "http://10.0.0.1:5000",
        "http://0.0.0.0:5000",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com",
        "http://example.com/127.0.0.1",
        "http://user:password@127.0.0.1:5000",
        "127.0.0.1:5000",
        "file:///etc/passwd",
        "http://",
    ],
)
def test_any_other_endpoint_is_refused(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENDPOINT, endpoint)
    with pytest.raises(ValueError, match="may speak to this machine only") as caught:
        provider()
    assert "password" not in str(caught.value)
