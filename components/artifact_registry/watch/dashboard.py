"""The Cloud Monitoring dashboard of a registry: its body, pure.

Owns: which widgets there are and what they show. Does not own: the metrics, or the resource (`component.py`).

Body: https://docs.cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.dashboards, read 2026-11. All queries are
PromQL, as the alerts' are, so that each names its metrics as Google publishes them.

No value in it is 0 or empty: Google leaves such ones out when it is asked, and the provider would take that for a
change at each `up` (its `removeComputedKeys` forgives only what Google adds).
"""

from collections.abc import Iterator
from typing import Any

from components.artifact_registry.watch import alerts as watch_alerts
from components.artifact_registry.watch import metrics as watch_metrics
from components.artifact_registry.watch.names import TOPIC, Names
from components.artifact_registry.watch.queries import series
from components.artifact_registry.watch.settings import WatchSettings

Widget = dict[str, Any]

_WIDTH, _HEIGHT, _COLUMNS = 4, 4, 3


def body(names: Names, settings: WatchSettings) -> dict[str, Any]:
    """The dashboard's body."""
    widgets = [*_what_is_stored(names), *_what_moves(names, settings), *_what_is_found(names, settings)]
    tiles = [_placed(place, widget) for place, widget in enumerate(widgets)]
    return {"displayName": names.prefix, "mosaicLayout": {"columns": _WIDTH * _COLUMNS, "tiles": tiles}}


def _placed(place: int, widget: Widget) -> dict[str, Any]:
    corner = {"xPos": place % _COLUMNS * _WIDTH, "yPos": place // _COLUMNS * _HEIGHT}
    return {
        **{side: distance for side, distance in corner.items() if distance},
        "width": _WIDTH,
        "height": _HEIGHT,
        "widget": widget,
    }


def _what_is_stored(names: Names) -> Iterator[Widget]:
    yield _graph("Storage by repository", f"sum by (repository_id) ({watch_alerts.stored(names)})", "By")
    yield _graph(f"Part of each quota that is used in {names.place.location}", watch_alerts.quota_used(names), "10^2.%")


def _what_moves(names: Names, settings: WatchSettings) -> Iterator[Widget]:
    for title, method in (("Manifests pushed", watch_metrics.PUSHED), ("Manifests pulled", watch_metrics.PULLED)):
        asked = watch_alerts.requests(names, method=method)
        yield _graph(f"{title}, whether it succeeded or not", _by("repository_id", asked))
    yield _graph("Requests by kind", _by("type", watch_alerts.requests(names)))
    if settings.audit_logs is not None:
        metric = watch_metrics.metric_type(names, "failed-pushes")
        yield _graph("Failed calls of pushes, by code", _by("code", series(metric, watch_metrics.AUDITED)))
        metric = watch_metrics.metric_type(names, "pushes")
        yield _graph("Manifests pushed with success", f"sum(increase({series(metric, watch_metrics.AUDITED)}[5m]))")


def _what_is_found(names: Names, settings: WatchSettings) -> Iterator[Widget]:
    if settings.scan_results is None:
        return
    metric = watch_metrics.metric_type(names, "findings")
    yield _graph(f"Findings from {settings.alerts_from} on", _by("level", series(metric, watch_metrics.WORKFLOW)))
    yield _graph("Executions of the workflow that reads them", _by("status", watch_alerts.executions(names)))
    told = series("pubsub.googleapis.com/topic/send_message_operation_count", "pubsub_topic", topic_id=TOPIC)
    yield _graph("Notices of Container Analysis in this project", f"sum(increase({told}[5m]))")


def _by(label: str, counted: str) -> str:
    return f"sum by ({label}) (increase({counted}[5m]))"


def _graph(title: str, query: str, unit: str = "1") -> Widget:
    return {
        "title": title,
        "xyChart": {
            "dataSets": [
                {"plotType": "LINE", "timeSeriesQuery": {"prometheusQuery": query, "unitOverride": unit}},
            ]
        },
    }
