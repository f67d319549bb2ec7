"""What is in the way of a registry on GHCR is told before anything is declared."""

from datetime import UTC, datetime
from typing import Any

import pytest

from components._base import Surroundings
from components.ghcr import preflight
from components.ghcr.preflight import Look
from components.ghcr.registry import Ghcr
from components.ghcr.settings import GhcrSettings
from contract.kinds import Environment
from github.client import Client
from tests.support.fake_github import FakeGitHub, Package, Token

CANARY = "ghp_canary0000000000000000000000000000000"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
CREDENTIAL = {"username": "acme-bot", "token": CANARY}


@pytest.fixture
def fake() -> FakeGitHub:
    return FakeGitHub(tokens={CANARY: Token("acme-bot")})


def _settings(**told: Any) -> GhcrSettings:
    return GhcrSettings.model_validate({"namespace": "acme/apps", "credential": CREDENTIAL, **told})


def _look(
    fake: FakeGitHub,
    settings: GhcrSettings | None = None,
    environment: Environment = Environment.DEV,
    environ: dict[str, str] | None = None,
) -> Look:
    def connect(token: str, address: str) -> Client:
        return Client(token, address=address, transport=fake.transport(), sleep=lambda _: None)

    seen = preflight.look(settings or _settings(), environment, environ or {}, connect=connect, now=NOW)
    assert CANARY not in repr(seen), "a token is never part of a message"
    return seen


def test_a_good_token_is_in_nobodys_way(fake: FakeGitHub) -> None:
    fake.tokens[CANARY].expires = "2027-05-01 00:00:00 UTC"
    assert _look(fake) == Look((), (), "2027-05-01T00:00:00Z")


def test_a_token_without_an_end_ends_never(fake: FakeGitHub) -> None:
    assert _look(fake) == Look((), (), None)


@pytest.mark.parametrize(("ends", "days"), [("2026-12-08 00:00:00 UTC", 14), ("2026-11-24 01:00:00 UTC", 0)])
def test_a_token_that_ends_soon_is_a_warning(fake: FakeGitHub, ends: str, days: int) -> None:
    fake.tokens[CANARY].expires = ends
    seen = _look(fake)
    assert seen.obstacles == ()
    (warning,) = seen.warnings
    assert f"ends in {days} days" in warning


def test_fifteen_days_are_no_warning_yet(fake: FakeGitHub) -> None:
    fake.tokens[CANARY].expires = "2026-12-09 00:00:00 UTC"
    assert _look(fake).warnings == ()


def test_an_ended_or_revoked_token_is_refused(fake: FakeGitHub) -> None:
    fake.tokens.clear()
    (obstacle,) = _look(fake).obstacles
    assert obstacle.inside == ("credential", "token")
    assert "revoked, or has ended" in obstacle.what
    assert "settings/tokens/new?scopes=write:packages" in obstacle.mend


def test_a_token_that_has_ended_is_refused_even_where_github_still_answers(fake: FakeGitHub) -> None:
    fake.tokens[CANARY].expires = "2026-11-24 00:00:00 UTC"
    (obstacle,) = _look(fake).obstacles
    assert obstacle.what == "has ended at 2026-11-24T00:00:00Z"


def test_a_token_that_cannot_push_is_refused(fake: FakeGitHub) -> None:
    fake.tokens[CANARY].scopes = "read:packages"
    (obstacle,) = _look(fake).obstacles
    assert obstacle.what == "lacks the scope write:packages"


def test_a_token_that_can_do_more_is_a_warning(fake: FakeGitHub) -> None:
    fake.tokens[CANARY].scopes = "repo, write:packages, admin:org"
    (warning,) = _look(fake).warnings
    assert "admin:org, repo" in warning


def test_somebody_elses_token_is_refused(fake: FakeGitHub) -> None:
    fake.tokens[CANARY].login = "stranger"
    (obstacle,) = _look(fake).obstacles
    assert obstacle.inside == ("credential", "username")
    assert obstacle.mend.startswith("write `username: stranger`")


def test_nobody_makes_packages_under_another_users_name(fake: FakeGitHub) -> None:
    fake.organization = False
    (obstacle,) = _look(fake, _settings(ownerKind="user")).obstacles
    assert obstacle.inside == ("namespace",)
    fake.owner = "acme-bot"
    assert _look(fake, _settings(namespace="acme-bot", ownerKind="user")).obstacles == ()


def test_a_user_is_no_organization(fake: FakeGitHub) -> None:
    fake.organization = False
    (obstacle,) = _look(fake).obstacles
    assert (obstacle.inside, obstacle.mend) == (("ownerKind",), "write `ownerKind: user`")


def test_an_owner_that_does_not_exist_is_told(fake: FakeGitHub) -> None:
    (obstacle,) = _look(fake, _settings(namespace="nobody")).obstacles
    assert "say who nobody is" in obstacle.what


@pytest.mark.parametrize("token", ["github_pat_" + "a" * 82, "ghs_" + "a" * 36, "ghu_" + "a" * 36, "gho_" + "a" * 36])
def test_a_kind_that_cannot_push_is_refused_without_asking(fake: FakeGitHub, token: str) -> None:
    (obstacle,) = _look(fake, _settings(credential={"username": "x", "token": token})).obstacles
    assert "cannot be used here" in obstacle.what
    assert fake.requests == []


def test_a_public_package_is_refused_in_production_only(fake: FakeGitHub) -> None:
    fake.packages = {"apps/web": Package("public"), "apps/api": Package(), "other": Package("public")}
    assert _look(fake).obstacles == ()
    (obstacle,) = _look(fake, environment=Environment.PROD).obstacles
    assert obstacle.inside == ("visibility",)
    assert obstacle.what == "is private, but the package apps/web is public"
    assert "https://github.com/orgs/acme/packages/container/apps%2Fweb/settings" in obstacle.mend
    assert "'Delete this package'" in obstacle.mend
    assert _look(fake, _settings(visibility="public"), Environment.PROD).obstacles == ()


def test_an_internal_package_is_more_open_than_a_private_one(fake: FakeGitHub) -> None:
    fake.packages = {"apps/web": Package("internal")}
    (obstacle,) = _look(fake, environment=Environment.PROD).obstacles
    assert "'Change visibility', choose 'Private'" in obstacle.mend
    assert _look(fake, _settings(visibility="internal"), Environment.PROD).obstacles == ()


def test_a_hundred_public_packages_are_ten_lines(fake: FakeGitHub) -> None:
    fake.packages = {f"apps/{number}": Package("public") for number in range(100)}
    assert len(_look(fake, environment=Environment.PROD).obstacles) == 10


def test_without_a_credential_the_deployments_token_looks(fake: FakeGitHub) -> None:
    fake.packages = {"apps/web": Package("public")}
    settings = _settings(credential=None)
    seen = _look(fake, settings, Environment.PROD, {"GITHUB_TOKEN": CANARY})
    assert len(seen.obstacles) == 1
    assert seen.expires_at is None, "that token is not the builder's"
    unseen = _look(fake, settings, Environment.PROD)
    assert "was not looked at" in unseen.warnings[0]
    assert _look(fake, settings) == Look((), (), None)
    fake.tokens.clear()
    refused = _look(fake, settings, Environment.PROD, {"GITHUB_TOKEN": CANARY})
    assert refused.obstacles == ()
    assert "is not known" in refused.warnings[0]


def test_a_simulation_without_a_double_asks_nobody(fake: FakeGitHub) -> None:
    environ = {"SNAPDEPLOY_SIMULATED": "1", "GITHUB_TOKEN": CANARY}
    assert _look(fake, environment=Environment.PROD, environ=environ) == Look((), (), None)
    simulated = _settings(credential={"username": "acme-bot", "token": "simulated-secret"})
    assert _look(fake, simulated, environ=environ) == Look((), (), None)
    wrong = _settings(credential={"username": "acme-bot", "token": "ghs_" + "a" * 36})
    assert len(_look(fake, wrong, environ=environ).obstacles) == 1
    assert fake.requests == []


def test_another_address_outside_a_simulation_is_refused(fake: FakeGitHub) -> None:
    (obstacle,) = _look(fake, environ={"SNAPDEPLOY_SIMULATED_GITHUB_API": "http://127.0.0.1:1"}).obstacles
    assert "no simulation" in obstacle.what
    assert fake.requests == []


def test_what_the_preflight_saw_reaches_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "look", lambda *_: Look((), (), "2027-05-01T00:00:00Z"))
    assert list(Ghcr.preflight("kept", _settings(), Surroundings("dev", Environment.DEV, {}))) == []
    assert Ghcr._ends["kept"] == "2027-05-01T00:00:00Z"
