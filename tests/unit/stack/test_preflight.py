"""What is in the way is reported as a whole, with its place in the file, before anything is declared."""

from collections.abc import Iterable
from typing import Any

import pulumi
import pytest

from components._base import Obstacle, Registry, Surroundings
from components._settings import LocalSettings
from contract.problem import Problems
from stack import preflight
from tests.unit.stack.reading import parse


class Blocked(Registry):
    """A kind of registry that finds its place taken."""

    @classmethod
    def preflight(cls, name: str, settings: Any, surroundings: Surroundings) -> Iterable[Obstacle]:
        assert isinstance(settings, LocalSettings)
        owner = surroundings.owner(name)
        yield Obstacle(("port",), f"belongs to somebody else, not to {owner}", "write another", "it would fail")
        yield Obstacle((), "is not wanted", "delete it")


TEXT = """config:
  snapdeploy-registry:registries:
    main:
      kind: local
      port: 5001
"""


@pytest.fixture(autouse=True)
def _in_a_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulumi, "get_organization", lambda: "team")
    monkeypatch.setattr(pulumi, "get_project", lambda: "registry")
    monkeypatch.setattr(pulumi, "get_stack", lambda: "local")


def test_all_that_is_in_the_way_is_reported_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "load", lambda _: Blocked)
    settings = parse({"registries": {"main": {"kind": "local", "port": 5001}}}, text=TEXT)
    with pytest.raises(Problems) as caught:
        preflight.check(settings)
    first, second = caught.value.problems
    assert first.where == "Pulumi.local.yaml:5 registries.main.port"
    assert first.what == "belongs to somebody else, not to team/registry/local/main"
    assert second.where == "Pulumi.local.yaml:3 registries.main"
    assert "nothing was changed" in str(caught.value)


def test_a_registry_with_nothing_in_the_way_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "load", lambda _: Registry)
    preflight.check(parse({}))
