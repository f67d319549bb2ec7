"""What `auditLogs: own` would take away from a project's audit configuration, and that it is seen before."""

import json
from typing import Any

import pulumi
import pytest

from components._base import Obstacle
from components.artifact_registry.watch import audit, preflight
from components.artifact_registry.watch.settings import WatchSettings
from tests.unit.components.artifact_registry.watch.samples import PLACE

OURS = {"service": "artifactregistry.googleapis.com", "auditLogConfigs": [{"logType": "DATA_WRITE"}]}


def _policy(*configs: dict[str, Any]) -> str:
    return json.dumps({"bindings": [], "auditConfigs": list(configs)})


def _logs(*types: str, exempted: tuple[str, ...] = ()) -> dict[str, Any]:
    logged = [{"logType": one, **({"exemptedMembers": list(exempted)} if exempted else {})} for one in types]
    return {"service": "artifactregistry.googleapis.com", "auditLogConfigs": logged}


@pytest.mark.parametrize(
    ("policy", "lost"),
    [
        (json.dumps({"bindings": []}), ()),
        (json.dumps({"bindings": [], "auditConfigs": None}), ()),
        (_policy(), ()),
        (_policy(OURS), ()),
        (_policy({"service": "allServices", "auditLogConfigs": [{"logType": "DATA_READ"}]}), ()),
        (_policy({"service": "storage.googleapis.com", "auditLogConfigs": [{"logType": "DATA_READ"}]}), ()),
        (_policy(_logs("DATA_WRITE", "DATA_READ")), ("DATA_READ",)),
        (_policy(_logs("ADMIN_READ")), ("ADMIN_READ",)),
        (_policy(_logs("DATA_WRITE", exempted=("user:a@example.com",))), ("exemptions from DATA_WRITE",)),
    ],
)
def test_what_would_be_taken_away_is_named(policy: str, lost: tuple[str, ...]) -> None:
    assert audit.beyond(policy) == lost


def _obstacles(monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], policy: str | None) -> list[Obstacle]:
    asked: list[str] = []

    class Found:
        policy_data = policy

    def get_iam_policy(*, project: str, opts: pulumi.InvokeOptions) -> Found:
        assert opts is options
        assert policy is not None, "nothing is to be asked"
        asked.append(project)
        return Found()

    options = pulumi.InvokeOptions()
    monkeypatch.setattr("pulumi_gcp.projects.get_iam_policy", get_iam_policy)
    found = list(preflight.obstacles("main", WatchSettings.model_validate(settings), PLACE, options))
    assert asked == ([] if policy is None else ["my-project"])
    return found


def test_a_wider_configuration_is_an_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    (found,) = _obstacles(monkeypatch, {"auditLogs": "own"}, _policy(_logs("DATA_READ", "DATA_WRITE")))
    assert found.inside == ("watch", "auditLogs")
    assert "configured already, with DATA_READ" in found.what
    assert "`auditLogs: given`" in found.mend
    assert "overwrite" in found.consequence


def test_the_own_configuration_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not _obstacles(monkeypatch, {"auditLogs": "own"}, _policy(OURS))


@pytest.mark.parametrize("settings", [{}, {"auditLogs": "given"}])
def test_what_is_not_owned_is_not_asked_for(monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any]) -> None:
    assert not _obstacles(monkeypatch, settings, None)
