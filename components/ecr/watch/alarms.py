"""Which alarms a watch has, and what each means to the person it wakes.

Owns: metric, threshold and text of each alarm, pure. Does not own: the alarms as resources (`component.py`).

An alarm takes no SEARCH expression (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/
Create-alarm-on-metric-math-expression.html: "You can't create an alarm based on the SEARCH expression"), and a Metrics
Insights query filters by equality alone, not by a prefix. So pulls have an alarm only for each *declared* repository;
those that a push creates are on the dashboard, where SEARCH is allowed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from components.ecr.watch import failed_pushes as watch_failed_pushes
from components.ecr.watch.events import Role
from components.ecr.watch.names import Names
from components.ecr.watch.settings import PullAlarm, UsageSettings, WatchSettings

_RUNS = 2


class Comparison(StrEnum):
    """How a value breaches its threshold."""

    ABOVE = "GreaterThanThreshold"
    BELOW = "LessThanThreshold"


class Missing(StrEnum):
    """What no data means."""

    FINE = "notBreaching"
    BAD = "breaching"


class Quota(StrEnum):
    """What can run full; `usage/handler.py` publishes these words."""

    IMAGES = "images-per-repository"
    REPOSITORIES = "repositories-per-region"


@dataclass(frozen=True)
class Alarm:
    """One alarm on one metric."""

    role: str
    description: str
    namespace: str
    metric: str
    dimensions: Mapping[str, str]
    statistic: str
    comparison: Comparison
    threshold: float
    seconds: int
    windows: int = 1
    missing: Missing = Missing.FINE

    def arguments(self) -> dict[str, Any]:
        """As the provider takes it."""
        return {
            "alarm_description": self.description,
            "namespace": self.namespace,
            "metric_name": self.metric,
            "dimensions": dict(self.dimensions),
            "statistic": self.statistic,
            "comparison_operator": str(self.comparison),
            "threshold": self.threshold,
            "period": self.seconds,
            "evaluation_periods": self.windows,
            "treat_missing_data": str(self.missing),
        }


def alarms(names: Names, settings: WatchSettings, repositories: Sequence[str]) -> tuple[Alarm, ...]:
    """All alarms of a watch, in the order of what they watch."""
    found = [undelivered(names, role) for role in Role if role is not Role.PUSHED]
    if settings.trail_log_group is not None:
        found.append(failed_pushes(names))
    if settings.pull_alarm is not None:
        found += [pulls(names, repository, settings.pull_alarm) for repository in repositories]
    if settings.usage is not None:
        found += [uncounted(names, settings.usage), *(quota_near(names, settings.usage, quota) for quota in Quota)]
    return tuple(found)


def undelivered(names: Names, role: Role) -> Alarm:
    """EventBridge could not hand an alert to the topic: otherwise nobody would ever know."""
    return Alarm(
        role=f"undelivered-{role}",
        description=f"An alert of rule {names.of(role)} reached no topic. Look at the topic's policy and its key's.",
        namespace="AWS/Events",
        metric="FailedInvocations",
        dimensions=_frozen({"RuleName": names.of(role)}),
        statistic="Sum",
        comparison=Comparison.ABOVE,
        threshold=0,
        seconds=300,
    )


def failed_pushes(names: Names) -> Alarm:
    """A call that a push makes failed, for want of a right, a full quota, a used tag."""
    return Alarm(
        role="failed-pushes",
        description=(
            f"Pushes into {names.namespace} fail. The trail's log group has who, where and errorCode: "
            "AccessDenied is a policy, ImageTagAlreadyExistsException an immutable tag, LimitExceeded a quota."
        ),
        namespace=watch_failed_pushes.NAMESPACE,
        metric=watch_failed_pushes.metric_name(names),
        dimensions=_frozen({}),
        statistic="Sum",
        comparison=Comparison.ABOVE,
        threshold=0,
        seconds=300,
    )


def pulls(names: Names, repository: str, plausible: PullAlarm) -> Alarm:
    """A repository is pulled more often than is plausible: a crash loop, a missing cache, a stolen credential."""
    return Alarm(
        role=f"pulls-{repository.removeprefix(f'{names.namespace}/')}",
        description=(
            f"{repository} was pulled more than {plausible.above} times in {plausible.minutes} minutes. "
            "Look for containers that restart, nodes without a cache, or a reader that is not yours."
        ),
        namespace="AWS/ECR",
        metric="RepositoryPullCount",
        dimensions=_frozen({"RepositoryName": repository}),
        statistic="Sum",
        comparison=Comparison.ABOVE,
        threshold=plausible.above,
        seconds=plausible.minutes * 60,
    )


def uncounted(names: Names, usage: UsageSettings) -> Alarm:
    """Two runs of the counting Lambda failed, in whole or in part, or did not happen."""
    return Alarm(
        role="uncounted",
        description=(
            f"Storage, images and repositories of {names.namespace} were not counted whole, twice in a row. "
            f"The log group /aws/lambda/{names.of('usage')} says why."
        ),
        namespace=watch_failed_pushes.NAMESPACE,
        metric="Failures",
        dimensions=_frozen({"Namespace": names.namespace}),
        statistic="Maximum",
        comparison=Comparison.ABOVE,
        threshold=0,
        seconds=usage.seconds,
        windows=_RUNS,
        missing=Missing.BAD,
    )


def quota_near(names: Names, usage: UsageSettings, quota: Quota) -> Alarm:
    """At the pace of the last two weeks a quota is reached soon. No value before a day's history is there."""
    return Alarm(
        role=f"quota-{quota}",
        description=(
            f"ECR's quota {quota} is reached within {usage.days_to_quota} days at the present pace. "
            "Tighten the lifecycle rules, or ask for more in Service Quotas and write the new number in the config."
        ),
        namespace=watch_failed_pushes.NAMESPACE,
        metric="DaysToQuota",
        dimensions=_frozen({"Namespace": names.namespace, "Quota": quota}),
        statistic="Minimum",
        comparison=Comparison.BELOW,
        threshold=usage.days_to_quota,
        seconds=max(usage.seconds, 3600),
    )


def _frozen(dimensions: dict[str, str]) -> Mapping[str, str]:
    return MappingProxyType({key: str(value) for key, value in dimensions.items()})
