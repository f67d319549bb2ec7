"""What may be said of what a Harbor runs on and keeps its data in: storage, database, Redis, backups.

Owns: these keys and the rules of single values. Does not own rules between them (`settings.py`), or making any of it.
"""

import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, Strict

from components._settings import MistakeError, Settings, Text, like

# What S3 and Cloud Storage both take, less names with dots, for which S3's own certificate does not hold.
_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_AT = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]")
_DATABASE = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_ADDRESS = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")

DEFAULT_PASSWORDS = frozenset({"Harbor12345", "changeit", "root123", "not-a-secure-key"})
"""Those that Harbor's own examples and charts come with: everybody has them."""


class Mode(StrEnum):
    """What Harbor runs on."""

    VM = "vm"
    KUBERNETES = "kubernetes"


def _password(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if text in DEFAULT_PASSWORDS:
        raise MistakeError(
            "is a password of Harbor's own examples",
            consequence="everybody has it",
        )
    if not text or not text.isprintable() or text != text.strip():
        raise MistakeError("is empty, or has control characters or spaces around it")
    return value


Password = Annotated[SecretStr, AfterValidator(_password)]
Bucket = Annotated[
    str, like(_BUCKET, "is not a bucket's name: 3 to 63 of a-z, 0-9 and '-', which is not first or last")
]
Address = Annotated[str, like(_ADDRESS, "is not a host: a name or an address, without a scheme and without a port")]


class DiskStorage(Settings):
    """Images lie on the server's data disk."""

    kind: Literal["disk"]


class S3Storage(Settings):
    """Images lie in S3, which the server enters by its own role."""

    kind: Literal["s3"]
    bucket: Bucket | None = Field(
        default=None, description="a bucket that exists; left out: one is made", examples=["acme-registry"]
    )
    region: Annotated[str, like(_REGION, "is not a region of AWS")] | None = Field(
        default=None, description="the bucket's region; left out: the server's", examples=["eu-central-1"]
    )


class GcsStorage(Settings):
    """Images lie in Cloud Storage, which the server enters by its own service account."""

    kind: Literal["gcs"]
    bucket: Bucket | None = Field(
        default=None, description="a bucket that exists; left out: one is made", examples=["acme-registry"]
    )


Storage = Annotated[DiskStorage | S3Storage | GcsStorage, Field(discriminator="kind")]
"""Where images lie."""


class SslMode(StrEnum):
    """How far the connection to PostgreSQL is proven."""

    VERIFY_FULL = "verify-full"
    REQUIRE = "require"


class DatabaseSettings(Settings):
    """A PostgreSQL of your own; left out: the one that Harbor brings."""

    host: Address = Field(description="the server", examples=["harbor.abc123.eu-central-1.rds.amazonaws.com"])
    port: int = Field(default=5432, ge=1, le=65535, description="its port", examples=[5432])
    name: Annotated[str, like(_DATABASE, "is not a database's name")] = Field(
        default="registry", description="the database, which has to exist", examples=["registry"]
    )
    username: Text = Field(default="harbor", description="who owns the database", examples=["harbor"])
    password: Password = Field(description="that user's password")
    sslmode: Annotated[SslMode, Strict(False)] = Field(
        default=SslMode.REQUIRE,
        description="require encrypts and does not ask who answers; verify-full asks, and needs a certificate whose "
        "authority the world trusts, which those of RDS and Cloud SQL are not",
        examples=["require"],
    )


class RedisSettings(Settings):
    """A Redis of your own; left out: the one that Harbor brings."""

    host: Address = Field(description="the server", examples=["harbor.abc123.euc1.cache.amazonaws.com"])
    port: int = Field(default=6379, ge=1, le=65535, description="its port", examples=[6379])
    password: Password | None = Field(default=None, description="its password; left out: it has none")
    tls: bool = Field(default=True, description="whether it is spoken to by TLS", examples=[True])


class BackupSettings(Settings):
    """What is copied out of the server each day: the database, Harbor's secret key, its configuration."""

    at: Annotated[str, like(_AT, "is not a time of day like `02:15`")] = Field(
        default="02:15", description="when, each day, UTC", examples=["02:15"]
    )
    days: int = Field(default=30, ge=1, le=3650, description="for how many days each backup is kept", examples=[30])
    bucket: Bucket | None = Field(
        default=None, description="a bucket that exists; left out: one is made", examples=["acme-registry-backup"]
    )
