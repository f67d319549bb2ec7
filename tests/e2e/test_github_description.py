"""What our client asks of GitHub, and what its double in the tests answers, are as GitHub describes its API."""

import contextlib
from collections.abc import Callable

import httpx
import pytest

from github import packages
from github.client import Client
from github.errors import GitHubError
from github.names import OwnerKind, Visibility
from github.notes import AUTHOR, Done, Notes
from github.packages import Owner
from tests.support import github_description
from tests.support.fake_github import FakeGitHub, Package, Token, Version
from tests.support.fake_repository import FakeRepository, Pull
from tests.support.github_description import Description

TOKEN = "ghp_" + "a" * 36
ACME = Owner("acme", OwnerKind.ORGANIZATION)
SCOPES = "write:packages, read:packages, delete:packages"


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> Description:
    if github_description.npm() is None:
        pytest.skip("NOT CHECKED against GitHub's description of its API: npm, which brings it, is not on this machine")
    return github_description.load(tmp_path_factory.mktemp("npm"))


@pytest.fixture
def seen() -> list[tuple[httpx.Request, httpx.Response]]:
    return []


Opened = Callable[[FakeGitHub], Client]


@pytest.fixture
def opened(seen: list[tuple[httpx.Request, httpx.Response]]) -> Opened:
    """A client of a double, all of whose exchanges are kept."""

    def open_(fake: FakeGitHub) -> Client:
        def exchange(request: httpx.Request) -> httpx.Response:
            answer = fake(request)
            seen.append((request, answer))
            return answer

        return Client(TOKEN, transport=httpx.MockTransport(exchange), sleep=lambda _: None)

    return open_


def _fake(*, organization: bool = True, scopes: str = SCOPES) -> FakeGitHub:
    web = Package("public", "acme/web", [Version(1, "sha256:" + "a" * 64, ("v1",)), Version(2, "sha256:" + "b" * 64)])
    owner = "acme" if organization else "octocat"
    return FakeGitHub(owner, organization, {TOKEN: Token("octocat", scopes)}, {"apps/web": web, "x": Package()})


def _wrong(description: Description, seen: list[tuple[httpx.Request, httpx.Response]]) -> list[str]:
    return [mistake for request, answer in seen for mistake in description.mistakes(request, answer)]


def test_every_request_and_answer_is_as_described(
    description: Description, seen: list[tuple[httpx.Request, httpx.Response]], opened: Opened
) -> None:
    client = opened(_fake())
    packages.describe_token(client)
    packages.owner_kind(client, "acme")
    for visibility in (None, *Visibility):
        list(packages.packages(client, ACME, visibility))
    list(packages.versions(client, ACME, "apps/web"))
    packages.delete_version(client, ACME, "apps/web", 2)
    packages.restore_version(client, ACME, "apps/web", 2)

    client = opened(_fake(organization=False))
    packages.owner_kind(client, "octocat")
    for owner in (Owner("octocat", OwnerKind.USER), Owner("octocat", OwnerKind.USER, own=True)):
        list(packages.packages(client, owner))
        list(packages.versions(client, owner, "apps/web"))
        packages.delete_version(client, owner, "apps/web", 1)
        packages.restore_version(client, owner, "apps/web", 1)
    assert _wrong(description, seen) == []
    assert len(seen) > 15


def test_every_refusal_is_as_described(
    description: Description, seen: list[tuple[httpx.Request, httpx.Response]], opened: Opened
) -> None:
    for fake in (_fake(scopes=""), FakeGitHub()):
        client = opened(fake)
        for ask in (
            packages.describe_token,
            lambda client: list(packages.packages(client, ACME)),
            lambda client: list(packages.versions(client, ACME, "apps/web")),
            lambda client: packages.delete_version(client, ACME, "apps/web", 1),
        ):
            with contextlib.suppress(GitHubError):
                ask(client)
    with contextlib.suppress(GitHubError):
        packages.owner_kind(opened(_fake()), "nobody")
    assert {answer.status_code for _, answer in seen} == {200, 401, 403, 404}
    assert _wrong(description, seen) == []


@pytest.mark.parametrize(
    ("request_", "answer", "told"),
    [
        (httpx.Request("GET", "https://x/orgs/acme/parcels"), httpx.Response(200), "no such path"),
        (httpx.Request("PATCH", "https://x/user/packages"), httpx.Response(200), "no such path and method"),
        (httpx.Request("GET", "https://x/user/packages"), httpx.Response(200, json=[]), "package_type is required"),
        (
            httpx.Request("GET", "https://x/user/packages?package_type=oci"),
            httpx.Response(200, json=[]),
            "package_type cannot be oci",
        ),
        (
            httpx.Request("GET", "https://x/user/packages?package_type=container&size=1"),
            httpx.Response(200, json=[]),
            "no parameter size",
        ),
        (
            httpx.Request("GET", "https://x/user/packages?package_type=container"),
            httpx.Response(200, json=[{"id": "1"}]),
            "'1' is not of type 'integer'",
        ),
        (httpx.Request("GET", "https://x/user"), httpx.Response(418), "does not answer 418"),
    ],
)
def test_what_is_not_as_described_is_noticed(
    description: Description, request_: httpx.Request, answer: httpx.Response, told: str
) -> None:
    assert told in "\n".join(description.mistakes(request_, answer))


def test_notes_are_written_and_read_as_described(
    description: Description, seen: list[tuple[httpx.Request, httpx.Response]], opened: Opened
) -> None:
    commit = "b" * 40
    repository = FakeRepository("acme/registry", pulls=[Pull(7, "octocat", merged_as=commit)])
    bot = Token(AUTHOR, "", permissions={"issues": "write", "pull-requests": "write"})
    notes = Notes(opened(FakeGitHub("acme", tokens={TOKEN: bot}, repository=repository)), "acme/registry")
    assert notes.write_comment(7, "<!-- x -->\none") is Done.CREATED
    assert notes.write_comment(7, "<!-- x -->\ntwo") is Done.EDITED
    (comment,) = notes.comments(7)
    notes.remove_comment(comment)
    assert notes.write_issue("one", "<!-- y -->\none") is Done.CREATED
    assert notes.write_issue("two", "<!-- y -->\ntwo") is Done.EDITED
    assert notes.close_issue("<!-- y -->", "done") is Done.CLOSED
    assert notes.pulls_merged_as(commit) == [7]
    bot.permissions = {}
    with contextlib.suppress(GitHubError):
        notes.write_issue("three", "<!-- z -->\n")
    assert _wrong(description, seen) == []
    assert len(seen) > 12
