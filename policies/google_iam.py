"""Rules on Google's IAM: nobody may do everything, not everybody may do something, and no key lives for ever.

Owns: bindings and members of anything, service accounts' keys. Does not own: trust in GitHub's workflows
(`google_trust.py`).
"""

import re
from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies._props import Gap, group, printable, text, words
from policies._rule import Finding, Practice, Remark, Rule, Seen

KEY = "gcp:serviceaccount/key:Key"
_GRANT = re.compile(r"gcp:[^:]+:[A-Za-z]*(?:IamMember|IAMMember|IamBinding|IAMBinding)")
_PROJECT = re.compile(r"gcp:(?:projects|folder|organizations)/iAM(?:Member|Binding):IAM(?:Member|Binding)")
_ACCOUNT = re.compile(r"gcp:serviceaccount/iAM(?:Member|Binding):IAM(?:Member|Binding)")
_EVERYBODY = ("allUsers", "allAuthenticatedUsers")
_BASIC = ("roles/owner", "roles/editor", "roles/viewer")
_ADMINISTRATORS = (
    "roles/artifactregistry.admin",
    "roles/iam.securityAdmin",
    "roles/resourcemanager.projectIamAdmin",
    "roles/secretmanager.admin",
    "roles/storage.admin",
)
_IMPERSONATION = (
    "roles/iam.serviceAccountTokenCreator",
    "roles/iam.serviceAccountUser",
    "roles/iam.workloadIdentityUser",
    "roles/iam.serviceAccountAdmin",
    "roles/iam.serviceAccountKeyAdmin",
)


def _members(seen: Seen) -> Iterator[str | Gap]:
    one = text(seen.props, "member")
    if one is not Gap.MISSING:
        yield one
    many = words(seen.props, "members")
    if many is Gap.UNKNOWN:
        yield many
    yield from many if isinstance(many, list) else ()


def _public(seen: Seen) -> Iterator[Remark]:
    if _GRANT.fullmatch(seen.type) is None:
        return
    for member in _members(seen):
        if member is Gap.UNKNOWN:
            yield Gap.UNKNOWN
        elif member in _EVERYBODY:
            yield Finding(f"grant {seen} lets `{member}` in")


def _basic(seen: Seen) -> Iterator[Remark]:
    if _GRANT.fullmatch(seen.type) is None:
        return
    role = text(seen.props, "role")
    if role is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    elif role in _BASIC or role in _ADMINISTRATORS:
        yield Finding(f"grant {seen} gives `{role}`")


def _on_project(seen: Seen) -> Iterator[Remark]:
    if _PROJECT.fullmatch(seen.type) is None:
        return
    role = text(seen.props, "role")
    if role is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    elif isinstance(role, str) and role not in _ADMINISTRATORS and role.startswith("roles/artifactregistry."):
        yield Finding(f"grant {seen} gives `{printable(role)}` on every repository of the project")
    elif role in _IMPERSONATION:
        yield Finding(f"grant {seen} gives `{role}` on every service account of the project")


def _pool(seen: Seen) -> Iterator[Remark]:
    if _ACCOUNT.fullmatch(seen.type) is None:
        return
    for member in _members(seen):
        if member is Gap.UNKNOWN:
            yield Gap.UNKNOWN
        elif isinstance(member, str) and member.startswith("principalSet://") and member.endswith("/*"):
            yield Finding(f"grant {seen} lets the whole pool of identities act as the service account")


def _rotated(seen: Seen) -> Iterator[Remark]:
    keepers = group(seen.props, "keepers")
    if keepers is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    elif isinstance(keepers, Gap) or not len(keepers):
        yield Finding(f"key {seen} has no `keepers`: nothing ever makes it anew")


def _key(seen: Seen) -> Iterator[Remark]:
    yield Finding(f"key {seen} of a service account is valid until somebody deletes it")


RULES: tuple[Rule, ...] = (
    Rule(
        name="google-no-public-members",
        says="Nothing of Google's is open to everybody.",
        refuses="a grant to `allUsers` or `allAuthenticatedUsers`",
        why="everybody, or everybody with a Google account, may pull the images or use what it is on",
        mend="name accounts under `registries.<name>.access.pull` or `delivery.<name>.readers` "
        "(`member: serviceAccount:…`)",
        severity=Severity.CRITICAL,
        checks=("CKV_GCP_101",),
        practices=(Practice.PRIVATE, Practice.ROLES),
        types=("gcp:",),
        judge=_public,
    ),
    Rule(
        name="google-no-administrators",
        says="What builds and deploys administers nothing.",
        refuses="a grant of owner, editor, viewer, or of an administrator's role of registries, secrets, storage or"
        " IAM",
        why="a build runs users' code; with such rights that code owns the project, or its images",
        mend="name it under `registries.<name>.access` (`roles/artifactregistry.writer` or `reader`)",
        severity=Severity.CRITICAL,
        checks=("CKV_GCP_117", "CKV_GCP_42"),
        practices=(Practice.ROLES,),
        types=("gcp:",),
        judge=_basic,
    ),
    Rule(
        name="google-grants-are-on-one-thing",
        says="A right to push, or to act as a service account, is on that repository or account alone.",
        refuses="a project-wide role of Artifact Registry's, or one to act as service accounts",
        why="it reaches every repository, and lets its holder become any service account, whatever that one may do",
        mend="let `registries.<name>.access` grant it (RepositoryIamMember, serviceaccount.IAMMember)",
        severity=Severity.HIGH,
        checks=("CKV_GCP_41", "CKV_GCP_49"),
        practices=(Practice.ROLES,),
        types=("gcp:",),
        judge=_on_project,
    ),
    Rule(
        name="google-pool-is-not-trusted-whole",
        says="A service account trusts one repository or subject, not all that sign in by a pool.",
        refuses="a service account's member `principalSet://…/*`",
        why="every repository and cluster that the pool ever takes in can push as this account",
        mend="let `registries.<name>.access` grant it (`principalSet://…/attribute.repository_id/<id>`)",
        severity=Severity.CRITICAL,
        practices=(Practice.ROLES, Practice.TOKENS),
        types=("gcp:",),
        judge=_pool,
    ),
    Rule(
        name="google-keys-rotate",
        says="A key of a service account is made anew by a change that a calendar can ask for.",
        refuses="a key without `keepers`",
        why="it is valid for ever, and whoever replaces it must do so by hand and in the right order",
        mend="write a text for its slot, `registries.<name>.access.push.<name>: {from: key, active: a, a: 2026-11}`, "
        "and change it (`keepers`)",
        severity=Severity.HIGH,
        practices=(Practice.ROTATION,),
        types=(KEY,),
        judge=_rotated,
    ),
    Rule(
        name="no-long-lived-google-keys",
        says="The builder signs in with a token that ends by itself; a key of a service account does not.",
        refuses="a key of a service account",
        why="whoever has seen it once, in a log, a backup or a laptop, can push images from anywhere",
        mend="give the right to a workflow instead: `from: github` under `registries.<name>.access` "
        "(WorkloadIdentityPoolProvider)",
        severity=Severity.HIGH,
        level=EnforcementLevel.ADVISORY,
        checks=("CKV2_GCP_3",),
        practices=(Practice.TOKENS, Practice.ROTATION),
        types=(KEY,),
        judge=_key,
    ),
)
