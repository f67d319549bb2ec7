"""A real registry behind a token service, as GHCR, Docker Hub and Google have one: our client and docker through it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from oci import errors, google
from oci.checks import Name, Proof
from oci.client import Client
from oci.credential import Credential
from oci.image import random_image
from oci.retry import Retry
from ops.delivered import Login
from ops.docker_steps import Steps
from ops.engine import find_engine
from tests.support.registry import NAMESPACE, PASSWORD, USER, RunningRegistry, run_registry
from tests.support.token_service import Asked, Manner, TokenService, too_many

READER = "canary-reader-0d4f"
REPOSITORY = f"{NAMESPACE}/e2e"
ALL = frozenset({"pull", "push", "delete"})


@dataclass(frozen=True)
class Guarded:
    """A registry, and the service that guards it."""

    registry: RunningRegistry
    service: TokenService

    @property
    def user(self) -> str:
        """Whom tokens are asked for."""
        return _user(self.service.manner)

    @property
    def credential(self) -> Credential:
        """The builder's."""
        return Credential(self.user, PASSWORD)

    def client(self, password: str = PASSWORD, **options: object) -> Client:
        """Our client, as the builder."""
        retry = options.get("retry")
        assert retry is None or isinstance(retry, Retry)
        return Client(self.registry.registry.host, Credential(self.user, password), retry=retry)

    def checks(self, password: str = PASSWORD) -> dict[str, tuple[bool, str]]:
        """What the proof finds."""
        proof = Proof(self.registry.registry, Credential(self.user, password))
        return {check.name: (check.ok, check.detail) for check in proof.run()}


def _user(manner: Manner) -> str:
    return google.USER if manner is Manner.GOOGLE else USER


@pytest.fixture(scope="module", params=list(Manner))
def started(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("tokens")
    rights = {PASSWORD: ALL, READER: frozenset({"pull"})}
    manner = Manner(request.param)
    service = TokenService(manner, {PASSWORD: _user(manner), READER: _user(manner)}, rights)
    with service.running(folder) as tokens, run_registry(folder / "registry", tokens=tokens) as registry:
        yield Guarded(registry, service)


@pytest.fixture
def guarded(started: Guarded) -> Iterator[Guarded]:
    started.service.asked.clear()
    started.service.life = 300.0
    yield started
    assert started.service.unknown == []
    assert started.service.busy == []


def test_the_whole_proof_holds(guarded: Guarded) -> None:
    checks = guarded.checks()
    assert {name: detail for name, (ok, detail) in checks.items() if not ok} == {}
    assert "asked for bearer" in checks[Name.LOGIN][1]
    assert "test images deleted" in checks[Name.OVERWRITE][1]


def test_no_more_is_asked_for_than_is_needed(guarded: Guarded) -> None:
    def asked() -> set[tuple[str, ...]]:
        scopes = {scope for request in guarded.service.asked for scope in request.scopes}
        # The registry names the actions in no particular order.
        return {(*scope.split(":")[:2], *sorted(scope.split(":")[2].split(","))) for scope in scopes}

    with guarded.client() as client:
        image = random_image(layers=6)
        client.push_image(REPOSITORY, "scopes", image)
        assert {request.user for request in guarded.service.asked} == {guarded.user}
        assert asked() == {("repository", REPOSITORY, "pull", "push")}
        guarded.service.asked.clear()
        client.read_image(REPOSITORY, image)
        assert asked() <= {("repository", REPOSITORY, "pull")}


def test_a_token_is_fetched_once_for_many_requests(guarded: Guarded) -> None:
    with guarded.client() as client:
        client.push_image(REPOSITORY, "once", random_image())
        guarded.service.asked.clear()
        for _ in range(5):
            client.pull_manifest(REPOSITORY, "once")
    assert len(guarded.service.asked) == 1


def test_a_token_that_ended_early_is_replaced(guarded: Guarded) -> None:
    with guarded.client() as client:
        client.push_image(REPOSITORY, "expiry", random_image())
        # Ended when it arrives, although the service calls it good for five minutes; the registry allows a minute.
        guarded.service.life = -120.0
        with pytest.raises(errors.AuthenticationError):
            client.pull_manifest(f"{NAMESPACE}/other", "expiry")
        guarded.service.life = 300.0
        with pytest.raises(errors.NotFoundError):
            client.pull_manifest(f"{NAMESPACE}/other", "expiry")


def test_a_reader_may_pull_and_not_push(guarded: Guarded) -> None:
    image = random_image()
    with guarded.client() as client:
        client.push_image(REPOSITORY, "readable", image)
    with guarded.client(READER) as client:
        assert client.pull_manifest(REPOSITORY, "readable") == image.manifest
        with pytest.raises((errors.DeniedError, errors.AuthenticationError)) as caught:
            client.push_image(REPOSITORY, "refused", random_image())
    failed = [name for name, (ok, _) in guarded.checks(READER).items() if not ok]
    assert Name.LOGIN not in failed
    assert Name.PUSH in failed
    if guarded.service.manner is Manner.GHCR:
        assert "permission_denied: write_package" in str(caught.value)
        assert "give the token write:packages" in str(caught.value)
    if guarded.service.manner is Manner.GOOGLE:
        assert 'Permission "artifactregistry.repositories.uploadArtifacts" denied' in str(caught.value)
        assert "give the account roles/artifactregistry.writer" in str(caught.value)
    assert READER not in str(caught.value)


def test_a_wrong_password_is_told_in_the_services_words_with_a_remedy(guarded: Guarded) -> None:
    with guarded.client("canary-wrong-1b") as client, pytest.raises(errors.AuthenticationError) as caught:
        client.ping()
    told = str(caught.value)
    if guarded.service.manner is Manner.GHCR:
        assert "User cannot be authenticated with the token provided" in told
        assert "make a classic one with write:packages" in told
    elif guarded.service.manner is Manner.GOOGLE:
        assert "authentication failed (HTTP 401); mend: compare" in told
    else:
        assert "incorrect username or password (HTTP 401); mend: compare" in told
    assert "canary-wrong-1b" not in told


def test_a_stranger_sees_nothing(guarded: Guarded) -> None:
    with guarded.client() as client:
        client.push_image(REPOSITORY, "secret", random_image())
        with client.as_user(None) as anonymous, pytest.raises(errors.AuthenticationError) as caught:
            anonymous.pull_manifest(REPOSITORY, "secret")
        if guarded.service.manner is Manner.GOOGLE:
            assert "no credential reached the registry" in str(caught.value)
    assert Asked("", (f"repository:{REPOSITORY}:pull",)) in guarded.service.asked


def test_a_service_that_asks_to_wait_is_waited_for(guarded: Guarded) -> None:
    waited: list[float] = []
    guarded.service.busy.append(too_many(7))
    with guarded.client(retry=Retry(sleep=waited.append)) as client:
        client.ping()
    assert waited == [7.0]


def test_one_that_asks_for_too_long_is_told_of_at_once(guarded: Guarded) -> None:
    waited: list[float] = []
    guarded.service.busy.append(too_many(3600))
    with (
        guarded.client(retry=Retry(sleep=waited.append)) as client,
        pytest.raises(errors.RateLimitedError, match=r"pull rate limit.*asks to wait 3600 s; mend: Docker Hub's limit"),
    ):
        client.ping()
    assert waited == []


def test_nothing_of_a_password_is_in_the_registrys_log(guarded: Guarded) -> None:
    guarded.checks()
    assert PASSWORD not in guarded.registry.log.read_text(encoding="utf-8", errors="replace")


def test_docker_goes_the_same_way(guarded: Guarded, docker_host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", docker_host)
    login = Login(guarded.registry.registry, guarded.credential, None)
    checks = list(Steps(find_engine(login.registry.host), login).run())
    assert {check.name: check.detail for check in checks if not check.ok} == {}
    assert any(
        "pull,push" in scope or "push,pull" in scope for asked in guarded.service.asked for scope in asked.scopes
    )

    reader = replace(login, credential=Credential(guarded.user, READER))
    (refused,) = [check for check in Steps(find_engine(login.registry.host), reader).run() if not check.ok][:1]
    assert refused.name == "docker-push"
    assert READER not in refused.detail

    wrong = replace(login, credential=Credential(guarded.user, "canary-wrong-2c"))
    first = next(Steps(find_engine(login.registry.host), wrong).run())
    assert not first.ok
    assert "canary-wrong-2c" not in first.detail


def test_a_folder_of_the_service_holds_no_password(guarded: Guarded) -> None:
    folder: Path = guarded.registry.folder.parent
    assert not [file for file in folder.rglob("*.yml") if PASSWORD in file.read_text(encoding="utf-8")]
