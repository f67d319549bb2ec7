"""The whole program under mocks: what stack `local` declares, where it hangs, and what it costs to import."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.support.declared import Program, declare

INVENTORY = Path(__file__).parent / "inventories" / "local.yaml"
_MADE: dict[str, dict[str, Any]] = {
    "pulumi-python:dynamic/snapdeploy:Password": {"value": "generated"},
    "pulumi-python:dynamic/snapdeploy:RegistryProcess": {"host": "127.0.0.1:5000", "since": "1: made"},
    "pulumi-python:dynamic/snapdeploy:SmokeTest": {"proven": {"login": "seen"}},
    "pulumi-python:dynamic/snapdeploy:EnvFile": {},
    "pulumi-python:dynamic/snapdeploy:DeliveryReceipt": {"revocable": {}},
}


@cache
def _declared() -> Program:
    return declare("local", _MADE, alone=True)


def test_the_stack_is_its_inventory_and_imports_no_providers_sdk() -> None:
    found = _declared()
    assert found.inventory() == yaml.safe_load(INVENTORY.read_text())
    assert not found.sdks, "a provider's SDK costs half a second, and this stack has none"


def test_no_child_lives_outside_its_component() -> None:
    components = {each.name for each in _declared().resources if each.is_component}
    for resource in _declared().resources:
        if not resource.is_component:
            assert resource.parent in components, resource
            assert resource.name.startswith(f"{resource.parent}-"), resource
