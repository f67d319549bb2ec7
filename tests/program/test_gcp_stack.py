"""The whole program under mocks: what stack `gcp` declares as it stands in the repository, and where it hangs."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.program.artifact_registry import ANSWERS, MADE
from tests.support.declared import Program, declare

ROOT = Path(__file__).resolve().parents[2]
INVENTORY = Path(__file__).parent / "inventories" / "gcp.yaml"


def config() -> dict[str, Any]:
    """The stack's config without its namespace."""
    read = yaml.safe_load((ROOT / "Pulumi.gcp.yaml").read_text())["config"]
    return {key.removeprefix("snapdeploy-registry:"): value for key, value in read.items()}


@cache
def _declared() -> Program:
    return declare("gcp", MADE, config=config(), answers=ANSWERS, simulated=True, alone=True)


def test_the_stack_is_its_inventory_and_imports_one_providers_sdk() -> None:
    found = _declared()
    assert found.inventory() == yaml.safe_load(INVENTORY.read_text())
    assert found.sdks == ("pulumi_gcp",), "a provider's SDK costs half a second, and this stack has one"


def test_no_child_lives_outside_its_component() -> None:
    components = {each.name for each in _declared().resources if each.is_component}
    for resource in _declared().resources:
        if not resource.is_component and resource.name != "main-preflight":
            assert resource.parent in components, resource
            assert resource.name.startswith(f"{resource.parent}-"), resource


def test_every_resource_of_google_is_made_by_a_provider_of_its_own_component() -> None:
    """The default provider takes its project from the surroundings, and could be anybody's."""
    for resource in _declared().resources:
        if resource.type.startswith("gcp:"):
            owner = resource.name.partition("-")[0]
            assert f"::{owner}-google::" in resource.provider, resource
            assert resource.inputs.get("project", "your-project") == "your-project", resource
