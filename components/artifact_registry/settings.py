"""What the stack's config may say of an Artifact Registry.

Owns: its keys, defaults, and the rules between them. Does not own: the retention rules, which other kinds share
(`components/_retention.py`), who may have which right (`settings_access.py`), or what is watched (`watch/settings.py`).
Longer than most files: a group of keys that belong to one block each, and nothing else.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, Strict, model_validator

from components._retention import Refusal, refuse
from components._settings import MistakeError, RegistrySettings, Settings, Text
from components.artifact_registry import cleanup
from components.artifact_registry.settings_access import AccessSettings
from components.artifact_registry.watch.settings import WatchSettings
from components.gcp.place import KeyName, Location, Place, Project, key_location
from contract.kinds import Auth, Kind

# https://docs.cloud.google.com/artifact-registry/docs/repositories/create-repos, read 2026-11
_REPOSITORY = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_LONGEST = 63
_LABEL = re.compile(r"[a-z][a-z0-9-]{0,30}")
_UPSTREAM_URL = re.compile(r"https://[a-z0-9][a-z0-9.-]*(:[0-9]{1,5})?(/[A-Za-z0-9._/-]*)?")
VIRTUAL = "virtual"
"""The end of the name of the repository that pulls may use where there are caches."""


class EncryptionType(StrEnum):
    """Who keeps the key that images are encrypted with."""

    GOOGLE = "google"
    KMS = "kms"


class Upstream(StrEnum):
    """The registries that Artifact Registry can be a cache of."""

    DOCKER_HUB = "docker-hub"
    CUSTOM = "custom"


def _repository(text: str) -> str:
    if _REPOSITORY.fullmatch(text) is None:
        raise MistakeError(
            "is not a repository's name: up to 63 of a-z, 0-9 and '-', a letter first, no '-' last",
            "write for example `namespace: snapdeploy-apps`; apps may have paths of their own below it",
        )
    return text


def _label(text: str) -> str:
    if _LABEL.fullmatch(text) is None or text.endswith("-"):
        raise MistakeError("is not a cache's name: up to 31 of a-z, 0-9 and '-', a letter first, no '-' last")
    if text == VIRTUAL:
        raise MistakeError("is the name of what stands in front of the caches")
    return text


def _no_exclusions(_: object) -> None:
    raise MistakeError(
        "is what Artifact Registry does not have: all tags of a repository are immutable, or none",
        "delete `exclude`; what has to move, such as a build cache, goes into a registry of its own",
    )


def _url(text: str) -> str:
    if _UPSTREAM_URL.fullmatch(text) is None:
        raise MistakeError(
            "is not the address of a registry: `https://`, the host, a path, and nothing secret",
            "write for example `url: https://ghcr.io`; a credential goes into `username` and `token`",
        )
    return text


RepositoryName = Annotated[str, AfterValidator(_repository)]
CacheName = Annotated[str, AfterValidator(_label)]


class ImmutabilitySettings(Settings):
    """Whether a pushed tag can be pushed again to mean something else."""

    enabled: bool = Field(default=True, description="whether tags are immutable, all of them", examples=[True])
    tags_may_move: bool = Field(
        default=False,
        description="with `enabled: false`: that tags may move in production is meant",
        examples=[True],
    )
    exclude: Annotated[tuple[str, ...] | None, Strict(False), AfterValidator(_no_exclusions)] = Field(
        default=None, description="nothing: Artifact Registry has no exceptions, as ECR has", examples=[None]
    )

    @model_validator(mode="after")
    def _meant(self) -> "ImmutabilitySettings":
        if self.enabled and self.tags_may_move:
            raise MistakeError(
                "says that tags may move, and that they are immutable",
                "write `enabled: false`, or delete `tagsMayMove`",
            )
        return self


class EncryptionSettings(Settings):
    """How images are encrypted at rest."""

    type: Annotated[EncryptionType, Strict(False)] = Field(
        default=EncryptionType.GOOGLE, description="google, or kms", examples=["google"]
    )
    key: KeyName | None = Field(
        default=None,
        description="the full name of a key of yours in Cloud KMS; left out with kms: one is made",
        examples=["projects/your-project/locations/europe-west1/keyRings/apps/cryptoKeys/images"],
    )
    confirm_replacement: int | None = Field(
        default=None,
        ge=0,
        description="how many images you accept to lose where a changed encryption replaces the repository",
        examples=[0],
    )

    @model_validator(mode="after")
    def _key_needs_kms(self) -> "EncryptionSettings":
        if self.key is not None and self.type is not EncryptionType.KMS:
            raise MistakeError("names a `key` without `type: kms`", "write `type: kms`, or delete `key`")
        return self


class ScanningSettings(Settings):
    """Whether pushed images are scanned for known vulnerabilities."""

    enabled: bool = Field(
        default=True,
        description="true: the project's scanning API is switched on too; false: this repository is left out of it",
        examples=[True],
    )


class CacheSettings(Settings):
    """A cache of somebody else's registry: `<host>/<project>/<namespace>-<name>/<image>` is pulled from there once."""

    upstream: Annotated[Upstream, Strict(False)] = Field(description="docker-hub or custom", examples=["docker-hub"])
    url: Annotated[str, AfterValidator(_url)] | None = Field(
        default=None, description="the upstream's address, with custom", examples=["https://ghcr.io"]
    )
    username: Text | None = Field(default=None, description="the user at the upstream", examples=["snapdeploy"])
    token: SecretStr | None = Field(default=None, description="the user's access token at the upstream")
    expire_days: int = Field(
        default=30,
        ge=1,
        le=3650,
        description="days after which a cached image goes, to be fetched anew when it is pulled again",
        examples=[30],
    )

    @model_validator(mode="after")
    def _fits_together(self) -> "CacheSettings":
        if (self.upstream is Upstream.CUSTOM) != (self.url is not None):
            if self.url is None:
                raise MistakeError("is a cache of its own choice, and does not say of what", "add `url`")
            raise MistakeError("names a `url` without `upstream: custom`", "write `upstream: custom`, or delete `url`")
        if (self.username is None) != (self.token is None):
            raise MistakeError("has half a credential", "set both `username` and `token`, or neither")
        return self


class ArtifactRegistrySettings(RegistrySettings):
    """Google Artifact Registry in one project and location."""

    kind: Kind = Kind.ARTIFACT_REGISTRY
    project: Project = Field(description="the project's id, not its number", examples=["your-project"])
    project_number: int | None = Field(
        default=None,
        ge=1,
        description="the project's number, which no other project ever gets: held against what is found",
        examples=[234567890123],
    )
    location: Location = Field(description="a region, or us, europe or asia", examples=["europe-west1"])
    namespace: RepositoryName = Field(
        default="snapdeploy-apps",
        description="the repository's name; an image is <host>/<project>/<namespace>/<app>:<tag>",
        examples=["snapdeploy-apps"],
    )
    adopt: bool = Field(
        default=False, description="whether the repository exists already and is to be taken over", examples=[True]
    )
    protect: bool | None = Field(
        default=None,
        description="whether the repository and its key refuse to be deleted; left out: in environment prod",
        examples=[True],
    )
    immutability: ImmutabilitySettings = Field(
        default_factory=ImmutabilitySettings, description="whether tags can move", examples=[{"enabled": True}]
    )
    encryption: EncryptionSettings = Field(
        default_factory=EncryptionSettings, description="encryption at rest", examples=[{"type": "google"}]
    )
    retention: cleanup.Retention = Field(
        default_factory=dict, description="which images go, by name of the rule", examples=[{}]
    )
    retention_dry_run: bool = Field(
        default=True,
        description="whether Google only logs what the rules would remove; false once that was read",
        examples=[True],
    )
    scanning: ScanningSettings | None = Field(
        default=None, description="own the scanning of images; left out: as the project has it", examples=[{}]
    )
    cache: dict[CacheName, CacheSettings] = Field(
        default_factory=dict, description="caches of other registries, by name", examples=[{}]
    )
    access: AccessSettings = Field(
        default_factory=AccessSettings, description="who may push, pull and clean up", examples=[{}]
    )
    watch: WatchSettings | None = Field(default=None, description="alerts and a dashboard", examples=[{}])

    @model_validator(mode="after")
    def _fits_together(self) -> "ArtifactRegistrySettings":
        refuse(self._misplaced())
        return self

    def _misplaced(self) -> Iterator[Refusal]:
        key = self.encryption.key
        if key is not None and key_location(key) != self.location:
            yield Refusal(
                ("encryption", "key"),
                key,
                MistakeError(
                    f"lies in {key_location(key)}, and the repository in {self.location}",
                    f"name a key in {self.location}; a repository in us, europe or asia needs one in the multi-region"
                    " of that name",
                    "Google encrypts a repository with a key of its own location only",
                ),
            )
        if self.immutability.enabled:
            for refusal in cleanup.stopped(self.retention):
                yield replace(refusal, at=("retention", *refusal.at))
        if self.watch is not None:
            yield from self._watched(self.watch)
        longest = max((VIRTUAL, *self.cache), key=len) if self.cache else ""
        if self.cache and len(self.namespace) + 1 + len(longest) > _LONGEST:
            yield Refusal(
                ("cache",),
                longest,
                MistakeError(
                    f"makes the repository {self.namespace}-{longest}, whose name is longer than {_LONGEST}",
                    "write a shorter name, or a shorter `namespace`",
                ),
            )

    def _watched(self, watch: WatchSettings) -> Iterator[Refusal]:
        try:
            watch.check_place(self.place)
        except MistakeError as mistake:
            yield Refusal(("watch",), watch, mistake)
        if watch.scan_results is not None and self.scanning is not None and not self.scanning.enabled:
            unread = MistakeError(
                "reads what scans find, and `scanning` leaves the repository out of them",
                "write `scanning: {enabled: true}`, or delete `scanResults`",
                "no finding would ever come",
            )
            yield Refusal(("watch", "scanResults"), watch.scan_results, unread)

    def builder_auth(self) -> Auth:
        """By a token of its service account; static where it is given a key."""
        return self.access.builder_auth()

    @property
    def place(self) -> Place:
        """Where the registry is."""
        return Place(self.project, self.location)

    def cache_repository(self, label: str) -> str:
        """The name of the repository that is the cache `label`; `VIRTUAL` for the one in front of them."""
        return f"{self.namespace}-{label}"
