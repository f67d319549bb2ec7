"""What may be written under `watch:`, and what is refused in words."""

from typing import Any

import pytest
from pydantic import ValidationError

from components._settings import MistakeError
from components.ecr.watch.settings import Severity, WatchSettings

TOPIC = "arn:aws:sns:us-east-1:123456789012:alerts"


def _read(value: dict[str, Any]) -> WatchSettings:
    return WatchSettings.model_validate(value)


def test_nothing_has_to_be_said() -> None:
    found = _read({})
    assert found.minimum_severity is Severity.HIGH
    assert found.dashboard
    assert [found.topic, found.usage, found.pull_alarm, found.trail_log_group] == [None] * 4


def test_everything_can_be_said() -> None:
    found = _read(
        {
            "email": {"platform": "platform@example.com"},
            "minimumSeverity": "critical",
            "trailLogGroup": "aws-cloudtrail-logs/a",
            "pullAlarm": {"above": 5, "minutes": 10},
            "usage": {"schedule": "rate(6 hours)", "daysToQuota": 7, "imagesPerRepository": 200_000},
            "dashboard": False,
        }
    )
    assert found.usage is not None
    assert found.usage.seconds == 6 * 3600
    assert _read({"topic": "arn:aws-us-gov:sns:us-gov-west-1:123456789012:alerts"}).topic


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"topic": "alerts"}, "is not the ARN of an SNS topic"),
        ({"topic": f"{TOPIC}.fifo"}, "is a FIFO topic"),
        ({"topic": TOPIC, "email": {"a": "a@example.com"}}, "has both `topic` and `email`"),
        ({"email": {"a": "nobody"}}, "is not an e-mail address"),
        ({"email": {"A b": "a@example.com"}}, "is not a name"),
        ({"minimumSeverity": "HIGH"}, "Input should be"),
        ({"trailLogGroup": "arn:aws:logs:us-east-1:123456789012:log-group:x"}, "is not the name of a log group"),
        ({"pullAlarm": {}}, "Field required"),
        ({"pullAlarm": {"above": 1, "minutes": 1441}}, "less than or equal to 1440"),
        ({"usage": {"schedule": "cron(0 * * * ? *)"}}, "is not a rate"),
        ({"usage": {"schedule": "rate(1 hours)"}}, "has the wrong number"),
        ({"usage": {"schedule": "rate(2 hour)"}}, "has the wrong number"),
        ({"usage": {"schedule": "rate(14 minutes)"}}, "is not between 15 minutes and 1 day"),
        ({"usage": {"schedule": "rate(2 days)"}}, "is not between 15 minutes and 1 day"),
        ({"webhook": "x"}, "Extra inputs are not permitted"),
    ],
)
def test_a_mistake_is_refused_in_words(value: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        _read(value)


def test_a_topic_elsewhere_is_refused() -> None:
    _read({"topic": TOPIC}).check_region("us-east-1")
    _read({}).check_region("eu-west-1")
    with pytest.raises(MistakeError, match="is in us-east-1, the registry in eu-west-1"):
        _read({"topic": TOPIC}).check_region("eu-west-1")
