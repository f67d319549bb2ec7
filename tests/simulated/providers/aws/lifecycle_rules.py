"""What ECR takes for a lifecycle policy: the checks that neither botocore's model nor moto's version of them has whole.

Owns: judging the text. Does not own: which rules anybody should have.
https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
"""

import json
from collections.abc import Iterator
from typing import Any

from tests.simulated.providers.aws.judge import RefusedError

_RULES = 50
_COUNTS = {
    "expire": frozenset({"imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned"}),
    "transition": frozenset({"imageCountMoreThan", "sinceImagePushed", "sinceImagePulled"}),
}
_SELECTION = frozenset(
    {"tagStatus", "tagPatternList", "tagPrefixList", "storageClass", "countType", "countUnit", "countNumber"}
)
_WILDCARDS = 4


def judge(text: str) -> None:
    """Raises RefusedError with the first thing that ECR would refuse."""
    try:
        rules = json.loads(text)["rules"]
        found = next(_mistakes(rules), None)
    except (ValueError, KeyError, TypeError, AttributeError):
        found = "Could not map policyString into LifecyclePolicy."
    if found:
        raise RefusedError(
            "InvalidParameterException: Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint:"
            f" 'Lifecycle policy validation failure: {found}'"
        )


def counts_pulls_or_archives(text: str) -> bool:
    """Whether a rule is of the kinds that moto does not know."""
    return any(
        rule["action"]["type"] != "expire"
        or rule["selection"]["countType"] not in ("imageCountMoreThan", "sinceImagePushed")
        or "storageClass" in rule["selection"]
        for rule in json.loads(text)["rules"]
    )


def _mistakes(rules: list[dict[str, Any]]) -> Iterator[str]:
    if not 1 <= len(rules) <= _RULES:
        yield f"a policy has 1 to {_RULES} rules, not {len(rules)}"
    priorities = [rule["rulePriority"] for rule in rules]
    if len(set(priorities)) != len(priorities):
        yield "rulePriority must be unique within a policy"
    for rule in rules:
        yield from _rule(rule, max(priorities))


def _rule(rule: dict[str, Any], last: int) -> Iterator[str]:
    number, selection, action = rule["rulePriority"], rule["selection"], rule["action"]
    for name in sorted(rule.keys() - {"rulePriority", "description", "selection", "action"}):
        yield f"rule {number}: unknown property {name}"
    for name in sorted(selection.keys() - _SELECTION):
        yield f"rule {number}: unknown property {name} in selection"
    if not isinstance(number, int) or number < 1:
        yield f"rule {number}: rulePriority must be a positive integer"
    if action["type"] not in _COUNTS or selection["countType"] not in _COUNTS[action["type"]]:
        yield f"rule {number}: {action['type']} cannot be decided by {selection['countType']}"
    if (action["type"] == "transition") != (action.get("targetStorageClass") == "archive"):
        yield f"rule {number}: a transition, and nothing else, has targetStorageClass archive"
    if (selection["countType"] == "imageCountMoreThan") == ("countUnit" in selection):
        yield f"rule {number}: countUnit belongs to counting days, and to nothing else"
    if selection.get("countUnit", "days") != "days":
        yield f"rule {number}: countUnit must be days"
    if not isinstance(selection["countNumber"], int) or selection["countNumber"] < 1:
        yield f"rule {number}: countNumber must be a positive integer"
    if selection["countType"] == "sinceImageTransitioned" and selection.get("storageClass") != "archive":
        yield f"rule {number}: only archived images have been transitioned: storageClass must be archive"
    yield from _tags(number, selection, last)


def _tags(number: int, selection: dict[str, Any], last: int) -> Iterator[str]:
    status = selection["tagStatus"]
    lists = [name for name in ("tagPatternList", "tagPrefixList") if selection.get(name)]
    if status not in ("tagged", "untagged", "any"):
        yield f"rule {number}: tagStatus must be tagged, untagged or any"
    if (status == "tagged") != (len(lists) == 1):
        yield f"rule {number}: tagged, and nothing else, has one of tagPatternList and tagPrefixList"
    if any(pattern.count("*") > _WILDCARDS for pattern in selection.get("tagPatternList") or []):
        yield f"rule {number}: a tag pattern has at most {_WILDCARDS} wildcards"
    if status == "any" and number != last:
        yield f"rule {number}: the rule for any image must have the highest rulePriority"
