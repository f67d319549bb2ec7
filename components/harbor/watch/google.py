"""The watch over a Harbor, on Cloud Monitoring.

Owns: a channel for each address, an alert for each signal, the dashboard. Does not own: the signals (`signals.yaml`),
or measuring, which the server does.

Each condition is one PromQL query, since only such a one can be declared before its metric has a first value
(`disable_metric_validation`; https://github.com/hashicorp/terraform-provider-google/issues/11102).
"""

import json
from typing import Any

import pulumi
import pulumi_gcp as gcp

from components._base import Component
from components.harbor.server import Server
from components.harbor.watch.settings import WatchSettings
from components.harbor.watch.signals import EVERY_MINUTES, GOOGLE, Breach, Signal, prefix, signals, table

_CLOSED_AFTER = 1800  # the least that Google takes
_SLACK_MINUTES = 2
"""So that a window holds its measurements whatever second it begins at."""
_WIDTH, _HEIGHT, _COLUMNS = 4, 4, 3


class GoogleWatch(Component):
    """Alarms and a dashboard over what the server measures."""

    TYPE = "snapdeploy:harbor:GoogleWatch"

    channels: pulumi.Output[list[str]]
    """The notification channels that get every alert."""

    def __init__(
        self,
        name: str,
        settings: WatchSettings,
        server: Server,
        *,
        registry: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`registry` is `<stack>/<name>`: the label of each measurement."""
        super().__init__(name, {"registry": registry}, opts)
        self._server = server
        project = str(server.watched["project"])
        names = prefix(registry)
        made = [
            gcp.monitoring.NotificationChannel(
                self.child(f"email-{label}"),
                project=project,
                type="email",
                display_name=f"{names}: {label}",
                labels={"email_address": address},
                opts=self._later(),
            )
            for label, address in settings.email.items()
        ]
        self.channels = pulumi.Output.all(*(channel.name for channel in made)).apply(list)
        for signal in signals(settings):
            gcp.monitoring.AlertPolicy(
                self.child(signal.role),
                project=project,
                display_name=f"{names}-{signal.role}",
                notification_channels=self.channels,
                alert_strategy={"auto_close": f"{_CLOSED_AFTER}s", "notification_prompts": ["OPENED", "CLOSED"]},
                opts=self._later(),
                **alert(signal, registry),
            )
        gcp.monitoring.Dashboard(
            self.child("dashboard"),
            project=project,
            dashboard_json=json.dumps(dashboard(registry)),
            opts=self._later(),
        )
        self.register_outputs({"channels": self.channels})

    def _later(self) -> pulumi.ResourceOptions:
        # The API is enabled with the server, and nothing here has an input that comes from it.
        return self.options(provider=self._server.provider, depends_on=[self._server])


def series(signal: Signal, registry: str) -> str:
    """A signal's measurements: one series, and another one for each server that was before."""
    return f'{{"{GOOGLE}/{signal.name}", monitored_resource="gce_instance", registry="{registry}"}}'


def query(signal: Signal, registry: str) -> str:
    """PromQL that has a result while the signal is bad."""
    window = f"{series(signal, registry)}[{signal.minutes + _SLACK_MINUTES}m]"
    best = f"min_over_time({window}) >" if signal.breach is Breach.ABOVE else f"max_over_time({window}) <"
    bad = f"({best} {signal.bound}) and (count_over_time({window}) >= {signal.samples})"
    return f"({bad}) or absent_over_time({window})" if signal.missing else bad


def alert(signal: Signal, registry: str) -> dict[str, Any]:
    """A signal's alert, as the provider takes it."""
    return {
        "combiner": "OR",
        "severity": "ERROR" if signal.missing else "WARNING",
        "documentation": {
            "content": f"{registry}. {signal.text()}",
            "mime_type": "text/markdown",
            "subject": signal.title(registry),
        },
        "conditions": [
            {
                "display_name": signal.title(registry),
                "condition_prometheus_query_language": {
                    "query": query(signal, registry),
                    "duration": "0s",
                    "evaluation_interval": f"{EVERY_MINUTES * 60}s",
                    "disable_metric_validation": True,
                },
            }
        ],
    }


def dashboard(registry: str) -> dict[str, Any]:
    """The dashboard's body: every signal. No value in it is 0, which Google leaves out when it is asked.

    https://docs.cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.dashboards
    """
    tiles = [_tile(place, signal, registry) for place, signal in enumerate(table())]
    return {"displayName": prefix(registry), "mosaicLayout": {"columns": _WIDTH * _COLUMNS, "tiles": tiles}}


def _tile(place: int, signal: Signal, registry: str) -> dict[str, Any]:
    corner = {"xPos": place % _COLUMNS * _WIDTH, "yPos": place // _COLUMNS * _HEIGHT}
    asked = {"prometheusQuery": f"max by (registry) ({series(signal, registry)})"}
    return {
        **{side: distance for side, distance in corner.items() if distance},
        "width": _WIDTH,
        "height": _HEIGHT,
        "widget": {
            "title": f"{signal.name} ({signal.unit})",
            "xyChart": {"dataSets": [{"plotType": "LINE", "timeSeriesQuery": asked}]},
        },
    }
