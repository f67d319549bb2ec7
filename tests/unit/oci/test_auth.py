"""Logging in: which header goes to which address, and which never does."""

import traceback

import httpx
import pytest

from oci import errors
from oci.credential import Credential
from tests.support.fake_registry import error
from tests.unit.oci.conftest import CREDENTIAL, Connect

REALM = "https://auth.example.com/token"


class TokenRegistry:
    """A registry with a token service on another host; tokens are numbered."""

    def __init__(self, challenge: str = f'Bearer realm="{REALM}",service="reg"', life: object = 300) -> None:
        self.challenge = challenge
        self.life = life
        self.answer_key = "token"
        self.valid: set[str] = set()
        self.token_requests: list[httpx.Request] = []
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "auth.example.com":
            self.token_requests.append(request)
            if request.headers.get("Authorization") != CREDENTIAL.basic():
                return httpx.Response(401, json={"details": "incorrect username or password"})
            token = f"token-{len(self.token_requests)}"
            self.valid.add(token)
            return httpx.Response(200, json={self.answer_key: token, "expires_in": self.life})
        self.requests.append(request)
        assert request.url.host == "registry.example.com"
        if request.headers.get("Authorization", "").removeprefix("Bearer ") in self.valid:
            return httpx.Response(200, json={"tags": ["a"]})
        return httpx.Response(401, headers={"WWW-Authenticate": self.challenge})


@pytest.mark.parametrize("key", ["token", "access_token"])
def test_a_token_is_fetched_once_and_kept_for_its_scope(connect: Connect, key: str) -> None:
    registry = TokenRegistry()
    registry.answer_key = key
    with connect(registry) as client:
        assert list(client.tags("a/b")) == ["a"]
        assert list(client.tags("a/b")) == ["a"]
        assert len(registry.token_requests) == 1
        assert len(registry.requests) == 3
        list(client.tags("a/c"))
    asked = [dict(request.url.params) for request in registry.token_requests]
    assert asked == [
        {"service": "reg", "scope": "repository:a/b:pull"},
        {"service": "reg", "scope": "repository:a/c:pull"},
    ]


def test_the_challenges_own_scope_is_what_is_asked_for(connect: Connect) -> None:
    registry = TokenRegistry(f'Bearer realm="{REALM}?x=1",service="reg",scope="repository:library/b:pull other:z:y"')
    with connect(registry) as client:
        list(client.tags("a/b"))
    (request,) = registry.token_requests
    assert request.url.params.multi_items() == [
        ("x", "1"),
        ("service", "reg"),
        ("scope", "repository:library/b:pull"),
        ("scope", "other:z:y"),
    ]


def test_a_token_that_ended_is_replaced(connect: Connect) -> None:
    registry = TokenRegistry(life=5)  # less than the margin kept before the end
    with connect(registry) as client:
        list(client.tags("a/b"))
        list(client.tags("a/b"))
    assert len(registry.token_requests) == 2


def test_a_token_refused_before_its_end_is_replaced(connect: Connect) -> None:
    registry = TokenRegistry()
    with connect(registry) as client:
        list(client.tags("a/b"))
        registry.valid.clear()
        assert list(client.tags("a/b")) == ["a"]


@pytest.mark.parametrize(
    "life", [None, "soon", -1, 10**30, 10**400, [], 0], ids=["none", "text", "negative", "long", "huge", "list", "zero"]
)
def test_a_senseless_lifetime_does_no_harm(connect: Connect, life: object) -> None:
    registry = TokenRegistry(life=life)
    with connect(registry) as client:
        assert list(client.tags("a/b")) == ["a"]


def test_the_token_service_is_asked_with_a_time_out(connect: Connect) -> None:
    registry = TokenRegistry()
    with connect(registry) as client:
        list(client.tags("a/b"))
    assert registry.token_requests[0].extensions["timeout"] == {
        "connect": 5.0,
        "read": 30.0,
        "write": 30.0,
        "pool": 30.0,
    }


def test_a_wrong_password_is_an_authentication_error(connect: Connect) -> None:
    with (
        connect(TokenRegistry(), Credential("builder", "other")) as client,
        pytest.raises(errors.AuthenticationError, match=r"incorrect username or password \(HTTP 401\); mend: compare"),
    ):
        client.ping()


@pytest.mark.parametrize(
    "realm",
    [
        "http://auth.example.com/token",
        "http://127.0.0.1:9/token",
        "http://localhost/token",
        "https://user:pass@auth.example.com/token",
        "//auth.example.com/token",
        "/token",
        "ftp://auth.example.com/",
        "https://",
        "https://[::1",
        "",
        "file:///etc/passwd",
    ],
)
def test_the_credential_is_never_sent_to_an_unsafe_realm(connect: Connect, realm: str) -> None:
    sent: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(401, headers={"WWW-Authenticate": f'Bearer realm="{realm}"'})

    with connect(handler) as client, pytest.raises(errors.ProtocolError, match="was not sent there"):
        client.ping()
    assert [request.url.host for request in sent] == ["registry.example.com"]
    assert "Authorization" not in sent[0].headers


def test_a_loopback_registry_may_have_its_token_service_on_loopback(connect: Connect) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            return httpx.Response(200, json={"token": "t"})
        if request.headers.get("Authorization") == "Bearer t":
            return httpx.Response(200)
        return httpx.Response(401, headers={"WWW-Authenticate": 'Bearer realm="http://127.0.0.1:6000/token"'})

    with connect(handler, host="127.0.0.1:5000") as client:
        assert client.ping() == "bearer"


@pytest.mark.parametrize("challenge", ["", 'Negotiate, NTLM realm="x"', "\x01"])
def test_an_unknown_challenge_is_a_plain_refusal(connect: Connect, challenge: str) -> None:
    headers = {"WWW-Authenticate": challenge} if challenge else {}
    with (
        connect(lambda _: error(401, "UNAUTHORIZED", "authentication required", headers)) as client,
        pytest.raises(errors.AuthenticationError),
    ):
        client.ping()


def test_basic_is_tried_once_and_then_sent_at_once(connect: Connect) -> None:
    sent: list[str | None] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers.get("Authorization"))
        return httpx.Response(200 if sent[-1] else 401, headers={"WWW-Authenticate": 'Basic realm="r"'})

    with connect(handler) as client:
        assert client.ping() == "basic"
        client.ping()
    assert sent == [None, CREDENTIAL.basic(), CREDENTIAL.basic()]


def test_a_refused_basic_credential_is_not_tried_again(connect: Connect) -> None:
    sent: list[str | None] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers.get("Authorization"))
        return httpx.Response(401, headers={"WWW-Authenticate": 'Basic realm="r"'})

    with connect(handler) as client, pytest.raises(errors.AuthenticationError):
        client.ping()
    assert len(sent) == 2


def test_a_credential_refused_after_it_worked_is_not_tried_again(connect: Connect) -> None:
    sent: list[str | None] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers.get("Authorization"))
        return httpx.Response(200 if len(sent) == 2 else 401, headers={"WWW-Authenticate": 'Basic realm="r"'})

    with connect(handler) as client:
        client.ping()
        with pytest.raises(errors.AuthenticationError):
            client.ping()
    assert sent == [None, CREDENTIAL.basic(), CREDENTIAL.basic()]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={}),
        httpx.Response(200, json=[]),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"token": "a\r\nX-Forged:1"}),
        httpx.Response(200, json={"token": "two words"}),
        httpx.Response(200, json={"token": ["a"]}),
        httpx.Response(200, content=b"[" * 100_000),
    ],
    ids=["empty", "list", "html", "header injection", "space", "not text", "nested"],
)
def test_an_answer_without_a_token_is_a_protocol_error(connect: Connect, answer: httpx.Response) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            return answer
        return httpx.Response(401, headers={"WWW-Authenticate": f'Bearer realm="{REALM}"'})

    with connect(handler) as client, pytest.raises(errors.ProtocolError, match="without a token"):
        client.ping()


def test_a_busy_token_service_is_asked_again(connect: Connect, pauses: list[float]) -> None:
    registry = TokenRegistry()
    answers = iter([httpx.Response(503), httpx.Response(429)])

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.host == "auth.example.com":
            return next(answers, None) or registry(request)
        return registry(request)

    with connect(handler) as client:
        assert list(client.tags("a/b")) == ["a"]
    assert len(pauses) == 2


def test_a_token_service_is_waited_for_as_long_as_it_asks(connect: Connect, pauses: list[float]) -> None:
    registry = TokenRegistry()
    answers = iter([httpx.Response(429, headers={"Retry-After": "11"})])

    def handler(request: httpx.Request) -> httpx.Response:
        busy = next(answers, None) if request.url.host == "auth.example.com" else None
        return busy or registry(request)

    with connect(handler) as client:
        assert list(client.tags("a/b")) == ["a"]
    assert pauses == [11.0]


def test_a_server_that_echoes_the_password_does_not_get_it_into_the_error(connect: Connect) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        echo = f"{CREDENTIAL.password} {request.headers.get('Authorization')}"
        return error(401, echo, f"no: {echo}", {"WWW-Authenticate": 'Basic realm="r"'})

    with connect(handler) as client:
        try:
            client.ping()
        except errors.AuthenticationError as caught:
            shown = "".join(traceback.format_exception(caught)) + repr(caught) + repr(vars(caught)) + repr(caught.args)
        else:
            pytest.fail("was let in")
    assert "***" in shown
    assert CREDENTIAL.password not in shown
    assert CREDENTIAL.basic().removeprefix("Basic ") not in shown
