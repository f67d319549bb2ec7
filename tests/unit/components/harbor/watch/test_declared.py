"""What a Harbor's watch declares: every signal has an alarm in both clouds, with the same bound, and reaches people."""

import json
import re

import pytest

from components.harbor.watch.settings import WatchSettings
from components.harbor.watch.signals import Breach, Signal, prefix, signals, table
from tests.unit.components.harbor.watch.declared import REGISTRY, SETTINGS, declared, of

WATCHED = signals(WatchSettings.model_validate(SETTINGS))
SAID = pytest.mark.parametrize("signal", WATCHED, ids=lambda signal: signal.name)


@SAID
def test_a_signal_has_an_alarm_at_cloudwatch(signal: Signal) -> None:
    (alarm,) = [each.inputs for each in of("aws", "MetricAlarm") if each.inputs["metricName"] == signal.name]
    assert alarm["dimensions"] == {"Registry": REGISTRY}
    assert alarm["namespace"] == "SnapDeploy/Harbor"
    assert alarm["period"] * alarm["evaluationPeriods"] == signal.minutes * 60
    assert (alarm["threshold"], alarm["comparisonOperator"], alarm["statistic"]) == (
        (signal.threshold, "GreaterThanThreshold", "Maximum")
        if signal.breach is Breach.ABOVE
        else (signal.threshold, "LessThanThreshold", "Minimum")
    )
    assert alarm["treatMissingData"] == ("breaching" if signal.name == "Health" else "notBreaching")
    assert alarm["alarmActions"] == alarm["okActions"] == [declared().outputs["aws-watch"]["topic"]]
    assert signal.action in alarm["alarmDescription"]
    assert len(alarm["alarmDescription"]) <= 1024


@SAID
def test_a_signal_has_an_alert_at_cloud_monitoring(signal: Signal) -> None:
    (alert,) = [each.inputs for each in of("gcp", "AlertPolicy") if each.name == f"gcp-watch-{signal.role}"]
    (condition,) = alert["conditions"]
    query = condition["conditionPrometheusQueryLanguage"]["query"]
    metric = f'{{"custom.googleapis.com/snapdeploy/harbor/{signal.name}", monitored_resource="gce_instance"'
    assert metric in query
    assert f'registry="{REGISTRY}"' in query
    bound = re.escape(f"{'>' if signal.breach is Breach.ABOVE else '<'} {signal.bound}")
    assert re.search(rf"{bound}\) and \(count_over_time\(.*\) >= {signal.minutes // 5}\)", query)
    assert ("absent_over_time" in query) is (signal.name == "Health")
    assert signal.action in alert["documentation"]["content"]
    assert alert["notificationChannels"] == [f"channels/{prefix(REGISTRY)}: {label}" for label in SETTINGS["email"]]


def test_what_is_off_has_no_alarm_and_is_still_shown() -> None:
    for cloud, kind in (("aws", "MetricAlarm"), ("gcp", "AlertPolicy")):
        names = {each.name for each in of(cloud, kind)}
        assert len(names) == len(table()) - 1
        assert f"{cloud}-watch-scan-findings" not in names
    (amazon,), (google,) = of("aws", "Dashboard"), of("gcp", "Dashboard")
    shown = [each["properties"]["metrics"][0][1] for each in json.loads(amazon.inputs["dashboardBody"])["widgets"]]
    assert shown == [signal.name for signal in table()]
    tiles = json.loads(google.inputs["dashboardJson"])["mosaicLayout"]["tiles"]
    assert [tile["widget"]["title"].split()[0] for tile in tiles] == shown


def test_only_this_watchs_alarms_publish_and_encrypt() -> None:
    (policy,), (key,) = of("aws", "TopicPolicy"), of("aws", "Key")
    for document in (policy.inputs["policy"], key.inputs["policy"]):
        (statement,) = [each for each in json.loads(document)["Statement"] if each["Sid"].startswith("Alarms")]
        pattern = statement["Condition"]["ArnLike"]["aws:SourceArn"].replace("*", ".*")
        for alarm in of("aws", "MetricAlarm"):
            assert re.fullmatch(pattern, f"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{alarm.inputs['name']}")
    (topic,) = of("aws", "Topic")
    assert json.loads(policy.inputs["policy"])["Statement"][0]["Resource"].endswith(f":{topic.inputs['name']}")
    assert topic.inputs["kmsMasterKeyId"]


def test_everybody_is_told_and_everything_is_where_the_server_is() -> None:
    assert {each.inputs["endpoint"] for each in of("aws", "TopicSubscription")} == set(SETTINGS["email"].values())
    addresses = {each.inputs["labels"]["email_address"] for each in of("gcp", "NotificationChannel")}
    assert addresses == set(SETTINGS["email"].values())
    for cloud in ("aws", "gcp"):
        own = [each for each in of(cloud) if not each.is_component]
        assert {each.provider.split("::")[-2] for each in own} == {f"{cloud}-own"}
    assert all(each.inputs["project"] == "my-project" for each in of("gcp") if not each.is_component)
    assert declared().outputs["aws-watch"]["topic"]
