"""Whether a given chain of certificates and its key can be served with under a host's name.

Owns: the checks, on the texts alone and at a given moment. Does not own: fetching a certificate, or what becomes of it
on the server. Pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

LEAST_DAYS = 14
"""With fewer days left a certificate is refused."""
WARN_DAYS = 30
"""With fewer days left it is taken, and said."""

_RENEW = "renew it, and write the new one under `tls.chain` and `tls.key`"


@dataclass(frozen=True)
class Fault:
    """What is wrong with the chain or the key; `key` is which of the two."""

    key: str
    what: str
    mend: str
    consequence: str


def faults(chain: str, key: str, host: str, now: datetime) -> tuple[list[Fault], int | None]:
    """All that is wrong, and the days left of what ends first; None where the chain cannot be read.

    No text of `key` is in any of it.
    """
    from cryptography import x509

    try:
        certificates = x509.load_pem_x509_certificates(chain.encode())
    except ValueError:
        return [
            Fault(
                "chain",
                "cannot be read as certificates in PEM",
                "write the text of the file, most often called `fullchain.pem`, under `chain: |`",
                "there would be nothing to serve with",
            )
        ], None
    left = min((each.not_valid_after_utc - now).days for each in certificates)
    found = [
        *_host(certificates[0], host),
        *_complete(certificates),
        *_time(certificates, now, left),
        *_key(certificates[0], key),
    ]
    return found, left


def _host(leaf: "Certificate", host: str) -> Iterator[Fault]:
    from cryptography import x509

    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(
            x509.DNSName
        )
    except x509.ExtensionNotFound:
        names = []
    if any(matches(name, host) for name in names):
        return
    told = ", ".join(names[:5]) or "none"
    yield Fault(
        "chain",
        f"is not for {host}; the names in its first certificate: {told}",
        f"write a certificate for {host}, with the host's own certificate first in the file",
        "every client would refuse the connection",
    )


def matches(name: str, host: str) -> bool:
    """Whether a certificate's `name` stands for `host`; a `*` stands for one label, the first."""
    name, host = name.lower(), host.lower()
    first, _, rest = name.partition(".")
    return name == host or (first == "*" and "." in rest and host.partition(".")[2] == rest)


def _complete(chain: Sequence["Certificate"]) -> Iterator[Fault]:
    leaf = chain[0]
    if leaf.issuer == leaf.subject:
        yield Fault(
            "chain",
            "is signed by itself",
            "write one by an authority, or `tls: {mode: internal}`, whose authority the builder is handed",
            "nobody would trust it",
        )
        return
    if len(chain) == 1:
        yield Fault(
            "chain",
            f"holds the host's certificate alone, and not that of who signed it: {leaf.issuer.rfc4514_string()}",
            "append the certificates between it and the root, as your authority hands them out (`fullchain.pem`)",
            "docker would refuse it, though a browser may find the rest by itself",
        )
        return
    for number, (below, above) in enumerate(pairwise(chain), start=2):
        if not _signed(below, above):
            yield Fault(
                "chain",
                f"is not in order: its certificate {number} ({above.subject.rfc4514_string()}) did not sign the one "
                f"before ({below.subject.rfc4514_string()})",
                "put the host's certificate first, then each one that signed the one before",
                "clients could not follow it to a root that they trust",
            )
            return


def _signed(below: "Certificate", above: "Certificate") -> bool:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature

    try:
        below.verify_directly_issued_by(above)
        return above.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False


def _time(chain: Sequence["Certificate"], now: datetime, left: int) -> Iterator[Fault]:
    if any(each.not_valid_before_utc > now for each in chain):
        yield Fault("chain", "is not valid yet", "wait until it is, or correct this machine's clock", "nobody takes it")
    if left < LEAST_DAYS:
        said = f"ends in {left} days" if left >= 0 else "has ended"
        yield Fault("chain", said, _RENEW, f"less than {LEAST_DAYS} days leave no time to notice that a renewal failed")


def _key(leaf: "Certificate", key: str) -> Iterator[Fault]:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    mend = "pass the key that the certificate was asked for with, without a passphrase"
    try:
        private = load_pem_private_key(key.encode(), password=None)
    except TypeError:
        yield Fault("key", "is encrypted by a passphrase", mend, "the server could not open it")
        return
    except (ValueError, UnsupportedAlgorithm):
        yield Fault("key", "cannot be read as a private key in PEM", mend, "the server could not serve with it")
        return
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if private.public_key().public_bytes(*form) != leaf.public_key().public_bytes(*form):
        yield Fault("key", "does not belong to the first certificate of `chain`", mend, "the server would not start")
