"""What is there already is found, in the shape of the SDK's own result; what is not is an error in AWS's words."""

import importlib
from typing import Any

import pytest

from tests.simulated.behaviour import CloudError
from tests.simulated.lifecycle import Lifecycle, Resource
from tests.simulated.sdk import _snake
from tests.simulated.wire import Properties, Secret, plain
from tests.support.emulator import Emulator
from tests.unit.simulated.aws.conftest import Configured

ISSUER = "https://token.actions.githubusercontent.com"
OIDC = "aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider"
PARAMETER = "aws:ssm/getParameter:getParameter"
BY_PATH = "aws:ssm/getParametersByPath:getParametersByPath"
REPOSITORY = "aws:ecr/getRepository:getRepository"
IMAGES = "aws:ecr/getImages:getImages"
TEMPLATE = "aws:ecr/getRepositoryCreationTemplate:getRepositoryCreationTemplate"
SUBNET = "aws:ec2/getSubnet:getSubnet"
RULE = "aws:ecr/getPullThroughCacheRule:getPullThroughCacheRule"

ASKED: dict[str, Properties] = {
    OIDC: {"url": ISSUER},
    PARAMETER: {"name": "/registry/owner"},
    BY_PATH: {"path": "/registry", "recursive": True},
    REPOSITORY: {"name": "apps"},
    IMAGES: {"repositoryName": "apps"},
    TEMPLATE: {"prefix": "apps"},
    SUBNET: {"cidrBlock": "10.9.0.0/24"},
    RULE: {"ecrRepositoryPrefix": "quay"},
}


@pytest.fixture
def there(life: Lifecycle) -> Lifecycle:
    """An account with one of each."""

    def make(token: str, **inputs: Any) -> None:
        life.create(Resource(token, "x"), inputs, preview=False)

    make("aws:iam/openIdConnectProvider:OpenIdConnectProvider", url=ISSUER, clientIdLists=["a"], tags={"a": "b"})
    make("aws:ssm/parameter:Parameter", name="/registry/owner", type="String", value=Secret("mine"))
    make("aws:ssm/parameter:Parameter", name="/registry/deep/er", type="String", value=Secret("deeper"))
    make("aws:ecr/repository:Repository", name="apps", tags={"a": "b"})
    make("aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate", prefix="apps", appliedFors=["REPLICATION"])
    make("aws:ecr/pullThroughCacheRule:PullThroughCacheRule", ecrRepositoryPrefix="quay", upstreamRegistryUrl="quay.io")
    network = life.create(Resource("aws:ec2/vpc:Vpc", "x"), {"cidrBlock": "10.9.0.0/24"}, preview=False)
    make("aws:ec2/subnet:Subnet", vpcId=network.id, cidrBlock="10.9.0.0/24")
    return life


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_every_answer_has_the_shape_of_the_sdks_result(there: Lifecycle) -> None:
    for token in there.provider.invokes:
        module_name, name = token.split(":")[1].split("/")[0], token.rsplit(":", 1)[-1]
        package = "" if module_name == "index" else f".{module_name}"
        module = importlib.import_module(f"pulumi_aws{package}.{_snake(name)}")
        answer = {key: plain(value) for key, value in there.invoke(token, ASKED.get(token, {})).items()}
        # The SDK's own constructor, which takes these names and no others, and checks each type.
        result = getattr(module, f"G{name[1:]}Result")(**{_snake(key): value for key, value in answer.items()})
        assert all(getattr(result, _snake(key)) == value for key, value in answer.items())
        properties = [key for key, value in vars(type(result)).items() if isinstance(value, property)]
        assert sorted(properties) == sorted(map(_snake, answer)), token


def test_what_is_there_is_told(there: Lifecycle) -> None:
    provider = there.invoke(OIDC, {"url": ISSUER})
    arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    assert (provider["arn"], provider["clientIdLists"], provider["tags"]) == (arn, ["a"], {"a": "b"})
    assert there.invoke(OIDC, {"arn": arn})["url"] == "token.actions.githubusercontent.com"
    assert there.invoke(PARAMETER, {"name": "/registry/owner"})["value"] == Secret("mine")
    assert there.invoke(BY_PATH, {"path": "/registry"})["names"] == ["/registry/owner"]
    assert there.invoke(BY_PATH, {"path": "/registry/", "recursive": True})["values"] == Secret(["deeper", "mine"])
    assert there.invoke(BY_PATH, {"path": "/reg"})["names"] == []
    assert there.invoke(REPOSITORY, {"name": "apps"})["tags"] == {"a": "b"}
    assert there.invoke("aws:ecr/getRepositories:getRepositories", {})["names"] == ["apps"]
    assert there.invoke("aws:ecr/getRepositories:getRepositories", {"region": "eu-west-1"})["names"] == []
    assert there.invoke(IMAGES, {"repositoryName": "apps"})["imageIds"] == []
    assert there.invoke(TEMPLATE, {"prefix": "apps"})["appliedFors"] == ["REPLICATION"]
    subnet = there.invoke(SUBNET, {"cidrBlock": "10.9.0.0/24"})
    assert there.invoke(SUBNET, {"id": subnet["id"]}) == subnet
    assert there.invoke(RULE, {"ecrRepositoryPrefix": "quay"})["upstreamRegistryUrl"] == "quay.io"


@pytest.mark.parametrize(
    ("token", "arguments", "said"),
    [
        (OIDC, {"url": ISSUER}, rf"finding IAM OIDC Provider by url \({ISSUER}\): not found"),
        (OIDC, {"arn": "arn:aws:iam::1:oidc-provider/x"}, "reading IAM OIDC Provider: NoSuchEntity"),
        (PARAMETER, {"name": "/no"}, r"reading SSM Parameter \(/no\): ParameterNotFound"),
        (REPOSITORY, {"name": "none"}, "RepositoryNotFoundException: The repository with name 'none' does not exist"),
        (IMAGES, {"repositoryName": "none"}, "RepositoryNotFoundException: The repository with name 'none'"),
        (TEMPLATE, {"prefix": "none"}, "TemplateNotFoundException"),
        (RULE, {"ecrRepositoryPrefix": "none"}, "PullThroughCacheRuleNotFoundException"),
    ],
)
def test_what_is_not_there_is_an_error(life: Lifecycle, token: str, arguments: Properties, said: str) -> None:
    with pytest.raises(CloudError, match=said):
        life.invoke(token, arguments)


def test_images_are_those_in_the_emulator(emulator: Emulator, configured: Configured) -> None:
    life = configured()
    ecr = emulator.client("ecr")
    ecr.create_repository(repositoryName="pushed")
    if life.invoke("aws:ecr/getRepositories:getRepositories", {})["names"] == []:
        return  # The store has no images.
    manifest = '{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json"}'
    ecr.put_image(repositoryName="pushed", imageManifest=manifest, imageTag="v1")
    images: Any = life.invoke(IMAGES, {"repositoryName": "pushed"})["imageIds"]
    assert [image["imageTag"] for image in images] == ["v1"]
    assert life.invoke(REPOSITORY, {"name": "pushed"})["mostRecentImageTags"] == ["v1"]
