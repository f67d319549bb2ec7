"""The watch over one Artifact Registry in one location: pushes, failed pushes, pulls, storage, quotas, scans.

Owns: log-based metrics, alerts, channels for e-mail, the dashboard, the audit logs where it is told so, and the part
that reads scan results. Does not own: what is said in them (`metrics.py`, `alerts.py`, `dashboard.py`), a channel that
is given, or scanning.

The number of resources does not depend on the apps, and on the caches neither: a metric or an alert is one for all.
"""

import json
from collections.abc import Mapping, Sequence

import pulumi
import pulumi_gcp as gcp

from components._base import Component
from components.artifact_registry.watch import audit, scan_results
from components.artifact_registry.watch import dashboard as watch_dashboard
from components.artifact_registry.watch import metrics as watch_metrics
from components.artifact_registry.watch.alerts import Alert, alerts
from components.artifact_registry.watch.metrics import LogMetric
from components.artifact_registry.watch.names import Names
from components.artifact_registry.watch.scan_results import ScanResults
from components.artifact_registry.watch.settings import AuditLogs, WatchSettings
from components.gcp.place import Place

APIS = ("monitoring.googleapis.com", "logging.googleapis.com")
"""What every watch needs; `apis` has what one does."""

_CLOSED_AFTER = 1800  # the least that Google takes


def apis(settings: WatchSettings) -> tuple[str, ...]:
    """The APIs that a watch of `settings` needs."""
    return APIS if settings.scan_results is None else (*APIS, *scan_results.APIS)


class Watch(Component):
    """Who is told what of a registry."""

    TYPE = "snapdeploy:artifact-registry:Watch"

    channels: pulumi.Output[list[str]]
    """The notification channels that get every alert."""

    def __init__(
        self,
        name: str,
        *,
        place: Place,
        namespace: str,
        repositories: Sequence[str],
        settings: WatchSettings,
        labels: Mapping[str, str],
        owner: str,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`namespace`: the standard repository's id. `repositories`: the ids of all, caches too. `after`: the APIs.

        Raises MistakeError where a channel is in another project, or scan results have no region to be read in.
        """
        settings.check_place(place)
        super().__init__(name, {"namespace": namespace, "location": place.location}, opts)
        names = Names.of_all(place, namespace, repositories)
        self._after = tuple(after)
        made = [self._email(names, label, address, labels) for label, address in settings.email.items()]
        self.channels = pulumi.Output.all(*settings.channels.values(), *made).apply(list)
        if settings.audit_logs is AuditLogs.OWN:
            self._audit_logs(names)
        found = watch_metrics.metrics(names, settings)
        counted = [self._metric(names, metric, owner) for metric in found]
        if settings.scan_results is not None:
            ScanResults(
                self.child("scan-results"),
                names=names,
                settings=settings.scan_results,
                minimum=settings.alerts_from,
                labels=labels,
                owner=owner,
                after=after,
                opts=self.options(),
            )
        for alert in alerts(names, settings):
            self._alert(names, alert, owner, labels, counted)
        if settings.dashboard:
            gcp.monitoring.Dashboard(
                self.child("dashboard"),
                project=place.project,
                dashboard_json=json.dumps(watch_dashboard.body(names, settings)),
                opts=self._later(*counted),
            )
        self.register_outputs({"channels": self.channels})

    def _later(self, *more: pulumi.Resource) -> pulumi.ResourceOptions:
        # An API is not there the moment it is asked for, and nothing here has an input that comes from it.
        return self.options(depends_on=[*self._after, *more])

    def _email(self, names: Names, label: str, address: str, labels: Mapping[str, str]) -> pulumi.Output[str]:
        channel = gcp.monitoring.NotificationChannel(
            self.child(f"email-{label}"),
            project=names.place.project,
            type="email",
            display_name=f"{names.prefix}: {label}",
            labels={"email_address": address},
            user_labels=dict(labels),
            opts=self._later(),
        )
        name: pulumi.Output[str] = channel.name
        return name

    def _audit_logs(self, names: Names) -> None:
        gcp.projects.IAMAuditConfig(
            self.child("audit-logs"),
            project=names.place.project,
            service=audit.SERVICE,
            audit_log_configs=[{"log_type": one} for one in audit.TYPES],
            opts=self._later(),
        )

    def _metric(self, names: Names, metric: LogMetric, owner: str) -> pulumi.Resource:
        made: pulumi.Resource = gcp.logging.Metric(
            self.child(f"{metric.role}-metric"),
            name=names.of(metric.role),
            project=names.place.project,
            opts=self._later(),
            **metric.arguments(owner),
        )
        return made

    def _alert(
        self,
        names: Names,
        alert: Alert,
        owner: str,
        labels: Mapping[str, str],
        counted: Sequence[pulumi.Resource],
    ) -> None:
        gcp.monitoring.AlertPolicy(
            self.child(alert.role),
            project=names.place.project,
            display_name=names.of(alert.role),
            notification_channels=self.channels,
            alert_strategy={"auto_close": f"{_CLOSED_AFTER}s", "notification_prompts": ["OPENED", "CLOSED"]},
            user_labels=dict(labels),
            opts=self._later(*counted),
            **alert.arguments(owner),
        )
