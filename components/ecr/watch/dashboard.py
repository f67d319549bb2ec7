"""The CloudWatch dashboard of a registry: its body, pure.

Owns: which widgets there are and what they show. Does not own: the metrics, or the resource (`component.py`).

SEARCH finds pulls of repositories that nobody declared. It matches words, not prefixes
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html): a namespace with the
same words in its name is in the picture too. Body: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/
CloudWatch-Dashboard-Body-Structure.html.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from components.ecr.watch import failed_pushes as watch_failed_pushes
from components.ecr.watch.alarms import Quota
from components.ecr.watch.events import Role
from components.ecr.watch.names import Names
from components.ecr.watch.settings import WatchSettings

Widget = dict[str, Any]

_WIDTH, _HEIGHT, _COLUMNS = 8, 6, 3
_OURS = watch_failed_pushes.NAMESPACE


def body(names: Names, settings: WatchSettings, topic: str) -> dict[str, Any]:
    """The dashboard's body; `topic` is the topic's name."""
    widgets = [*_what_is_stored(names, settings), *_what_moves(names, settings), *_what_is_told(names, settings, topic)]
    for place, widget in enumerate(widgets):
        widget["x"] = place % _COLUMNS * _WIDTH
        widget["y"] = place // _COLUMNS * _HEIGHT
    return {"widgets": widgets}


def _what_is_stored(names: Names, settings: WatchSettings) -> Iterator[Widget]:
    if settings.usage is None:
        yield _graph(
            names,
            "Repositories in this account and region",
            [
                _found(
                    'Namespace="AWS/Usage" MetricName="ResourceCount" Service="ECR" Resource="RepositoryCount"',
                    "Maximum",
                )
            ],
        )
        return
    mine = ["Namespace", names.namespace]
    yield _graph(
        names, "Storage, at most (layers in common counted each time)", [[_OURS, "StorageBytes", *mine]], "Maximum"
    )
    yield _graph(
        names,
        "Images and repositories",
        [
            [_OURS, "ImageCount", *mine],
            [_OURS, "RepositoryCount", *mine],
            [_OURS, "LargestRepositoryImages", *mine],
            [_OURS, "RepositoriesInRegion", *mine],
        ],
        "Maximum",
    )
    yield _graph(
        names,
        "Days to quota",
        [[_OURS, "DaysToQuota", *mine, "Quota", str(quota)] for quota in Quota],
        "Minimum",
    )


def _what_moves(names: Names, settings: WatchSettings) -> Iterator[Widget]:
    pushed = {"label": "manifests pushed"}
    yield _graph(names, f"Pushes to {names.namespace}", [_matched(names, Role.PUSHED, pushed)])
    words = " ".join(f'"{part}"' for part in names.namespace.split("/"))
    yield _graph(
        names, "Pulls by repository", [_found(f'{{AWS/ECR,RepositoryName}} MetricName="RepositoryPullCount" {words}')]
    )
    calls = ("PutImage", "BatchGetImage", "GetAuthorizationToken")
    yield _graph(
        names,
        "Calls of this account and region",
        [
            _found(
                f'Namespace="AWS/Usage" MetricName="CallCount" Service="ECR" Type="API" Resource="{call}"', label=call
            )
            for call in calls
        ],
    )
    if settings.trail_log_group is not None:
        yield _graph(names, "Failed calls of pushes", [[_OURS, watch_failed_pushes.metric_name(names)]])


def _what_is_told(names: Names, settings: WatchSettings, topic: str) -> Iterator[Widget]:
    alerts = [role for role in Role if role is not Role.PUSHED]
    yield _graph(
        names,
        f"Scans with findings from {settings.minimum_severity} on, replication failures",
        [_matched(names, role, {"label": str(role)}) for role in alerts],
    )
    yield _graph(
        names,
        "Alerts on their way",
        [
            ["AWS/SNS", "NumberOfNotificationsDelivered", "TopicName", topic],
            ["AWS/SNS", "NumberOfNotificationsFailed", "TopicName", topic],
            *(["AWS/Events", "FailedInvocations", "RuleName", names.of(role)] for role in alerts),
        ],
    )
    if settings.usage is not None:
        function = ["FunctionName", names.of("usage")]
        yield _graph(
            names,
            "The counting itself",
            [
                [_OURS, "Failures", "Namespace", names.namespace],
                ["AWS/Lambda", "Errors", *function],
                ["AWS/Lambda", "Duration", *function, {"stat": "Maximum", "yAxis": "right"}],
            ],
        )


def _matched(names: Names, role: Role, look: dict[str, str]) -> list[Any]:
    return ["AWS/Events", "MatchedEvents", "RuleName", names.of(role), look]


def _found(terms: str, statistic: str = "Sum", label: str = "") -> list[Any]:
    expression = {"expression": f"SEARCH('{terms}', '{statistic}')"}
    return [{**expression, "label": label} if label else expression]


def _graph(names: Names, title: str, metrics: Sequence[list[Any]], statistic: str = "Sum") -> Widget:
    return {
        "type": "metric",
        "width": _WIDTH,
        "height": _HEIGHT,
        "properties": {
            "title": title,
            "region": names.region,
            "view": "timeSeries",
            "stat": statistic,
            "period": 300,
            "metrics": list(metrics),
        },
    }
