"""What a registry on Docker Hub may be told, and what stands in its way before anything is declared."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pulumi
import pytest
from pydantic import ValidationError

from components._base import Obstacle, Surroundings
from components.docker_hub.api import API_VARIABLE
from components.docker_hub.plans import Plan, limits
from components.docker_hub.preflight import obstacles
from components.docker_hub.registry import DockerHub
from components.docker_hub.settings import DockerHubSettings
from contract.kinds import Environment, Kind
from tests.support.hub import FakeHub

TOKEN = "dckr_pat_canary-19aa02"
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    hub = FakeHub(tokens={"acme-ci": [TOKEN], "acme": ["dckr_oat_canary-55aa"]})
    with hub.serving() as address:
        monkeypatch.setenv(API_VARIABLE, address)
        yield hub


def read(**told: object) -> DockerHubSettings:
    least: dict[str, object] = {
        "kind": Kind.DOCKER_HUB,
        "namespace": "acme",
        "username": "acme-ci",
        "token": TOKEN,
    }
    return DockerHubSettings.model_validate({**least, **told}, by_alias=True, by_name=False)


@pytest.mark.parametrize(
    "told",
    [
        {"namespace": "acme/apps"},
        {"namespace": "docker.io"},
        {"namespace": "Acme"},
        {"namespace": "localhost"},
        {"repositories": {"a": {}}},
        {"repositories": {"Shop": {}}},
        {"repositories": {"team/shop": {}}},
        {"repositories": {"shop": {"public": True}}},
        {"tokenExpires": "soon"},
        {"plan": "enterprise"},
        {"plan": "personal", "repositories": {"shop": {}}},
        {"password": "x"},
        {"private": "yes"},
    ],
)
def test_what_could_not_work_is_refused_without_showing_the_token(told: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        read(**told)
    assert TOKEN not in str(caught.value)


def test_repositories_are_private_unless_they_say_otherwise() -> None:
    told = read(repositories={"shop": {}, "docs": {"private": False}})
    assert told.visibilities() == {"snapdeploy-verify": True, "shop": True, "docs": False}
    assert read(private=False, repositories={"shop": {"private": True}}).visibilities() == {"shop": True}
    assert read(repositories={"shop": {}}, verifyRepository=False).visibilities() == {"shop": True}
    assert read(plan="personal").visibilities() == {"snapdeploy-verify": True}


def test_a_date_is_read_as_yaml_or_a_person_writes_it() -> None:
    for text in ("2027-02-01", "2027-02-01T00:00:00Z", "2027-02-01T01:00:00+01:00"):
        assert read(tokenExpires=text).token_expires == "2027-02-01T00:00:00Z"


def test_the_plans_are_dated_and_say_where_they_are_from() -> None:
    for plan in Plan:
        found = limits(plan)
        datetime.fromisoformat(found.as_of)
        assert found.source.startswith("https://docs.docker.com/")
    assert limits(Plan.PERSONAL).report() == {
        "plan": "personal",
        "private_repositories": 1,
        "pulls": 200,
        "window_hours": 6,
        "as_of": "2026-11-23",
        "source": "https://docs.docker.com/docker-hub/usage/",
    }


def _found(**told: object) -> list[Obstacle]:
    return list(obstacles(read(**told), NOW))


def test_a_token_that_the_hub_knows_is_no_obstacle(fake: FakeHub) -> None:
    assert _found() == []
    assert _found(username="acme", token="dckr_oat_canary-55aa") == []
    assert {path for _, path in fake.asked} == {"/v2/auth/token"}, "a preflight reads, and changes nothing"


@pytest.mark.parametrize(
    ("told", "inside", "what"),
    [
        ({"token": "hunter2-canary"}, ("token",), "no access token"),
        ({"token": f"{TOKEN}\n"}, ("token",), "no access token"),
        ({"adminToken": "hunter2-canary"}, ("adminToken",), "no access token"),
        ({"token": "dckr_oat_canary-55aa"}, ("username",), "is not `acme`"),
        ({"tokenExpires": "2026-11-23"}, ("tokenExpires",), "ended"),
        ({"token": "dckr_pat_canary-wrong"}, ("token",), r"does not open Docker Hub: .*\(HTTP 401\)"),
        ({"adminToken": "dckr_pat_canary-wrong"}, ("adminToken",), "does not open Docker Hub"),
    ],
)
def test_what_is_in_the_way_is_told_at_its_key(
    fake: FakeHub, told: dict[str, object], inside: tuple[str, ...], what: str
) -> None:
    (found,) = _found(**told)
    assert found.inside == inside
    assert re.search(what, found.what)
    assert found.mend
    assert "canary" not in f"{found.what}{found.mend}{found.consequence}"


def test_a_token_that_ends_soon_is_warned_of(fake: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    warned: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda text, *_: warned.append(text))
    assert _found(tokenExpires="2026-12-30") == []
    assert warned == []
    assert _found(tokenExpires="2026-12-01") == []
    assert warned == ["the token for docker.io/acme ends in 7 days: make another one now"]


def test_an_address_that_is_not_here_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(API_VARIABLE, "https://hub.example.com")
    (found,) = _found()
    assert "was not tried" in found.what
    assert found.mend == f"unset {API_VARIABLE}"


def test_nothing_is_asked_under_simulation() -> None:
    surroundings = Surroundings("dev", Environment.DEV, {}, simulated=True)
    assert list(DockerHub.preflight("hub", read(token="simulated-secret"), surroundings)) == []
