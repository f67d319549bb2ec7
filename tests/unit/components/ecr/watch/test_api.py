"""What is declared, as arguments of the real API's client, which moto answers: names and shapes that AWS would take."""

import json
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from components.ecr.watch import dashboard as watch_dashboard
from components.ecr.watch import events as watch_events
from components.ecr.watch import failed_pushes as watch_failed_pushes
from components.ecr.watch import topic as watch_topic
from components.ecr.watch import usage as watch_usage
from components.ecr.watch.alarms import alarms
from components.ecr.watch.settings import PullAlarm, Severity, UsageSettings, WatchSettings
from tests.unit.components.ecr.watch.samples import NAMES

WHOLE = WatchSettings(trail_log_group="trail", pull_alarm=PullAlarm(above=1), usage=UsageSettings())


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", NAMES.region)
    with mock_aws():
        yield


def test_rules_and_targets() -> None:
    events = boto3.client("events")
    for rule in watch_events.rules(NAMES, Severity.LOW):
        events.put_rule(Name=NAMES.of(rule.role), EventPattern=json.dumps(rule.pattern), Description=rule.description)
        if rule.message is not None:
            transformer = {"InputPathsMap": dict(rule.message.paths), "InputTemplate": rule.message.template}
            target = {"Id": "topic", "Arn": NAMES.topic_arn, "InputTransformer": transformer}
            assert events.put_targets(Rule=NAMES.of(rule.role), Targets=[target])["FailedEntryCount"] == 0
    assert len(events.list_rules()["Rules"]) == 4


def test_alarms() -> None:
    cloudwatch = boto3.client("cloudwatch")
    declared = alarms(NAMES, WHOLE, ["snapdeploy-apps/web"])
    for alarm in declared:
        cloudwatch.put_metric_alarm(
            AlarmName=NAMES.of(alarm.role),
            AlarmDescription=alarm.description,
            Namespace=alarm.namespace,
            MetricName=alarm.metric,
            Dimensions=[{"Name": name, "Value": value} for name, value in alarm.dimensions.items()],
            Statistic=alarm.statistic,
            ComparisonOperator=str(alarm.comparison),
            Threshold=alarm.threshold,
            Period=alarm.seconds,
            EvaluationPeriods=alarm.windows,
            TreatMissingData=str(alarm.missing),
            AlarmActions=[NAMES.topic_arn],
        )
    assert len(cloudwatch.describe_alarms()["MetricAlarms"]) == len(declared)


def test_filter_and_dashboard() -> None:
    logs = boto3.client("logs")
    logs.create_log_group(logGroupName="trail")
    logs.put_metric_filter(
        logGroupName="trail",
        filterName=NAMES.of("failed-pushes"),
        filterPattern=watch_failed_pushes.pattern(NAMES),
        metricTransformations=[
            {
                "metricNamespace": watch_failed_pushes.NAMESPACE,
                "metricName": watch_failed_pushes.metric_name(NAMES),
                "metricValue": "1",
                "defaultValue": 0.0,
            }
        ],
    )
    body = json.dumps(watch_dashboard.body(NAMES, WHOLE, NAMES.prefix))
    boto3.client("cloudwatch").put_dashboard(DashboardName=NAMES.prefix, DashboardBody=body)


def test_key_topic_and_role() -> None:
    key = boto3.client("kms").create_key(Policy=json.dumps(watch_topic.key_policy(NAMES)))["KeyMetadata"]["Arn"]
    sns = boto3.client("sns")
    topic = sns.create_topic(Name=NAMES.prefix, Attributes={"KmsMasterKeyId": key})["TopicArn"]
    assert topic == NAMES.topic_arn
    policy = json.dumps(watch_topic.topic_policy(NAMES))
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    iam = boto3.client("iam")
    role = NAMES.of_role("usage")
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(watch_usage.trust()))
    # IAM's own checker of documents is in moto.
    iam.put_role_policy(RoleName=role, PolicyName="count", PolicyDocument=json.dumps(watch_usage.rights(NAMES)))
