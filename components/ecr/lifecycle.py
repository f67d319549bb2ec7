"""From retention rules to ECR's lifecycle policy.

Owns: the translation, what ECR cannot do of it, and the rules in words. Does not own: the rules (`_retention.py`).
Pure.

What ECR does, from https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html and
`lifecycle_policy_parameters.html` beside it, read 2026-11:
- an image that a rule's tags match is out of reach for rules of a higher number: so a rule that keeps is one that
  would remove only beyond a number of images that no repository can hold;
- several patterns in one rule select images that match *all* of them: so each pattern becomes a rule of its own;
- `any` has to have the highest numbers; per storage class, only one rule may select untagged images, and one all;
- `sinceImagePulled` goes with the transition to the archive only: what is to go for want of pulls is archived first,
  and removed by `sinceImageTransitioned` not earlier than 90 days later;
- that storage classes are apart for all of this follows from AWS's own example of archiving and then expiring, which
  has two `any` rules: so what is kept is kept in the archive as well, where somebody may have put it by hand.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, NotRequired, TypedDict

from pydantic import AfterValidator

from components._retention import (
    AnyRule,
    ArchiveUnpulled,
    Claim,
    ExpireOlder,
    ExpireUnpulled,
    ExpireUntagged,
    Keep,
    KeepNewest,
    Reach,
    Refusal,
    RetentionRule,
    RuleName,
    claims,
    pointless,
    refuse,
)
from components._settings import MistakeError

_MOST_RULES = 50
_MOST_WILDCARDS = 4
_NEVER_IMAGES = 1_000_000
"""Ten times the images that a repository may hold: https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html"""
_NEVER_DAYS = 36_500


class Selection(TypedDict):
    """Which images a rule is about, and when it takes them."""

    tagStatus: str
    tagPatternList: NotRequired[list[str]]
    countType: str
    countUnit: NotRequired[str]
    countNumber: int
    storageClass: NotRequired[str]


class PolicyRule(TypedDict):
    """One rule of a lifecycle policy, as ECR has it."""

    rulePriority: int
    description: str
    selection: Selection
    action: dict[str, str]


class Policy(TypedDict):
    """A lifecycle policy, as ECR has it."""

    rules: list[PolicyRule]


def policy(rules: Mapping[str, AnyRule]) -> Policy | None:
    """The lifecycle policy that does what `rules` say; None where there are none, and nothing ever goes."""
    removes_archived = any(isinstance(rule, ExpireUnpulled) for rule in rules.values())
    written = [rule for claim in claims(rules) for rule in _written(claim, removes_archived=removes_archived)]
    if not written:
        return None
    return {"rules": [_numbered(number, *rule) for number, rule in enumerate(written, start=1)]}


def document(rules: Mapping[str, AnyRule]) -> str | None:
    """`policy` as JSON, as the API takes it."""
    found = policy(rules)
    return None if found is None else json.dumps(found)


def words(rules: Mapping[str, AnyRule]) -> str:
    """What `rules` do, in the order in which they claim images; `none` where there are none."""
    said = [_said(name, rules[name]) for name in dict.fromkeys(claim.name for claim in claims(rules))]
    return "; ".join(said) or "none"


def check(rules: dict[str, AnyRule], at: tuple[str, ...] = ()) -> dict[str, AnyRule]:
    """`rules` where ECR can do all of them, for a validator of the map.

    Raises ValidationError with each mistake at its own place. `at` is where the map is, for a validator of the model
    around it.
    """
    refuse(_refused(rules), at)
    return rules


def _refused(rules: Mapping[str, AnyRule]) -> Iterator[Refusal]:
    yield from pointless(rules)
    for claim in claims(rules):
        if claim.pattern.count("*") > _MOST_WILDCARDS:
            mistake = MistakeError(f"has more than {_MOST_WILDCARDS} `*`, which ECR does not take", "write fewer `*`")
            yield Refusal((claim.name, "tags"), claim.pattern, mistake)
    found = policy(rules)
    count = len(found["rules"]) if found is not None else 0
    if count > _MOST_RULES:
        mistake = MistakeError(
            f"makes {count} rules of a lifecycle policy, and ECR takes {_MOST_RULES}",
            "write fewer patterns of tags: each makes one rule, and two where images are archived",
        )
        yield Refusal((), rules, mistake)


Retention = Annotated[dict[RuleName, RetentionRule], AfterValidator(check)]
"""The rules by name, as the settings of an ECR registry have them: each can do something, and ECR can do each."""

_Written = tuple[str, Selection, dict[str, str]]
_EXPIRE = {"type": "expire"}
_ARCHIVE = {"type": "transition", "targetStorageClass": "archive"}


def _written(claim: Claim, *, removes_archived: bool) -> Iterator[_Written]:
    """The rules that ECR needs for `claim`: one, or two where it reaches into the archive."""
    rule = claim.rule
    match rule:
        case Keep():
            yield f"{claim.name}: keep", _select(claim, "imageCountMoreThan", _NEVER_IMAGES), _EXPIRE
            if removes_archived:
                yield f"{claim.name}: keep in the archive", _archived(claim, _NEVER_DAYS), _EXPIRE
        case KeepNewest():
            yield f"{claim.name}: keep the newest", _select(claim, "imageCountMoreThan", rule.count), _EXPIRE
        case ExpireUntagged() | ExpireOlder():
            yield f"{claim.name}: expire what is older", _select(claim, "sinceImagePushed", rule.days), _EXPIRE
        case ExpireUnpulled():
            yield f"{claim.name}: archive what is not pulled", _select(claim, "sinceImagePulled", rule.days), _ARCHIVE
            yield f"{claim.name}: expire what is archived", _archived(claim, rule.archived_days), _EXPIRE
        case ArchiveUnpulled():
            yield f"{claim.name}: archive what is not pulled", _select(claim, "sinceImagePulled", rule.days), _ARCHIVE


def _select(claim: Claim, count_type: str, number: int) -> Selection:
    selection: Selection = {
        "tagStatus": "tagged" if claim.reach is Reach.TAGS else str(claim.reach),
        "countType": count_type,
        "countNumber": number,
    }
    if claim.reach is Reach.TAGS:
        selection["tagPatternList"] = [claim.pattern]
    if count_type != "imageCountMoreThan":  # where images are counted, ECR refuses a unit
        selection["countUnit"] = "days"
    return selection


def _archived(claim: Claim, days: int) -> Selection:
    return {**_select(claim, "sinceImageTransitioned", days), "storageClass": "archive"}


def _numbered(number: int, description: str, selection: Selection, action: dict[str, str]) -> PolicyRule:
    return {"rulePriority": number, "description": description, "selection": selection, "action": action}


def _said(name: str, rule: AnyRule) -> str:
    images = f"images tagged {_listed(rule)}" if _listed(rule) else ""
    match rule:
        case Keep():
            what = f"keeps {images}"
        case KeepNewest():
            if rule.tags is None:
                whose = "of all images"
            else:
                whose = (
                    f"images tagged {rule.tags[0]}" if len(rule.tags) == 1 else f"images of each tag {_listed(rule)}"
                )
            what = f"keeps the {rule.count} newest {whose}"
        case ExpireUntagged():
            what = f"expires untagged images {_days(rule.days)} after their push"
        case ExpireOlder():
            what = f"expires {images or 'other images'} {_days(rule.days)} after their push"
        case ExpireUnpulled():
            what = (
                f"archives {images or 'other images'} {_days(rule.days)} after their last pull, "
                f"and expires them {_days(rule.archived_days)} later"
            )
        case ArchiveUnpulled():
            what = f"archives {images or 'other images'} {_days(rule.days)} after their last pull"
    return f"{name}: {what}"


def _listed(rule: AnyRule) -> str:
    return ", ".join(() if isinstance(rule, ExpireUntagged) else rule.tags or ())


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
