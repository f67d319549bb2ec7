"""Rules on trust in GitHub's workflows: this repository's runs, in this place, for this purpose, and no other's.

Owns: AWS roles and OIDC providers for GitHub's tokens. Does not own: Google's side of it (`google_trust.py`).

Sources, read 2026-11: https://docs.github.com/en/actions/reference/security/oidc, and the subjects with ids at
https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/.
"""

import re
from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies._documents import Statement, statements
from policies._props import Gap, printable, text, words
from policies._rule import Finding, Practice, Remark, Rule, Seen
from policies.iam import ROLE

ISSUER = "token.actions.githubusercontent.com"
_PROVIDER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
_AUDIENCE = re.compile(r"sts\.amazonaws\.com(?:\.cn)?")
_SUBJECT = re.compile(
    r"repo:(?P<owner>[^/:@*?]+)(?P<ownerid>@[0-9]+)?/(?P<name>[^/:@*?]+)(?P<nameid>@[0-9]+)?:"
    r"(?:ref:refs/(?:heads|tags)/|environment:|job_workflow_ref:)[^*?].*"
)


def _for_github(seen: Seen) -> Iterator[Statement | Gap]:
    found = statements(seen.props, "assumeRolePolicy")
    if found is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    for one in found if isinstance(found, list) else []:
        if one.allows and any(kind == "Federated" and ISSUER in who for kind, who in one.principals):
            yield one


def _values(one: Statement, claim: str, *operators: str) -> list[str]:
    return [
        value
        for condition in one.conditions
        if condition.key.lower() == f"{ISSUER}:{claim}" and condition.operator in operators
        for value in condition.values
    ]


def _subjects(one: Statement) -> list[str]:
    return _values(one, "sub", "StringEquals", "StringLike", "ForAnyValue:StringEquals", "ForAnyValue:StringLike")


def _subject(seen: Seen) -> Iterator[Remark]:
    for one in _for_github(seen):
        if isinstance(one, Gap):
            yield one
            continue
        subjects = _subjects(one)
        if not subjects:
            yield Finding(f"role {seen} trusts every workflow on GitHub: nothing is said of `{ISSUER}:sub`")
        for subject in subjects:
            if _SUBJECT.fullmatch(subject) is None:
                loose = "which does not pin one repository and what of it runs"
                yield Finding(f"role {seen} trusts the subject `{printable(subject)}`, {loose}")


def _audience(seen: Seen) -> Iterator[Remark]:
    for one in _for_github(seen):
        if isinstance(one, Gap):
            yield one
            continue
        audiences = _values(one, "aud", "StringEquals")
        if not audiences or not all(_AUDIENCE.fullmatch(value) for value in audiences):
            yield Finding(f"role {seen} does not say that tokens are for `sts.amazonaws.com` only")


def _both_forms(seen: Seen) -> Iterator[Remark]:
    named = ids = False
    for one in _for_github(seen):
        if isinstance(one, Gap):
            yield one
            return
        for subject in _subjects(one):
            found = _SUBJECT.fullmatch(subject)
            if found is not None:
                ids = ids or bool(found["ownerid"] and found["nameid"])
                named = named or not found["ownerid"]
    if named and not ids:
        yield Finding(f"role {seen} trusts subjects by name alone, `repo:owner/name:…`")
    elif ids and not named:
        yield Finding(f"role {seen} trusts subjects with ids alone, `repo:owner@1/name@2:…`")


def _provider(seen: Seen) -> Iterator[Remark]:
    url = text(seen.props, "url")
    clients = words(seen.props, "clientIdLists")
    if Gap.UNKNOWN in (url, clients):
        yield Gap.UNKNOWN
    if isinstance(url, Gap) or ISSUER not in url or isinstance(clients, Gap):
        return
    for client in clients:
        if client is Gap.UNKNOWN:
            yield Gap.UNKNOWN
        elif not isinstance(client, str) or _AUDIENCE.fullmatch(client) is None:
            yield Finding(f"provider {seen} takes tokens that GitHub made for `{printable(str(client))}`")


RULES: tuple[Rule, ...] = (
    Rule(
        name="github-trust-pins-subject",
        says="A role trusts one repository on GitHub, and of it a branch, tag or environment.",
        refuses="a role for GitHub's tokens without a condition on the subject, or with one that a wildcard opens "
        "to other repositories or to any run (`repo:owner/name:*`)",
        why="a workflow of another repository, or of a pull request, can become the role and push",
        mend="write `registries.<name>.access.push.<name>: {from: github, repository: owner/name, environments: "
        "[prod]}` (StringEquals on `…:sub`, `repo:owner/name:environment:prod`)",
        severity=Severity.CRITICAL,
        checks=("CKV_AWS_358",),
        practices=(Practice.TOKENS, Practice.ROLES),
        types=(ROLE,),
        judge=_subject,
    ),
    Rule(
        name="github-trust-pins-audience",
        says="A role takes only tokens that GitHub made for AWS.",
        refuses="a role for GitHub's tokens without StringEquals on the audience `sts.amazonaws.com`",
        why="a token that a workflow handed to any other service can be turned into the role's credentials",
        mend="leave the trust to `registries.<name>.access` (StringEquals on `…:aud`)",
        severity=Severity.HIGH,
        checks=("CKV_AWS_358",),
        practices=(Practice.TOKENS,),
        types=(ROLE,),
        judge=_audience,
    ),
    Rule(
        name="github-trust-takes-both-subjects",
        says="A role knows a repository by its name and by its numbers.",
        refuses="a role that trusts GitHub's subjects in one of their two forms only",
        why="repositories made, renamed or transferred since 2026-07-15 send the form with numbers, others the one "
        "without: one of them cannot push; and a name alone is taken over by whoever registers it again",
        mend="add `ownerId` and `repositoryId` beside `repository` (`gh api repos/OWNER/NAME --jq '.owner.id, .id'`)",
        severity=Severity.MEDIUM,
        level=EnforcementLevel.ADVISORY,
        checks=("CKV_AWS_358",),
        practices=(Practice.TOKENS,),
        types=(ROLE,),
        judge=_both_forms,
    ),
    Rule(
        name="github-provider-is-for-aws",
        says="The account's provider for GitHub takes only tokens made for AWS.",
        refuses="an OIDC provider for GitHub with another client id than `sts.amazonaws.com`",
        why="every role that forgets the audience then trusts tokens made for that other service",
        mend="let `access` make or find the provider (`clientIdLists: [sts.amazonaws.com]`)",
        severity=Severity.HIGH,
        practices=(Practice.TOKENS,),
        types=(_PROVIDER,),
        judge=_provider,
    ),
)
