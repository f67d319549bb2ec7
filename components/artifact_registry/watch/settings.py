"""What may be said of the watch over an Artifact Registry: who gets alerts, which ones, and what is read for them.

Owns: the models under `watch:` and the rules of and between their values. Does not own: what is declared from them.
"""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, Strict, model_validator

from components._recipients import Email, Label
from components._settings import MistakeError, Settings, Text
from components.gcp.place import Location, Place

_CHANNEL = re.compile(r"projects/(?P<project>[a-z0-9.:-]+)/notificationChannels/[0-9]+")


class Severity(StrEnum):
    """How bad a finding is, from the worst."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    MINIMAL = "minimal"


class AuditLogs(StrEnum):
    """Whose are the project's data-access audit logs of Artifact Registry."""

    OWN = "own"
    GIVEN = "given"


def _channel(text: str) -> str:
    if _CHANNEL.fullmatch(text) is None:
        raise MistakeError(
            "is not the name of a notification channel",
            "write projects/<project>/notificationChannels/<number>; `gcloud beta monitoring channels list` has it",
        )
    return text


class PullAlarm(Settings):
    """An alert where the registry is pulled from more often than is plausible."""

    above: int = Field(ge=1, description="how many pulls in the window are still plausible", examples=[1000])
    minutes: int = Field(default=60, ge=5, le=1440, description="the window", examples=[60])


class PushAlarm(Settings):
    """An alert where the registry is pushed to more often than is plausible."""

    above: int = Field(ge=1, description="how many pushes in the window are still plausible", examples=[200])
    minutes: int = Field(default=60, ge=5, le=1440, description="the window", examples=[60])


class UsageSettings(Settings):
    """Alerts on what is stored and on quotas; Google counts both."""

    storage_above_gib: int | None = Field(
        default=None, ge=1, description="alert where all repositories hold more GiB than this", examples=[100]
    )
    quota_above_percent: int = Field(
        default=80, ge=1, le=99, description="alert where so much of a quota is used", examples=[80]
    )


class ScanResultsSettings(Settings):
    """A workflow that reads each finding of a scan, and alerts from `minimumSeverity` on."""

    region: Location | None = Field(
        default=None,
        description="where the workflow runs; left out: the registry's region",
        examples=["europe-west1"],
    )
    own_topic: bool = Field(
        default=False,
        description="whether to make Container Analysis' topic, of which a project has one; only where Google has not",
        examples=[False],
    )
    subscription: bool = Field(
        default=False,
        description="whether to make a pull subscription too, for a reader of one's own",
        examples=[False],
    )


class WatchSettings(Settings):
    """Metrics, alerts and a dashboard; every key has a default."""

    channels: dict[Label, Annotated[Text, AfterValidator(_channel)]] = Field(
        default_factory=dict,
        description="existing notification channels for all alerts, by any name",
        examples=[{"pager": "projects/my-project/notificationChannels/1234567890"}],
    )
    email: dict[Label, Email] = Field(
        default_factory=dict,
        description="who gets alerts by e-mail, by any name; a channel is made for each",
        examples=[{"platform": "platform@example.com"}],
    )
    minimum_severity: Annotated[Severity, Strict(False)] | None = Field(
        default=None,
        description="from which severity on a scan's findings are alerts; left out: high",
        examples=["high"],
    )
    audit_logs: Annotated[AuditLogs, Strict(False)] | None = Field(
        default=None,
        description="data-access audit logs: `own` switches them on, `given` says they are; only there are failed"
        " pushes seen",
        examples=["own"],
    )
    push_alarm: PushAlarm | None = Field(default=None, description="alert on pushes", examples=[{"above": 200}])
    pull_alarm: PullAlarm | None = Field(default=None, description="alert on pulls", examples=[{"above": 1000}])
    usage: UsageSettings | None = Field(
        default=None, description="alerts on storage and quotas", examples=[{"storageAboveGib": 100}]
    )
    scan_results: ScanResultsSettings | None = Field(
        default=None, description="read what scans find, and alert on it", examples=[{}]
    )
    dashboard: bool = Field(default=True, description="whether to make a dashboard", examples=[True])

    @model_validator(mode="after")
    def _count_pushes_only_where_they_are_logged(self) -> "WatchSettings":
        if self.push_alarm is not None and self.audit_logs is None:
            raise MistakeError(
                "has `pushAlarm` without `auditLogs`",
                "write `auditLogs: own`, or `given` where the project or its organization logs them already",
                "pushes are counted in the audit logs, and the alert would never come",
            )
        return self

    @model_validator(mode="after")
    def _judge_only_what_is_read(self) -> "WatchSettings":
        if self.minimum_severity is not None and self.scan_results is None:
            raise MistakeError(
                "has `minimumSeverity` without `scanResults`",
                "write `scanResults: {}`, or leave `minimumSeverity` out",
                "nobody would read the findings: Google publishes no metric of them",
            )
        return self

    @property
    def alerts_from(self) -> Severity:
        """From which severity on findings are alerts."""
        return self.minimum_severity or Severity.HIGH

    def check_place(self, place: Place) -> None:
        """Raises MistakeError where a channel is in another project, or the workflow has no region to run in."""
        for name, channel in self.channels.items():
            found = _CHANNEL.fullmatch(channel)
            if found is not None and found["project"] != place.project:
                raise MistakeError(
                    f"has the channel `{name}` of project {found['project']}, the registry is in {place.project}",
                    f"name a channel of {place.project}, or write `email`",
                    "an alert reaches channels of its own project only",
                )
        if self.scan_results is None:
            return
        region = self.scan_results.region or place.location
        if Place(place.project, region).is_multi_region:
            raise MistakeError(
                f"has no region for `scanResults`: {region} is several",
                "write `scanResults: {region: europe-west1}`, or another region",
                "a workflow and its trigger run in one region",
            )
