"""What the stack's config may say of a Harbor.

Owns: its keys and defaults. Does not own: the rules between them (`settings_rules.py`), what a server, a cluster, the
watch or the inside may be told (a model each, in their rooms), the certificate (`settings_tls.py`), or what data lies
in (`settings_parts.py`).
"""

import ipaddress
import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, Strict, model_validator

from components._retention import refuse
from components._settings import MistakeError, Namespace, RegistrySettings, like
from components.harbor import settings_rules, versions
from components.harbor.ec2.settings import Ec2Settings
from components.harbor.gce.settings import ComputeEngineSettings
from components.harbor.inside.settings import InsideSettings
from components.harbor.kubernetes.settings import KubernetesSettings
from components.harbor.settings_parts import (
    BackupSettings,
    DatabaseSettings,
    DiskStorage,
    Mode,
    RedisSettings,
    Storage,
)
from components.harbor.settings_tls import Tls
from components.harbor.watch.settings import WatchSettings
from contract.kinds import Kind

_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
# https://github.com/goharbor/harbor/blob/v2.15.2/src/server/v2.0/handler/project.go, `validateProjectReq`
_PROJECT = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_PUBLIC_PROJECT = "library"
_SHA256 = re.compile(r"[0-9a-f]{64}")


def _host(text: str) -> str:
    address = text.rpartition(":")[0] if text.count(":") == 1 else text.strip("[]")
    try:
        ipaddress.ip_address(address)
    except ValueError:
        pass
    else:
        raise MistakeError(
            "is an address",
            "write the name that the registry gets, such as `registry.example.com`",
            "no certificate authority that the world trusts would vouch for it, and every image would carry it",
        )
    if text == "localhost" or text.endswith(".localhost"):
        raise MistakeError("is each machine's own name", consequence="nobody but the server itself would reach it")
    if _HOST.fullmatch(text) is None:
        raise MistakeError("is not a host's name in DNS: lower case, at least one dot, no scheme, no port, no path")
    return text


def _version(text: str) -> str:
    try:
        versions.release(text)
    except ValueError as error:
        raise MistakeError(str(error)) from None
    except KeyError:
        known = ", ".join(f"{line}.x" for line in versions.lines())
        raise MistakeError(
            f"is not a version of Harbor that is supported: {known}",
            f"write `version: {versions.default()}`",
            "it would get no security fixes, or nobody has tried it here",
        ) from None
    return text


def _project(text: str) -> str:
    if "/" in text:
        raise MistakeError(
            "has more than one part; in Harbor it is one project",
            "write one name; apps may have paths of their own below it",
        )
    if _PROJECT.fullmatch(text) is None:
        raise MistakeError("is not a project's name: a-z, 0-9, and single '.', '_', '-' inside")
    if text == _PUBLIC_PROJECT:
        raise MistakeError("is the project that Harbor comes with", consequence="it is public, and nobody declared it")
    return text


class HarborSettings(InsideSettings, RegistrySettings):
    """A Harbor of one's own."""

    kind: Kind = Kind.HARBOR
    namespace: Annotated[Namespace, AfterValidator(_project)] = Field(
        default="snapdeploy-apps",
        description="the project that images are pushed to: an image is <host>/<namespace>/<app>:<tag>",
        examples=["snapdeploy-apps"],
    )
    host: Annotated[str, AfterValidator(_host)] = Field(
        description="the registry's name in DNS", examples=["registry.example.com"]
    )
    mode: Annotated[Mode, Strict(False)] = Field(
        default=Mode.VM, description="what Harbor runs on: vm, or kubernetes", examples=["vm"]
    )
    version: Annotated[str, AfterValidator(_version)] = Field(
        default_factory=versions.default,
        description="the version of Harbor; a higher one upgrades",
        examples=[versions.default()],
    )
    sha256: Annotated[str, like(_SHA256, "is no SHA-256: 64 of 0-9 and a-f")] | None = Field(
        default=None,
        description="the SHA-256 of the offline installer, where components/harbor/versions.yaml has none",
        examples=["67517e0ba4a3f9db90731aa560dacbc0b24a0de04d5a1b428c7d32ea96656432"],
    )
    vm: Annotated[Ec2Settings | ComputeEngineSettings, Field(discriminator="kind")] | None = Field(
        default=None,
        description="the server, where `mode` is vm: kind ec2 or compute-engine, and its keys",
        examples=[{"kind": "ec2"}],
    )
    kubernetes: KubernetesSettings | None = Field(
        default=None, description="the cluster, where `mode` is kubernetes", examples=[{}]
    )
    tls: Tls = Field(
        description="the certificate: mode lets-encrypt, given or internal",
        examples=[{"mode": "lets-encrypt", "email": "platform@example.com"}],
    )
    storage: Storage = Field(
        default=DiskStorage(kind="disk"),
        description="where images lie: kind disk, s3 or gcs",
        examples=[{"kind": "s3"}],
    )
    database: DatabaseSettings | None = Field(
        default=None, description="a PostgreSQL of your own; left out: Harbor's", examples=[{}]
    )
    redis: RedisSettings | None = Field(
        default=None, description="a Redis of your own; left out: Harbor's", examples=[{}]
    )
    backup: BackupSettings | None = Field(
        default=None,
        description="the daily backup of a server; left out: at 02:15, kept for 30 days, in a bucket that is made",
        examples=[{"at": "02:15", "days": 30}],
    )
    admin_login: bool = Field(
        default=True,
        description="whether people may log in as Harbor's administrator; false needs `oidc`",
        examples=[True],
    )
    timeout_minutes: int = Field(
        default=30,
        ge=5,
        le=180,
        description="for how long an update waits for the server to become what it was told, in minutes",
        examples=[30],
    )
    watch: WatchSettings | None = Field(
        default=None, description="who is told of what; left out: nobody", examples=[{}]
    )

    @property
    def installer_sha256(self) -> str:
        """What the installer's SHA-256 has to be; empty where no server is made."""
        return self.sha256 or versions.release(self.version).sha256

    @property
    def watched_by_cloud(self) -> bool:
        """Whether the server writes its measurements to its cloud's own monitoring."""
        return self.watch is not None and self.watch.cloud

    @property
    def backed_up(self) -> BackupSettings:
        """The daily backup, as told or as it is by default."""
        return self.backup or BackupSettings()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        refuse(settings_rules.mistakes(self))
        return self
