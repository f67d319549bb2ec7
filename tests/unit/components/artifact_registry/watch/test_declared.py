"""What a watch declares: where each resource hangs, what it waits for, that it is named, labelled and counted."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from components.artifact_registry.watch.component import APIS, apis
from components.artifact_registry.watch.settings import WatchSettings
from tests.support.declared import Resource
from tests.unit.components.artifact_registry.watch.declared import API, CHANNEL, MADE, channels, declare
from tests.unit.components.artifact_registry.watch.samples import OWNER

GIVEN = "projects/my-project/notificationChannels/7"
WHOLE: dict[str, Any] = {
    "channels": {"pager": GIVEN},
    "email": {"platform": "platform@example.com"},
    "minimumSeverity": "critical",
    "auditLogs": "own",
    "pushAlarm": {"above": 200},
    "pullAlarm": {"above": 1000},
    "usage": {"storageAboveGib": 100},
    "scanResults": {"ownTopic": True, "subscription": True},
}
CACHES = ("docker-hub", "all")
INVENTORY = Path(__file__).parent / "inventory.json"
ALERTS = 8


def _whole() -> tuple[Resource, ...]:
    return declare(WHOLE, caches=CACHES)


def _of(resources: tuple[Resource, ...], kind: str) -> list[Resource]:
    return [each for each in resources if each.kind == kind]


def test_the_whole_watch_is_its_inventory() -> None:
    found = sorted(f"{each.name} ({each.type}) in {each.parent}" for each in _whole() if each.name != API)
    assert found == json.loads(INVENTORY.read_text(encoding="utf-8"))


def test_every_type_that_the_mocks_know_is_declared() -> None:
    assert {each.type for each in _whole() if not each.is_component} == set(MADE)


def test_no_child_lives_outside_its_component() -> None:
    components = {each.name for each in _whole() if each.is_component}
    for each in _whole():
        if each.name not in (API, "main-watch"):
            assert each.parent in components, each
            assert each.name.startswith(f"{each.parent}-"), each


def test_urns_are_unique() -> None:
    twice = [key for key, count in Counter((each.type, each.name) for each in _whole()).items() if count > 1]
    assert not twice


def test_everything_says_its_project() -> None:
    for each in _whole():
        if not each.is_component and each.name != API:
            assert each.inputs["project"] == "my-project", each


def test_nothing_is_asked_of_an_api_that_is_not_there() -> None:
    waits = {each.name: each.after for each in _whole()}

    def behind(name: str) -> set[str]:
        return {name}.union(*(behind(one) for one in waits[name]))

    for each in _whole():
        if not each.is_component:
            assert API in behind(each.name), each


def test_what_can_have_labels_has_them() -> None:
    keys = {"AlertPolicy": "userLabels", "NotificationChannel": "userLabels"}
    keys |= dict.fromkeys(("Workflow", "Trigger", "Topic", "Subscription"), "labels")
    for each in _whole():
        if each.kind in keys:
            assert each.inputs[keys[each.kind]] == {"team": "platform"}, each


def test_whose_it_is_stands_where_people_look() -> None:
    for each in _whole():
        if each.kind in ("Metric", "Account", "Workflow"):
            assert OWNER in each.inputs["description"], each
        if each.kind == "AlertPolicy":
            assert OWNER in each.inputs["documentation"]["content"], each


def test_every_alert_tells_all_and_takes_back() -> None:
    found = _of(_whole(), "AlertPolicy")
    assert len(found) == ALERTS
    for each in found:
        assert each.inputs["notificationChannels"] == [GIVEN, CHANNEL]
        assert each.inputs["alertStrategy"]["notificationPrompts"] == ["OPENED", "CLOSED"]
    assert channels(WHOLE) == (GIVEN, CHANNEL)


def test_a_given_channel_is_used_as_it_is() -> None:
    assert not _of(declare({"channels": {"pager": GIVEN}}), "NotificationChannel")
    assert channels({"channels": {"pager": GIVEN}}) == (GIVEN,)


def test_audit_logs_are_switched_on_only_where_they_are_owned() -> None:
    (found,) = _of(_whole(), "IAMAuditConfig")
    assert found.inputs["service"] == "artifactregistry.googleapis.com"
    assert found.inputs["auditLogConfigs"] == [{"logType": "DATA_WRITE"}]
    given = declare({"auditLogs": "given"})
    assert not _of(given, "IAMAuditConfig")
    assert len(_of(given, "Metric")) == 2
    assert not _of(declare({}), "Metric")


def test_the_topic_of_container_analysis_is_left_to_google() -> None:
    (made,) = _of(_whole(), "Topic")
    (trigger,) = _of(_whole(), "Trigger")
    assert made.inputs["name"] == "container-analysis-occurrences-v1"
    assert made.name in trigger.after
    least = declare({"scanResults": {}})
    assert not _of(least, "Topic")
    assert not _of(least, "Subscription")
    topic = _of(least, "Trigger")[0].inputs["transport"]["pubsub"]["topic"]
    assert topic == "projects/my-project/topics/container-analysis-occurrences-v1"


def test_the_workflow_starts_only_when_it_may_read() -> None:
    by_name = {each.name: each for each in _whole()}
    grants = [each for each in _whole() if each.kind == "IAMMember"]
    roles = {each.inputs["role"]: each for each in grants}
    assert set(roles) == {
        "roles/containeranalysis.occurrences.viewer",
        "roles/logging.logWriter",
        "roles/eventarc.eventReceiver",
        "roles/workflows.invoker",
    }
    workflow, trigger = by_name["main-watch-scan-results-workflow"], by_name["main-watch-scan-results-trigger"]
    for role, each in roles.items():
        waiting = trigger if role in ("roles/eventarc.eventReceiver", "roles/workflows.invoker") else workflow
        assert each.name in waiting.after, role
    assert workflow.name in trigger.after
    assert workflow.inputs["deletionProtection"] is False


def test_who_starts_the_workflow_may_not_read_and_who_reads_may_not_start() -> None:
    holders = {each.inputs["role"]: each.after for each in _of(_whole(), "IAMMember")}
    readers = {"roles/containeranalysis.occurrences.viewer", "roles/logging.logWriter"}
    for role, waits in holders.items():
        assert waits == (f"main-watch-scan-results-scan-{'reader' if role in readers else 'trigger'}",)


def test_the_least_watch_is_small() -> None:
    kinds = Counter(each.kind for each in declare({}) if each.name != API)
    assert kinds == {"Watch": 1, "Dashboard": 1}
    assert not _of(declare({"dashboard": False}), "Dashboard")


def test_caches_add_no_resource() -> None:
    many = [f"cache-{number}" for number in range(20)]
    assert len(declare(WHOLE, caches=many)) == len(declare(WHOLE))


def test_only_a_watch_that_reads_scans_needs_their_apis() -> None:
    assert apis(WatchSettings()) == APIS
    found = apis(WatchSettings.model_validate({"scanResults": {}}))
    assert set(APIS) < set(found)
    assert "containeranalysis.googleapis.com" in found
    assert "containerscanning.googleapis.com" not in found, "it costs money for each image of the project"


@pytest.mark.parametrize("namespace", ["snapdeploy-apps", "a", "n" * 63])
@pytest.mark.parametrize("location", ["europe-west1", "northamerica-northeast1"])
def test_every_name_fits(namespace: str, location: str) -> None:
    longest = {"Metric": 100, "Workflow": 64, "Trigger": 63, "Subscription": 255}
    for each in declare(WHOLE, namespace=namespace, location=location):
        if each.kind in longest:
            assert len(each.inputs["name"]) <= longest[each.kind], each
            assert re.fullmatch(r"[a-z][a-z0-9-]*[a-z0-9]", each.inputs["name"]) or each.kind == "Topic", each
        if each.kind == "Account":
            assert re.fullmatch(r"[a-z][a-z0-9-]{4,28}[a-z0-9]", each.inputs["accountId"]), each


def test_two_accounts_of_a_long_namespace_are_two() -> None:
    found = _of(declare(WHOLE, namespace="n" * 63), "Account")
    assert len({each.inputs["accountId"] for each in found}) == 2


def test_what_does_not_fit_its_place_is_refused_before_anything_is_declared() -> None:
    with pytest.raises(AssertionError, match="has no region for `scanResults`"):
        declare({"scanResults": {}}, location="europe")
    assert declare({"scanResults": {"region": "europe-west1"}}, location="europe")


def test_the_standard_repository_is_one_of_all() -> None:
    for each in _of(_whole(), "AlertPolicy"):
        query = each.inputs["conditions"][0]["conditionPrometheusQueryLanguage"]["query"]
        if "repository_id" in query:
            assert 'repository_id=~"snapdeploy-apps|docker-hub|all"' in query, each
