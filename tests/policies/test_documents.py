"""What narrows a statement for everybody, and what only looks so; and where a scanning rule reaches."""

import json
from typing import Any

import pytest

from policies import rules
from tests.policies.cases import aws
from tests.policies.judged import judge
from tests.policies.test_cases import said_by

RULE, TYPE = "resource-policies-name-principals", "aws:ecr/repositoryPolicy:RepositoryPolicy"


def said(condition: dict[str, Any]) -> list[str]:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage", "Condition": condition}
    return judge(RULE, TYPE, {"policy": json.dumps({"Statement": statement})})


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/r-ab12/*"]}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:ecs:eu-central-1:111122223333:*"}},
        {"StringEquals": {"AWS:SourceAccount": "111122223333"}},
    ],
)
def test_a_condition_that_says_who_narrows(condition: dict[str, Any]) -> None:
    assert said(condition) == []


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"StringLike": {"aws:PrincipalOrgID": "o-*"}},
        {"StringLike": {"aws:PrincipalAccount": "1*"}},
        {"StringLike": {"aws:PrincipalArn": "*"}},
        {"StringEquals": {"aws:PrincipalOrgID": []}},
        {"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}},
        {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "0.0.0.0/0"]}},
        {"Bool": {"aws:SecureTransport": "true"}},
    ],
)
def test_one_that_holds_for_anybody_does_not(condition: dict[str, Any]) -> None:
    (message,) = said(condition)
    assert "lets anybody in" in message


@pytest.mark.parametrize("policy", ["", "no JSON", "[]", '{"Statement": 7}', '{"Statement": ["x"]}'])
def test_what_is_no_document_is_refused_as_one_that_cannot_be_judged(policy: str) -> None:
    (message,) = judge(RULE, TYPE, {"policy": policy})
    assert "cannot be read as one" in message


@pytest.mark.parametrize(("region", "refused"), [("eu-central-1", False), ("eu-west-1", True)])
def test_a_registry_scans_its_own_region_only(region: str, refused: bool) -> None:
    unscanned = aws.repository(imageScanningConfiguration={"scanOnPush": False}, name="apps/web")
    stack = [unscanned, aws.lifecycle(of="apps/web"), aws.scanning("SCAN_ON_PUSH", region, filter_="apps/*")]
    told, _ = said_by(rules.RULES, stack)
    assert (("ecr-images-are-scanned", "main") in told) is refused
