"""Rules on AWS ECR: what is pushed is scanned, stays what it is, goes in the end, and is nobody else's.

Owns: repositories, creation templates, the registry's scanning. Does not own: who may push (`iam.py`), or policies
that let somebody in (`iam.py`, with all others).
"""

import fnmatch
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pulumi_policy import EnforcementLevel, Severity

from policies._props import Gap, flag, groups, inside, items, printable, read, text
from policies._rule import Finding, Practice, Remark, Rule, Seen, StackRule, only
from policies.providers import place

REPOSITORY = "aws:ecr/repository:Repository"
TEMPLATE = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"
SCANNING = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
PUBLIC = "aws:ecrpublic/repository:Repository"

_IMMUTABLE = ("IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION")


def _what(seen: Seen) -> str:
    kind = "creation template" if seen.type == TEMPLATE else "repository"
    return f"{kind} {seen}"


def _immutable(seen: Seen) -> Iterable[Remark]:
    said = text(seen.props, "imageTagMutability")
    if said is Gap.UNKNOWN:
        yield said
    elif said not in _IMMUTABLE:
        shown = "missing, which means MUTABLE" if isinstance(said, Gap) else printable(said)
        yield Finding(f"`imageTagMutability` of {_what(seen)} is {shown}")
    filters = groups(seen.props, "imageTagMutabilityExclusionFilters")
    if filters is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    elif said == "IMMUTABLE_WITH_EXCLUSION" and isinstance(filters, list):
        for one in filters:
            pattern = one if isinstance(one, Gap) else text(one, "filter")
            if pattern is Gap.UNKNOWN:
                yield Gap.UNKNOWN
            elif isinstance(pattern, str) and not pattern.strip("*"):
                yield Finding(f"{_what(seen)} excludes the tags `{printable(pattern)}` from immutability: all of them")


def _scanning(seen: Seen) -> Iterable[Remark]:
    rules = groups(seen.props, "rules")
    if rules is Gap.UNKNOWN:
        yield Gap.UNKNOWN
        return
    frequencies = (
        [] if isinstance(rules, Gap) else [r if isinstance(r, Gap) else text(r, "scanFrequency") for r in rules]
    )
    if Gap.UNKNOWN in frequencies:
        yield Gap.UNKNOWN
    elif not any(isinstance(found, str) and found != "MANUAL" for found in frequencies):
        yield Finding(f"scanning configuration {seen} scans nothing by itself: it has no rule but MANUAL ones")


def _unforced(seen: Seen) -> Iterable[Remark]:
    name = "forceDestroy" if seen.type == PUBLIC else "forceDelete"
    return only(
        flag(seen.props, name),
        lambda said: f"`{name}` of repository {seen} is true" if said is True else None,
    )


def _own_key(seen: Seen) -> Iterable[Remark]:
    told = groups(seen.props, "encryptionConfigurations")
    if told is Gap.UNKNOWN:
        yield Gap.UNKNOWN
        return
    for one in told if isinstance(told, list) else []:
        kind, key = (one, one) if isinstance(one, Gap) else (text(one, "encryptionType"), read(one, "kmsKey"))
        if kind is Gap.UNKNOWN or (isinstance(kind, str) and kind.startswith("KMS") and key is Gap.UNKNOWN):
            # A key that is not made yet is one all the same.
            if kind is Gap.UNKNOWN:
                yield Gap.UNKNOWN
            return
        if isinstance(kind, str) and kind.startswith("KMS") and not isinstance(key, Gap):
            return
    yield Finding(f"{_what(seen)} is encrypted with a key of AWS's: `encryptionConfigurations` names none of yours")


def _public(seen: Seen) -> Iterable[Remark]:
    yield Finding(f"repository {seen} is in ECR Public, where everybody may pull it")


def _bounded(seen: Seen) -> Iterable[Remark]:
    return only(
        text(seen.props, "prefix"),
        lambda said: (
            f"creation template {seen} makes a repository for any name that is pushed: `prefix` is ROOT"
            if said == "ROOT"
            else None
        ),
    )


def _scanned(resources: list[Seen], settings: Mapping[str, Any]) -> Iterator[Remark]:
    """A repository is scanned by its own setting, or by a rule of the registry that covers its name."""
    if settings["scannedElsewhere"]:
        return
    filters: dict[object, list[str]] = {}
    unknown = False
    for one in resources:
        if one.type != SCANNING:
            continue
        found, gaps = _covered(one)
        filters.setdefault(place(one), []).extend(found)
        unknown = unknown or gaps or Gap.UNKNOWN in place(one)
    for one in resources:
        if one.type not in (REPOSITORY, TEMPLATE):
            continue
        name = text(one.props, "prefix" if one.type == TEMPLATE else "name")
        own = inside(one.props, "imageScanningConfiguration", "scanOnPush")
        if own is True or (
            isinstance(name, str) and any(_covers(each, name, one) for each in filters.get(place(one), ()))
        ):
            continue
        if unknown or own is Gap.UNKNOWN or (name is Gap.UNKNOWN and filters):
            yield Gap.UNKNOWN
            continue
        yield Finding(f"nothing scans what is pushed to {_what(one)}: no rule of the registry covers it", one.urn)


def _covered(scanning: Seen) -> tuple[list[str], bool]:
    rules = groups(scanning.props, "rules")
    if isinstance(rules, Gap):
        return [], rules is Gap.UNKNOWN
    found: list[str] = []
    unknown = False
    for rule in rules:
        if isinstance(rule, Gap):
            unknown = unknown or rule is Gap.UNKNOWN
            continue
        frequency, filters = text(rule, "scanFrequency"), groups(rule, "repositoryFilters")
        if Gap.UNKNOWN in (frequency, filters):
            unknown = True
        elif frequency != "MANUAL" and isinstance(filters, list):
            patterns = [each if isinstance(each, Gap) else text(each, "filter") for each in filters]
            unknown = unknown or Gap.UNKNOWN in patterns
            found += [pattern for pattern in patterns if isinstance(pattern, str)]
    return found, unknown


def _covers(pattern: str, name: str, one: Seen) -> bool:
    # A template's prefix stands for every name below it.
    below = "app" if name == "ROOT" else f"{name}/app"
    return fnmatch.fnmatchcase(below if one.type == TEMPLATE else name, pattern)


def _expires(resources: list[Seen], _settings: Mapping[str, Any]) -> Iterator[Remark]:
    """A template carries its lifecycle; a repository has a resource that names it."""
    kept = [one for one in resources if one.type == LIFECYCLE]
    made = {urn for one in kept for urn in one.depends.get("repository", ())}
    names = {text(one.props, "repository") for one in kept}
    for one in resources:
        if one.type == TEMPLATE:
            said = read(one.props, "lifecyclePolicy")
            if said is Gap.UNKNOWN:
                yield Gap.UNKNOWN
            elif not _has_rules(said):
                yield Finding(f"{_what(one)} has no `lifecyclePolicy`: what is made by it keeps everything", one.urn)
        elif one.type == REPOSITORY and one.urn not in made:
            name = text(one.props, "name")
            if Gap.UNKNOWN in (name, *names) and (name is Gap.UNKNOWN or name not in names):
                yield Gap.UNKNOWN
            elif name not in names:
                yield Finding(f"{_what(one)} has no lifecycle policy: it keeps everything", one.urn)


def _has_rules(policy: object) -> bool:
    try:
        return bool(json.loads(policy)["rules"]) if isinstance(policy, str) else False
    except (ValueError, KeyError, TypeError):
        return False


def _patterns(seen: Seen) -> Iterator[Remark]:
    """What may be deleted is said by a pattern that is not everything with a count of nothing."""
    said = read(seen.props, "lifecyclePolicy" if seen.type == TEMPLATE else "policy")
    if said is Gap.UNKNOWN:
        yield Gap.UNKNOWN
        return
    try:
        rules = json.loads(said)["rules"] if isinstance(said, str) else []
        for rule in rules:
            selection = rule["selection"]
            if (
                rule["action"]["type"] == "expire"
                and selection["tagStatus"] == "any"
                and selection["countType"] == "sinceImagePushed"
            ):
                days = selection["countNumber"]
                yield Finding(f"{_what(seen)} deletes every image {days} days after its push, whether it runs or not")
    except (ValueError, KeyError, TypeError):
        return


_REPLICATION = "aws:ecr/replicationConfiguration:ReplicationConfiguration"


def _replicated(seen: Seen) -> Iterator[Remark]:
    """Copies stay in the regions that are allowed."""
    allowed = frozenset(map(str, seen.settings["regions"]))
    rules = inside(seen.props, "replicationConfiguration", "rules")
    if rules is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    if isinstance(rules, Gap) or not allowed:
        return
    listed = items({"it": rules}, "it")
    for rule in listed if isinstance(listed, list) else ():
        destinations = groups(rule, "destinations") if isinstance(rule, Mapping) else rule
        for one in destinations if isinstance(destinations, list) else [destinations]:
            region = text(one, "region") if isinstance(one, Mapping) else one
            if region is Gap.UNKNOWN:
                yield Gap.UNKNOWN
            elif isinstance(region, str) and region not in allowed:
                yield Finding(f"replication {seen} copies images to {printable(region)}")


RULES: tuple[Rule, ...] = (
    StackRule(
        name="ecr-images-are-scanned",
        says="What is pushed to ECR is scanned for vulnerabilities.",
        refuses="a repository or creation template that neither scans on push itself nor is covered by a rule of the "
        "registry's scanning configuration",
        why="an image with a known hole runs until somebody finds it by other means",
        mend="write `registries.<name>.accountWide.scanning: {type: basic}` (`rules` of a "
        "RegistryScanningConfiguration, or `imageScanningConfiguration.scanOnPush: true`)",
        severity=Severity.HIGH,
        checks=("ECR.1", "CKV_AWS_163"),
        practices=(Practice.SCANNING,),
        settings={
            "scannedElsewhere": {
                "type": "boolean",
                "default": False,
                "description": "whether another stack owns the scanning configuration of the account",
            }
        },
        over=_scanned,
    ),
    Rule(
        name="ecr-registry-scans-by-itself",
        says="The registry's scanning configuration scans at each push, or all the time.",
        refuses="a scanning configuration without rules, or with the frequency MANUAL only",
        why="it is there, and scans nothing until somebody asks for it image by image",
        mend="write `registries.<name>.accountWide.scanning: {type: basic}` (`scanFrequency: SCAN_ON_PUSH` or "
        "`CONTINUOUS_SCAN`)",
        severity=Severity.HIGH,
        checks=("ECR.1",),
        practices=(Practice.SCANNING,),
        types=(SCANNING,),
        judge=_scanning,
    ),
    Rule(
        name="ecr-tags-are-immutable",
        says="A tag that was pushed to ECR never points to another image.",
        refuses="a repository or creation template whose `imageTagMutability` is MUTABLE, missing, or excludes "
        "every tag",
        why="whoever can push can put another image under a tag that is deployed, and no review sees it",
        mend="write `registries.<name>.immutability: {exclude: [buildcache]}`, or leave it out, which is that "
        "(`imageTagMutability: IMMUTABLE` or `IMMUTABLE_WITH_EXCLUSION`)",
        severity=Severity.MEDIUM,
        checks=("ECR.2", "CKV_AWS_51"),
        practices=(Practice.TAGS,),
        types=(REPOSITORY, TEMPLATE),
        judge=_immutable,
    ),
    StackRule(
        name="ecr-old-images-expire",
        says="Images that nobody needs go by themselves.",
        refuses="a repository without a lifecycle policy, and a creation template without `lifecyclePolicy`",
        why="storage grows with every push, is paid for each month, and at 100,000 images pushes fail",
        mend="write `registries.<name>.retention` (a LifecyclePolicy for the repository, `lifecyclePolicy` of the "
        "template)",
        severity=Severity.MEDIUM,
        checks=("ECR.3",),
        over=_expires,
    ),
    Rule(
        name="ecr-images-in-use-stay",
        says="No lifecycle rule deletes every image by its age alone.",
        refuses="a lifecycle rule that expires images of any tag by the days since their push",
        why="the image that production has run since then is deleted, and the next node cannot start it",
        mend="write `registries.<name>.retention` with `rule: keep` for releases and `keep-newest` for the others "
        "(`countType: imageCountMoreThan` for `tagStatus: any`)",
        severity=Severity.HIGH,
        types=(LIFECYCLE, TEMPLATE),
        judge=_patterns,
    ),
    Rule(
        name="ecr-encrypted-with-own-key",
        says="Images in ECR are encrypted with a key of the account's own.",
        refuses="a repository or creation template without a KMS key of yours",
        why="AWS's own key encrypts them; who decrypts cannot be limited, seen in a log of the key's, or taken back",
        mend="write `registries.<name>.encryption: {type: kms}` before the first push, for it cannot be changed later "
        "(`encryptionConfigurations: [{encryptionType: KMS, kmsKey: …}]`)",
        severity=Severity.MEDIUM,
        level=EnforcementLevel.ADVISORY,
        checks=("ECR.5", "CKV_AWS_136"),
        types=(REPOSITORY, TEMPLATE),
        judge=_own_key,
    ),
    Rule(
        name="ecr-not-public",
        says="No image is published in ECR Public.",
        refuses="a repository of ECR Public",
        why="everybody may pull every image in it, with the code of users' apps",
        mend="use kind `ecr`, whose repositories are private (aws.ecr.Repository in place of aws.ecrpublic.Repository)",
        severity=Severity.CRITICAL,
        checks=("ECR.4",),
        practices=(Practice.PRIVATE,),
        types=(PUBLIC,),
        judge=_public,
    ),
    Rule(
        name="ecr-repositories-keep-their-images",
        says="Deleting a repository never deletes images with it.",
        refuses="a repository with `forceDelete: true`",
        why="a renamed resource or a `destroy` on the wrong stack takes every image along, and none can be brought "
        "back",
        mend="remove it; where images are meant to go, `registries.<name>.encryption.confirmReplacement` says how many,"
        " once (`forceDelete: false`)",
        severity=Severity.HIGH,
        types=(REPOSITORY, PUBLIC),
        judge=_unforced,
    ),
    Rule(
        name="ecr-template-is-bounded",
        says="Repositories are made on push below a namespace, not under any name.",
        refuses="a creation template for ROOT",
        why="a mistyped name makes a repository that no right, rule or lifecycle of yours was written for",
        mend="write `registries.<name>.namespace` (`prefix` of the template)",
        severity=Severity.LOW,
        types=(TEMPLATE,),
        judge=_bounded,
    ),
    Rule(
        name="ecr-copies-stay-in-regions",
        says="Images are copied to allowed regions only.",
        refuses="a replication to a region that is not in the setting `regions`, where that is given",
        why="images may leave the jurisdiction that they are promised to stay in, and are paid for there as well",
        mend="correct `registries.<name>.replication` (`destinations[].region`), or add the region to the pack's "
        "config",
        severity=Severity.MEDIUM,
        settings={
            "regions": {
                "type": "array",
                "items": {"type": "string"},
                "default": [],
                "description": "regions that images may be copied to; none: any",
            }
        },
        types=(_REPLICATION,),
        judge=_replicated,
    ),
)
