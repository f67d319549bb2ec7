"""The keys and certificates that are made here: what the chart asks of them, and what an update leaves as it is."""

import datetime
import re
from typing import Any

import bcrypt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from components.harbor.kubernetes import kept
from components.harbor.kubernetes.kept import REGISTRY_USERNAME, SERVED

TOLD: dict[str, Any] = {"fullname": "harbor", "namespace": "registry", "domain": "registry.example.com"}


@pytest.fixture(scope="module")
def keys() -> dict[str, Any]:
    return dict(kept._KeysProvider().create({}).outs or {})


@pytest.fixture(scope="module")
def certificates() -> dict[str, Any]:
    return dict(kept._CertificatesProvider().create(dict(TOLD)).outs or {})


def accepted(made: dict[str, Any], part: str, name: str, authority: str | None = None) -> bool:
    """Whether a client that trusts the authority takes the certificate of `part` for `name`."""
    store = Store([x509.load_pem_x509_certificate((authority or made["authority"]).encode())])
    verifier = PolicyBuilder().store(store).build_server_verifier(x509.DNSName(name))
    try:
        verifier.verify(x509.load_pem_x509_certificate(made[part]["certificate"].encode()), [])
    except VerificationError:
        return False
    return True


def test_keys_are_as_long_as_the_chart_says(keys: dict[str, Any]) -> None:
    lengths = {"secret_key": 16, "core_secret": 16, "jobservice_secret": 16, "registry_secret": 16, "csrf_key": 32}
    assert {name: len(keys[name]) for name in lengths} == lengths
    assert len({keys[name] for name in lengths}) == len(lengths)


def test_the_registrys_password_is_the_one_in_its_htpasswd(keys: dict[str, Any]) -> None:
    user, _, hashed = keys["registry_htpasswd"].partition(":")
    assert user == REGISTRY_USERNAME
    assert bcrypt.checkpw(keys["registry_password"].encode(), hashed.encode())
    # At 12 rounds, the library's default, each request of core would cost a quarter of a second.
    assert hashed.startswith("$2b$05$")


def test_tokens_are_signed_by_rsa(keys: dict[str, Any]) -> None:
    key = serialization.load_pem_private_key(keys["token_key"].encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)


def test_keys_are_made_once(keys: dict[str, Any]) -> None:
    assert kept._KeysProvider().update("keys", keys, {"since": "2: x"}).outs == {**keys, "since": "2: x"}


@pytest.mark.parametrize("part", SERVED)
def test_each_part_is_known_by_its_service(certificates: dict[str, Any], part: str) -> None:
    assert accepted(certificates, part, f"harbor-{part}")
    assert accepted(certificates, part, f"harbor-{part}.registry.svc")
    other = SERVED[SERVED.index(part) - 1]
    assert not accepted(certificates, part, f"harbor-{other}")


def test_the_host_has_one_only_where_it_is_asked_for(certificates: dict[str, Any]) -> None:
    assert accepted(certificates, "host", "registry.example.com")
    # Core speaks to itself by loopback.
    assert accepted(certificates, "core", "localhost")
    assert kept._CertificatesProvider().create({**TOLD, "domain": ""}).outs["host"] is None  # type: ignore[index]


def test_a_renewal_keeps_the_authority(certificates: dict[str, Any]) -> None:
    news = {**TOLD, "domain": "moved.example.com"}
    renewed = dict(kept._CertificatesProvider().update("certificates", certificates, news).outs or {})
    assert renewed["authority"] == certificates["authority"]
    assert renewed["core"] != certificates["core"]
    # A pod that still runs with the old ones takes the new one.
    assert accepted(renewed, "core", "harbor-core", certificates["authority"])
    assert accepted(renewed, "host", "moved.example.com")


@pytest.mark.parametrize(("days", "renewed"), [(300, False), (61, False), (59, True), (-10, True)])
def test_they_are_renewed_two_months_before_they_end(days: int, renewed: bool) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    ends = (today + datetime.timedelta(days=days)).isoformat()
    checked = kept._CertificatesProvider().check({**TOLD, "ends": ends, "since": "1: made"}, dict(TOLD)).inputs
    assert (checked["ends"] != ends) is renewed
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", checked["ends"])


def test_what_is_written_as_their_end_is_their_end(certificates: dict[str, Any]) -> None:
    inputs = kept._CertificatesProvider().check({}, dict(TOLD)).inputs
    end = x509.load_pem_x509_certificate(certificates["core"]["certificate"].encode()).not_valid_after_utc
    assert abs(end.date() - datetime.date.fromisoformat(inputs["ends"])) <= datetime.timedelta(days=1)
