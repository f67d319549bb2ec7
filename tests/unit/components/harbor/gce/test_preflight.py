"""What is looked at in the project first: told by a Google of three functions, which the tests answer for."""

from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from components._base import Obstacle, Surroundings
from components.harbor.gce import preflight
from components.harbor.gce.settings import ComputeEngineSettings
from contract.kinds import Environment
from tests.unit.components.harbor.gce.declared import BARE, HOST

ZONE = {"dns": {"zone": "example-com"}}
SHARED = {"network": {"network": "projects/network-host/global/networks/shared", "subnetwork": "europe"}}
RIGHT = {
    "get_project": SimpleNamespace(project_id="my-project"),
    "get_managed_zone": SimpleNamespace(dns_name="example.com.", visibility="public"),
    "get_subnetwork": SimpleNamespace(
        network="https://www.googleapis.com/compute/v1/projects/network-host/global/networks/shared"
    ),
}
REFUSED = "googleapi: Error 403: not yours"
LACKING = "googleapi: Error 404: not there"
OFF = "googleapi: Error 403: Cloud Resource Manager API has not been used before or it is disabled"
FAILS = (REFUSED, LACKING, OFF)


class Google:
    """Answers the lookups, and keeps what they asked."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.asked: dict[str, dict[str, Any]] = {}
        self._answers = {**RIGHT, **answers}
        self.organizations = self.dns = self.compute = self

    def __getattr__(self, name: str) -> Any:
        def answer(**arguments: Any) -> Any:
            self.asked[name] = {key: value for key, value in arguments.items() if key != "opts"}
            found = self._answers[name]
            if found in FAILS:
                raise RuntimeError(found)
            return found

        return answer


def _look(
    patch: pytest.MonkeyPatch,
    block: dict[str, Any],
    simulated: bool = False,
    tags: dict[str, str] | None = None,
    **answers: Any,
) -> tuple[list[Obstacle], Google]:
    google = Google(answers)
    patch.setattr(preflight, "gcp", google)
    patch.setattr(preflight, "gcp_provider", lambda *_, **__: None)
    settings = ComputeEngineSettings.model_validate(
        {**BARE, "machineType": "e2-standard-4", **block}, by_alias=True, by_name=False
    )
    around = Surroundings("prod", Environment.PROD, tags or {}, simulated=simulated)
    return list(preflight.obstacles("main", settings, HOST, around)), google


def test_nothing_is_in_the_way_where_all_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    found, google = _look(monkeypatch, {**ZONE, **SHARED})
    assert found == []
    # A shared network's subnetworks are its own project's.
    asked = {"name": "europe", "project": "network-host", "region": "europe-west1"}
    assert google.asked["get_subnetwork"] == asked
    assert google.asked["get_managed_zone"] == {"name": "example-com", "project": "my-project"}


@pytest.mark.parametrize(
    ("block", "answers", "where", "what"),
    [
        ({}, {"get_project": REFUSED}, "project", f"cannot be read with these credentials: {REFUSED}"),
        ({}, {"get_project": OFF}, "project", "its Resource Manager API is off"),
        (ZONE, {"get_managed_zone": LACKING}, "dns.zone", f"is not to be found in my-project: {LACKING}"),
        (
            ZONE,
            {"get_managed_zone": SimpleNamespace(dns_name="example.org.", visibility="public")},
            "dns.zone",
            "is the zone of example.org, which registry.example.com is not in",
        ),
        (
            ZONE,
            {"get_managed_zone": SimpleNamespace(dns_name="ample.com.", visibility="public")},
            "dns.zone",
            "is the zone of ample.com",
        ),
        (
            ZONE,
            {"get_managed_zone": SimpleNamespace(dns_name="example.com.", visibility="private")},
            "dns.zone",
            "is a private zone",
        ),
        (SHARED, {"get_subnetwork": LACKING}, "network.subnetwork", "is not to be found in europe-west1"),
        (
            SHARED,
            {"get_subnetwork": SimpleNamespace(network="https://x/global/networks/other")},
            "network.subnetwork",
            "is one of the network other",
        ),
    ],
)
def test_what_is_in_the_way_is_told(
    monkeypatch: pytest.MonkeyPatch, block: dict[str, Any], answers: dict[str, Any], where: str, what: str
) -> None:
    (found,), _ = _look(monkeypatch, block, **answers)
    assert found.inside == ("vm", *where.split("."))
    assert what in found.what
    assert found.mend


def test_of_a_wrong_project_nothing_more_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    _, google = _look(monkeypatch, {**ZONE, **SHARED}, get_project=REFUSED)
    assert set(google.asked) == {"get_project"}


def test_under_simulation_only_the_tags_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    (found,), google = _look(monkeypatch, {**ZONE, **SHARED}, simulated=True, tags={"Team": "platform"})
    assert (found.inside, found.whole_stack) == (("tags", "Team"), True)
    assert google.asked == {}


def test_a_small_server_is_warned_about(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    _look(monkeypatch, {"machineType": "e2-medium"})
    (warning,) = said
    assert warning.startswith(f"{HOST}: e2-medium has 2 CPUs and 4 GiB of memory: Harbor recommends 4 CPUs and 8 GiB")
