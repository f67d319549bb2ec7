"""The verbs for GHCR: what is listed, what is removed, and how each failure ends."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

import ops
from contract.problem import Problems
from github.client import Client
from github.errors import GitHubError
from github.retention import Rules
from oci.errors import RegistryError
from ops.delivered import from_environment
from ops.github_access import Access, open_access
from ops.packages import report
from ops.prune import Pruned, prune
from ops.restore import restore
from tests.support.fake_github import FakeGitHub, Package, Token, Version

CANARY = "ghp_canary0000000000000000000000000000000"
ROOT = Path(ops.__file__).parents[1]
NOW = datetime(2026, 11, 24, tzinfo=UTC)
RULES = Rules(1, timedelta(days=14))
INDEX, PART, OLD, STRAY = (f"sha256:{letter * 64}" for letter in "abcd")
DELIVERED = {"DOCKER_REGISTRY": "ghcr.io/acme/apps", "DOCKER_REGISTRY_PASSWORD": CANARY}


@pytest.fixture
def fake() -> FakeGitHub:
    versions = [
        Version(1, INDEX, ("v2",), "2026-11-01T00:00:00Z"),
        Version(2, PART, (), "2026-10-31T00:00:00Z"),
        Version(3, OLD, ("v1",), "2026-01-01T00:00:00Z"),
        Version(4, STRAY, (), "2026-01-01T00:00:00Z"),
    ]
    return FakeGitHub(
        tokens={CANARY: Token("acme-bot", "write:packages, read:packages, delete:packages")},
        packages={"apps/web": Package("public", "acme/web", versions), "apps/api": Package(), "other": Package()},
    )


def _access(fake: FakeGitHub, environ: dict[str, str] | None = None, **delivered: str) -> Access:
    def connect(token: str, at: str) -> Client:
        return Client(token, address=at, transport=fake.transport(), sleep=lambda _: None)

    return open_access(from_environment({**DELIVERED, **delivered}), environ or {}, connect)


def _read(repository: str, digest: str) -> bytes:
    assert repository == "acme/apps/web"
    parts = [{"digest": PART}] if digest == INDEX else []
    return json.dumps({"schemaVersion": 2, "manifests": parts}).encode()


def _prune(fake: FakeGitHub, *, delete: bool) -> Pruned:
    (done,) = prune(_access(fake), RULES, now=NOW, delete=delete, only=["apps/web"], read=_read)
    return done


def test_the_namespaces_packages_are_listed_with_what_only_a_page_can_do(fake: FakeGitHub) -> None:
    api, web = report(_access(fake))
    assert (api.name, api.visibility, api.repository) == ("apps/api", "private", None)
    assert "Manage Actions access" in api.advice[0]
    assert (web.name, web.visibility, web.repository, web.versions) == ("apps/web", "public", "acme/web", 4)
    assert "delete it and push anew" in web.advice[0]
    assert web.settings == "https://github.com/orgs/acme/packages/container/apps%2Fweb/settings"


def test_a_dry_run_deletes_nothing(fake: FakeGitHub) -> None:
    done = _prune(fake, delete=False)
    assert [version.digest for version in done.plan.removed] == [OLD, STRAY]
    assert done.deleted == ()
    assert {request.method for request in fake.requests} == {"GET"}


def test_what_was_shown_is_deleted_and_nothing_else(fake: FakeGitHub) -> None:
    done = _prune(fake, delete=True)
    assert [version.digest for version in done.deleted] == [OLD, STRAY]
    assert [one.digest for one in fake.packages["apps/web"].versions if one.deleted] == [OLD, STRAY]
    assert _prune(fake, delete=True).deleted == (), "a second run has nothing left to do"


def test_a_deletion_that_fails_ends_the_run(fake: FakeGitHub) -> None:
    fake.tokens[CANARY].scopes = "write:packages, read:packages"
    done = _prune(fake, delete=True)
    assert not done.ok
    assert "delete:packages" in done.failure
    assert done.deleted == ()
    assert len([request for request in fake.requests if request.method == "DELETE"]) == 1


def test_what_was_deleted_comes_back(fake: FakeGitHub) -> None:
    _prune(fake, delete=True)
    done = restore(_access(fake), "apps/web", [3])
    assert (done.versions, done.failure) == ((3,), "")
    assert [one.digest for one in fake.packages["apps/web"].versions if one.deleted] == [STRAY]
    stopped = restore(_access(fake), "apps/web", [4, 99, 3])
    assert stopped.versions == (4,), "what cannot come back ends the run"
    assert "404" in stopped.failure


def test_a_package_of_another_namespace_is_not_touched(fake: FakeGitHub) -> None:
    with pytest.raises(Problems, match="Nothing was restored"):
        restore(_access(fake), "other", [1])
    assert {request.method for request in fake.requests} == {"GET"}


def test_a_manifest_that_cannot_be_read_stops_everything(fake: FakeGitHub) -> None:
    def fails(repository: str, digest: str) -> bytes:
        if digest == INDEX:
            raise RegistryError("pull", "gone")
        return _read(repository, digest)

    (done,) = prune(_access(fake), RULES, now=NOW, delete=True, only=["apps/web"], read=fails)
    assert not done.ok
    assert done.plan.blind == (INDEX,)
    assert not [one for one in fake.packages["apps/web"].versions if one.deleted]


def test_the_token_of_the_environment_comes_first(fake: FakeGitHub) -> None:
    with pytest.raises(GitHubError, match="401"):
        _access(fake, {"GITHUB_TOKEN": "ghp_other"})
    assert _access(fake, {"GITHUB_TOKEN": CANARY}, DOCKER_REGISTRY_PASSWORD="").owner.login == "acme"


@pytest.mark.parametrize(
    ("variables", "environ", "told"),
    [
        ({"DOCKER_REGISTRY": "docker.io/acme"}, {}, "use this verb for GHCR only"),
        ({"DOCKER_REGISTRY": ""}, {}, "run `pulumi up`"),
        ({"DOCKER_REGISTRY": "ghcr.io/a--b"}, {}, "is not a name on GitHub"),
        ({"DOCKER_REGISTRY_PASSWORD": ""}, {}, "set GITHUB_TOKEN"),
        ({}, {"SNAPDEPLOY_SIMULATED": "1"}, "nothing stands in for GitHub's API"),
        ({}, {"SNAPDEPLOY_SIMULATED_GITHUB_API": "http://127.0.0.1:1"}, "unset it"),
    ],
)
def test_what_stands_in_the_way_is_told(
    fake: FakeGitHub, variables: dict[str, str], environ: dict[str, str], told: str
) -> None:
    with pytest.raises(Problems) as caught:
        _access(fake, environ, **variables)
    assert told in str(caught.value)
    assert CANARY not in str(caught.value)
    assert fake.requests == []


@pytest.fixture
def served(fake: FakeGitHub) -> Iterator[dict[str, str]]:
    with fake.serve() as address:
        yield {**DELIVERED, "SNAPDEPLOY_SIMULATED": "1", "SNAPDEPLOY_SIMULATED_GITHUB_API": address}


def _tool(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ops", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_tool_lists_them(served: dict[str, str], fake: FakeGitHub) -> None:
    done = _tool("packages", "--from-environment", **served)
    assert done.returncode == 0, done.stderr
    assert "apps/web  public  acme/web  4 versions" in done.stdout
    assert CANARY not in done.stdout + done.stderr
    as_json = json.loads(_tool("packages", "--from-environment", "--json", **served).stdout)
    assert [one["name"] for one in as_json["packages"]] == ["apps/api", "apps/web"]


def test_the_tool_says_what_failed(served: dict[str, str], fake: FakeGitHub) -> None:
    fake.tokens.clear()
    done = _tool("packages", "--from-environment", "--json", **served)
    assert done.returncode == 1
    assert "401 Bad credentials" in done.stderr
    assert json.loads(done.stdout)["ok"] is False
    assert CANARY not in done.stdout + done.stderr
    gone = _tool("prune", "--from-environment", **{**served, "SNAPDEPLOY_SIMULATED_GITHUB_API": "http://127.0.0.1:9"})
    assert gone.returncode == 3


def test_a_limit_that_ends_too_late_is_no_refusal(served: dict[str, str], fake: FakeGitHub) -> None:
    fake.queue.append(httpx.Response(429, headers={"Retry-After": "9999"}))
    assert _tool("packages", "--from-environment", **served).returncode == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ("--repository", "acme"),
        ("--repository", "a--b/c"),
        ("--repository", "acme/x; rm -rf /"),
        ("--repository", "acme/x", "--app", "Web"),
        ("--repository", "acme/x", "--environment", "a'b"),
        ("--repository", "acme/x", "--environment", "${{ secrets.X }}"),
        (),
    ],
)
def test_a_workflow_is_printed_for_sound_names_only(arguments: tuple[str, ...]) -> None:
    done = _tool("workflow", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
