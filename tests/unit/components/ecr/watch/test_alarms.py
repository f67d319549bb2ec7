"""Which alarms there are, when they fire, and that each tells what to do."""

import pytest

from components.ecr.watch.alarms import Alarm, Comparison, Missing, Quota, alarms
from components.ecr.watch.settings import PullAlarm, UsageSettings, WatchSettings
from tests.unit.components.ecr.watch.samples import NAMES

WHOLE = WatchSettings(trail_log_group="trail", pull_alarm=PullAlarm(above=10), usage=UsageSettings())


def _by_role(settings: WatchSettings, *repositories: str) -> dict[str, Alarm]:
    return {alarm.role: alarm for alarm in alarms(NAMES, settings, repositories)}


def test_each_part_that_is_watched_has_its_alarms() -> None:
    undelivered = ["undelivered-scanned-basic", "undelivered-scanned-enhanced", "undelivered-replication-failed"]
    assert list(_by_role(WatchSettings(), "snapdeploy-apps/web")) == undelivered
    assert list(_by_role(WHOLE, "snapdeploy-apps/web")) == [
        *undelivered,
        "failed-pushes",
        "pulls-web",
        "uncounted",
        "quota-images-per-repository",
        "quota-repositories-per-region",
    ]


def test_every_alarm_says_what_to_do_within_the_limit() -> None:
    for alarm in _by_role(WHOLE, "snapdeploy-apps/web").values():
        assert len(alarm.description) <= 1024
        assert ". " in alarm.description, "the fact, then what to do"


@pytest.mark.parametrize("schedule", ["rate(15 minutes)", "rate(1 hour)", "rate(7 hours)", "rate(1 day)"])
def test_windows_are_such_as_cloudwatch_takes(schedule: str) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html, EvaluationPeriods."""
    settings = WHOLE.model_copy(update={"usage": UsageSettings(schedule=schedule)})
    for alarm in _by_role(settings, "snapdeploy-apps/web").values():
        assert alarm.seconds % 60 == 0
        assert alarm.seconds * alarm.windows <= (604_800 if alarm.seconds >= 3600 else 86_400)


def test_a_count_that_stops_is_an_alarm() -> None:
    alarm = _by_role(WHOLE)["uncounted"]
    assert alarm.missing is Missing.BAD
    assert alarm.windows == 2
    assert alarm.seconds == 3600


def test_a_quota_is_near_below_and_everything_else_above() -> None:
    found = _by_role(WHOLE, "snapdeploy-apps/web")
    below = {role for role, alarm in found.items() if alarm.comparison is Comparison.BELOW}
    assert below == {f"quota-{quota}" for quota in Quota}
    assert found["pulls-web"].threshold == 10
    assert dict(found["pulls-web"].dimensions) == {"RepositoryName": "snapdeploy-apps/web"}
