"""Which alerts a watch has, when each comes, and what it means to the person whom it wakes.

Owns: query and text of each alert, pure. Does not own: the alerts as resources (`component.py`).

Each condition is one PromQL query, for a reason: a condition of the other kind on a log-based metric that was made a
moment ago is refused with 404 for up to ten minutes (https://github.com/hashicorp/terraform-provider-google/issues/11102,
open in 2026-04), and only a PromQL condition can leave that check out (`disable_metric_validation`).

Facts of the metrics, with sources, are in `published.json`. Of requests Google documents the labels `method` and `type`
and the repository (https://docs.cloud.google.com/artifact-registry/docs/chart-request-counts, read 2026-11); nothing
else is asked for, so that failed pushes come from the audit logs.

Quotas are counted per project, location and minute (https://docs.cloud.google.com/artifact-registry/quotas: 60,000
requests, 18,000 of them writes, 18,000 deletions, read 2026-11), for all repositories there. Their metrics' own names
are not published, so all of the service are looked at. A limit of 0 or less is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from components.artifact_registry.watch import metrics as watch_metrics
from components.artifact_registry.watch.audit import SERVICE
from components.artifact_registry.watch.names import Names
from components.artifact_registry.watch.queries import series
from components.artifact_registry.watch.settings import PullAlarm, PushAlarm, WatchSettings

REPOSITORY = f"{SERVICE}/Repository"
SIZE = f"{SERVICE}/repository/size"
REQUESTS = f"{SERVICE}/repository/request_count"
_QUOTA = "serviceruntime.googleapis.com/quota"
_PAGE = "docs/artifact-registry-watch.md"
_GIB = 2**30
_OFTEN, _SELDOM = 60, 300


class Urgency(StrEnum):
    """How an alert is marked."""

    ERROR = "ERROR"
    WARNING = "WARNING"


@dataclass(frozen=True)
class Alert:
    """One alert: it comes while `query` has a result."""

    role: str
    title: str
    means: str
    first_step: str
    query: str
    seconds: int
    """How often it is looked at."""
    link: str
    urgency: Urgency = Urgency.WARNING

    def arguments(self, owner: str) -> dict[str, Any]:
        """As the provider takes it; `owner` is who the registry is."""
        text = (
            f"**What it means.** {self.means}\n\n**First step.** {self.first_step}\n\n"
            f"Registry: {owner}. More: `{self.role}` in {_PAGE}."
        )
        return {
            "combiner": "OR",
            "severity": str(self.urgency),
            "documentation": {
                "content": text,
                "mime_type": "text/markdown",
                "subject": self.title,
                "links": [{"display_name": "Google's page", "url": self.link}],
            },
            "conditions": [
                {
                    "display_name": self.title,
                    "condition_prometheus_query_language": {
                        "query": self.query,
                        "duration": "0s",
                        "evaluation_interval": f"{self.seconds}s",
                        "disable_metric_validation": True,
                    },
                }
            ],
        }


def alerts(names: Names, settings: WatchSettings) -> tuple[Alert, ...]:
    """All alerts of a watch, in the order of what they watch."""
    found: list[Alert] = []
    if settings.audit_logs is not None:
        found.append(failed_pushes(names))
    if settings.push_alarm is not None:
        found.append(pushes(names, settings.push_alarm))
    if settings.pull_alarm is not None:
        found.append(pulls(names, settings.pull_alarm))
    if settings.usage is not None:
        if settings.usage.storage_above_gib is not None:
            found.append(storage(names, settings.usage.storage_above_gib))
        found += [quota_near(names, settings.usage.quota_above_percent), quota_exceeded(names)]
    if settings.scan_results is not None:
        found += [findings(names, str(settings.alerts_from)), unread(names)]
    return tuple(found)


def failed_pushes(names: Names) -> Alert:
    """A call that a push makes failed, for want of a right, a full quota, a used tag."""
    return Alert(
        role="failed-pushes",
        title=f"Pushes to {names.namespace} fail",
        means="Calls that a push makes failed in the last 5 minutes: one push can be several.",
        first_step=(
            "Read `protoPayload.status` and `authenticationInfo` in the data-access log: code 7 is a right, 5 a wrong "
            "repository, 8 a quota, 9 an immutable tag, 16 a credential that ended."
        ),
        query=f"sum({_grown(_logged(names, 'failed-pushes', watch_metrics.AUDITED), 5)}) > 0",
        seconds=_OFTEN,
        link="https://docs.cloud.google.com/artifact-registry/docs/audit-logging",
        urgency=Urgency.ERROR,
    )


def pushes(names: Names, plausible: PushAlarm) -> Alert:
    """More is pushed than is plausible: a build in a loop, or a credential that is not only yours."""
    return Alert(
        role="pushes",
        title=f"{names.namespace} is pushed to more than is plausible",
        means=f"More than {plausible.above} manifests were pushed in {plausible.minutes} minutes.",
        first_step="Look in the data-access log who pushes: a build in a loop, or a credential that is not only yours.",
        query=f"sum({_grown(_logged(names, 'pushes', watch_metrics.AUDITED), plausible.minutes)}) > {plausible.above}",
        seconds=_SELDOM,
        link="https://docs.cloud.google.com/artifact-registry/docs/audit-logging",
    )


def pulls(names: Names, plausible: PullAlarm) -> Alert:
    """More is pulled than is plausible: a crash loop, a missing cache, a stolen credential."""
    asked = requests(names, method=watch_metrics.PULLED)
    return Alert(
        role="pulls",
        title=f"{names.namespace} is pulled from more than is plausible",
        means=f"A repository had more than {plausible.above} manifests pulled in {plausible.minutes} minutes.",
        first_step="Look for containers that restart, nodes without a cache, or a reader that is not yours.",
        query=f"sum by (repository_id) ({_grown(asked, plausible.minutes)}) > {plausible.above}",
        seconds=_SELDOM,
        link="https://docs.cloud.google.com/artifact-registry/docs/chart-request-counts",
    )


def storage(names: Names, gib: int) -> Alert:
    """All repositories together hold more than was thought."""
    return Alert(
        role="storage",
        title=f"{names.namespace} holds more than {gib} GiB",
        means=f"The repositories {', '.join(names.repositories)} hold more than {gib} GiB together.",
        first_step="Tighten `retention`, and look whether `retentionDryRun` still only logs what would go.",
        query=f"sum({stored(names)}) > {gib * _GIB}",
        seconds=_SELDOM,
        link="https://docs.cloud.google.com/artifact-registry/docs/repositories/cleanup-policy",
    )


def quota_near(names: Names, percent: int) -> Alert:
    """The location's requests come near to a quota of the project."""
    return Alert(
        role="quota-near",
        title=f"More than {percent} % of a quota of Artifact Registry is used",
        means=f"Requests of this project in {names.place.location} were above {percent} % of a quota for 5 minutes.",
        first_step="Look on the dashboard which one, and who asks; ask for more on the page IAM & Admin, Quotas.",
        query=f"{quota_used(names)} > {percent / 100}",
        seconds=_OFTEN,
        link="https://docs.cloud.google.com/artifact-registry/quotas",
    )


def quota_exceeded(names: Names) -> Alert:
    """A quota was reached: calls are refused."""
    exceeded = _consumed(names, "exceeded")
    return Alert(
        role="quota-exceeded",
        title="A quota of Artifact Registry is exceeded",
        means=f"Google refused calls of this project in {names.place.location}: pushes and pulls fail with code 8.",
        first_step="Ask for more on the page IAM & Admin, Quotas; until then let fewer builds run at once.",
        query=f"max by (quota_metric) (max_over_time({exceeded}[5m])) > 0",
        seconds=_OFTEN,
        link="https://docs.cloud.google.com/artifact-registry/quotas",
        urgency=Urgency.ERROR,
    )


def findings(names: Names, severity: str) -> Alert:
    """A scan, or a vulnerability that became known later, found something."""
    found = _logged(names, "findings", watch_metrics.WORKFLOW)
    return Alert(
        role="findings",
        title=f"Vulnerabilities from {severity} on in {names.namespace}",
        means=f"Findings from {severity} on, of a first scan or of what became known since, in the last 10 minutes.",
        first_step=f"Read image and note in the log of the workflow {names.of('findings')}; rebuild on a mended base.",
        query=f"sum by (level) ({_grown(found, 10)}) > 0",
        seconds=_OFTEN,
        link="https://docs.cloud.google.com/artifact-analysis/docs/investigate-vulnerabilities",
        urgency=Urgency.ERROR,
    )


def unread(names: Names) -> Alert:
    """The workflow could not read a finding: otherwise nobody would ever know."""
    failed = executions(names, status="FAILED")
    return Alert(
        role="unread",
        title=f"Findings in {names.namespace} are not read",
        means=f"Executions of the workflow {names.of('findings')} failed in the last 10 minutes; none is repeated.",
        first_step="Look at its executions: it needs roles/containeranalysis.occurrences.viewer on the project.",
        query=f"sum({_grown(failed, 10)}) > 0",
        seconds=_OFTEN,
        link="https://docs.cloud.google.com/workflows/docs/debug-workflow",
        urgency=Urgency.ERROR,
    )


def stored(names: Names) -> str:
    """The bytes of each repository. Google measures them seldom, so the last value of a day is taken."""
    return f"last_over_time({_of_repositories(names, SIZE)}[1d])"


def requests(names: Names, **labels: str | Sequence[str]) -> str:
    """What was asked of the repositories by tools such as docker."""
    return _of_repositories(names, REQUESTS, **labels)


def quota_used(names: Names) -> str:
    """Which part of each quota is used: the mean of 5 minutes, of what one minute may have."""
    used = f"sum by (quota_metric) (60 * rate({_consumed(names, 'rate/net_usage')}[5m]))"
    limit = f"min by (quota_metric) (last_over_time({_consumed(names, 'limit')}[1d]) > 0)"
    return f"{used} / on (quota_metric) {limit}"


def executions(names: Names, **labels: str | Sequence[str]) -> str:
    """Executions of the workflow that ended."""
    return series(
        "workflows.googleapis.com/finished_execution_count",
        watch_metrics.WORKFLOW,
        workflow_id=names.of("findings"),
        **labels,
    )


def _of_repositories(names: Names, metric: str, **labels: str | Sequence[str]) -> str:
    return series(metric, REPOSITORY, location=names.place.location, repository_id=names.repositories, **labels)


def _consumed(names: Names, what: str) -> str:
    places = (names.place.location, "global")
    return series(f"{_QUOTA}/{what}", "consumer_quota", service=SERVICE, location=places)


def _logged(names: Names, role: str, resource: str) -> str:
    return series(watch_metrics.metric_type(names, role), resource)


def _grown(counted: str, minutes: int) -> str:
    return f"increase({counted}[{minutes}m])"
