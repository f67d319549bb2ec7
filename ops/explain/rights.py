"""Words for rights: who, what they may do, on what, when.

Owns: the plain words for principals, actions, roles and conditions. Does not own which change (`permissions.py`).
An action that is not known here is shown by its own name.
"""

import re
from collections.abc import Iterable, Sequence

from ops.explain import jobs
from ops.explain.federation import CLAIM, JOBS
from ops.explain.google import OWN, roles
from ops.explain.grants import Condition, Set
from ops.explain.sentence import Own, Sentence, say

_SUBJECT = re.compile(r"repo:([^:]+):(environment|ref|pull_request|job_workflow_ref)(?::(.*))?")
_NUMBERED = re.compile(r"^([^@/]+)@\d+/([^@/]+)@\d+$")

TOKEN = "get a token to log in"  # noqa: S105  (words)

_BUNDLES = (
    (
        "push images",
        frozenset({"ecr:initiatelayerupload", "ecr:uploadlayerpart", "ecr:completelayerupload", "ecr:putimage"}),
    ),
    ("pull images", frozenset({"ecr:batchgetimage", "ecr:getdownloadurlforlayer"})),
    ("delete images", frozenset({"ecr:batchdeleteimage"})),
    ("create repositories", frozenset({"ecr:createrepository"})),
    ("delete repositories", frozenset({"ecr:deleterepository"})),
    ("change who may do what", frozenset({"ecr:setrepositorypolicy"})),
    ("replicate images in", frozenset({"ecr:replicateimage"})),
    (TOKEN, frozenset({"ecr:getauthorizationtoken"})),
    ("publish alerts", frozenset({"sns:publish"})),
    ("read the secret", frozenset({"secretsmanager:getsecretvalue"})),
    ("change the secret", frozenset({"secretsmanager:putsecretvalue"})),
    ("decrypt", frozenset({"kms:decrypt"})),
    ("administer the key", frozenset({"kms:*"})),
    ("run the function", frozenset({"lambda:invokefunction"})),
    ("do anything in ECR", frozenset({"ecr:*"})),
    ("do anything", frozenset({"*"})),
    ("use", frozenset({"deploy"})),
    ("read", frozenset({"read"})),
)
_WITH = {
    # What a client does on the way: docs/ecr-permissions.md.
    "pull images": frozenset({"ecr:batchchecklayeravailability"}),
    "push images": frozenset({"ecr:batchchecklayeravailability", "ecr:batchgetimage"}),
}

_THINGS = {
    "role": "the role",
    "user": "the user",
    "group": "the group",
    "policy": "whoever has the policy",
    "account": "account",
    "arn": "",
    "service": "the service",
    "federated": "whoever signs in through",
    "pod": "the pods of",
    "agent": "the service agent of",
    "branch": "jobs on branches like",
    "tag": "jobs on tags like",
    "repository": "repository",
    "repositories": "repositories under",
    "registry": "registry",
    "key": "key",
    "key ring": "key ring",
    "topic": "topic",
    "secret": "secret",
    "bucket": "bucket",
    "queue": "queue",
    "bus": "event bus",
    "function": "function",
    "variable": "variable",
    "environment": "environment",
    "artifact repository": "repository",
    "service account": "service account",
    "project": "everything in project",
    "folder": "everything in folder",
    "organization": "everything in organization",
    "subscription": "subscription",
}
_TOLD_IN_WHO = frozenset({"kms:calleraccount", "aws:principalaccount", "aws:principalorgid"})
_ECR_ARN = re.compile(r"arn:[^:]+:ecr:([^:]*):([^:]*):repository/(.+)")
_ROLE_ARN = re.compile(r"(?:arn:)?[^:]+:iam::([^:]*):(role|user)/(.+)")


def who(name: str, conditions: Sequence[Condition]) -> Sentence:
    """A principal in words; a job of GitHub's by the token's subject."""
    if name == "*":
        return _whoever(conditions)
    if name == JOBS:
        return jobs.who(conditions)
    subject = next((one for one in conditions if one.key.endswith(":sub") and len(one.values) == 1), None)
    if name.startswith("federated:") and subject is not None:
        return _subject(subject.values[0])
    kind, _, rest = name.partition(":")
    if name == "branches:protected":
        return say("jobs on protected branches")
    if name == "branch:*":
        return say("jobs on any branch")
    if kind == "repositories":
        return say("all repositories of the organization" if rest == "all" else "its private repositories")
    if kind == "but":
        return say("EVERYBODY but {}", rest)
    if kind == "member":
        return _member(rest)
    found = _ROLE_ARN.fullmatch(rest) if kind == "arn" else None
    if found:
        return say("the " + found.group(2) + " {} of account {}", found.group(3), found.group(1) or "?")
    if kind not in _THINGS:
        return say("{}", name)
    return say(f"{_THINGS[kind]} {{}}".strip(), rest)


def deeds(actions: Iterable[str]) -> tuple[Own | str, ...]:
    """What they may do: known bundles in words, the rest by name."""
    spelled = {one.lower(): one for one in actions}
    told: set[str] = set()
    found: list[Own | str] = []
    for words, bundle in _BUNDLES:
        if bundle <= spelled.keys():
            found.append(Own(words))
            told |= bundle | _WITH.get(words, frozenset())
    for one in sorted(spelled.keys() - told):
        name = spelled[one]
        if name in roles():
            found += [Own(words) for words in roles()[name]]
        elif name.startswith(OWN):
            found.append(Own(name.removeprefix(OWN)))
        elif one.startswith("sts:"):
            acting = Own("act")
            found += [acting] if acting not in found else []
        else:
            found.append(name.removeprefix("policy:"))
    return tuple(found)


def named_policies(actions: Iterable[str]) -> bool:
    """Whether it is a policy that is given by its name, whose content is not in the preview."""
    return all(one.startswith("policy:") for one in actions)


def on(what: Set, *, acting: bool = False) -> Sentence:
    """What a right is on."""
    if what.but:
        return say("everything but {}", what.patterns)
    if len(what.patterns) > 1:
        return say("{}", what.patterns)
    name = what.patterns[0] if what.patterns else "*"
    if name == "*":
        return say("everything")
    found = _ECR_ARN.fullmatch(name)
    if found:
        return say("every repository" if found.group(3) == "*" else "repositories {}", *_rest(found.group(3)))
    kind, _, rest = name.partition(":")
    if kind == "environment" and " of " in rest:
        return say("environment {} of {}", *rest.split(" of ", 1))
    if name.startswith("arn:") or kind not in _THINGS or not rest:
        return say("{}", name)
    words = f"{_THINGS[kind]} {{}}"
    return say(f"as {words}" if acting and kind in ("role", "service account") else words, rest)


def _rest(name: str) -> tuple[str, ...]:
    return () if name == "*" else (name,)


def under(conditions: Sequence[Condition], *, shown_subject: bool, everybody: bool = False) -> Sentence | None:
    """The conditions that are not told in who it is."""
    told = [
        one
        for one in conditions
        if not (shown_subject and (one.key.endswith(":sub") or jobs.is_told(one)))
        and not (everybody and one.key.lower() in _TOLD_IN_WHO)
        and not (one.key.endswith(":aud") and one.values == ("sts.amazonaws.com",))
    ]
    if not told:
        return None
    return say(
        ", if " + " and ".join(f"{{}} {jobs.verb(one)}" + (" {}" if one.values else "") for one in told),
        *(
            part
            for one in told
            for part in (one.key.removeprefix(CLAIM) or one.operator, *([one.values] if one.values else []))
        ),
    )


def _whoever(conditions: Sequence[Condition]) -> Sentence:
    """Who everybody is, where a condition says of whom."""
    for one in conditions:
        key = one.key.lower()
        if one.values and key in ("kms:calleraccount", "aws:principalaccount"):
            return say("whoever account {} lets", one.values)
        if one.values and key == "aws:principalorgid":
            return say("whoever is in organization {}", one.values)
    return say("EVERYBODY")


def _subject(subject: str) -> Sentence:
    found = _SUBJECT.fullmatch(subject)
    if subject in ("*", "repo:*"):
        return say("jobs of ANY repository on GitHub")
    if found is None:
        return say("jobs whose token says {}", subject)
    repository, kind, rest = found.groups()
    pinned = _NUMBERED.fullmatch(repository)
    name = f"{pinned.group(1)}/{pinned.group(2)}" if pinned else repository
    if kind == "environment":
        return say("jobs of {} in environment {}", name, rest or "")
    if kind == "ref":
        branch = (rest or "").removeprefix("refs/heads/")
        return say("jobs of {} on {}", name, branch)
    if kind == "pull_request":
        return say("jobs of pull requests of {}", name)
    return say("jobs of {} by workflow {}", name, rest or "")


def _member(name: str) -> Sentence:
    if name.startswith("?"):
        return (
            say("somebody who is known only after the update")
            if name == "?"
            else say("{} (whose address is known only after the update)", name[1:])
        )
    if name == "allAuthenticatedUsers":
        return say("EVERYBODY with a Google account")
    kind, _, rest = name.partition(":")
    words = {"serviceAccount": "service account", "user": "user", "group": "the group", "domain": "everybody of domain"}
    pods = re.fullmatch(r"([^\[]+)\[(.+)\]", rest) if kind == "serviceAccount" else None
    if pods:
        return say("the pods of {} in the clusters of {}", pods[2], pods[1])
    if kind in words:
        return say(f"{words[kind]} {{}}", rest)
    if kind in ("principalSet", "principal"):
        found = re.search(r"workloadIdentityPools/([^/]+)/(?:attribute\.([^/]+)/(.+)|subject/(.+)|\*)", rest)
        if found:
            pool, key, value, subject = found.groups()
            if key:
                return say("whoever signs in through pool {} with {} = {}", pool, key, value)
            if subject:
                return say("whoever signs in through pool {} as {}", pool, subject)
            return say("ANYBODY who signs in through pool {}", pool)
    return say("{}", name)
