"""What a watch declares: where each resource hangs, that it is encrypted, named, counted, and within its region."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.support.declared import Resource
from tests.unit.components.ecr.watch.declared import MADE, ROOT, declare, topic

GIVEN = "arn:aws:sns:us-east-1:123456789012:alerts"
WHOLE: dict[str, Any] = {
    "email": {"platform": "platform@example.com"},
    "trailLogGroup": "trail",
    "pullAlarm": {"above": 1000},
    "usage": {},
}
INVENTORY = Path(__file__).parent / "inventory.json"
DECLARED = ("snapdeploy-apps/web", "snapdeploy-apps/team/api")


def _whole() -> tuple[Resource, ...]:
    return declare(WHOLE, repositories=DECLARED, replicas=["eu-west-1"])


def _of(resources: tuple[Resource, ...], kind: str) -> list[Resource]:
    return [each for each in resources if each.kind == kind]


def test_the_whole_watch_is_its_inventory() -> None:
    found = sorted(f"{each.name} ({each.type}) in {each.parent}" for each in _whole())
    assert found == json.loads(INVENTORY.read_text(encoding="utf-8"))


def test_every_type_that_the_mocks_know_is_declared() -> None:
    assert {each.type for each in _whole() if not each.is_component} == set(MADE)


def test_no_child_lives_outside_its_component() -> None:
    components = {each.name for each in _whole() if each.is_component}
    for each in _whole():
        if each.name != "main-watch":
            assert each.parent in components, each
            assert each.name.startswith(f"{each.parent}-"), each


def test_urns_are_unique() -> None:
    twice = [key for key, count in Counter((each.type, each.name) for each in _whole()).items() if count > 1]
    assert not twice


def test_everything_says_its_region() -> None:
    global_ = ("Role", "RolePolicy")
    for each in _whole():
        if not each.is_component and not each.type.endswith(tuple(f":{one}" for one in global_)):
            expected = "eu-west-1" if "eu-west-1" in each.name else "us-east-1"
            assert each.inputs["region"] == expected, each


def test_what_can_have_tags_has_them() -> None:
    kinds = ("Key", "Topic", "EventRule", "MetricAlarm", "LogGroup", "Role", "Function")
    for each in _whole():
        if each.kind in kinds:
            assert each.inputs["tags"] == {"team": "platform"}, each


def test_the_topic_of_its_own_is_encrypted_with_a_key_of_its_own() -> None:
    (made,) = _of(_whole(), "Topic")
    (key,) = _of(_whole(), "Key")
    assert made.inputs["kmsMasterKeyId"] == MADE["aws:kms/key:Key"]["arn"]
    assert key.inputs["enableKeyRotation"] is True
    assert topic(WHOLE) == MADE["aws:sns/topic:Topic"]["arn"]


def test_a_given_topic_is_used_as_it_is() -> None:
    resources = declare({"topic": GIVEN})
    assert not any(_of(resources, kind) for kind in ("Topic", "Key", "TopicPolicy", "TopicSubscription"))
    assert topic({"topic": GIVEN}) == GIVEN
    assert {each.inputs["arn"] for each in _of(resources, "EventTarget")} == {GIVEN}


def test_other_regions_hand_on_what_the_home_rule_takes() -> None:
    rules = {each.name: each.inputs for each in _of(_whole(), "EventRule")}
    there, home = rules["main-watch-forwarding-eu-west-1"], rules["main-watch-replication-failed"]
    assert there["eventPattern"] == home["eventPattern"]
    (target,) = [each for each in _of(_whole(), "EventTarget") if each.inputs["targetId"] == "home"]
    assert target.inputs["arn"] == "arn:aws:events:us-east-1:123456789012:event-bus/default"
    assert target.inputs["roleArn"] == MADE["aws:iam/role:Role"]["arn"]
    assert "inputTransformer" not in target.inputs, "the home rule has to know it again"


def test_every_alarm_tells_and_takes_back() -> None:
    for each in _of(_whole(), "MetricAlarm"):
        assert each.inputs["alarmActions"] == each.inputs["okActions"] == [MADE["aws:sns/topic:Topic"]["arn"]]


def test_only_what_people_are_told_has_a_target() -> None:
    to_topic = [each.name for each in _of(_whole(), "EventTarget") if each.inputs["targetId"] == "topic"]
    assert sorted(to_topic) == [
        "main-watch-replication-failed-target",
        "main-watch-scanned-basic-target",
        "main-watch-scanned-enhanced-target",
    ]


def test_the_least_watch_is_small() -> None:
    kinds = Counter(each.kind for each in declare({}))
    assert kinds == {
        "Watch": 1,
        "WatchTopic": 1,
        "Key": 1,
        "Topic": 1,
        "TopicPolicy": 1,
        "EventRule": 4,
        "EventTarget": 3,
        "MetricAlarm": 3,
        "Dashboard": 1,
    }
    assert not _of(declare({"dashboard": False}), "Dashboard")


def test_repositories_cost_nothing_but_their_pull_alarm() -> None:
    many = [f"snapdeploy-apps/app-{number}" for number in range(100)]
    without = {key: value for key, value in WHOLE.items() if key != "pullAlarm"}
    assert len(declare(without, repositories=many)) == len(declare(without))
    assert len(declare(WHOLE, repositories=many)) == len(declare(WHOLE)) + 100


def test_the_code_of_the_function_is_its_two_texts() -> None:
    (function,) = _of(_whole(), "Function")
    folder = ROOT / "components" / "ecr" / "watch" / "counter"
    assert function.inputs["code"] == {
        part: (folder / part).read_text(encoding="utf-8") for part in ("handler.py", "quotas.json")
    }
    assert function.inputs["handler"] == "handler.handler"
    assert function.inputs["environment"] == {"variables": {"NAMESPACE": "snapdeploy-apps"}}


def test_the_log_of_the_function_forgets() -> None:
    (log,) = _of(_whole(), "LogGroup")
    (function,) = _of(_whole(), "Function")
    assert log.inputs["name"] == f"/aws/lambda/{function.inputs['name']}"
    assert log.inputs["retentionInDays"] > 0


@pytest.mark.parametrize("namespace", ["snapdeploy-apps", "team/apps.v2", "n" * 255])
def test_every_name_fits(namespace: str) -> None:
    resources = declare(WHOLE, namespace=namespace, replicas=["ap-southeast-2"])
    longest = {"EventRule": 64, "Role": 64, "Function": 64, "Topic": 256, "MetricAlarm": 255}
    for each in resources:
        kind = each.kind
        if kind in longest:
            assert len(each.inputs["name"]) <= longest[kind], each
        if kind == "LogMetricFilter":
            assert len(each.inputs["pattern"]) <= 1024
