"""What the stack's config may say of a Harbor.

Owns: its keys, defaults, and the rules between them. Does not own: what a server, a cluster, the watch or the inside
may be told (a model each, in their rooms), the certificate (`settings_tls.py`), or what data lies in
(`settings_parts.py`).
"""

import ipaddress
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, Strict, model_validator

from components._retention import Refusal, refuse
from components._settings import MistakeError, Namespace, RegistrySettings, like
from components.harbor import versions
from components.harbor.ec2.settings import Ec2Settings
from components.harbor.gce.settings import ComputeEngineSettings
from components.harbor.inside.settings import InsideSettings
from components.harbor.kubernetes.settings import KubernetesSettings
from components.harbor.settings_parts import (
    BackupSettings,
    DatabaseSettings,
    DiskStorage,
    GcsStorage,
    RedisSettings,
    S3Storage,
    Storage,
)
from components.harbor.settings_tls import Challenge, LetsEncrypt, Tls
from components.harbor.watch.settings import WatchSettings
from contract.kinds import Kind

_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
# https://github.com/goharbor/harbor/blob/v2.15.2/src/server/v2.0/handler/project.go, `validateProjectReq`
_PROJECT = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_PUBLIC_PROJECT = "library"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Mode(StrEnum):
    """What Harbor runs on."""

    VM = "vm"
    KUBERNETES = "kubernetes"


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
    def backed_up(self) -> BackupSettings:
        """The daily backup, as told or as it is by default."""
        return self.backup or BackupSettings()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        refuse(iter([*self._mode_mistakes(), *self._installer_mistakes(), *self._place_mistakes()]))
        return self

    def _mode_mistakes(self) -> Iterator[Refusal]:
        """Exactly the block that `mode` speaks of."""
        other = Mode.KUBERNETES if self.mode is Mode.VM else Mode.VM
        own_block = self.vm if self.mode is Mode.VM else self.kubernetes
        if own_block is None:
            example = "{kind: ec2, …}" if self.mode is Mode.VM else "{…}"
            yield _at(
                "mode",
                str(self.mode),
                f"has no `{self.mode}` block to go with it",
                f"write `{self.mode}: {example}`",
                "there would be nothing to run on",
            )
        if (self.kubernetes if self.mode is Mode.VM else self.vm) is not None:
            yield _at(
                other,
                {},
                f"stands here, but `mode` is `{self.mode}`",
                f"delete it, or write `mode: {other}`",
                "it would be ignored",
            )

    def _installer_mistakes(self) -> Iterator[Refusal]:
        """A server's installer is known again by its sum; a cluster pulls no installer."""
        if self.mode is Mode.KUBERNETES:
            if self.sha256 is not None:
                yield _at("sha256", self.sha256, "is of an installer, which no cluster uses", "delete it")
            return
        known = versions.release(self.version)
        if not self.installer_sha256:
            yield _at(
                "version",
                self.version,
                "has no known checksum, and `sha256` is missing",
                f"download {known.url}, verify it as docs/harbor.md says, and write `sha256:` with what `sha256sum` "
                f"prints; or write `version: {versions.default()}`",
                "whatever is downloaded would be run as root",
            )
        elif self.sha256 is not None and known.sha256 not in ("", self.sha256):
            yield _at(
                "sha256",
                self.sha256,
                f"is not the checksum of Harbor {self.version}, which is known: {known.sha256}",
                "delete `sha256`; if yours is right, the download was replaced, so ask why before you go on",
            )

    def _place_mistakes(self) -> Iterator[Refusal]:
        """What can be had where Harbor runs."""
        if self.mode is Mode.KUBERNETES:
            yield from self._cluster_mistakes()
            return
        cloud = self.vm.kind if self.vm is not None else None
        if cloud is None:
            return
        for kind, needed in ((S3Storage, "ec2"), (GcsStorage, "compute-engine")):
            if isinstance(self.storage, kind) and cloud != needed:
                yield Refusal(
                    ("storage", "kind"),
                    self.storage.kind,
                    MistakeError(
                        f"is entered by a role of `kind: {needed}`, and the server is `{cloud}`",
                        f"write `{'gcs' if cloud == 'compute-engine' else 's3'}` or `disk`",
                        "a key that never ends would have to lie on the server",
                    ),
                )
        if (
            isinstance(self.tls, LetsEncrypt)
            and self.tls.challenge is Challenge.DNS
            and getattr(self.vm, "dns", None) is None
        ):
            yield Refusal(
                ("tls", "challenge"),
                str(self.tls.challenge),
                MistakeError(
                    "needs a zone that the server may write to, and `vm.dns` names none",
                    "write the zone under `vm: dns:`, or `challenge: http`",
                    "Let's Encrypt could not be shown that the host is yours",
                ),
            )

    def _cluster_mistakes(self) -> Iterator[Refusal]:
        """Whatever holds data is outside of the cluster, and what only a server has is not told."""
        if self.kubernetes is not None:
            yield from self.kubernetes.mistakes(self.version, str(self.tls.mode), self.storage.kind)
        for key, what in (("database", "one database"), ("redis", "one Redis")):
            if getattr(self, key) is None:
                yield Refusal(
                    (key,),
                    None,
                    MistakeError(
                        f"is missing: several pods need {what} that is in none of them",
                        f"write `{key}: {{host: …, password: …}}` of a managed service",
                        "it would be lost with its node, and no second replica could share it",
                    ),
                )
        if isinstance(self.storage, DiskStorage):
            yield Refusal(
                ("storage",),
                {"kind": None},
                MistakeError(
                    "keeps images on a disk, which several pods cannot share",
                    "write `storage: {kind: s3, bucket: …, region: …}`, or `{kind: gcs, bucket: …}`",
                ),
            )
        elif self.storage.bucket is None:
            yield Refusal(
                ("storage", "bucket"),
                None,
                MistakeError("is missing: for a cluster no bucket is made", "write the name of one that exists"),
            )
        if isinstance(self.storage, S3Storage) and self.storage.region is None:
            yield Refusal(
                ("storage", "region"), None, MistakeError("is missing: a cluster is in no region", "write the bucket's")
            )
        if self.backup is not None:
            yield _at(
                "backup",
                {},
                "is a server's; with `mode: kubernetes` the managed database and the bucket have backups of their own",
                "delete it, and switch those on",
                "it would be ignored",
            )
        if self.watch is not None:
            yield _at(
                "watch",
                {},
                "is a server's; with `mode: kubernetes` Prometheus reads the measurements: docs/harbor-kubernetes.md",
                "delete it",
                "it would be ignored",
            )


def _at(key: str, found: object, what: str, mend: str, consequence: str = "") -> Refusal:
    return Refusal((key,), found, MistakeError(what, mend, consequence))
