"""What may be said of the watch over an ECR registry: where alerts go, which ones, and what counts usage.

Owns: the models under `watch:` and the rules of single values. Does not own: what is declared from them.
"""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, Strict, model_validator

from components._recipients import Email, Label
from components._settings import MistakeError, Settings

_TOPIC = re.compile(
    r"arn:aws(?:-cn|-us-gov)?:sns:(?P<region>[a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_-]{1,256}(?P<fifo>\.fifo)?"
)
_LOG_GROUP = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}")
_RATE = re.compile(r"rate\((?P<count>[1-9][0-9]{0,3}) (?P<unit>minute|hour|day)(?P<plural>s?)\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
_SHORTEST = 15 * 60
_LONGEST = 86400


class Severity(StrEnum):
    """How bad a finding is, from the worst."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFORMATIONAL = "informational"


def _topic(text: str) -> str:
    found = _TOPIC.fullmatch(text)
    if found is None:
        raise MistakeError("is not the ARN of an SNS topic")
    if found["fifo"]:
        raise MistakeError("is a FIFO topic", "name a standard one", "rules and alarms cannot be relied on to reach it")
    return text


def _log_group(text: str) -> str:
    if _LOG_GROUP.fullmatch(text) is None:
        raise MistakeError("is not the name of a log group", "write its name, not its ARN")
    return text


def _seconds(rate: str) -> int:
    """The seconds between two runs. Raises MistakeError where `rate` is none that EventBridge would take."""
    found = _RATE.fullmatch(rate)
    if found is None:
        raise MistakeError("is not a rate", "write rate(N minutes), rate(N hours) or rate(1 day)")
    if (found["count"] == "1") == bool(found["plural"]):
        raise MistakeError("has the wrong number", "`1 hour` but `2 hours`", "EventBridge would refuse it")
    return int(found["count"]) * _SECONDS[found["unit"]]


def _rate(text: str) -> str:
    seconds = _seconds(text)
    if not _SHORTEST <= seconds <= _LONGEST:
        raise MistakeError(
            "is not between 15 minutes and 1 day",
            consequence="a run of a large registry takes up to 15 minutes, and an alarm looks at most one day ahead",
        )
    return text


class PullAlarm(Settings):
    """An alarm where a declared repository is pulled more often than is plausible."""

    above: int = Field(ge=1, description="how many pulls in the window are still plausible", examples=[1000])
    minutes: int = Field(default=60, ge=1, le=1440, description="the window", examples=[60])


class UsageSettings(Settings):
    """A scheduled Lambda that counts storage, images and repositories."""

    schedule: Annotated[str, AfterValidator(_rate)] = Field(
        default="rate(1 hour)", description="how often it counts", examples=["rate(1 hour)"]
    )
    days_to_quota: int = Field(
        default=30, ge=1, le=365, description="alarm where a quota is reached within so many days", examples=[30]
    )
    images_per_repository: int | None = Field(
        default=None, ge=1, description="this account's quota, where AWS has raised it", examples=[200000]
    )
    repositories_per_region: int | None = Field(
        default=None, ge=1, description="this account's quota, where AWS has raised it", examples=[200000]
    )

    @property
    def seconds(self) -> int:
        """The seconds between two runs."""
        return _seconds(self.schedule)


class WatchSettings(Settings):
    """Events, alarms and a dashboard; every key has a default."""

    topic: Annotated[str, AfterValidator(_topic)] | None = Field(
        default=None,
        description="an existing SNS topic for all alerts; left out: an encrypted one of its own",
        examples=["arn:aws:sns:us-east-1:123456789012:alerts"],
    )
    email: dict[Label, Email] = Field(
        default_factory=dict,
        description="who gets alerts by e-mail, by any name; each has to confirm once",
        examples=[{"platform": "platform@example.com"}],
    )
    minimum_severity: Annotated[Severity, Strict(False)] = Field(
        default=Severity.HIGH, description="from which severity on a scan's findings are alerts", examples=["high"]
    )
    trail_log_group: Annotated[str, AfterValidator(_log_group)] | None = Field(
        default=None,
        description="the log group of a CloudTrail trail: only there are failed pushes seen",
        examples=["aws-cloudtrail-logs"],
    )
    pull_alarm: PullAlarm | None = Field(
        default=None, description="alarm on pulls of each declared repository", examples=[{"above": 1000}]
    )
    usage: UsageSettings | None = Field(default=None, description="count storage, images, repositories", examples=[{}])
    dashboard: bool = Field(default=True, description="whether to make a CloudWatch dashboard", examples=[True])

    @model_validator(mode="after")
    def _subscribe_to_own_topic_only(self) -> "WatchSettings":
        if self.topic is not None and self.email:
            raise MistakeError(
                "has both `topic` and `email`",
                "subscribe where the topic is declared, or leave `topic` out",
                "the given topic belongs to others, who would not know of the subscription",
            )
        return self

    def check_region(self, region: str) -> None:
        """Raises MistakeError where the given topic is not in `region`."""
        found = None if self.topic is None else _TOPIC.fullmatch(self.topic)
        if found is not None and found["region"] != region:
            raise MistakeError(
                f"is in {found['region']}, the registry in {region}",
                f"name a topic in {region}, or leave it out",
                "a rule and an alarm reach topics in their own region only",
            )
