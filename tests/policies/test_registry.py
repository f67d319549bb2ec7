"""The rules on getting into a registry."""

from typing import Any

import pytest

from policies.registry import host_of, is_loopback
from tests.policies.judged import UNKNOWN, judge, secret

AUTHENTICATION = "registry-requires-authentication"
HTTP = "plain-http-on-loopback-only"
REGISTRY = "snapdeploy:registry:Harbor"


def declared(**changed: Any) -> dict[str, Any]:
    sound = {"kind": "harbor", "auth": "static", "address": "harbor.example.com", "tls": True, "environment": "prod"}
    return sound | changed


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in declared().items() if key != name}


@pytest.mark.parametrize("rule", [AUTHENTICATION, HTTP])
def test_a_sound_registry_passes(rule: str) -> None:
    assert judge(rule, REGISTRY, declared()) == []


@pytest.mark.parametrize("auth", ["anonymous", "Anonymous", " anonymous ", "", None, 7, secret("anonymous")])
def test_a_registry_that_lets_anybody_in_is_refused(auth: object) -> None:
    (message,) = judge(AUTHENTICATION, REGISTRY, declared(auth=auth))
    assert "registry 'main'" in message
    assert "mend: give the registry a credential" in message


def test_a_registry_that_does_not_say_how_one_logs_in_is_refused() -> None:
    (message,) = judge(AUTHENTICATION, REGISTRY, without("auth"))
    assert "`auth` is missing" in message


@pytest.mark.parametrize("auth", ["static", "ecr", "google", "github-token", secret("static"), secret(UNKNOWN)])
def test_every_other_authentication_passes(auth: object) -> None:
    assert judge(AUTHENTICATION, REGISTRY, declared(auth=auth)) == []


def test_what_is_unknown_waits_for_the_update_and_hides_nothing_else() -> None:
    assert judge(AUTHENTICATION, REGISTRY, declared(auth=UNKNOWN)) == []
    assert judge(HTTP, REGISTRY, declared(tls=UNKNOWN)) == []
    assert judge(HTTP, REGISTRY, declared(tls=False, address=UNKNOWN)) == []
    (still,) = judge(HTTP, REGISTRY, declared(auth=UNKNOWN, kind=UNKNOWN, tls=False))
    assert "plain HTTP" in still


@pytest.mark.parametrize(
    "resource_type", ["snapdeploy:verify:SmokeTest", "aws:ecr/repository:Repository", "xsnapdeploy:registry:Local"]
)
@pytest.mark.parametrize("rule", [AUTHENTICATION, HTTP])
def test_only_registries_are_judged(rule: str, resource_type: str) -> None:
    assert judge(rule, resource_type, {"auth": "anonymous", "tls": False, "address": "example.com"}) == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.0.0.1:5000",
        "127.8.9.10:443",
        "localhost",
        "LocalHost:5000",
        "::1",
        "[::1]",
        "[::1]:5000",
        "http://localhost:5000/v2/",
    ],
)
def test_plain_http_on_loopback_passes(address: str) -> None:
    assert judge(HTTP, REGISTRY, declared(tls=False, address=address)) == []


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("0.0.0.0:5000", "at 0.0.0.0,"),
        ("10.0.0.7:5000", "at 10.0.0.7,"),
        ("registry.example.com", "at registry.example.com,"),
        ("localhost.example.com", "at localhost.example.com,"),
        ("127.0.0.1.example.com:80", "at 127.0.0.1.example.com,"),
        ("http://127.0.0.1:5000@example.com/", "at example.com,"),
        ("128.0.0.1", "at 128.0.0.1,"),
        ("[::]:5000", "at ::,"),
        ("[2001:db8::1]:5000", "at 2001:db8::1,"),
        ("", "no readable `address`"),
        (None, "no readable `address`"),
        ("a\nmend: nothing", "at a\\nmend"),
    ],
)
def test_plain_http_to_anywhere_else_is_refused(address: object, shown: str) -> None:
    (message,) = judge(HTTP, REGISTRY, declared(tls=False, address=address))
    assert shown in message
    assert message.count("\n") == 2
    assert "mend: write `tls: true`" in message


def test_a_password_in_an_address_is_not_repeated() -> None:
    (message,) = judge(HTTP, REGISTRY, declared(tls=False, address="http://me:canary-7d1@example.com:80"))
    assert "canary" not in message


@pytest.mark.parametrize("tls", [None, "true", 1])
def test_a_registry_that_does_not_say_that_it_encrypts_does_not(tls: object) -> None:
    (message,) = judge(HTTP, REGISTRY, declared(tls=tls))
    assert "`tls` is missing" in message


@pytest.mark.parametrize("address", ["[::1", "a:b:c", "::1:5000", "localhost:x", "127.1"])
def test_an_address_that_is_none_is_not_loopback(address: str) -> None:
    assert not is_loopback(host_of(address))
