"""What may be written under `watch:`, and what is refused in words."""

from typing import Any

import pytest
from pydantic import ValidationError

from components._settings import MistakeError
from components.artifact_registry.watch.settings import AuditLogs, Severity, WatchSettings
from components.gcp.place import Place

CHANNEL = "projects/my-project/notificationChannels/1234567890"
REGION, SEVERAL = Place("my-project", "europe-west1"), Place("my-project", "europe")


def _read(value: dict[str, Any]) -> WatchSettings:
    return WatchSettings.model_validate(value)


def test_nothing_has_to_be_said() -> None:
    found = _read({})
    assert found.alerts_from is Severity.HIGH
    assert found.dashboard
    assert [found.audit_logs, found.push_alarm, found.pull_alarm, found.usage, found.scan_results] == [None] * 5
    found.check_place(REGION)
    found.check_place(SEVERAL)


def test_everything_can_be_said() -> None:
    found = _read(
        {
            "channels": {"pager": CHANNEL},
            "email": {"platform": "platform@example.com"},
            "minimumSeverity": "critical",
            "auditLogs": "given",
            "pushAlarm": {"above": 200, "minutes": 10},
            "pullAlarm": {"above": 1000},
            "usage": {"storageAboveGib": 100, "quotaAbovePercent": 70},
            "scanResults": {"region": "europe-west4", "ownTopic": True, "subscription": True},
            "dashboard": False,
        }
    )
    assert found.audit_logs is AuditLogs.GIVEN
    found.check_place(SEVERAL)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"channels": {"pager": "1234567890"}}, "is not the name of a notification channel"),
        ({"channels": {"Pager 1": CHANNEL}}, "is not a name"),
        ({"email": {"a": "nobody"}}, "is not an e-mail address"),
        ({"email": {"A b": "a@example.com"}}, "is not a name"),
        ({"minimumSeverity": "HIGH", "scanResults": {}}, "Input should be"),
        ({"minimumSeverity": "informational", "scanResults": {}}, "Input should be"),
        ({"minimumSeverity": "high"}, "has `minimumSeverity` without `scanResults`"),
        ({"auditLogs": True}, "Input should be"),
        ({"pushAlarm": {"above": 1}}, "has `pushAlarm` without `auditLogs`"),
        ({"pullAlarm": {}}, "Field required"),
        ({"pullAlarm": {"above": 1, "minutes": 1441}}, "less than or equal to 1440"),
        ({"pullAlarm": {"above": 1, "minutes": 1}}, "greater than or equal to 5"),
        ({"usage": {"quotaAbovePercent": 100}}, "less than or equal to 99"),
        ({"usage": {"storageAboveGib": 0}}, "greater than or equal to 1"),
        ({"scanResults": {"region": "Frankfurt"}}, "is not a location"),
        ({"topic": "x"}, "Extra inputs are not permitted"),
    ],
)
def test_a_mistake_is_refused_in_words(value: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        _read(value)


def test_a_channel_elsewhere_is_refused() -> None:
    _read({"channels": {"pager": CHANNEL}}).check_place(REGION)
    with pytest.raises(MistakeError, match="`pager` of project my-project, the registry is in another-project"):
        _read({"channels": {"pager": CHANNEL}}).check_place(Place("another-project", "europe-west1"))


@pytest.mark.parametrize("where", [{}, {"region": "us"}])
def test_scan_results_are_read_in_one_region(where: dict[str, str]) -> None:
    with pytest.raises(MistakeError, match="has no region for `scanResults`"):
        _read({"scanResults": where}).check_place(SEVERAL)
    _read({"scanResults": {"region": "europe-west1"}}).check_place(SEVERAL)
