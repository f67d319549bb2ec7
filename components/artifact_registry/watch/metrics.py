"""Log-based metrics: filters over the audit logs and over what the workflow found, and their labels.

Owns: filters, names and labels, pure. Does not own: the logs (`audit.py`, `scan_results.py`), or the metrics as
resources (`component.py`).

What the audit logs have of Docker, read 2026-11 at https://docs.cloud.google.com/artifact-registry/docs/audit-logging:
- a push calls `Docker-HeadBlob`, `Docker-StartUpload`, `Docker-FinishUpload` for each layer and then
  `Docker-PutManifest`, all DATA_WRITE; a pull calls `Docker-GetManifest`, `Docker-HeadManifest` and `Docker-ServeBlob`,
  DATA_READ. The methods had other names until 2024-08-21 (https://docs.cloud.google.com/artifact-registry/docs/
  release-notes);
- `serviceName` is artifactregistry.googleapis.com, the resource `audited_resource` with labels project_id, service and
  method, the log `cloudaudit.googleapis.com/data_access`;
- `resourceName` is `projects/P/locations/L/repositories/R/dockerImages/<image>`, an image of several parts with %2F
  between them. Filters of others have a slash before it, so both forms are taken;
- what failed has severity ERROR and `status.code`, a code of google.rpc: 7 no right, 5 not found, 8 a quota, 9 an
  immutable tag, 16 no credential. Seen in entries that others have published, not in a project of ours.

`Docker-HeadBlob` is no failed push: a client asks by it whether a layer is there, and "not found" is the usual answer.

The labels are few on purpose: each combination of values is a time series to pay for. So there is none for app, tag or
caller; the log has them.
Language: https://docs.cloud.google.com/logging/docs/view/logging-query-language, 20,000 characters.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from components.artifact_registry.watch.audit import SERVICE
from components.artifact_registry.watch.names import Names
from components.artifact_registry.watch.queries import literal
from components.artifact_registry.watch.settings import WatchSettings

PUSHED = "Docker-PutManifest"
PUSH_CALLS = ("Docker-StartUpload", "Docker-FinishUpload", PUSHED)
"""What a push calls and nothing else does, without the question whether a layer is there."""
PULLED = "Docker-GetManifest"

AUDITED = "audited_resource"
WORKFLOW = "workflows.googleapis.com/Workflow"
_DATA_ACCESS = 'log_id("cloudaudit.googleapis.com/data_access")'


@dataclass(frozen=True)
class LogMetric:
    """One log-based metric: how many entries the filter takes."""

    role: str
    description: str
    filter: str
    resource: str
    labels: Mapping[str, str]
    """Where in an entry each label's value is."""

    def arguments(self, owner: str) -> dict[str, Any]:
        """As the provider takes it; `owner` is who the registry is."""
        found: dict[str, Any] = {
            "description": f"{self.description} ({owner})",
            "filter": self.filter,
            "metric_descriptor": {"metric_kind": "DELTA", "value_type": "INT64", "unit": "1"},
        }
        if self.labels:  # empty ones Google leaves out, and each `up` could see a change
            found["metric_descriptor"]["labels"] = [{"key": label, "value_type": "STRING"} for label in self.labels]
            found["label_extractors"] = {label: f"EXTRACT({path})" for label, path in self.labels.items()}
        return found


def metrics(names: Names, settings: WatchSettings) -> tuple[LogMetric, ...]:
    """All log-based metrics of a watch."""
    found: list[LogMetric] = []
    if settings.audit_logs is not None:
        found += [pushes(names), failed_pushes(names)]
    if settings.scan_results is not None:
        found.append(findings(names))
    return tuple(found)


def metric_type(names: Names, role: str) -> str:
    """The metric's type, as Cloud Monitoring knows it."""
    return f"logging.googleapis.com/user/{names.of(role)}"


def pushes(names: Names) -> LogMetric:
    """Manifests that were pushed."""
    return LogMetric(
        role="pushes",
        description=f"Manifests pushed to {names.namespace}",
        filter=_all(_DATA_ACCESS, _is("protoPayload.methodName", PUSHED), *_into(names), "severity<ERROR"),
        resource=AUDITED,
        labels=_frozen({}),
    )


def failed_pushes(names: Names) -> LogMetric:
    """Calls of pushes that failed: one push can be several."""
    calls = " OR ".join(f'"{call}"' for call in PUSH_CALLS)
    return LogMetric(
        role="failed-pushes",
        description=f"Failed calls of pushes to {names.namespace}",
        filter=_all(_DATA_ACCESS, f"protoPayload.methodName=({calls})", *_into(names), "severity>=ERROR"),
        resource=AUDITED,
        labels=_frozen({"code": "protoPayload.status.code"}),
    )


def findings(names: Names) -> LogMetric:
    """What the workflow found to be bad enough."""
    return LogMetric(
        role="findings",
        description=f"Vulnerabilities found in images of {names.namespace}",
        filter=_all(
            'log_id("Workflows")',
            _is("resource.type", WORKFLOW),
            _is("resource.labels.workflow_id", names.of("findings")),
            "jsonPayload.finding:*",
        ),
        resource=WORKFLOW,
        labels=_frozen({"level": "jsonPayload.level"}),
    )


def _into(names: Names) -> tuple[str, str]:
    """That a call was of the standard repository: nobody pushes to a cache."""
    repository = literal(names.place.resource(names.namespace))
    return _is("protoPayload.serviceName", SERVICE), f'protoPayload.resourceName=~"^/?{repository}(/|$)"'


def _is(field: str, value: str) -> str:
    return f'{field}="{value}"'


def _all(*terms: str) -> str:
    return " AND ".join(terms)


def _frozen(labels: dict[str, str]) -> Mapping[str, str]:
    return MappingProxyType(labels)
