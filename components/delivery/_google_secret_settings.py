"""What a delivery into Google Secret Manager may be told.

Owns: the settings, and the rules between them. Does not own what is then declared.

Limits and rules, read 2026-11:
- ids, locations, durations: https://docs.cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets;
- keys and where they lie: https://docs.cloud.google.com/secret-manager/docs/cmek;
- members: https://docs.cloud.google.com/iam/docs/principal-identifiers.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from components._settings import MistakeError, Settings
from components.delivery._google import GoogleDeliverySettings
from components.delivery._interface import STACK
from components.gcp.place import KeyName, key_location
from contract.kinds import Target

_GLOBAL = "global"
_LONGEST_RECOVERY = 1000

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_REGION = re.compile(r"[a-z]+-[a-z]+[1-9][0-9]?")
_TOPIC = re.compile(r"projects/[a-z0-9.:-]+/topics/[A-Za-z][A-Za-z0-9._~+%-]{2,254}")
_POOL = r"iam\.googleapis\.com/projects/[0-9]+/locations/global/workloadIdentityPools/[a-z0-9-]{4,32}"
_MEMBER = re.compile(
    r"(?:serviceAccount|group|user):[a-z0-9._+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+"
    rf"|principal://{_POOL}/subject/[^*\s]+|principalSet://{_POOL}/(?:group|attribute\.[a-z0-9_]+)/[^*\s]+"
)


def _name(text: str) -> str:
    if _NAME.fullmatch(text.replace(STACK, "stack")) is None:
        raise MistakeError("is not a secret's id: 1 to 255 of A-Z, a-z, 0-9, '_' and '-'")
    return text


def _region(text: str) -> str:
    if _REGION.fullmatch(text) is None:
        raise MistakeError("is not a region such as europe-west1", consequence="a copy lies in one region")
    return text


def _topic(text: str) -> str:
    if _TOPIC.fullmatch(text) is None:
        raise MistakeError("is not the full name of a Pub/Sub topic: projects/…/topics/…")
    return text


def _member(text: str) -> str:
    if _MEMBER.fullmatch(text) is None:
        open_ = text.startswith(("all", "domain:", "project")) or "*" in text
        raise MistakeError(
            "is not one account or group by name: serviceAccount:, group: or user: and an address in lower-case"
            " letters, or a principal of a workload identity pool",
            consequence="it would let strangers read" if open_ else "whom it lets read would be a guess",
        )
    return text


class RegionSettings(Settings):
    """A region that holds a copy of the secret."""

    kms_key: KeyName | None = Field(
        default=None,
        description="the KMS key in that region; left out: Google's own",
        examples=["projects/my-project/locations/europe-west1/keyRings/builder/cryptoKeys/secrets"],
    )


class RotationSettings(Settings):
    """When Secret Manager asks for a new value. It asks, and makes none."""

    topic: Annotated[str, AfterValidator(_topic)] = Field(
        description="the Pub/Sub topic that is told", examples=["projects/my-project/topics/rotate-builder"]
    )
    period_days: int = Field(ge=1, le=36_500, description="how often, in days", examples=[90])


class GoogleSecretManagerSettings(GoogleDeliverySettings):
    """One secret in Google Secret Manager."""

    target: Target = Target.GOOGLE_SECRET_MANAGER
    name: Annotated[str, AfterValidator(_name)] = Field(
        default=f"snapdeploy-{STACK}-builder",
        description="the secret's id; `{stack}` in it is the stack's name",
        examples=["snapdeploy-prod-builder"],
    )
    kms_key: KeyName | None = Field(
        default=None,
        description="the KMS key in location `global` that encrypts it where Google chooses the regions; left out:"
        " Google's own",
        examples=["projects/my-project/locations/global/keyRings/builder/cryptoKeys/secrets"],
    )
    regions: Mapping[Annotated[str, AfterValidator(_region)], RegionSettings] = Field(
        default={},
        description="the regions that hold it; left out: Google chooses. It cannot be changed later",
        examples=[{"europe-west1": {}, "europe-north1": {}}],
    )
    readers: Mapping[str, Annotated[str, AfterValidator(_member)]] = Field(
        default={},
        description="who may read it, by a name of yours: a service account, a group, a user or a federated principal",
        examples=[{"builder": "serviceAccount:builder@my-project.iam.gserviceaccount.com"}],
    )
    rotation: RotationSettings | None = Field(
        default=None,
        description="when to ask for a new value, and whom",
        examples=[{"topic": "projects/my-project/topics/rotate-builder", "periodDays": 90}],
    )
    recovery_days: int | None = Field(
        default=None,
        ge=0,
        le=_LONGEST_RECOVERY,
        description="how long an old value can be restored: 0 to 1000; left out: 30 in production, else 0",
        examples=[30],
    )
    protect: bool | None = Field(
        default=None,
        description="whether the secret refuses to be deleted; left out: in production",
        examples=[True],
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        mistake = next(_disagreements(self), None)
        if mistake is not None:
            raise mistake
        return self

    def destination(self) -> str:
        """The secret's full name."""
        return f"projects/{self.project}/secrets/{self.name}"


def keys_of(settings: GoogleSecretManagerSettings) -> dict[str, str]:
    """The keys that are given, by the location in which each is needed."""
    asked = {region: copy.kms_key for region, copy in settings.regions.items()} or {_GLOBAL: settings.kms_key}
    return {location: key for location, key in sorted(asked.items()) if key is not None}


def _disagreements(settings: GoogleSecretManagerSettings) -> Iterator[MistakeError]:
    if settings.kms_key is not None and settings.regions:
        yield MistakeError(
            "has a `kmsKey` beside `regions`",
            "delete it, and write a `kmsKey` for each region",
            "a key works in its own location only",
        )
    for location, key in keys_of(settings).items():
        if key_location(key) != location:
            yield MistakeError(
                f"names a KMS key in {key_location(key)} for what is kept in {location}",
                f"write the name of a key in {location}",
                "a key works in its own location only",
            )
