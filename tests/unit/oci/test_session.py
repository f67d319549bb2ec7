"""The rules of every request: trying again, redirects, bounds, proxies."""

import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest

from oci import errors
from oci.blob import Blob, Descriptor
from oci.client import Client
from tests.support.fake_registry import FakeRegistry, error, streamed
from tests.unit.oci.conftest import CREDENTIAL, Connect

BLOB = Blob.of_bytes("application/octet-stream", b"content")


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_registry_is_asked_again(connect: Connect, pauses: list[float], status: int) -> None:
    answers = iter([httpx.Response(status), httpx.Response(status), httpx.Response(200)])
    with connect(lambda _: next(answers)) as client:
        client.ping()
    assert len(pauses) == 2
    assert 0.2 <= pauses[0] <= 0.4 <= pauses[1] <= 0.8


@pytest.mark.parametrize(("status", "family"), [(429, errors.RateLimitedError), (503, errors.UnavailableError)])
def test_patience_has_an_end(
    connect: Connect, pauses: list[float], status: int, family: type[errors.RegistryError]
) -> None:
    with connect(lambda _: httpx.Response(status)) as client, pytest.raises(family):
        client.ping()
    assert len(pauses) == 3


@pytest.mark.parametrize("status", [400, 403, 404, 500, 501])
def test_a_definite_answer_is_not_asked_for_again(connect: Connect, pauses: list[float], status: int) -> None:
    with connect(lambda _: httpx.Response(status)) as client, pytest.raises(errors.RegistryError):
        client.ping()
    assert pauses == []


def test_retry_after_is_obeyed(connect: Connect, pauses: list[float]) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=10))
    answers = iter(
        [
            httpx.Response(429, headers={"Retry-After": "7"}),
            httpx.Response(503, headers={"Retry-After": later}),
            httpx.Response(429, headers={"Retry-After": "rubbish"}),
            httpx.Response(200),
        ]
    )
    with connect(lambda _: next(answers)) as client:
        client.ping()
    assert pauses[0] == 7.0
    assert 8.0 <= pauses[1] <= 10.0
    assert pauses[2] < 2.0


def test_a_registry_that_asks_for_too_much_patience_gets_none(connect: Connect, pauses: list[float]) -> None:
    with (
        connect(lambda _: httpx.Response(429, headers={"Retry-After": "3600"})) as client,
        pytest.raises(errors.RateLimitedError, match="asks to wait 3600 s"),
    ):
        client.ping()
    assert pauses == []


def test_an_upload_is_not_begun_twice_after_503(connect: Connect, pauses: list[float]) -> None:
    with connect(lambda _: httpx.Response(503)) as client, pytest.raises(errors.UnavailableError):
        client.push_blob("a/b", BLOB)
    assert pauses == []


def test_an_upload_refused_by_429_is_sent_again_whole(connect: Connect, pauses: list[float]) -> None:
    fake = FakeRegistry()
    refusals = iter([httpx.Response(429)])

    def handler(request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            request.read()
            return next(refusals, None) or fake(request)
        return fake(request)

    with connect(handler) as client:
        client.push_blob("a/b", BLOB)
    assert fake.blobs == {BLOB.descriptor.digest: b"content"}
    assert len(pauses) == 1


@pytest.mark.parametrize(
    ("failure", "times"),
    [
        (httpx.ConnectError("[Errno 111] Connection refused"), 4),
        (httpx.ConnectTimeout("late"), 4),
        (httpx.RemoteProtocolError("Server disconnected"), 4),
        (httpx.ReadTimeout("late"), 1),
        (httpx.UnsupportedProtocol("ftp"), 1),
    ],
)
def test_only_transient_failures_are_tried_again(connect: Connect, failure: httpx.TransportError, times: int) -> None:
    asked = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise failure

    with connect(handler) as client, pytest.raises(errors.UnreachableError):
        client.ping()
    assert len(asked) == times


def test_a_certificate_that_is_not_trusted_is_not_tried_again(connect: Connect, pauses: list[float]) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("x") from ssl.SSLCertVerificationError(1, "certificate verify failed")

    with connect(handler) as client, pytest.raises(errors.UntrustedError):
        client.ping()
    assert pauses == []


def test_an_upload_that_broke_off_is_not_begun_twice(connect: Connect, pauses: list[float]) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.RemoteProtocolError("Server disconnected")

    with connect(handler) as client, pytest.raises(errors.UnreachableError):
        client.push_blob("a/b", BLOB)
    assert pauses == []


def test_a_blob_store_elsewhere_never_sees_the_credential(connect: Connect) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if request.url.host == "blobs.example.net":
            return streamed(b"content")
        if "Authorization" not in request.headers:
            return httpx.Response(401, headers={"WWW-Authenticate": 'Basic realm="r"'})
        return httpx.Response(307, headers={"Location": "https://blobs.example.net/x?signature=s3cr3t"})

    with connect(handler) as client:
        assert b"".join(client.pull_blob("a/b", BLOB.descriptor)) == b"content"
    assert seen[-2].headers["Authorization"] == CREDENTIAL.basic()
    assert "Authorization" not in seen[-1].headers


def test_a_blob_store_cannot_ask_for_the_credential(connect: Connect) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if request.url.host == "blobs.example.net":
            return httpx.Response(401, headers={"WWW-Authenticate": 'Bearer realm="https://thief.example/"'})
        return httpx.Response(302, headers={"Location": "https://blobs.example.net/x"})

    with connect(handler) as client, pytest.raises(errors.AuthenticationError):
        list(client.pull_blob("a/b", BLOB.descriptor))
    assert [request.url.host for request in seen] == ["registry.example.com", "blobs.example.net"]


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://blobs.example.net/x?sig=s3cr3t", "neither HTTPS"),
        ("http://registry.example.com/x?sig=s3cr3t", "neither HTTPS"),
        ("http://127.0.0.1:22/?sig=s3cr3t", "neither HTTPS"),
        ("https://me:s3cr3t@blobs.example.net/x", "user name"),
        ("https://registry.example.com/v2/a/b/blobs/again?sig=s3cr3t", "more than 5 times"),
    ],
)
def test_an_unsafe_or_endless_redirect_is_refused_and_not_shown(connect: Connect, location: str, why: str) -> None:
    with (
        connect(lambda _: httpx.Response(307, headers={"Location": location})) as client,
        pytest.raises(errors.ProtocolError, match=why) as caught,
    ):
        list(client.pull_blob("a/b", BLOB.descriptor))
    assert "s3cr3t" not in f"{caught.value} {caught.value!r}"


def test_an_upload_may_go_elsewhere_but_not_with_the_credential(connect: Connect) -> None:
    seen: dict[str, httpx.Headers] = {}

    def handler(request: httpx.Request) -> httpx.Response:
        seen[request.url.host] = request.headers
        if request.url.host == "uploads.example.net":
            request.read()
            return httpx.Response(201)
        if "Authorization" not in request.headers:
            return httpx.Response(401, headers={"WWW-Authenticate": 'Basic realm="r"'})
        return httpx.Response(202, headers={"Location": "https://uploads.example.net/u?_state=s"})

    with connect(handler) as client:
        client.push_blob("a/b", BLOB)
    assert "Authorization" in seen["registry.example.com"]
    assert "Authorization" not in seen["uploads.example.net"]


def test_the_upload_state_is_not_shown_when_an_upload_fails(connect: Connect) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            return httpx.Response(500)
        return httpx.Response(202, headers={"Location": "/u?_state=s3cr3t"})

    with connect(handler) as client, pytest.raises(errors.UnavailableError) as caught:
        client.push_blob("a/b", BLOB)
    assert "s3cr3t" not in f"{caught.value} {caught.value!r} {vars(caught.value)}"


def test_an_endless_answer_is_cut(connect: Connect) -> None:
    piece = b" " * (1 << 20)
    with connect(lambda _: streamed(*[piece] * 5)) as client, pytest.raises(errors.ProtocolError, match="longer than"):
        client.ping()


def test_an_endless_refusal_is_cut(connect: Connect) -> None:
    with (
        connect(lambda _: streamed(*[b" " * 40_000] * 2, status=403)) as client,
        pytest.raises(errors.ProtocolError, match="longer than 65536"),
    ):
        client.ping()


def test_a_compressed_answer_is_refused(connect: Connect) -> None:
    with (
        connect(lambda _: streamed(b"x", headers={"Content-Encoding": "gzip"})) as client,
        pytest.raises(errors.ProtocolError, match="compressed"),
    ):
        client.ping()


@pytest.mark.parametrize(
    ("host", "proxied"), [("127.0.0.1:1", False), ("localhost:1", False), ("registry.example.com", True)]
)
def test_loopback_is_never_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch, host: str, proxied: bool) -> None:
    used: list[str] = []
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:3128")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:3128")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    original = httpx.HTTPTransport.__init__

    def spy(self: httpx.HTTPTransport, *args: object, **kwargs: object) -> None:
        used.append("proxy" if kwargs.get("proxy") is not None else "direct")
        original(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(httpx.HTTPTransport, "__init__", spy)
    with Client(host, None):
        pass
    assert ("proxy" in used) is proxied


@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_an_unusable_ca_file_is_named(tmp_path: Path, content: str | None) -> None:
    ca_file = tmp_path / "ca.pem"
    if content is not None:
        ca_file.write_text(content, encoding="utf-8")
    with pytest.raises(errors.UntrustedError, match=r"ca\.pem"):
        Client("registry.example.com", None, authority=ca_file)


def test_redirects_of_other_calls_are_not_followed(connect: Connect) -> None:
    with (
        connect(lambda _: httpx.Response(302, headers={"Location": "https://elsewhere.example/"})) as client,
        pytest.raises(errors.ProtocolError, match="302"),
    ):
        client.ping()


def test_a_hostile_message_cannot_forge_a_line_or_colour(connect: Connect) -> None:
    with (
        connect(lambda _: error(403, "DENIED", "no\n\x1b[32mok  push")) as client,
        pytest.raises(errors.DeniedError) as caught,
    ):
        client.ping()
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"contenT", "digest"), (b"content and more", "more came"), (b"cont", "4 bytes")],
)
def test_content_that_is_not_what_the_digest_names_is_refused(connect: Connect, content: bytes, why: str) -> None:
    with connect(lambda _: streamed(content)) as client, pytest.raises(errors.DigestMismatchError, match=why):
        list(client.pull_blob("a/b", Descriptor("x", BLOB.descriptor.digest, 7)))
