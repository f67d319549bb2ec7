"""The client waits as GitHub asks, within bounds; says what failed; and never lets its token out."""

from collections.abc import Callable

import httpx
import pytest

from github import packages
from github.address import DOUBLE, api
from github.client import Client
from github.errors import GitHubError, Why
from github.names import OwnerKind, Visibility
from github.packages import Owner
from tests.support.fake_github import FakeGitHub, Package, Token, Version

CANARY = "ghp_canary0000000000000000000000000000000"
ACME = Owner("acme", OwnerKind.ORGANIZATION)


@pytest.fixture
def fake() -> FakeGitHub:
    return FakeGitHub(tokens={CANARY: Token("acme-bot")})


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def client(fake: FakeGitHub, slept: list[float]) -> Client:
    return Client(CANARY, transport=fake.transport(), sleep=slept.append, clock=lambda: 1000.0)


def test_it_says_whose_token_it_is(client: Client) -> None:
    found = packages.describe_token(client)
    assert (found.login, found.can_push) == ("acme-bot", True)
    assert packages.owner_kind(client, "acme") is OwnerKind.ORGANIZATION


def test_every_page_of_a_list_is_read(client: Client, fake: FakeGitHub) -> None:
    fake.packages = {f"apps/{number}": Package() for number in range(205)}
    assert [one.name for one in packages.packages(client, ACME)] == list(fake.packages)
    assert [request.url.params.get("page") for request in fake.requests] == [None, "2", "3"]
    assert {request.url.params["package_type"] for request in fake.requests} == {"container"}


@pytest.mark.parametrize(
    "address", ["https://elsewhere.invalid/x", "http://api.github.com/x", "https://api.github.com:444/x"]
)
def test_a_page_at_another_address_is_not_asked_for(client: Client, fake: FakeGitHub, address: str) -> None:
    fake.queue.append(httpx.Response(200, json=[], headers={"Link": f'<{address}>; rel="next"'}))
    with pytest.raises(GitHubError, match="another address"):
        list(packages.packages(client, ACME))
    assert len(fake.requests) == 1


def test_packages_and_versions_have_what_the_api_tells(client: Client, fake: FakeGitHub) -> None:
    old = Version(7, "sha256:" + "a" * 64, ("v1", "latest"), "2026-01-02T03:04:05Z")
    fake.packages = {"apps/web": Package("public", "acme/web", [old]), "x": Package()}
    web, other = packages.packages(client, ACME)
    assert (web.visibility, web.repository, web.versions) == (Visibility.PUBLIC, "acme/web", 1)
    assert other.repository == ""
    (version,) = packages.versions(client, ACME, "apps/web")
    assert (version.id, version.digest, version.tags) == (7, old.digest, ("v1", "latest"))
    assert version.created_at.isoformat() == "2026-01-02T03:04:05+00:00"
    assert fake.requests[-1].url.raw_path.startswith(b"/orgs/acme/packages/container/apps%2Fweb/versions?")


def test_a_version_is_deleted_and_restored(client: Client, fake: FakeGitHub) -> None:
    fake.tokens[CANARY] = Token("acme-bot", "write:packages, read:packages, delete:packages")
    fake.packages = {"apps/web": Package(versions=[Version(7, "sha256:" + "a" * 64)])}
    packages.delete_version(client, ACME, "apps/web", 7)
    assert list(packages.versions(client, ACME, "apps/web")) == []
    packages.restore_version(client, ACME, "apps/web", 7)
    assert len(list(packages.versions(client, ACME, "apps/web"))) == 1


def test_a_users_own_packages_are_asked_for_as_their_own(client: Client, fake: FakeGitHub) -> None:
    fake.owner, fake.organization = "acme-bot", False
    fake.packages = {"a": Package(), "b": Package("public")}
    own, others = Owner("acme-bot", OwnerKind.USER, own=True), Owner("acme-bot", OwnerKind.USER)
    assert [one.name for one in packages.packages(client, own)] == ["a", "b"]
    assert [one.name for one in packages.packages(client, others)] == ["b"]


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (httpx.Response(429, headers={"Retry-After": "7"}), 7.0),
        (httpx.Response(403, headers={"Retry-After": "3"}), 3.0),
        (httpx.Response(403, headers={"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1030"}), 30.0),
        (httpx.Response(429), 60.0),
        (httpx.Response(503), 1.0),
    ],
)
def test_it_waits_as_long_as_it_is_asked_to(
    client: Client, fake: FakeGitHub, slept: list[float], answer: httpx.Response, wait: float
) -> None:
    fake.queue.append(answer)
    assert packages.describe_token(client).login == "acme-bot"
    assert slept == [wait]


@pytest.mark.parametrize(
    "header", [{"Retry-After": "3600"}, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "5000"}]
)
def test_it_does_not_stand_still_for_an_hour(
    client: Client, fake: FakeGitHub, slept: list[float], header: dict[str, str]
) -> None:
    fake.queue.append(httpx.Response(403, headers=header))
    with pytest.raises(GitHubError, match="too many requests") as caught:
        packages.describe_token(client)
    assert caught.value.why is Why.LIMITED
    assert slept == []


def test_all_waits_together_are_bounded(client: Client, fake: FakeGitHub, slept: list[float]) -> None:
    fake.queue += [httpx.Response(429, headers={"Retry-After": "25"})] * 4
    with pytest.raises(GitHubError):
        packages.describe_token(client)
    assert slept == [25.0, 25.0]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (httpx.Response(401, json={"message": "Bad credentials"}), Why.UNAUTHORIZED),
        (httpx.Response(403, json={"message": "Resource not accessible"}), Why.FORBIDDEN),
        (httpx.Response(404), Why.NOT_FOUND),
        (httpx.Response(301, headers={"Location": "https://elsewhere.invalid/user"}), Why.NOT_FOUND),
        (httpx.Response(418, text="<html>"), Why.UNEXPECTED),
        (httpx.Response(200, text="<html>"), Why.UNEXPECTED),
        (httpx.Response(200, json=["x"]), Why.UNEXPECTED),
        (httpx.Response(200, json={}), Why.UNEXPECTED),
    ],
)
def test_a_failure_is_told_apart_and_not_tried_again(
    client: Client, fake: FakeGitHub, slept: list[float], answer: httpx.Response, why: Why
) -> None:
    fake.queue.append(answer)
    with pytest.raises(GitHubError) as caught:
        packages.describe_token(client)
    assert caught.value.why is why
    assert caught.value.mend
    assert slept == []
    assert len(fake.requests) == 1, "a redirect is not followed: it would carry the token along"


@pytest.mark.parametrize(
    "entries",
    [["x"], [{}], [{"name": "a", "visibility": "secret", "updated_at": "2026-01-01T00:00:00Z"}], {"message": "x"}],
)
def test_a_list_of_another_form_is_refused(client: Client, fake: FakeGitHub, entries: object) -> None:
    fake.queue.append(httpx.Response(200, json=entries))
    with pytest.raises(GitHubError) as caught:
        list(packages.packages(client, ACME))
    assert caught.value.why is Why.UNEXPECTED


def test_a_list_without_an_end_is_given_up(client: Client) -> None:
    link = {"Link": '<https://api.github.com/x?page=2>; rel="next"'}
    endless = Client(CANARY, transport=httpx.MockTransport(lambda _: httpx.Response(200, json=[], headers=link)))
    with pytest.raises(GitHubError, match="more than"):
        list(endless.pages("/x", "list"))


def test_the_token_is_in_no_failure(fake: FakeGitHub, client: Client) -> None:
    fake.queue.append(httpx.Response(401, json={"message": f"no such token {CANARY}\x1b[31m\n"}))
    with pytest.raises(GitHubError) as caught:
        packages.describe_token(client)
    shown = f"{caught.value} {caught.value!r} {caught.value.reason}"
    assert CANARY not in shown
    assert "\x1b" not in shown
    assert "***" in shown


def _refuses(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody listens")


def _drops(_: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("gone")


@pytest.mark.parametrize(
    ("answers", "method", "attempts"), [(_refuses, "DELETE", 4), (_drops, "GET", 4), (_drops, "DELETE", 1)]
)
def test_what_may_have_happened_is_not_asked_again(
    answers: Callable[[httpx.Request], httpx.Response], method: str, attempts: int
) -> None:
    slept: list[float] = []
    client = Client(CANARY, transport=httpx.MockTransport(answers), sleep=slept.append)
    with pytest.raises(GitHubError) as caught:
        client.send(method, "/x", "do it")
    assert caught.value.why is Why.UNREACHABLE
    assert len(slept) == attempts - 1


def test_another_address_is_taken_in_a_simulation_and_on_loopback_only() -> None:
    assert api({}) == "https://api.github.com"
    assert api({"SNAPDEPLOY_SIMULATED": "1"}) is None
    assert api({"SNAPDEPLOY_SIMULATED": "1", DOUBLE: "http://127.0.0.1:8080/"}) == "http://127.0.0.1:8080"
    with pytest.raises(ValueError, match="no simulation"):
        api({DOUBLE: "http://127.0.0.1:8080"})
    for elsewhere in (
        "http://10.0.0.1:80",
        "https://127.0.0.1",
        "http://127.0.0.1.evil.test",
        "http://a@evil.test",
        "x",
    ):
        with pytest.raises(ValueError, match="this machine only"):
            api({"SNAPDEPLOY_SIMULATED": "1", DOUBLE: elsewhere})
