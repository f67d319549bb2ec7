"""The whole program under mocks: what the stacks on a cloud declare as they stand in the repository, and where."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.program import artifact_registry, ecr, harbor
from tests.support.declared import Program, declare

ROOT = Path(__file__).resolve().parents[2]
INVENTORIES = Path(__file__).parent / "inventories"


@dataclass(frozen=True, eq=False)
class Stack:
    """A stack of the repository, and what answers for its cloud."""

    name: str
    package: str
    provider: str
    """How the name of each component's own provider ends."""
    made: Mapping[str, Mapping[str, Any]]
    answers: Mapping[str, Mapping[str, Any]]

    @cache  # noqa: B019  # there are three, for as long as the tests run
    def declared(self) -> Program:
        """What it declares."""
        read = yaml.safe_load((ROOT / f"Pulumi.{self.name}.yaml").read_text())["config"]
        config = {key.removeprefix("snapdeploy-registry:"): value for key, value in read.items()}
        return declare(self.name, self.made, config=config, answers=self.answers, simulated=True, alone=True)


@pytest.fixture(
    params=[
        Stack("prod", "aws", "aws", ecr.MADE, ecr.ANSWERS),
        Stack("gcp", "gcp", "google", artifact_registry.MADE, artifact_registry.ANSWERS),
        Stack("harbor", "aws", "aws", harbor.MADE, harbor.ANSWERS),
    ],
    ids=lambda stack: stack.name,
    scope="module",
)
def stack(request: pytest.FixtureRequest) -> Stack:
    """Each of them."""
    assert isinstance(request.param, Stack)
    return request.param


def test_the_stack_is_its_inventory_and_imports_one_providers_sdk(stack: Stack) -> None:
    found = stack.declared()
    assert found.inventory() == yaml.safe_load((INVENTORIES / f"{stack.name}.yaml").read_text())
    assert found.sdks == (f"pulumi_{stack.package}",), "a provider's SDK costs half a second, and this stack has one"


def test_no_child_lives_outside_its_component(stack: Stack) -> None:
    found = stack.declared().resources
    components = {each.name for each in found if each.is_component}
    for resource in found:
        if not resource.is_component and resource.name != "main-preflight":
            assert resource.parent in components, resource
            assert resource.name.startswith(f"{resource.parent}-"), resource


def test_every_resource_of_the_cloud_is_made_by_a_provider_of_its_own_component(stack: Stack) -> None:
    """The default provider takes its place from the surroundings, and could be anybody's."""
    for resource in stack.declared().resources:
        if resource.type.startswith(f"{stack.package}:"):
            owner = resource.name.partition("-")[0]
            assert re.search(rf"::{owner}-(?:[a-z]+-)?{stack.provider}::", resource.provider), resource
            assert resource.inputs.get("project", "your-project") == "your-project", resource
