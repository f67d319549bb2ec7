"""What is told of the access once project and stack are known, before anything is declared."""

from typing import Any

import pytest

from components._base import Obstacle
from components.artifact_registry.access_preflight import obstacles
from components.artifact_registry.settings_access import AccessSettings
from components.gcp.place import Place
from tests.unit.components.artifact_registry.accessible import COMPUTE, DEPLOYER, GITHUB, GKE, PREFIX


def found(block: dict[str, Any], prefix: str = PREFIX, project: str = "my-project") -> list[Obstacle]:
    """What stands in the way."""
    settings = AccessSettings.model_validate(block, by_alias=True, by_name=False)
    return list(obstacles(prefix, settings, Place(project, "europe-west1")))


def test_nothing_stands_in_the_way_of_a_right_config() -> None:
    assert found({"builder": "ci", "push": {"ci": GITHUB, "pods": GKE, "vm": COMPUTE}}) == []


@pytest.mark.parametrize("prefix", ["snapdeploy-staging-europe-main", "snapdeploy-Prod-main", "snapdeploy-a.b-main"])
def test_a_stacks_name_that_makes_no_id_is_told_with_what_to_write(prefix: str) -> None:
    (obstacle,) = found({"push": {"ci": GITHUB}}, prefix)
    assert obstacle.inside == ("access", "accountPrefix")
    assert f"`{prefix}`" in obstacle.what
    assert "accountPrefix: snapdeploy-prod" in obstacle.mend


def test_it_does_not_matter_where_no_id_is_made_of_it() -> None:
    too_long = "snapdeploy-staging-europe-main"
    assert found({"pull": {"d": DEPLOYER}}, too_long) == []
    assert found({"push": {"ci": GITHUB}, "accountPrefix": "images"}, too_long) == []


def test_a_cluster_in_a_domains_scope_is_told_where_it_stands() -> None:
    (obstacle,) = found({"push": {"ci": GITHUB}, "pull": {"pods": GKE}}, project="example.com:my-project")
    assert obstacle.inside == ("access", "pull", "pods")
    assert "workloadPool:" in obstacle.mend
