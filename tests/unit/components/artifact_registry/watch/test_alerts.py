"""Which alerts there are, when each comes, and that each tells what to do."""

import re

import pytest

from components.artifact_registry.watch.alerts import Alert, Urgency, alerts
from components.artifact_registry.watch.settings import WatchSettings
from tests.unit.components.artifact_registry.watch.samples import NAMES, OWNER

WHOLE = WatchSettings.model_validate(
    {
        "auditLogs": "own",
        "pushAlarm": {"above": 200},
        "pullAlarm": {"above": 1000, "minutes": 10},
        "usage": {"storageAboveGib": 100, "quotaAbovePercent": 70},
        "scanResults": {},
    }
)


def _by_role(settings: WatchSettings = WHOLE) -> dict[str, Alert]:
    return {alert.role: alert for alert in alerts(NAMES, settings)}


def test_each_part_that_is_watched_has_its_alerts() -> None:
    assert list(_by_role()) == [
        "failed-pushes",
        "pushes",
        "pulls",
        "storage",
        "quota-near",
        "quota-exceeded",
        "findings",
        "unread",
    ]
    assert not _by_role(WatchSettings())
    assert list(_by_role(WatchSettings.model_validate({"usage": {}}))) == ["quota-near", "quota-exceeded"]


def test_every_alert_says_what_it_means_and_what_to_do_within_the_limits() -> None:
    """https://docs.cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies: 8,192 characters; 3 links."""
    for alert in _by_role().values():
        text = alert.arguments(OWNER)["documentation"]
        assert text["content"].startswith("**What it means.** ")
        assert "**First step.** " in text["content"]
        assert OWNER in text["content"]
        assert f"`{alert.role}` in docs/artifact-registry-watch.md" in text["content"]
        assert len(text["content"]) <= 8192
        assert len(text["subject"]) <= 255
        assert "$" not in text["content"] + text["subject"], "Google reads a variable there"
        assert [link["url"] for link in text["links"]] == [alert.link]
        assert alert.link.startswith("https://docs.cloud.google.com/")


def test_every_alert_is_one_query_whose_metric_may_still_be_missing() -> None:
    """A metric that was made a moment ago is not there for up to ten minutes, and the alert would be refused."""
    for alert in _by_role().values():
        (condition,) = alert.arguments(OWNER)["conditions"]
        (kind,) = set(condition) - {"display_name"}
        assert kind == "condition_prometheus_query_language"
        assert condition[kind]["disable_metric_validation"] is True
        assert int(condition[kind]["evaluation_interval"].removesuffix("s")) % 30 == 0


def test_every_query_is_closed_and_compares() -> None:
    for alert in _by_role().values():
        assert re.search(r" > [0-9.]+$", alert.query), alert.query
        for left, right in ("()", "{}", "[]"):
            assert alert.query.count(left) == alert.query.count(right), alert.query


def test_the_thresholds_are_those_of_the_config() -> None:
    found = _by_role()
    assert found["pushes"].query.endswith("[60m])) > 200")
    assert found["pulls"].query.endswith("[10m])) > 1000")
    assert found["storage"].query.endswith(f" > {100 * 2**30}")
    assert found["quota-near"].query.endswith(" > 0.7")


@pytest.mark.parametrize("role", ["failed-pushes", "quota-exceeded", "findings", "unread"])
def test_what_must_not_happen_comes_at_the_first_time(role: str) -> None:
    alert = _by_role()[role]
    assert alert.query.endswith(" > 0")
    assert alert.urgency is Urgency.ERROR


def test_a_quota_that_is_not_limited_is_never_near() -> None:
    assert "quota/limit" in _by_role()["quota-near"].query
    assert "[1d]) > 0)" in _by_role()["quota-near"].query, "a limit of -1 is none"


def test_storage_is_that_of_all_repositories_and_pulls_that_of_each() -> None:
    found = _by_role()
    everywhere = 'repository_id=~"snapdeploy-apps|docker-hub|all"'
    assert everywhere in found["storage"].query
    assert found["storage"].query.startswith("sum(last_over_time(")
    assert everywhere in found["pulls"].query
    assert found["pulls"].query.startswith("sum by (repository_id) (")
