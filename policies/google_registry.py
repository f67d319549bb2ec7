"""Rules on Google Artifact Registry: what is pushed is scanned, stays what it is, goes in the end, and is kept.

Owns: repositories for Docker. Does not own: who may push or pull (`google_iam.py`).
"""

from collections.abc import Iterable, Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies._props import Gap, flag, groups, inside, printable, read, text
from policies._rule import Finding, Practice, Remark, Rule, Seen, only

REPOSITORY = "gcp:artifactregistry/repository:Repository"
_STANDARD = "STANDARD_REPOSITORY"


def _held(seen: Seen) -> bool | Gap:
    """Whether images are pushed into it: not where it is a cache, a view, or for something else than Docker."""
    kind, mode = text(seen.props, "format"), text(seen.props, "mode")
    if Gap.UNKNOWN in (kind, mode):
        return Gap.UNKNOWN
    return isinstance(kind, str) and kind.upper() == "DOCKER" and mode in (Gap.MISSING, _STANDARD)


def _immutable(seen: Seen) -> Iterable[Remark]:
    held = _held(seen)
    if not held or isinstance(held, Gap):
        yield from [held] if isinstance(held, Gap) else ()
        return
    said = inside(seen.props, "dockerConfig", "immutableTags")
    if said is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    elif said is not True:
        yield Finding(f"`dockerConfig.immutableTags` of repository {seen} is not true")


def _scanned(seen: Seen) -> Iterable[Remark]:
    return only(
        inside(seen.props, "vulnerabilityScanningConfig", "enablementConfig"),
        lambda said: f"scanning of repository {seen} is DISABLED" if said == "DISABLED" else None,
    )


def _cleaned(seen: Seen) -> Iterator[Remark]:
    held = _held(seen)
    policies = groups(seen.props, "cleanupPolicies")
    if Gap.UNKNOWN in (held, policies):
        yield Gap.UNKNOWN
    if held is not True or policies is Gap.UNKNOWN:
        return
    listed = policies if isinstance(policies, list) else []
    told = [one if isinstance(one, Gap) else text(one, "action") for one in listed]
    if Gap.UNKNOWN in told and "DELETE" not in told:
        yield Gap.UNKNOWN
    elif "DELETE" not in told:
        yield Finding(f"repository {seen} has no cleanup policy that deletes")


def _real(seen: Seen) -> Iterable[Remark]:
    fact = f"repository {seen} only rehearses its cleanup: `cleanupPolicyDryRun` is true"
    return only(flag(seen.props, "cleanupPolicyDryRun"), lambda said: fact if said is True else None)


def _own_key(seen: Seen) -> Iterable[Remark]:
    said = read(seen.props, "kmsKeyName")
    # A key that is not made yet is one all the same.
    if said is Gap.MISSING or said == "":
        yield Finding(f"repository {seen} is encrypted with a key of Google's: `kmsKeyName` is missing")


def _upstream(seen: Seen) -> Iterator[Remark]:
    url = inside(seen.props, "remoteRepositoryConfig", "commonRepository", "uri")
    if url is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    elif isinstance(url, str) and url.lower().startswith("http://"):
        yield Finding(f"cache {seen} fetches from `{printable(url)}`, in plain")


RULES: tuple[Rule, ...] = (
    Rule(
        name="google-tags-are-immutable",
        says="A tag that was pushed to Artifact Registry never points to another image.",
        refuses="a Docker repository without `dockerConfig.immutableTags: true`",
        why="whoever can push can put another image under a tag that is deployed, and no review sees it",
        mend="write `registries.<name>.immutability: {enabled: true}`, or leave it out "
        "(`dockerConfig.immutableTags: true`)",
        severity=Severity.MEDIUM,
        practices=(Practice.TAGS,),
        types=(REPOSITORY,),
        judge=_immutable,
    ),
    Rule(
        name="google-images-are-scanned",
        says="What is pushed to Artifact Registry is scanned for vulnerabilities.",
        refuses="a repository with `vulnerabilityScanningConfig.enablementConfig: DISABLED`",
        why="an image with a known hole runs until somebody finds it by other means",
        mend="write `registries.<name>.scanning: {enabled: true}` (`enablementConfig: INHERITED`, and the project's"
        " API `containerscanning.googleapis.com`)",
        severity=Severity.HIGH,
        practices=(Practice.SCANNING,),
        types=(REPOSITORY,),
        judge=_scanned,
    ),
    Rule(
        name="google-old-images-go",
        says="Images that nobody needs go by themselves.",
        refuses="a Docker repository without a cleanup policy that deletes",
        why="storage grows with every push, and is paid for each month",
        mend="write `registries.<name>.retention` (`cleanupPolicies` with `action: DELETE`)",
        severity=Severity.MEDIUM,
        types=(REPOSITORY,),
        judge=_cleaned,
    ),
    Rule(
        name="google-cleanup-is-no-rehearsal",
        says="A cleanup that was looked at is done.",
        refuses="a repository with `cleanupPolicyDryRun: true`",
        why="Google writes down what it would remove, and removes nothing",
        mend="look at what it would remove, then write `registries.<name>.retentionDryRun: false` "
        "(`cleanupPolicyDryRun: false`)",
        severity=Severity.LOW,
        level=EnforcementLevel.ADVISORY,
        types=(REPOSITORY,),
        judge=_real,
    ),
    Rule(
        name="google-encrypted-with-own-key",
        says="Images in Artifact Registry are encrypted with a key of the project's own.",
        refuses="a repository without `kmsKeyName`",
        why="Google's own key encrypts them; who decrypts cannot be limited, seen in a log of the key's, or taken back",
        mend="write `registries.<name>.encryption: {type: kms}` before the first push, for it cannot be changed later "
        "(`kmsKeyName`)",
        severity=Severity.MEDIUM,
        level=EnforcementLevel.ADVISORY,
        checks=("CKV_GCP_84",),
        types=(REPOSITORY,),
        judge=_own_key,
    ),
    Rule(
        name="google-caches-use-tls",
        says="A cache fetches over HTTPS.",
        refuses="a remote repository whose upstream is `http://…`",
        why="whoever is between can put other images into the cache, for every build that uses it",
        mend="correct `registries.<name>.cache` (`remoteRepositoryConfig.commonRepository.uri: https://…`)",
        severity=Severity.HIGH,
        practices=(Practice.HTTPS,),
        types=(REPOSITORY,),
        judge=_upstream,
    ),
)
