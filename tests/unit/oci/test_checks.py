"""Each check holds where it should, and fails where the promise is broken."""

import json
from collections.abc import Callable
from functools import partial

import httpx
import pytest

from contract.image import Registry
from oci.checks import Check, Name, Proof
from oci.client import Client
from oci.credential import Credential
from oci.retry import Retry
from tests.support.fake_registry import FakeRegistry, error
from tests.unit.oci.conftest import CREDENTIAL, Handler

REGISTRY = Registry("registry.example.com", "team/apps")


def checked(
    monkeypatch: pytest.MonkeyPatch,
    handler: Handler,
    immutable: bool | None = None,
    credential: Credential = CREDENTIAL,
) -> tuple[dict[str, Check], Proof]:
    transport = httpx.MockTransport(handler)
    monkeypatch.setattr("oci.checks.Client", partial(Client, transport=transport))
    proof = Proof(REGISTRY, credential, immutable=immutable, retry=Retry(sleep=lambda _: None))
    found = list(proof.run())
    assert [check.name for check in found] == [str(name) for name in Name]
    return {check.name: check for check in found}, proof


def failed(checks: dict[str, Check]) -> list[str]:
    return [check.name for check in checks.values() if not check.ok]


def test_a_good_registry_holds_and_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeRegistry(CREDENTIAL)
    checks, proof = checked(monkeypatch, fake)
    assert failed(checks) == []
    assert not proof.unreachable
    assert (fake.tags, fake.manifests) == ({}, {})


def test_what_is_left_to_pull_is_told_where_the_registry_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    checks, _ = checked(monkeypatch, FakeRegistry(CREDENTIAL, pulls=80))
    assert checks[Name.PULL_BY_DIGEST].detail.endswith("bytes as pushed; 79 of 100 pulls in 6 h left")
    checks, _ = checked(monkeypatch, FakeRegistry(CREDENTIAL))
    assert checks[Name.PULL_BY_DIGEST].detail.endswith("bytes as pushed")


@pytest.mark.parametrize(
    ("is_immutable", "expected", "holds"),
    [
        (False, None, True),
        (True, None, True),
        (True, True, True),
        (False, False, True),
        (True, False, False),
        (False, True, False),
    ],
)
def test_overwriting_is_compared_with_what_was_promised(
    monkeypatch: pytest.MonkeyPatch, is_immutable: bool, expected: bool | None, holds: bool
) -> None:
    fake = FakeRegistry(CREDENTIAL, immutable=is_immutable)
    checks, _ = checked(monkeypatch, fake, immutable=expected)
    assert failed(checks) == ([] if holds else [Name.OVERWRITE])
    assert ("refused with HTTP 400" if is_immutable else "accepted") in checks[Name.OVERWRITE].detail
    assert fake.manifests == {}


def test_a_registry_that_refuses_deletion_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    checks, _ = checked(monkeypatch, FakeRegistry(CREDENTIAL, deletes=False))
    assert failed(checks) == []
    assert "refuses to delete test images (HTTP 405)" in checks[Name.OVERWRITE].detail


def test_an_open_registry_fails_both_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    checks, _ = checked(monkeypatch, FakeRegistry())
    assert failed(checks) == [Name.WRONG_PASSWORD_REFUSED, Name.ANONYMOUS_REFUSED]
    assert "may pull and push" in checks[Name.ANONYMOUS_REFUSED].detail


def test_a_publicly_readable_registry_fails_the_anonymous_check(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeRegistry(CREDENTIAL)

    def handler(request: httpx.Request) -> httpx.Response:
        if request.method == "GET" and "/manifests/" in request.url.path and "Authorization" not in request.headers:
            request.headers["Authorization"] = CREDENTIAL.basic()
        return fake(request)

    checks, _ = checked(monkeypatch, handler)
    assert Name.ANONYMOUS_REFUSED in failed(checks)
    assert "may pull;" in checks[Name.ANONYMOUS_REFUSED].detail


def test_a_wrong_login_is_told_and_nothing_is_pushed(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeRegistry(CREDENTIAL)
    checks, proof = checked(monkeypatch, fake, credential=Credential("builder", "wrong"))
    assert not proof.unreachable
    assert "HTTP 401" in checks[Name.LOGIN].detail
    assert checks[Name.PUSH].detail == "not run: login failed"
    assert checks[Name.TAGS].detail == "not run: push failed"
    assert not checks[Name.WRONG_PASSWORD_REFUSED].ok
    assert checks[Name.ANONYMOUS_REFUSED].ok
    assert fake.blobs == {}


def test_a_dead_registry_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[Errno 111] Connection refused")

    checks, proof = checked(monkeypatch, handler)
    assert proof.unreachable
    assert len(failed(checks)) == len(Name)
    assert "Connection refused" in checks[Name.LOGIN].detail
    assert {check.detail for check in list(checks.values())[1:]} == {"not run: the registry does not answer"}


@pytest.mark.parametrize(
    ("broken", "check"),
    [
        (lambda r: r.method == "PUT" and "/manifests/" in r.url.path, Name.PUSH),
        (lambda r: r.method == "GET" and "/manifests/sha256" in r.url.path, Name.PULL_BY_DIGEST),
        (lambda r: r.method == "GET" and "/blobs/" in r.url.path, Name.PULL_BY_DIGEST),
        (lambda r: "/tags/list" in r.url.path, Name.TAGS),
    ],
)
def test_what_is_broken_fails_its_own_check(
    monkeypatch: pytest.MonkeyPatch, broken: Callable[[httpx.Request], bool], check: Name
) -> None:
    fake = FakeRegistry(CREDENTIAL)

    def handler(request: httpx.Request) -> httpx.Response:
        authorised = request.headers.get("Authorization") == CREDENTIAL.basic()
        return error(403, "DENIED", "no") if authorised and broken(request) else fake(request)

    checks, _ = checked(monkeypatch, handler)
    assert not checks[check].ok
    assert "HTTP 403" in checks[check].detail
    assert checks[Name.LOGIN].ok


@pytest.mark.parametrize("refuses", [True, False])
def test_an_overwrite_whose_answer_is_a_lie_fails(monkeypatch: pytest.MonkeyPatch, refuses: bool) -> None:
    fake = FakeRegistry(CREDENTIAL)
    pushes = 0

    def handler(request: httpx.Request) -> httpx.Response:
        nonlocal pushes
        second = False
        if request.method == "PUT" and "/manifests/" in request.url.path:
            pushes += 1
            second = pushes == 2
        if second and not refuses:
            return httpx.Response(201)  # says yes, keeps the old
        answer = fake(request)
        return error(400, "TAG_INVALID", "immutable") if second else answer  # says no, took the new

    checks, _ = checked(monkeypatch, handler)
    assert failed(checks) == [Name.OVERWRITE]
    assert "shows other content" in checks[Name.OVERWRITE].detail


def test_an_empty_open_registry_does_not_pass_for_not_having_the_image(monkeypatch: pytest.MonkeyPatch) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v2/":
            return httpx.Response(200)
        if request.method == "GET":
            return error(404, "MANIFEST_UNKNOWN", "manifest unknown")
        return error(403, "DENIED", "read-only")

    checks, _ = checked(monkeypatch, handler)
    assert not checks[Name.PUSH].ok
    assert not checks[Name.ANONYMOUS_REFUSED].ok


def test_a_tag_that_is_not_listed_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeRegistry(CREDENTIAL)

    def handler(request: httpx.Request) -> httpx.Response:
        answer = fake(request)
        if "/tags/list" in request.url.path and answer.status_code == 200:
            return httpx.Response(200, content=json.dumps({"tags": ["other"]}))
        return answer

    checks, _ = checked(monkeypatch, handler)
    assert failed(checks) == [Name.TAGS]


@pytest.mark.parametrize("after", range(1, len(Name)))
def test_stopping_early_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    fake = FakeRegistry(CREDENTIAL)
    monkeypatch.setattr("oci.checks.Client", partial(Client, transport=fake.transport()))
    running = Proof(REGISTRY, CREDENTIAL).run()
    for _ in range(after):
        next(running)
    running.close()
    assert (fake.tags, fake.manifests) == ({}, {})


def test_the_wrong_password_is_surely_another(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeRegistry(CREDENTIAL)
    checked(monkeypatch, fake)
    sent = {request.headers["Authorization"] for request in fake.requests if "Authorization" in request.headers}
    assert len(sent) == 2


def test_no_secret_is_in_any_result(monkeypatch: pytest.MonkeyPatch) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        return error(403, "DENIED", f"{request.headers.get('Authorization')} {CREDENTIAL.password} {request.url}")

    checks, proof = checked(monkeypatch, handler)
    assert CREDENTIAL.password not in f"{checks} {proof!r} {CREDENTIAL!r}"


def unscanned(fake: FakeRegistry, times: int) -> Handler:
    """Harbor with a project that blocks by findings: an image that was not scanned yet is refused, `times` times."""
    left = [times]

    def handler(request: httpx.Request) -> httpx.Response:
        reads = request.method == "GET" and "/manifests/" in request.url.path
        answer = fake(request)
        if not reads or answer.status_code != 200 or left[0] == 0:
            return answer
        left[0] -= 1
        said = "current image without vulnerability scanning cannot be pulled due to configured policy"
        return error(412, "PROJECTPOLICYVIOLATION", said)

    return handler


def test_an_image_is_pulled_once_it_was_scanned(monkeypatch: pytest.MonkeyPatch) -> None:
    checks, _ = checked(monkeypatch, unscanned(FakeRegistry(CREDENTIAL), 4))
    assert failed(checks) == []


def test_an_image_that_is_never_scanned_fails_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    checks, _ = checked(monkeypatch, unscanned(FakeRegistry(CREDENTIAL), 10_000))
    assert Name.PULL_BY_DIGEST in failed(checks)
    assert "see whether the registry's scanner works" in checks[Name.PULL_BY_DIGEST].detail
