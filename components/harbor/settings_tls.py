"""What may be said of a Harbor's certificate: one of three ways to have one.

Owns: these keys and the rules of single values. Does not own: whether a given chain fits its host and key
(`certificate.py`), or getting a certificate (`boot/`).
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, Strict

from components._recipients import Email
from components._settings import MistakeError, Settings

_CERTIFICATE = "-----BEGIN CERTIFICATE-----"
_KEY = "PRIVATE KEY-----"


class TlsMode(StrEnum):
    """Where the certificate comes from."""

    LETS_ENCRYPT = "lets-encrypt"
    GIVEN = "given"
    INTERNAL = "internal"


class Challenge(StrEnum):
    """How Let's Encrypt is shown that the host is ours."""

    HTTP = "http"
    DNS = "dns"


def _chain(text: str) -> str:
    if not text.lstrip().startswith(_CERTIFICATE):
        raise MistakeError(
            f"is no chain of certificates in PEM: it does not begin with `{_CERTIFICATE}`",
            "write the text of the file, most often called `fullchain.pem`, under `chain: |`",
        )
    return text


def _key(key: SecretStr) -> SecretStr:
    if _KEY not in key.get_secret_value():
        raise MistakeError("is no private key in PEM", "pass the whole file: `… tls.key < privkey.pem`")
    return key


class LetsEncrypt(Settings):
    """A certificate by Let's Encrypt, got and renewed by the server."""

    mode: Literal[TlsMode.LETS_ENCRYPT]
    email: Email = Field(
        description="whom Let's Encrypt tells of a certificate that ends and is not renewed",
        examples=["platform@example.com"],
    )
    challenge: Annotated[Challenge, Strict(False)] = Field(
        default=Challenge.HTTP,
        description="http: port 80 is open to the world for it; dns: the server writes a record into `vm.dns`'s zone",
        examples=["http"],
    )


class Given(Settings):
    """A certificate of your own, which you renew."""

    mode: Literal[TlsMode.GIVEN]
    chain: Annotated[str, AfterValidator(_chain)] = Field(
        description="the host's certificate, then each one that signed the one before, in PEM",
        examples=["-----BEGIN CERTIFICATE-----…"],
    )
    key: Annotated[SecretStr, AfterValidator(_key)] = Field(description="the certificate's private key, in PEM")


class Internal(Settings):
    """A certificate authority of the server's own, which the builder is handed and nobody else knows."""

    mode: Literal[TlsMode.INTERNAL]


Tls = Annotated[LetsEncrypt | Given | Internal, Field(discriminator="mode")]
"""How the registry comes by its certificate."""
