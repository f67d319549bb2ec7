"""What the smoke test makes of a registry's variables, without the engine."""

from base64 import b64encode
from typing import Any

import pytest

from components import smoke_test
from components._provided import Failed
from oci import checks, keychain
from oci.checks import Check
from oci.credential import Credential
from oci.no_credential import NoCredentialError

CANARY = "canary-smoke-18"
PLAIN = {"DOCKER_REGISTRY": "123456789012.dkr.ecr.us-east-1.amazonaws.com/apps", "AWS_REGION": "us-east-1"}


def props(**secret: str) -> dict[str, Any]:
    return {"plain": PLAIN, "secret": secret, "immutable": True, "tag": None, "occasion": ""}


def test_the_checks_run_with_a_credential_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, str]] = []
    proven: list[Credential] = []

    def fetch(variables: dict[str, str]) -> Credential:
        asked.append(variables)
        return Credential("AWS", CANARY)

    class Proof:
        def __init__(self, registry: object, credential: Credential, **_: object) -> None:
            proven.append(credential)

        def run(self) -> list[Check]:
            return [Check("login", True, "let in", 0.0)]

    monkeypatch.setattr(keychain, "credential", fetch)
    monkeypatch.setattr(checks, "Proof", Proof)
    made = smoke_test.SmokeTestProvider().create(props(AWS_SECRET_ACCESS_KEY=CANARY))
    assert made.outs is not None
    assert made.outs["proven"] == {"login": "let in"}
    assert asked == [{**PLAIN, "AWS_SECRET_ACCESS_KEY": CANARY}]
    assert proven == [Credential("AWS", CANARY)]


def test_an_authority_of_the_registrys_own_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    trusted: list[object] = []

    class Proof:
        def __init__(self, registry: object, credential: Credential, *, authority: object, **_: object) -> None:
            trusted.append(authority)

        def run(self) -> list[Check]:
            return []

    monkeypatch.setattr(keychain, "credential", lambda _: Credential("robot", CANARY))
    monkeypatch.setattr(checks, "Proof", Proof)
    told = props()
    pem = "-----BEGIN CERTIFICATE-----\n"
    told["plain"] = {
        "DOCKER_REGISTRY": "registry.example.com/apps",
        "DOCKER_REGISTRY_CA": b64encode(pem.encode()).decode(),
    }
    smoke_test.SmokeTestProvider().create(told)
    smoke_test.SmokeTestProvider().create(props())
    assert trusted == [pem, None]


def test_without_a_credential_nothing_is_proven_and_it_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(variables: dict[str, str]) -> Credential:
        raise NoCredentialError("cannot fetch a token: no AWS credentials were found here", "log in")

    monkeypatch.setattr(keychain, "credential", refuse)
    with pytest.raises(Failed) as failed:
        smoke_test.SmokeTestProvider().create(props())
    assert "was not proven, so nothing was delivered: cannot fetch a token" in str(failed.value)
    assert "\nmend: log in; what was delivered before still stands" in str(failed.value)
