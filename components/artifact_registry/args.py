"""What the Artifact Registry component is told when it is used from a program, in this language or another.

Owns: the arguments' types and their meaning, from which the component's schema is made. Does not own their rules: the
component reads its arguments into `ArtifactRegistrySettings`, which is also what the stack's config is read into. The
values shape what is declared, so they are plain; texts stand for words that `settings.py` lists.
"""

from typing import NotRequired, TypedDict


class ArtifactImmutabilityArgs(TypedDict):
    """Whether a pushed tag can be pushed again to mean something else."""

    enabled: NotRequired[bool]
    """Whether tags are immutable, all of them. Default: true."""
    tags_may_move: NotRequired[bool]
    """With `enabled` false: that tags may move in production is meant. Default: false."""


class ArtifactEncryptionArgs(TypedDict):
    """How images are encrypted at rest."""

    type: NotRequired[str]
    """`google` (default) or `kms`."""
    key: NotRequired[str]
    """The full name of a key in Cloud KMS. Default with `kms`: one is made."""
    confirm_replacement: NotRequired[int]
    """How many images may go where a changed encryption replaces the repository."""


class ArtifactRetentionRuleArgs(TypedDict):
    """Which images go, or must never go."""

    rule: str
    """`keep`, `keep-newest`, `expire-untagged` or `expire-older`."""
    tags: NotRequired[list[str]]
    """How the tags begin that the rule is about, each with `*` at its end. Default: all."""
    count: NotRequired[int]
    """How many versions of each image `keep-newest` keeps."""
    days: NotRequired[int]
    """After how many days the others act."""


class ArtifactScanningArgs(TypedDict):
    """Whether pushed images are scanned for known vulnerabilities."""

    enabled: NotRequired[bool]
    """True (default): the project's scanning API is switched on too; false: this repository is left out of it."""


class ArtifactCacheArgs(TypedDict):
    """A cache of somebody else's registry."""

    upstream: str
    """`docker-hub` or `custom`."""
    url: NotRequired[str]
    """The upstream's address, with `custom`."""
    username: NotRequired[str]
    """The user at the upstream."""
    token: NotRequired[str]
    """The user's access token at the upstream; it is kept as a secret."""
    expire_days: NotRequired[int]
    """Days after which a cached image is fetched anew. Default: 30."""


class ArtifactPrincipalArgs(TypedDict):
    """Who has a right. Which fields there are depends on `from_`; see docs/artifact-registry-permissions.md."""

    from_: str
    """`github`, `gke`, `compute`, `account` or `key`."""
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
    project: NotRequired[str]
    """GKE: the clusters' project. Default: the registry's."""
    workload_pool: NotRequired[str]
    """GKE: the pool, where it is not called after the project."""
    namespace: NotRequired[str]
    """GKE: the Kubernetes namespace."""
    service_account: NotRequired[str]
    """GKE: the Kubernetes service account. Compute: the address of the machine's service account."""
    member: NotRequired[str]
    """Account: who, as Google's policies write it."""
    active: NotRequired[str]
    """Key: which slot is delivered, `a` or `b`."""
    a: NotRequired[str]
    """Key: any text; a changed one makes a new key in slot a."""
    b: NotRequired[str]
    """Key: likewise for slot b."""


class ArtifactAccessArgs(TypedDict):
    """Who may do what, each by a name of one's choice."""

    push: NotRequired[dict[str, ArtifactPrincipalArgs]]
    """Who may push and pull."""
    pull: NotRequired[dict[str, ArtifactPrincipalArgs]]
    """Who may pull, through the caches too."""
    clean: NotRequired[dict[str, ArtifactPrincipalArgs]]
    """Who may list and delete images."""
    builder: NotRequired[str]
    """Which of `push` is the builder, whose identity is delivered. Default: the only one."""
    account_prefix: NotRequired[str]
    """What the ids of the service accounts begin with. Default: `snapdeploy-<stack>-<registry>`."""


class ArtifactAlarmArgs(TypedDict):
    """An alert where something happens more often than is plausible."""

    above: int
    """How many in the window are still plausible."""
    minutes: NotRequired[int]
    """The window. Default: 60."""


class ArtifactUsageArgs(TypedDict):
    """Alerts on what is stored and on quotas."""

    storage_above_gib: NotRequired[int]
    """Alert where all repositories hold more GiB than this. Default: no alert."""
    quota_above_percent: NotRequired[int]
    """Alert where so much of a quota is used. Default: 80."""


class ArtifactScanResultsArgs(TypedDict):
    """A workflow that reads each finding of a scan."""

    region: NotRequired[str]
    """Where it runs. Default: the registry's region."""
    own_topic: NotRequired[bool]
    """Whether to make Container Analysis' topic. Default: false."""
    subscription: NotRequired[bool]
    """Whether to make a pull subscription too. Default: false."""


class ArtifactWatchArgs(TypedDict):
    """Metrics, alerts and a dashboard; every key has a default."""

    channels: NotRequired[dict[str, str]]
    """Existing notification channels for all alerts, by any name."""
    email: NotRequired[dict[str, str]]
    """Who gets alerts by e-mail, by any name."""
    minimum_severity: NotRequired[str]
    """`critical`, `high` (default), `medium`, `low` or `minimal`: from which on findings are alerts."""
    audit_logs: NotRequired[str]
    """`own` switches data-access audit logs on, `given` says that they are: only there are failed pushes seen."""
    push_alarm: NotRequired[ArtifactAlarmArgs]
    """Alert on pushes."""
    pull_alarm: NotRequired[ArtifactAlarmArgs]
    """Alert on pulls."""
    usage: NotRequired[ArtifactUsageArgs]
    """Alerts on storage and quotas."""
    scan_results: NotRequired[ArtifactScanResultsArgs]
    """Read what scans find, and alert on it."""
    dashboard: NotRequired[bool]
    """Whether to make a dashboard. Default: true."""


class ArtifactRegistryArgs(TypedDict):
    """One registry on Google Artifact Registry."""

    project: str
    """The project's id, not its number."""
    project_number: NotRequired[int]
    """The project's number, held against what is found."""
    location: str
    """A region, or `us`, `europe` or `asia`."""
    namespace: NotRequired[str]
    """The repository's name. Default: `snapdeploy-apps`."""
    adopt: NotRequired[bool]
    """Whether the repository exists already and is to be taken over. Default: false."""
    protect: NotRequired[bool]
    """Whether the repository and its key refuse to be deleted. Default: in environment `prod`."""
    immutability: NotRequired[ArtifactImmutabilityArgs]
    """Whether tags can move."""
    encryption: NotRequired[ArtifactEncryptionArgs]
    """Encryption at rest."""
    retention: NotRequired[dict[str, ArtifactRetentionRuleArgs]]
    """Which images go, by name of the rule. Default: none go."""
    retention_dry_run: NotRequired[bool]
    """Whether Google only logs what the rules would remove. Default: true."""
    scanning: NotRequired[ArtifactScanningArgs]
    """Scanning for vulnerabilities. Default: as the project has it."""
    cache: NotRequired[dict[str, ArtifactCacheArgs]]
    """Caches of other registries, by name."""
    access: NotRequired[ArtifactAccessArgs]
    """Who may push, pull and clean up."""
    watch: NotRequired[ArtifactWatchArgs]
    """Alerts and a dashboard. Default: none."""
    environment: NotRequired[str]
    """What is at stake: `local`, `dev` or `prod` (default)."""
    tags: NotRequired[dict[str, str]]
    """On everything that can carry them, as labels."""
    work_dir: NotRequired[str]
    """BUILDER_WORK_DIR."""
    log_dir: NotRequired[str]
    """BUILDER_LOG_DIR."""
