"""What the stack's config may say of an ECR registry.

Owns: its keys, defaults, and the rules between them. Does not own: the retention rules, which other kinds share
(`components/_retention.py`), who may have which right (`settings_access.py`), or what is watched
(`watch/settings.py`). Longer than most files: a group of keys that belong to one block each, and nothing else.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, Strict, model_validator

from components._settings import MistakeError, Namespace, RegistrySettings, Settings, Text
from components.aws.place import Account, Endpoint, KeyArn, Region
from components.ecr import lifecycle
from components.ecr.settings_access import AccessSettings
from components.ecr.watch.settings import WatchSettings
from contract.image import namespace_mistake
from contract.kinds import Kind

# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageTagMutabilityExclusionFilter.html
_MOST_EXCLUSIONS = 5
_MOST_WILDCARDS = 2
BUILD_CACHE_TAG = "buildcache"
"""The one tag that may move by default: a build cache is overwritten at each build."""


class EncryptionType(StrEnum):
    """Who keeps the key that images are encrypted with."""

    AES256 = "aes256"
    KMS = "kms"


class ScanType(StrEnum):
    """What scans the registry's images."""

    BASIC = "basic"
    ENHANCED = "enhanced"


class Frequency(StrEnum):
    """When images are scanned. `continuous-scan` needs enhanced scanning."""

    SCAN_ON_PUSH = "scan-on-push"
    CONTINUOUS_SCAN = "continuous-scan"
    MANUAL = "manual"


class Upstream(StrEnum):
    """The registries that ECR can be a cache of."""

    DOCKER_HUB = "docker-hub"
    GHCR = "ghcr"
    QUAY = "quay"
    KUBERNETES = "kubernetes"
    ECR_PUBLIC = "ecr-public"


def _exclusion(pattern: str) -> str:
    if pattern.count("*") > _MOST_WILDCARDS:
        raise MistakeError(f"has more than {_MOST_WILDCARDS} `*`, which ECR does not take")
    if not pattern.isprintable() or " " in pattern:
        raise MistakeError("is not a pattern of tags")
    return pattern


def _repository(name: str) -> str:
    mistake = namespace_mistake(name)
    if mistake is not None:
        raise MistakeError(mistake)
    return name


TagPattern = Annotated[str, AfterValidator(_exclusion), Field(min_length=1, max_length=128)]


class ImmutabilitySettings(Settings):
    """Whether a pushed tag can be pushed again to mean something else."""

    enabled: bool = Field(default=True, description="whether tags are immutable", examples=[True])
    exclude: Annotated[tuple[TagPattern, ...], Strict(False), Field(max_length=_MOST_EXCLUSIONS)] = Field(
        default=(BUILD_CACHE_TAG,), description="patterns of tags that may move all the same", examples=[["buildcache"]]
    )


class EncryptionSettings(Settings):
    """How images are encrypted at rest."""

    type: Annotated[EncryptionType, Strict(False)] = Field(
        default=EncryptionType.AES256, description="aes256, or kms", examples=["aes256"]
    )
    key: KeyArn | None = Field(
        default=None,
        description="the ARN of a KMS key of yours; left out with kms: one is made",
        examples=["arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"],
    )
    confirm_replacement: int | None = Field(
        default=None,
        ge=0,
        description="how many images you accept to lose where a changed encryption replaces repositories",
        examples=[0],
    )

    @model_validator(mode="after")
    def _key_needs_kms(self) -> "EncryptionSettings":
        if self.key is not None and self.type is not EncryptionType.KMS:
            raise MistakeError("names a `key` without `type: kms`", "write `type: kms`, or delete `key`")
        return self


class RepositorySettings(Settings):
    """One repository that is declared by name, beside those that the first push makes."""

    adopt: bool = Field(default=False, description="whether it exists already and is to be taken over", examples=[True])


class ScanFilterSettings(Settings):
    """Which repositories are scanned when."""

    pattern: Text = Field(description="repositories by name; `*` stands for anything", examples=["snapdeploy-apps/*"])
    frequency: Annotated[Frequency, Strict(False)] = Field(
        default=Frequency.SCAN_ON_PUSH, description="scan-on-push, continuous-scan or manual", examples=["scan-on-push"]
    )


class ScanningSettings(Settings):
    """The scanning configuration of the account in the region."""

    type: Annotated[ScanType, Strict(False)] = Field(
        default=ScanType.BASIC, description="basic (free) or enhanced (Amazon Inspector)", examples=["basic"]
    )
    filters: dict[str, ScanFilterSettings] = Field(
        default_factory=dict, description="by name; left out: this namespace, on push", examples=[{}]
    )

    @model_validator(mode="after")
    def _continuous_needs_enhanced(self) -> "ScanningSettings":
        if self.type is ScanType.BASIC:
            for name, chosen in self.filters.items():
                if chosen.frequency is Frequency.CONTINUOUS_SCAN:
                    raise MistakeError(
                        f"has the filter {name} with continuous-scan, which basic scanning cannot do",
                        "write `type: enhanced`, or `frequency: scan-on-push`",
                    )
        return self


class AccountSettingSettings(Settings):
    """The account's own switches of ECR in the region; what is left out stays as it is."""

    basic_scan_version: Text | None = Field(
        default=None, pattern=r"^(AWS_NATIVE|CLAIR)$", description="AWS_NATIVE or CLAIR", examples=["AWS_NATIVE"]
    )
    blob_mounting: Text | None = Field(
        default=None, pattern=r"^(ENABLED|DISABLED)$", description="ENABLED or DISABLED", examples=["ENABLED"]
    )
    registry_policy_scope: Text | None = Field(
        default=None, pattern=r"^V[12]$", description="V1 or V2", examples=["V2"]
    )


class AccountWideSettings(Settings):
    """What there is only one of in an account and region. Left out: it belongs to somebody else and is not touched."""

    scanning: ScanningSettings | None = Field(default=None, description="own the scanning configuration", examples=[{}])
    replication: bool = Field(default=False, description="own the replication configuration", examples=[True])
    registry_policy: bool = Field(default=False, description="own the registry's policy", examples=[True])
    settings: AccountSettingSettings | None = Field(
        default=None, description="own the account settings of ECR", examples=[{"basicScanVersion": "AWS_NATIVE"}]
    )


class CacheSettings(Settings):
    """A cache of somebody else's registry: `<host>/<prefix>/<image>` is pulled from there once."""

    upstream: Annotated[Upstream, Strict(False)] = Field(
        description="docker-hub, ghcr, quay, kubernetes or ecr-public", examples=["docker-hub"]
    )
    prefix: Annotated[str, AfterValidator(_repository), Field(min_length=2, max_length=30)] | None = Field(
        default=None,
        description="before the names of cached images; left out: this block's name",
        examples=["docker-hub"],
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
    def _credential(self) -> "CacheSettings":
        needs = self.upstream in (Upstream.DOCKER_HUB, Upstream.GHCR)
        whole = self.username is not None and self.token is not None
        if needs and not whole:
            raise MistakeError(f"is a cache of {self.upstream}, which needs `username` and `token`", "set both")
        if not needs and (self.username or self.token):
            raise MistakeError(f"is a cache of {self.upstream}, which takes no credential", "delete username and token")
        return self


class RegionSettings(Settings):
    """A region of the same account that images are replicated to."""

    key: KeyArn | None = Field(
        default=None,
        description="the ARN of a KMS key of yours there; left out with encryption kms: one is made",
        examples=["arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000"],
    )


class SourceSettings(Settings):
    """An account whose images are taken."""


class DestinationSettings(Settings):
    """Another account that images are replicated to."""

    region: Region = Field(description="the region there", examples=["us-east-1"])


class ReplicationSettings(Settings):
    """Where each pushed image is copied to, and from whom copies are taken."""

    regions: dict[Region, RegionSettings] = Field(
        default_factory=dict, description="regions of this account, by name", examples=[{"eu-west-1": {}}]
    )
    accounts: dict[Account, DestinationSettings] = Field(
        default_factory=dict, description="other accounts, by id", examples=[{"210987654321": {"region": "us-east-1"}}]
    )
    sources: dict[Account, SourceSettings] = Field(
        default_factory=dict, description="accounts whose images are taken, by id", examples=[{"210987654321": {}}]
    )


class EcrSettings(RegistrySettings):
    """AWS ECR in one account and region."""

    kind: Kind = Kind.ECR
    account: Account = Field(description="the AWS account's id, in quotes", examples=["123456789012"])
    region: Region = Field(description="the AWS region", examples=["us-east-1"])
    namespace: Namespace = Field(
        default="snapdeploy-apps",
        description="the path before every image's name: <host>/<namespace>/<app>:<tag>",
        examples=["snapdeploy-apps"],
    )
    endpoint: Annotated[Endpoint, Strict(False)] = Field(
        default=Endpoint.STANDARD, description="standard, fips or dual-stack", examples=["standard"]
    )
    protect: bool | None = Field(
        default=None,
        description="whether declared repositories and keys refuse to be deleted; left out: in environment prod",
        examples=[True],
    )
    immutability: ImmutabilitySettings = Field(
        default_factory=ImmutabilitySettings, description="whether tags can move", examples=[{"enabled": True}]
    )
    encryption: EncryptionSettings = Field(
        default_factory=EncryptionSettings, description="encryption at rest", examples=[{"type": "aes256"}]
    )
    retention: lifecycle.Retention = Field(
        default_factory=dict, description="which images go, by name of the rule", examples=[{}]
    )
    repositories: dict[Annotated[str, AfterValidator(_repository)], RepositorySettings] = Field(
        default_factory=dict, description="repositories declared by name, under the namespace", examples=[{"web": {}}]
    )
    access: AccessSettings = Field(
        default_factory=AccessSettings, description="who may push, pull and clean up", examples=[{}]
    )
    account_wide: AccountWideSettings = Field(
        default_factory=AccountWideSettings, description="what to own of the whole account", examples=[{}]
    )
    cache: dict[Text, CacheSettings] = Field(
        default_factory=dict, description="caches of other registries, by name", examples=[{}]
    )
    replication: ReplicationSettings = Field(
        default_factory=ReplicationSettings, description="copies in other regions and accounts", examples=[{}]
    )
    watch: WatchSettings | None = Field(default=None, description="events, alarms and a dashboard", examples=[{}])

    @model_validator(mode="after")
    def _fits_together(self) -> "EcrSettings":
        replicates = bool(self.replication.regions or self.replication.accounts)
        if replicates and not self.account_wide.replication:
            raise MistakeError(
                "has `replication`, but does not own the account's replication configuration",
                "write `accountWide: {replication: true}`, or delete `replication`",
                "there is one per account and region: to write it is to overwrite what others have set",
            )
        if self.replication.sources and not self.account_wide.registry_policy:
            raise MistakeError(
                "takes copies from other accounts, but does not own the registry's policy",
                "write `accountWide: {registryPolicy: true}`, or delete `replication.sources`",
                "there is one per account and region: to write it is to overwrite what others have set",
            )
        if self.watch is not None:
            self.watch.check_region(self.region)
        if self.region in self.replication.regions:
            raise MistakeError("is replicated to its own region", f"delete `{self.region}` under `replication.regions`")
        return self
