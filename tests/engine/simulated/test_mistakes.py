"""What the SDK's types do not allow stops the engine, with the property's name, before anything is made."""

import pytest

from tests.engine.simulated.conftest import engine_project
from tests.simulated.store import Store
from tests.support.engine import EngineProject

CANARY = "canary-do-not-print"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> EngineProject:
    """One for all mistakes, since each of them has to leave it as it was: empty."""
    return engine_project(tmp_path_factory.mktemp("mistakes"), "mistaken")


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        (
            "unknown",
            "imageTagMutabillity: aws:ecr/repository:Repository has no such property; did you mean 'imageTagMut",
        ),
        (
            "unknown-inside",
            "imageScanningConfiguration.scan_on_pull: RepositoryImageScanningConfigurationArgs has no such",
        ),
        ("missing", "policy: is required by aws:ecr/repositoryPolicy:RepositoryPolicy and missing (expected str"),
        ("missing-inside", "imageTagMutabilityExclusionFilters[0].filterType: is required by"),
        ("type", "forceDelete: expected bool, found str"),
        ("secret-type", "forceDelete: expected bool, found str"),
        (
            "token",
            "pulumi_aws has no resource type aws:ecr/repositry:Repository; did you mean 'aws:ecr/repository:Repo",
        ),
        ("function", "the simulated aws does not answer aws:ecr/getAuthorizationToken:getAuthorizationToken"),
        ("argument", "aws:index/getRegion:getRegion has no argument 'regoin'; did you mean 'region'?"),
        ("provider", "maxRetries: expected int, found str"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_made(stack: EngineProject, mistake: str, said: str) -> None:
    # With the preview that precedes an update: it must find the mistake, not the update itself.
    refused = stack.run("up", "--yes", fails=True, MISTAKE=mistake)
    assert said in refused.diagnostics
    assert CANARY not in refused.text
    assert "the simulation itself failed" not in refused.text
    assert stack.resources() == {}
    assert Store(stack.simulated, "aws").held() == []
