"""What may be said of the inside of a Harbor.

Owns: the keys about its project, people and jobs, their defaults, and the rules between them. Does not own: the
retention rules (`retention.py`), copies to and from other registries (`settings_replication.py`), or what Harbor runs
on.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, Strict, model_validator

from components._retention import Refusal, TagPattern, refuse
from components._settings import MistakeError, Settings, Text, like
from components.harbor.inside.cron import Cron
from components.harbor.inside.retention import Retention, stopped
from components.harbor.inside.settings_replication import CacheSettings, ReplicationSettings, Upstream

BUILD_CACHE_TAG = "buildcache"
"""The one tag that may move by default: a build cache is overwritten at each build."""

_FORWARD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?:(?P<port>[1-9][0-9]{0,4})")
_HTTPS = re.compile(r"https://[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?")
_REPLICATION_NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")


class Block(StrEnum):
    """From which severity of a finding on an image can no longer be pulled."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


def _forward(text: str) -> str:
    found = _FORWARD.fullmatch(text)
    if found is None or int(found["port"]) > 65535:
        raise MistakeError("is not a host and a port, such as `syslog.example.com:514`")
    return text


class ProjectSettings(Settings):
    """The project that images are pushed to; it is never public."""

    scan: bool = Field(default=True, description="whether images are scanned when they are pushed", examples=[True])
    block: Annotated[Block, Strict(False)] = Field(
        default=Block.CRITICAL,
        description="from which severity of a finding on no image is pulled: critical, high, medium, low; or none",
        examples=["critical"],
    )
    sbom: bool = Field(default=True, description="whether a list of what is in an image is made", examples=[True])
    quota_gb: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        default=None, description="how much the project may hold, in GiB; left out: as much as there is", examples=[200]
    )

    @model_validator(mode="after")
    def _blocks_what_it_scans(self) -> Self:
        if self.block is not Block.NONE and not self.scan:
            raise MistakeError(
                "blocks images by their findings, and does not scan them",
                "write `block: none`, or delete `scan: false`",
                "Harbor lets nobody pull an image that was not scanned where it blocks any",
            )
        return self


class ImmutabilitySettings(Settings):
    """Whether a pushed tag can be pushed again to mean something else."""

    enabled: bool = Field(default=True, description="whether tags are immutable", examples=[True])
    exclude: Annotated[tuple[TagPattern, ...], Strict(False)] = Field(
        default=(BUILD_CACHE_TAG,), description="patterns of tags that may move all the same", examples=[["buildcache"]]
    )


class SchedulesSettings(Settings):
    """When Harbor's own jobs run, in UTC."""

    retention: Cron = Field(default="0 0 1 * * *", description="when images go by the rules", examples=["0 0 1 * * *"])
    garbage_collection: Cron = Field(
        default="0 0 4 * * 6", description="when what no image needs is deleted from the disk", examples=["0 0 4 * * 6"]
    )
    delete_untagged: bool = Field(
        default=False, description="whether garbage collection takes images without a tag as well", examples=[False]
    )
    scan_all: Cron = Field(
        default="0 0 5 * * *", description="when everything is scanned again", examples=["0 0 5 * * *"]
    )


class AuditLogSettings(Settings):
    """Who did what: how long it is kept, and where it goes besides."""

    days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=365, description="days for which entries are kept", examples=[365]
    )
    forward: Annotated[str, AfterValidator(_forward)] | None = Field(
        default=None, description="a syslog server that each entry is sent to", examples=["syslog.example.com:514"]
    )


class RobotSettings(Settings):
    """The account that the builder pushes with."""

    days: Annotated[int, Field(ge=1, le=365)] = Field(
        default=90,
        description="days after which it ends; an update in the last third of them makes its successor",
        examples=[90],
    )
    rotation: Text | None = Field(
        default=None, description="any text; a changed text makes its successor now", examples=["2026-11"]
    )


class OidcSettings(Settings):
    """Where people log in."""

    issuer: Annotated[str, like(_HTTPS, "is not an address like `https://accounts.example.com`")] = Field(
        description="the identity provider's address, before /.well-known/openid-configuration",
        examples=["https://accounts.example.com"],
    )
    client_id: Text = Field(description="what the identity provider knows Harbor by", examples=["harbor"])
    client_secret: SecretStr = Field(description="the secret that goes with it")
    groups_claim: Text | None = Field(
        default=None, description="the claim that lists a person's groups", examples=["groups"]
    )
    admin_group: Text | None = Field(
        default=None, description="the group whose members administrate Harbor", examples=["registry-admins"]
    )
    auto_onboard: bool = Field(
        default=True, description="whether a person's name is taken over at the first login, unasked", examples=[True]
    )
    user_claim: Text = Field(
        default="email", description="the claim that is a person's name in Harbor", examples=["email"]
    )

    @model_validator(mode="after")
    def _knows_groups(self) -> Self:
        if self.admin_group is not None and self.groups_claim is None:
            raise MistakeError(
                "names an `adminGroup`, and no `groupsClaim` that would list it",
                "write `groupsClaim: groups`, or what the identity provider calls it",
                "nobody would be in it",
            )
        return self


class InsideSettings(Settings):
    """The keys of a Harbor that are about its inside, whatever it runs on."""

    project: ProjectSettings = Field(
        default_factory=ProjectSettings, description="the project's protection", examples=[{"block": "high"}]
    )
    immutability: ImmutabilitySettings = Field(
        default_factory=ImmutabilitySettings, description="whether tags can move", examples=[{"enabled": True}]
    )
    retention: Retention = Field(
        default_factory=dict, description="which images go, by name of the rule", examples=[{}]
    )
    schedules: SchedulesSettings = Field(
        default_factory=SchedulesSettings,
        description="when Harbor's own jobs run, in UTC",
        examples=[{"scanAll": "0 0 5 * * *"}],
    )
    audit_log: AuditLogSettings = Field(
        default_factory=AuditLogSettings, description="who did what", examples=[{"days": 365}]
    )
    caches: dict[Annotated[Upstream, Strict(False)], CacheSettings] = Field(
        default_factory=dict,
        description="caches of other registries, docker-hub or ghcr: each a project of that name",
        examples=[{"docker-hub": {}}],
    )
    replication: dict[Annotated[str, like(_REPLICATION_NAME, "is not a name in Harbor")], ReplicationSettings] = Field(
        default_factory=dict, description="copies to and from other registries, by name", examples=[{}]
    )
    robot: RobotSettings = Field(
        default_factory=RobotSettings, description="the account that the builder pushes with", examples=[{"days": 90}]
    )
    oidc: OidcSettings | None = Field(
        default=None, description="where people log in; left out: nobody but the administrator", examples=[{}]
    )

    @model_validator(mode="after")
    def _inside_fits_together(self) -> Self:
        refuse(self._inside_mistakes())
        return self

    def _inside_mistakes(self) -> Iterator[Refusal]:
        if self.immutability.enabled:
            for refusal in stopped(self.retention, self.immutability.exclude):
                yield replace(refusal, at=("retention", *refusal.at))
        project = getattr(self, "namespace", None)
        for upstream in self.caches:
            if upstream == project:
                yield Refusal(
                    ("caches", str(upstream)),
                    str(upstream),
                    MistakeError(
                        "is the name of the project that images are pushed to, and a cache is a project too",
                        "write another `namespace`",
                        "Harbor would not let anything be pushed to it",
                    ),
                )
