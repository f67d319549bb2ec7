"""What ECR takes for a lifecycle policy, and which of it moto does not know."""

import json
from typing import Any

import pytest

from tests.simulated.providers.aws.judge import RefusedError
from tests.simulated.providers.aws.lifecycle_rules import counts_pulls_or_archives, judge

ANY = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 100}
PUSHED = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 14}
TAGGED = {"tagStatus": "tagged", "tagPatternList": ["v*"], "countType": "imageCountMoreThan", "countNumber": 10}
PULLED = {**ANY, "countType": "sinceImagePulled", "countUnit": "days"}
ARCHIVED = {
    "tagStatus": "any",
    "storageClass": "archive",
    "countType": "sinceImageTransitioned",
    "countUnit": "days",
    "countNumber": 365,
}
EXPIRE = {"type": "expire"}
ARCHIVE = {"type": "transition", "targetStorageClass": "archive"}


def _policy(*rules: tuple[int, dict[str, Any], dict[str, str]]) -> str:
    return json.dumps(
        {"rules": [{"rulePriority": number, "selection": chosen, "action": action} for number, chosen, action in rules]}
    )


@pytest.mark.parametrize(
    "policy",
    [
        _policy((1, PUSHED, EXPIRE), (2, TAGGED, EXPIRE), (3, ANY, EXPIRE)),
        _policy((7, PULLED, EXPIRE)),
        _policy((1, PULLED, ARCHIVE)),
        _policy((1, ARCHIVED, EXPIRE)),
    ],
)
def test_what_ecr_takes_passes(policy: str) -> None:
    judge(policy)


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("no JSON", "Could not map policyString"),
        ('{"rules": [{}]}', "Could not map policyString"),
        (_policy(), "1 to 50 rules"),
        (_policy(*[(number, PUSHED, EXPIRE) for number in range(1, 52)]), "1 to 50 rules"),
        (_policy((1, PUSHED, EXPIRE), (1, ANY, EXPIRE)), "unique"),
        (_policy((0, ANY, EXPIRE)), "positive"),
        (_policy((1, ANY, EXPIRE), (2, PUSHED, EXPIRE)), "highest rulePriority"),
        (_policy((1, {**TAGGED, "tagPatternList": []}, EXPIRE)), "has one of tagPatternList"),
        (_policy((1, {**TAGGED, "tagPrefixList": ["v"]}, EXPIRE)), "has one of tagPatternList"),
        (_policy((1, {**PUSHED, "tagPatternList": ["v*"]}, EXPIRE)), "has one of tagPatternList"),
        (_policy((1, {**TAGGED, "tagPatternList": ["*a*b*c*d*"]}, EXPIRE)), "at most 4 wildcards"),
        (_policy((1, {**ANY, "tagStatus": "all"}, EXPIRE)), "tagged, untagged or any"),
        (_policy((1, {**ANY, "countUnit": "days"}, EXPIRE)), "countUnit"),
        (_policy((1, {**PUSHED, "countUnit": "weeks"}, EXPIRE)), "countUnit must be days"),
        (_policy((1, {**ANY, "countNumber": 0}, EXPIRE)), "countNumber"),
        (_policy((1, {**ANY, "since": 1}, EXPIRE)), "unknown property since"),
        (_policy((1, ANY, {"type": "delete"})), "cannot be decided"),
        (_policy((1, PULLED, {"type": "transition"})), "targetStorageClass"),
        (_policy((1, {**ARCHIVED, "storageClass": "standard"}, EXPIRE)), "storageClass must be archive"),
    ],
)
def test_what_ecr_refuses_is_named(policy: str, said: str) -> None:
    with pytest.raises(RefusedError, match=f"^InvalidParameterException: .*'LifecyclePolicyText'.*{said}"):
        judge(policy)


def test_pulls_and_the_archive_are_beyond_moto() -> None:
    assert not counts_pulls_or_archives(_policy((1, PUSHED, EXPIRE), (3, ANY, EXPIRE)))
    for rule in ((1, PULLED, EXPIRE), (1, PUSHED, ARCHIVE), (1, ARCHIVED, EXPIRE)):
        assert counts_pulls_or_archives(_policy(rule))
