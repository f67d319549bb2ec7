"""The evaluator of the tests says what AWS documents, also where the emulator it asks does not."""

import pytest
from moto.iam.access_control import IAMPolicy, PermissionResult

from components.aws.documents import By, Conditions, allow, document
from tests.support.iam import allowed

ARN = "arn:aws:ecr:us-east-1:123456789012:repository/a.b/*"


def test_a_dot_in_an_arn_is_a_dot() -> None:
    rights = document(allow("Dot", ["ecr:PutImage"], [ARN]))
    assert allowed(rights, "ecr:PutImage", ARN.replace("*", "web"))
    assert not allowed(rights, "ecr:PutImage", ARN.replace("*", "web").replace("a.b", "axb"))


def test_the_emulator_still_takes_a_condition_whose_key_is_absent_as_fulfilled() -> None:
    """The reason for an evaluator of conditions of our own; where this fails, moto has learnt it."""
    text = (
        '{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",'
        ' "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}]}'
    )
    assert IAMPolicy(text).is_action_permitted("sts:AssumeRole") is PermissionResult.PERMITTED


@pytest.mark.parametrize(
    ("when", "context", "expected"),
    [
        ({"StringEquals": {"k": ["a", "b"]}}, {"k": "b"}, True),
        ({"StringEquals": {"k": ["a", "b"]}}, {"k": "c"}, False),
        ({"StringEquals": {"k": ["a*"]}}, {"k": "ab"}, False),
        ({"StringEquals": {"k": ["a"]}}, {"k": "A"}, False),
        ({"StringEquals": {"k": ["a"]}}, {}, False),
        ({"StringEquals": {"k": ["a"], "l": ["b"]}}, {"k": "a", "l": "b"}, True),
        ({"StringEquals": {"k": ["a"], "l": ["b"]}}, {"k": "a"}, False),
        ({"StringEquals": {"k": ["a"]}, "StringLike": {"l": ["b*"]}}, {"k": "a", "l": "x"}, False),
        ({"StringLike": {"k": ["a*c"]}}, {"k": "a/b:c"}, True),
        ({"StringLike": {"k": ["a*c"]}}, {"k": "a/b:cd"}, False),
        ({"StringLike": {"k": ["a.c"]}}, {"k": "abc"}, False),
        ({"ArnLike": {"k": ["arn:aws:ecs:us-east-1:1:*"]}}, {"k": "arn:aws:ecs:us-east-1:1:task/a:b"}, True),
        ({"ArnLike": {"k": ["arn:aws:*:us-east-1:1:*"]}}, {"k": "arn:aws:ecs:x:us-east-1:1:task"}, False),
        ({"ArnLike": {"k": ["arn:aws:ecs:us-east-1:1:*"]}}, {"k": "no arn"}, False),
    ],
)
def test_conditions_hold_as_aws_documents_them(when: Conditions, context: dict[str, str], expected: bool) -> None:
    trust = document(allow("When", ["sts:AssumeRole"], principals={By.ACCOUNT: ["x"]}, when=when))
    assert allowed(trust, "sts:AssumeRole", principal=("AWS", "x"), context=context) is expected


def test_an_operator_that_nobody_has_thought_of_is_no_yes() -> None:
    rights = document(allow("Odd", ["ecr:PutImage"], ["*"], when={"StringNotEquals": {"k": ["a"]}}))
    with pytest.raises(KeyError):
        allowed(rights, "ecr:PutImage", context={"k": "b"})


@pytest.mark.parametrize(
    ("principal", "expected"),
    [(("Service", "x"), True), (("AWS", "x"), False), (("Service", "y"), False), (None, False)],
)
def test_a_principal_is_known_by_its_kind_and_name(principal: tuple[str, str] | None, expected: bool) -> None:
    trust = document(allow("Who", ["sts:AssumeRole"], principals={By.SERVICE: ["x"]}))
    assert allowed(trust, "sts:AssumeRole", principal=principal) is expected
