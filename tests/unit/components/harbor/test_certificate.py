"""Whether a given chain and key can be served with: each fault on its own, with real certificates."""

from datetime import UTC, datetime, timedelta

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

from components.harbor import preflight
from components.harbor.certificate import faults, matches
from components.harbor.settings import HarborSettings
from tests.unit.components.harbor.test_settings import read

HOST = "registry.acme.example"
NOW = datetime.now(UTC)


class Made:
    """A root, an intermediate and a certificate under it."""

    def __init__(self, *names: str, days: int = 90) -> None:
        self.root = trustme.CA()
        between = self.root.create_child_ca()
        leaf = between.issue_cert(*names, not_after=NOW + timedelta(days=days, hours=1))
        self.leaf, self.between = (blob.bytes().decode() for blob in (*leaf.cert_chain_pems[:1], between.cert_pem))
        self.root_pem = self.root.cert_pem.bytes().decode()
        self.key = leaf.private_key_pem.bytes().decode()
        self.chain = self.leaf + self.between


@pytest.fixture(scope="module")
def good() -> Made:
    return Made(HOST, "*.apps.acme.example")


def said(chain: str, key: str, host: str = HOST, now: datetime = NOW) -> list[tuple[str, str]]:
    return [(fault.key, fault.what) for fault in faults(chain, key, host, now)[0]]


def test_a_whole_chain_with_its_key_is_taken_with_and_without_its_root(good: Made) -> None:
    assert faults(good.chain, good.key, HOST, NOW) == ([], 90)
    assert said(good.chain + good.root_pem, good.key) == []
    assert said(good.chain, good.key, host="shop.apps.acme.example") == []


def test_each_fault_is_found(good: Made) -> None:
    other = Made(HOST)
    for chain, key, where, what in (
        ("nothing", good.key, "chain", "cannot be read"),
        (good.leaf, good.key, "chain", "alone"),
        (good.leaf + good.root_pem, good.key, "chain", "did not sign"),
        (good.leaf + good.root_pem + good.between, good.key, "chain", "not in order"),
        (good.leaf + other.between, good.key, "chain", "did not sign"),
        (good.chain, other.key, "key", "does not belong"),
        (good.chain, "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----", "key", "cannot be read"),
        (good.root_pem, good.key, "chain", "signed by itself"),
    ):
        assert any(key_ == where and what in text for key_, text in said(chain, key)), (what, said(chain, key))


def test_what_signed_without_being_an_authority_is_no_part_of_a_chain(good: Made) -> None:
    """A certificate for a host signs another one: the signature is right, and nobody has to trust it."""
    signer, key = x509.load_pem_x509_certificate(good.leaf.encode()), load_pem_private_key(good.key.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    own = ec.generate_private_key(ec.SECP256R1())
    forged = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bank")]))
        .issuer_name(signer.subject)
        .public_key(own.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=90))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = forged.public_bytes(Encoding.PEM).decode()
    plain = own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    assert any("did not sign" in what for _, what in said(pem + good.chain, plain))


def test_a_host_that_it_is_not_for_is_told_with_the_names_that_it_has(good: Made) -> None:
    (fault,) = said(good.chain, good.key, host="registry.other.example")
    assert fault[0] == "chain"
    assert f"{HOST}, *.apps.acme.example" in fault[1]


@pytest.mark.parametrize(
    ("name", "host", "whether"),
    [
        ("*.acme.example", "registry.acme.example", True),
        ("*.acme.example", "a.registry.acme.example", False),
        ("*.acme.example", "acme.example", False),
        ("*.example", "acme.example", False),
        ("Registry.acme.example", "registry.acme.example", True),
    ],
)
def test_a_wildcard_stands_for_one_label(name: str, host: str, whether: bool) -> None:
    assert matches(name, host) is whether


def _settings(made: Made) -> HarborSettings:
    return read(tls={"mode": "given", "chain": made.chain, "key": made.key})


@pytest.mark.parametrize(
    ("days", "refused", "warned"), [(13, True, False), (14, False, True), (29, False, True), (30, False, False)]
)
def test_days_left(days: int, refused: bool, warned: bool, good: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    monkeypatch.setattr("pulumi.log.warn", warnings.append)
    then = NOW + timedelta(days=90 - days)
    found = list(preflight.certificate_obstacles(_settings(good), then))
    assert [each.inside for each in found] == ([("tls", "chain")] if refused else [])
    assert bool(warnings) is warned
    assert good.key.splitlines()[1] not in f"{found}{warnings}"


def test_an_end_and_a_beginning_in_the_future_are_told_in_words(good: Made) -> None:
    assert ("chain", "has ended") in said(good.chain, good.key, now=NOW + timedelta(days=91))
    assert ("chain", "is not valid yet") in said(good.chain, good.key, now=datetime(1999, 12, 31, tzinfo=UTC))


def test_a_certificate_that_is_not_given_is_not_looked_at() -> None:
    assert list(preflight.certificate_obstacles(read(), NOW)) == []
