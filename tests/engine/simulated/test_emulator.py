"""The AWS provider's repository kept by an emulator instead of the store, over the same program."""

from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.engine.simulated.conftest import Project
from tests.simulated.providers.aws import ENDPOINT
from tests.simulated.store import Store
from tests.support.emulator import Emulator

if TYPE_CHECKING:
    from mypy_boto3_ecr import ECRClient

NAMED = {
    "aws:region": "eu-central-1",
    "throwaway:name": "team/apps",
    "throwaway:alone": "true",
    "throwaway:force": "true",
}


@pytest.fixture
def ecr(emulator: Emulator) -> "ECRClient":
    """What somebody else sees in the emulator."""
    return cast("ECRClient", emulator.client("ecr", "eu-central-1"))


def _names(ecr: "ECRClient") -> list[str]:
    return [found.get("repositoryName", "") for found in ecr.describe_repositories()["repositories"]]


def _only(ecr: "ECRClient") -> Any:
    """The one repository there is; the stubs call every field of it optional."""
    (there,) = ecr.describe_repositories()["repositories"]
    return there


def test_a_whole_life_in_the_emulator(project: Project, emulator: Emulator, ecr: "ECRClient") -> None:
    stack = project("repository", config=NAMED, environment=emulator.environment)
    stack.preview()
    assert _names(ecr) == []

    assert stack.up().changes == {"create": 2}
    there = _only(ecr)
    assert there["imageTagMutability"] == "IMMUTABLE"
    assert there["imageScanningConfiguration"] == {"scanOnPush": True}
    assert stack.outputs()["url"] == "123456789012.dkr.ecr.eu-central-1.amazonaws.com/team/apps"
    assert stack.resources()["apps"]["outputs"]["arn"] == there["repositoryArn"]
    assert stack.up("--expect-no-changes").changes == {}
    assert stack.refresh("--expect-no-changes").changes == {}
    assert Store(stack.simulated, "aws").held() == []

    ecr.put_image_tag_mutability(repositoryName="team/apps", imageTagMutability="MUTABLE")
    ecr.tag_resource(resourceArn=there["repositoryArn"], tags=[{"Key": "stray", "Value": "yes"}])
    assert stack.refresh().changes == {"update": 1}
    stack.configure({"throwaway:owner": "somebody else"})
    assert stack.up().changes == {"update": 1}
    there = _only(ecr)
    assert there["imageTagMutability"] == "IMMUTABLE"
    tags = ecr.list_tags_for_resource(resourceArn=there["repositoryArn"])["tags"]
    assert tags == [{"Key": "owner", "Value": "somebody else"}]

    stack.run("state", "delete", stack.resources()["apps"]["urn"], "--yes")
    assert "RepositoryAlreadyExistsException: The repository with name 'team/apps'" in stack.up(fails=True).diagnostics
    stack.configure({"throwaway:import": "team/apps"})
    # ECR does not give `forceDelete` back, so it is set anew.
    assert stack.up().changes == {"import": 1, "update": 1}
    assert stack.up("--expect-no-changes").changes == {}

    stack.destroy()
    assert _names(ecr) == []


def test_arguments_are_judged_by_the_emulator(project: Project, emulator: Emulator, ecr: "ECRClient") -> None:
    stack = project(
        "repository", config=NAMED | {"throwaway:mutability": "SOMETIMES"}, environment=emulator.environment
    )
    refused = stack.up(fails=True)
    assert "creating ECR Repository (team/apps): InvalidParameterException" in refused.diagnostics
    assert _names(ecr) == []
    assert stack.resources() == {}


def test_an_endpoint_elsewhere_is_refused(project: Project) -> None:
    stack = project("repository", config=NAMED, environment={ENDPOINT: "https://ecr.us-east-1.amazonaws.com"})
    refused = stack.up(fails=True)
    assert "the simulated AWS may speak to this machine only, not to ecr.us-east-1.amazonaws.com" in refused.text
    assert "mend: set SNAPDEPLOY_SIMULATED_AWS_ENDPOINT to http://127.0.0.1" in refused.text
    assert stack.resources() == {}
