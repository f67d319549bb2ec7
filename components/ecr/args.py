"""What the ECR component is told when it is used from a program, in this language or another.

Owns: the arguments' types and their meaning, from which the component's schema is made. Does not own their rules: the
component reads its arguments into `EcrSettings`, which is also what the stack's config is read into. The values shape
what is declared, so they are plain; texts stand for words that `settings.py` lists.
"""

from typing import NotRequired, TypedDict


class ImmutabilityArgs(TypedDict):
    """Whether a pushed tag can be pushed again to mean something else."""

    enabled: NotRequired[bool]
    """Default: true."""
    exclude: NotRequired[list[str]]
    """Patterns of tags that may move all the same. Default: `buildcache`."""


class EncryptionArgs(TypedDict):
    """How images are encrypted at rest."""

    type: NotRequired[str]
    """`aes256` (default) or `kms`."""
    key: NotRequired[str]
    """The ARN of a KMS key. Default with `kms`: one is made."""
    confirm_replacement: NotRequired[int]
    """How many images may go where a changed encryption replaces repositories."""


class RetentionRuleArgs(TypedDict):
    """Which images go, or must never go."""

    rule: str
    """`keep`, `keep-newest`, `expire-untagged`, `expire-older`, `expire-unpulled` or `archive-unpulled`."""
    tags: NotRequired[list[str]]
    """Patterns of tags that the rule is about. Default: all."""
    count: NotRequired[int]
    """How many images `keep-newest` keeps."""
    days: NotRequired[int]
    """After how many days the others act."""


class RepositoryArgs(TypedDict):
    """A repository that is declared by name."""

    adopt: NotRequired[bool]
    """Whether it exists already and is to be taken over. Default: false."""


class PrincipalArgs(TypedDict):
    """Who has a right. Which fields there are depends on `from_`; see docs/ecr-permissions.md."""

    from_: str
    """`github`, `ec2`, `ecs`, `eks-pod-identity`, `irsa`, `account`, `organization` or `user`."""
    repository: NotRequired[str]
    """GitHub: `owner/name`."""
    owner_id: NotRequired[int]
    """GitHub: the owner's number, which a renamed owner keeps."""
    repository_id: NotRequired[int]
    """GitHub: the repository's number."""
    branches: NotRequired[list[str]]
    """GitHub: branches whose workflows are trusted."""
    tags: NotRequired[list[str]]
    """GitHub: Git tags whose workflows are trusted."""
    environments: NotRequired[list[str]]
    """GitHub: deployment environments whose jobs are trusted."""
    cluster: NotRequired[str]
    """EKS: the cluster's name."""
    namespace: NotRequired[str]
    """EKS: the Kubernetes namespace."""
    service_account: NotRequired[str]
    """EKS: the Kubernetes service account."""
    issuer: NotRequired[str]
    """IRSA: the cluster's OIDC issuer, without scheme."""
    id: NotRequired[str]
    """The account's or the organization's id."""
    external_id: NotRequired[str]
    """Account: what the other side has to present."""
    active: NotRequired[str]
    """User: which key slot is delivered, `a` or `b`."""
    a: NotRequired[str]
    """User: any text; a changed one makes a new key in slot a."""
    b: NotRequired[str]
    """User: likewise for slot b."""


class AccessArgs(TypedDict):
    """Who may do what, each by a name of one's choice."""

    push: NotRequired[dict[str, PrincipalArgs]]
    """Who may push and pull."""
    pull: NotRequired[dict[str, PrincipalArgs]]
    """Who may pull."""
    clean: NotRequired[dict[str, PrincipalArgs]]
    """Who may list and delete images."""
    builder: NotRequired[str]
    """Which of `push` is the builder, whose role is delivered. Default: the only one."""


class ScanFilterArgs(TypedDict):
    """Which repositories are scanned when."""

    pattern: str
    """Repositories by name; `*` stands for anything."""
    frequency: NotRequired[str]
    """`scan-on-push` (default), `continuous-scan` or `manual`."""


class ScanningArgs(TypedDict):
    """The scanning configuration of the account in the region."""

    type: NotRequired[str]
    """`basic` (default) or `enhanced`."""
    filters: NotRequired[dict[str, ScanFilterArgs]]
    """By name. Default: this namespace, on push."""


class AccountSettingArgs(TypedDict):
    """The account's own switches of ECR in the region; what is left out stays as it is."""

    basic_scan_version: NotRequired[str]
    """`AWS_NATIVE` or `CLAIR`."""
    blob_mounting: NotRequired[str]
    """`ENABLED` or `DISABLED`."""
    registry_policy_scope: NotRequired[str]
    """`V1` or `V2`."""


class AccountWideArgs(TypedDict):
    """What there is only one of in an account and region. Left out: it is not touched."""

    scanning: NotRequired[ScanningArgs]
    """Own the scanning configuration."""
    replication: NotRequired[bool]
    """Own the replication configuration."""
    registry_policy: NotRequired[bool]
    """Own the registry's policy."""
    settings: NotRequired[AccountSettingArgs]
    """Own the account settings of ECR."""


class CacheArgs(TypedDict):
    """A cache of somebody else's registry."""

    upstream: str
    """`docker-hub`, `ghcr`, `quay`, `kubernetes` or `ecr-public`."""
    prefix: NotRequired[str]
    """Before the names of cached images. Default: the cache's name."""
    username: NotRequired[str]
    """The user at the upstream."""
    token: NotRequired[str]
    """The user's access token at the upstream; it is kept as a secret."""
    expire_days: NotRequired[int]
    """Days after which a cached image is fetched anew. Default: 30."""


class RegionArgs(TypedDict):
    """A region of this account that images are replicated to."""

    key: NotRequired[str]
    """The ARN of a KMS key there."""


class DestinationArgs(TypedDict):
    """Another account that images are replicated to."""

    region: str
    """The region there."""


class SourceArgs(TypedDict):
    """An account whose images are taken."""


class ReplicationArgs(TypedDict):
    """Where each pushed image is copied to, and from whom copies are taken."""

    regions: NotRequired[dict[str, RegionArgs]]
    """Regions of this account."""
    accounts: NotRequired[dict[str, DestinationArgs]]
    """Other accounts, by id."""
    sources: NotRequired[dict[str, SourceArgs]]
    """Accounts whose copies are taken, by id."""


class PullAlarmArgs(TypedDict):
    """An alarm where a declared repository is pulled more often than is plausible."""

    above: int
    """How many pulls in the window are still plausible."""
    minutes: NotRequired[int]
    """The window. Default: 60."""


class UsageArgs(TypedDict):
    """A scheduled Lambda that counts storage, images and repositories."""

    schedule: NotRequired[str]
    """How often it counts. Default: `rate(1 hour)`."""
    days_to_quota: NotRequired[int]
    """Alarm where a quota is reached within so many days. Default: 30."""
    images_per_repository: NotRequired[int]
    """This account's quota, where AWS has raised it."""
    repositories_per_region: NotRequired[int]
    """This account's quota, where AWS has raised it."""


class WatchArgs(TypedDict):
    """Events, alarms and a dashboard; every key has a default."""

    topic: NotRequired[str]
    """The ARN of an SNS topic for all alerts. Default: an encrypted one of its own."""
    email: NotRequired[dict[str, str]]
    """Who gets alerts by e-mail, by any name."""
    minimum_severity: NotRequired[str]
    """`critical`, `high` (default), `medium`, `low` or `informational`: from which on findings are alerts."""
    trail_log_group: NotRequired[str]
    """The log group of a CloudTrail trail: only there are failed pushes seen."""
    pull_alarm: NotRequired[PullAlarmArgs]
    """Alarm on pulls of each declared repository."""
    usage: NotRequired[UsageArgs]
    """Count storage, images and repositories."""
    dashboard: NotRequired[bool]
    """Whether to make a CloudWatch dashboard. Default: true."""


class EcrArgs(TypedDict):
    """One ECR registry."""

    account: str
    """The AWS account's id, 12 digits."""
    region: str
    """The AWS region."""
    namespace: NotRequired[str]
    """The path before every image's name. Default: `snapdeploy-apps`."""
    endpoint: NotRequired[str]
    """`standard` (default), `fips` or `dual-stack`."""
    protect: NotRequired[bool]
    """Whether declared repositories and keys refuse to be deleted. Default: in environment `prod`."""
    immutability: NotRequired[ImmutabilityArgs]
    """Whether tags can move."""
    encryption: NotRequired[EncryptionArgs]
    """Encryption at rest."""
    retention: NotRequired[dict[str, RetentionRuleArgs]]
    """Which images go, by name of the rule. Default: none go."""
    repositories: NotRequired[dict[str, RepositoryArgs]]
    """Repositories declared by name under the namespace, beside those that the first push makes."""
    access: NotRequired[AccessArgs]
    """Who may push, pull and clean up."""
    account_wide: NotRequired[AccountWideArgs]
    """What to own of the whole account. Default: nothing."""
    cache: NotRequired[dict[str, CacheArgs]]
    """Caches of other registries, by name."""
    replication: NotRequired[ReplicationArgs]
    """Copies in other regions and accounts."""
    watch: NotRequired[WatchArgs]
    """Events, alarms and a dashboard. Default: none."""
    environment: NotRequired[str]
    """What is at stake: `local`, `dev` or `prod` (default)."""
    tags: NotRequired[dict[str, str]]
    """On everything that can carry them."""
    work_dir: NotRequired[str]
    """BUILDER_WORK_DIR."""
    log_dir: NotRequired[str]
    """BUILDER_LOG_DIR."""
