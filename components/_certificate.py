"""A certificate authority of one registry's own, and the certificate under it, in files.

For the local registry with TLS: nothing else trusts this authority, so it is handed to the
builder as DOCKER_REGISTRY_CA_FILE.
"""

import datetime
import ipaddress
import os
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_DAYS = 397
_RENEW_DAYS = 30


@dataclass(frozen=True)
class Certificate:
    """The files in `folder`: `ca.pem` to trust, `server.pem` and `server-key.pem` to serve with."""

    folder: Path

    @property
    def authority(self) -> Path:
        """The certificate to trust."""
        return self.folder / "ca.pem"

    @property
    def chain(self) -> Path:
        """The certificate to serve with."""
        return self.folder / "server.pem"

    @property
    def key(self) -> Path:
        """Its private key."""
        return self.folder / "server-key.pem"

    def trouble(self) -> str | None:
        """Why it cannot be served with for another month, in a few words; None where it can."""
        try:
            certificate = x509.load_pem_x509_certificate(self.chain.read_bytes())
            if not self.key.is_file() or not self.authority.is_file():
                return "its certificate was gone"
        except (OSError, ValueError):
            return "its certificate was gone"
        left = certificate.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
        return f"its certificate ends in {max(left.days, 0)} days" if left.days < _RENEW_DAYS else None

    def context(self) -> ssl.SSLContext:
        """What a client verifies the registry with. Raises OSError where the authority's file is missing."""
        return ssl.create_default_context(cafile=str(self.authority))

    def ensure(self, address: str) -> None:
        """Makes the files for `address` where they are missing or about to end. The authority's key is not kept."""
        if self.trouble() is None:
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        now = datetime.datetime.now(datetime.UTC)
        ca_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SnapDeploy local registry")])

        def certificate(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
            return (
                x509.CertificateBuilder()
                .subject_name(subject)
                .issuer_name(ca_name)
                .public_key(public)
                .serial_number(x509.random_serial_number())
                .not_valid_before(now - datetime.timedelta(minutes=5))
                .not_valid_after(now + datetime.timedelta(days=_DAYS))
                .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
                .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
            )

        ca = (
            certificate(ca_name, ca_key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .sign(ca_key, hashes.SHA256())
        )
        names = [
            x509.IPAddress(ipaddress.ip_address(address)),
            x509.IPAddress(ipaddress.ip_address("::1")),
            x509.DNSName("localhost"),
        ]
        server = (
            certificate(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)]), server_key.public_key())
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(ca_key, hashes.SHA256())
        )
        private = server_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        _write(self.key, private)
        _write(self.chain, server.public_bytes(serialization.Encoding.PEM))
        _write(self.authority, ca.public_bytes(serialization.Encoding.PEM))


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write(file: Path, content: bytes) -> None:
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
