"""Who may what: the topic's and its key's policies, and the rights of the counting and of the forwarding."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest
from moto.iam.access_control import IAMPolicy, PermissionResult

from components._slug import slug
from components.ecr.watch import forwarding as watch_forwarding
from components.ecr.watch import topic as watch_topic
from components.ecr.watch import usage as watch_usage
from components.ecr.watch.names import Names
from components.ecr.watch.settings import UsageSettings
from tests.support.iam import findings
from tests.unit.components.ecr.watch.samples import NAMES

if TYPE_CHECKING:
    from components.aws.documents import Document

CHINA = replace(NAMES, region="cn-north-1", partition="aws-cn")
GOVERNMENT = replace(NAMES, region="us-gov-west-1", partition="aws-us-gov")
EVENTS, ALARMS = "events.amazonaws.com", "cloudwatch.amazonaws.com"
OWN_ALARMS = {
    "StringEquals": {"aws:SourceAccount": "123456789012"},
    "ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:snapdeploy-apps-watch-*"},
}


def _documents(names: Names) -> list[dict[str, Any]]:
    return [
        watch_topic.topic_policy(names),
        watch_topic.key_policy(names),
        watch_usage.trust(),
        watch_usage.rights(names),
        watch_forwarding.trust(names, ["eu-west-1"]),
        watch_forwarding.rights(names),
    ]


def _by_service(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["Principal"]["Service"]: each for each in document["Statement"] if "Service" in each["Principal"]}


def test_only_rules_and_own_alarms_publish() -> None:
    document = watch_topic.topic_policy(NAMES)
    statements = _by_service(document)
    assert len(document["Statement"]) == len(statements)
    assert set(statements) == {EVENTS, ALARMS}
    for each in statements.values():
        assert each["Effect"] == "Allow"
        assert each["Action"] == "sns:Publish"
        assert each["Resource"] == "arn:aws:sns:us-east-1:123456789012:snapdeploy-apps-watch"
    assert statements[ALARMS]["Condition"] == OWN_ALARMS


@pytest.mark.parametrize("document", [watch_topic.topic_policy(NAMES), watch_topic.key_policy(NAMES)])
def test_nothing_is_asked_of_eventbridge_that_it_does_not_say(document: dict[str, Any]) -> None:
    """AWS: no Condition in a topic's policy for EventBridge, nor source keys in its key's: messages would be lost."""
    assert "Condition" not in _by_service(document)[EVENTS]


def test_the_publishers_may_encrypt_and_no_more() -> None:
    statements = _by_service(watch_topic.key_policy(NAMES))
    assert set(statements) == {EVENTS, ALARMS}
    for each in statements.values():
        assert sorted(each["Action"]) == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert statements[ALARMS]["Condition"] == OWN_ALARMS
    administers = watch_topic.key_policy(NAMES)["Statement"][0]
    assert administers["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}, "a key nobody can change is lost"


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("ecr:DescribeRepositories", "arn:aws:ecr:us-east-1:123456789012:repository/other", True),
        ("ecr:DescribeImages", "arn:aws:ecr:us-east-1:123456789012:repository/snapdeploy-apps/web", True),
        ("ecr:DescribeImages", "arn:aws:ecr:us-east-1:123456789012:repository/snapdeploy-apps-evil/x", False),
        ("ecr:DescribeImages", "arn:aws:ecr:eu-west-1:123456789012:repository/snapdeploy-apps/web", False),
        ("ecr:BatchGetImage", "arn:aws:ecr:us-east-1:123456789012:repository/snapdeploy-apps/web", False),
        ("ecr:BatchDeleteImage", "arn:aws:ecr:us-east-1:123456789012:repository/snapdeploy-apps/web", False),
        ("cloudwatch:GetMetricData", "*", True),
        ("cloudwatch:PutMetricAlarm", "*", False),
        (
            "logs:PutLogEvents",
            "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/snapdeploy-apps-watch-usage:log-stream:x",
            True,
        ),
        ("logs:PutLogEvents", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/other:log-stream:x", False),
        ("logs:CreateLogGroup", "arn:aws:logs:us-east-1:123456789012:log-group:x", False),
    ],
)
def test_the_counting_may_read_its_namespace_and_no_more(action: str, resource: str, allowed: bool) -> None:
    policy = IAMPolicy(json.dumps(watch_usage.rights(NAMES)))
    found = policy.is_action_permitted(action, resource)
    assert (found is PermissionResult.PERMITTED) is allowed


def test_it_publishes_in_one_metric_namespace() -> None:
    (publish,) = [each for each in watch_usage.rights(NAMES)["Statement"] if each["Sid"] == "Publish"]
    assert publish["Condition"] == {"StringEquals": {"cloudwatch:namespace": "SnapDeploy/Registry"}}


@pytest.mark.parametrize("document", [watch_usage.rights(NAMES), watch_forwarding.rights(NAMES)])
def test_the_linter_has_nothing_to_say(document: dict[str, Any]) -> None:
    assert list(findings(cast("Document", document), NAMES.topic_arn)) == []
    spoilt = {**document, "Statement": [{**document["Statement"][0], "Action": "ecr:DescribeEverything"}]}
    assert list(findings(cast("Document", spoilt), NAMES.topic_arn)), "the linter finds nothing at all"


@pytest.mark.parametrize("names", [CHINA, GOVERNMENT])
def test_every_arn_is_of_its_partition(names: Names) -> None:
    for document in _documents(names):
        assert "arn:aws:" not in json.dumps(document)


def test_forwarding_is_trusted_for_its_own_rules() -> None:
    (statement,) = watch_forwarding.trust(NAMES, ["eu-west-1"])["Statement"]
    assert statement["Condition"]["ArnEquals"]["aws:SourceArn"] == [
        "arn:aws:events:eu-west-1:123456789012:rule/snapdeploy-apps-watch-replication-failed"
    ]


def test_names_of_different_namespaces_differ() -> None:
    namespaces = ["a/b", "a-b", "a.b", "a_b", "n" * 40, "n" * 41, "n" * 40 + "/x"]
    assert len({slug(one) for one in namespaces}) == len(namespaces)
    assert slug("snapdeploy-apps") == "snapdeploy-apps"


def test_raised_quotas_reach_the_code() -> None:
    told = watch_usage.variables(NAMES, UsageSettings(images_per_repository=200_000))
    assert told == {"NAMESPACE": "snapdeploy-apps", "IMAGES_PER_REPOSITORY": "200000"}
