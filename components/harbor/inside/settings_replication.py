"""What may be said of copies: caches of other registries, and images that go to them or come from them.

Owns: these keys and their rules. Does not own: how Harbor is told (`replication.py`).
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, SecretStr, Strict, model_validator

from components._retention import Refusal, refuse
from components._settings import MistakeError, Namespace, Settings, Text, like
from components.harbor.inside.cron import Cron

_HTTPS = re.compile(r"https://[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?")
_REGION = re.compile(r"[a-z]{2,}(?:-[a-z]+)+-[1-9][0-9]?")
_LOCATION = re.compile(r"[a-z]+(?:-[a-z]+[1-9][0-9]?)?")
_NAMES = re.compile(r"[a-z0-9*][a-z0-9._*/-]*")
_TAGS = re.compile(r"[A-Za-z0-9_*][A-Za-z0-9._*-]*")
_MOST_PARTS = 3  # Harbor can replace up to three leading parts of a name


class Upstream(StrEnum):
    """The registries that Harbor can be a cache of here."""

    DOCKER_HUB = "docker-hub"
    GHCR = "ghcr"


class Peer(StrEnum):
    """What images are copied to or from."""

    ECR = "ecr"
    GHCR = "ghcr"
    ARTIFACT_REGISTRY = "artifact-registry"
    HARBOR = "harbor"


class Direction(StrEnum):
    """Which way copies go."""

    PUSH = "push"
    PULL = "pull"


class Trigger(StrEnum):
    """When copies are made."""

    MANUAL = "manual"
    SCHEDULED = "scheduled"
    EVENT = "event"


def _half(username: str | None, secret: SecretStr | None, names: str) -> None:
    if (username is None) != (secret is None):
        raise MistakeError("has half a credential", f"set both {names}, or neither")


class CacheSettings(Settings):
    """A cache of somebody else's registry: `<host>/<name of the cache>/<image>` is pulled from there once."""

    username: Text | None = Field(default=None, description="the user at the upstream", examples=["snapdeploy"])
    token: SecretStr | None = Field(default=None, description="the user's access token at the upstream")
    expire_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=30,
        description="days without a pull after which a cached image goes, to be fetched anew when it is pulled again",
        examples=[30],
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _half(self.username, self.token, "`username` and `token`")
        return self


class ReplicationSettings(Settings):
    """Copies of images to or from one place elsewhere."""

    direction: Annotated[Direction, Strict(False)] = Field(
        description="push: from here to there; pull: from there to here", examples=["push"]
    )
    peer: Annotated[Peer, Strict(False)] = Field(
        description="what is there: ecr, ghcr, artifact-registry or harbor", examples=["ecr"]
    )
    url: Annotated[str, like(_HTTPS, "is not an address like `https://registry.example.org`")] | None = Field(
        default=None, description="where it is, with harbor", examples=["https://registry.example.org"]
    )
    region: Annotated[str, like(_REGION, "is not a region of AWS")] | None = Field(
        default=None, description="where it is, with ecr", examples=["eu-central-1"]
    )
    location: Annotated[str, like(_LOCATION, "is not a location of Artifact Registry")] | None = Field(
        default=None, description="where it is, with artifact-registry", examples=["europe-west1"]
    )
    namespace: Namespace = Field(
        description="the path before the images' names there; with artifact-registry <project>/<repository>",
        examples=["snapdeploy-apps"],
    )
    username: Text | None = Field(
        default=None,
        description="who logs in there: an access key's id with ecr, a user, a robot; none with artifact-registry",
        examples=["robot$snapdeploy-apps+standby"],
    )
    secret: SecretStr | None = Field(default=None, description="what goes with it, or the key file in JSON")
    names: Annotated[str, like(_NAMES, "is not a pattern of images: a-z, 0-9, '.', '_', '-', '/', `*`, `**`")] = Field(
        default="**", description="which images, below the namespace: `*` for one part, `**` for any", examples=["**"]
    )
    tags: Annotated[str, like(_TAGS, "is not a pattern of tags")] | None = Field(
        default=None, description="which tags, `*` for anything; left out: all", examples=["v*"]
    )
    trigger: Annotated[Trigger, Strict(False)] = Field(
        default=Trigger.MANUAL,
        description="manual, scheduled, or event: at each push, and only from here to there",
        examples=["event"],
    )
    schedule: Cron | None = Field(
        default=None, description="when, with `trigger: scheduled`, in UTC", examples=["0 30 2 * * *"]
    )
    deletions: bool = Field(
        default=False, description="whether what is deleted here is deleted there, with event", examples=[False]
    )
    kbps: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="how fast at most, in kilobits a second; left out: as it goes", examples=[50_000]
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        refuse(iter([*self._place_mistakes(), *self._time_mistakes(), *self._credential_mistakes()]))
        return self

    def _place_mistakes(self) -> Iterator[Refusal]:
        needed = {Peer.HARBOR: "url", Peer.ECR: "region", Peer.ARTIFACT_REGISTRY: "location"}
        for peer, key in needed.items():
            given = getattr(self, key)
            if peer is self.peer and given is None:
                yield _at("peer", str(self.peer), "does not say where it is", f"write `{key}`")
            elif peer is not self.peer and given is not None:
                yield _at(key, given, f"goes with `peer: {peer}`, and this is `{self.peer}`", f"delete `{key}`")
        parts = self.namespace.count("/") + 1
        if self.peer is Peer.ARTIFACT_REGISTRY and parts != 2:  # a project and a repository
            yield _at("namespace", self.namespace, "is not <project>/<repository>", "write both")
        if parts > _MOST_PARTS:
            yield _at(
                "namespace",
                self.namespace,
                f"has {parts} parts, and Harbor can put at most {_MOST_PARTS} in place of its own",
                "write a shorter one",
            )
        no_list = self.peer in (Peer.GHCR, Peer.ARTIFACT_REGISTRY)
        if self.direction is Direction.PULL and no_list and "*" in self.names:
            yield _at(
                "names",
                self.names,
                f"is a pattern, and {self.peer} does not tell Harbor which images there are",
                "write one image's name, in a replication for each",
                "nothing would ever be copied",
            )

    def _time_mistakes(self) -> Iterator[Refusal]:
        if (self.trigger is Trigger.SCHEDULED) != (self.schedule is not None):
            if self.schedule is None:
                yield _at("trigger", "scheduled", "does not say when", "write `schedule: 0 30 2 * * *`")
            else:
                yield _at(
                    "schedule",
                    self.schedule,
                    f"goes with `trigger: scheduled`, and this is `{self.trigger}`",
                    "write `trigger: scheduled`, or delete `schedule`",
                )
        if self.trigger is Trigger.EVENT and self.direction is Direction.PULL:
            yield _at(
                "trigger",
                "event",
                "is a push to this Harbor, and this pulls from elsewhere",
                "write `trigger: scheduled` and a `schedule`",
                "Harbor hears of no push elsewhere",
            )
        if self.deletions and self.trigger is not Trigger.EVENT:
            yield _at("deletions", True, "needs `trigger: event`", "write it, or delete `deletions`")

    def _credential_mistakes(self) -> Iterator[Refusal]:
        if self.peer is Peer.ARTIFACT_REGISTRY:
            if self.secret is None:
                yield _at("peer", str(self.peer), "is entered by a key file only", "write `secret`")
            if self.username is not None:
                yield _at("username", self.username, "is none with artifact-registry", "delete it")
        elif (self.username is None) != (self.secret is None):
            yield _at("peer", str(self.peer), "has half a credential", "set both `username` and `secret`, or neither")
        elif self.username is None and (self.peer is Peer.ECR or self.direction is Direction.PUSH):
            yield _at("peer", str(self.peer), "lets nobody in without a credential", "set `username` and `secret`")


def _at(key: str, found: object, what: str, mend: str, consequence: str = "") -> Refusal:
    return Refusal((key,), found, MistakeError(what, mend, consequence))
