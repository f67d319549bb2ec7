"""What scans find: Container Analysis tells it by Pub/Sub, a workflow reads it and logs what is bad enough.

Owns: workflow, trigger, their two accounts and grants, on request a subscription and the topic. Does not own: scanning,
or the metric and the alerts over the log (`metrics.py`, `alerts.py`).

Facts, read 2026-11:
- https://docs.cloud.google.com/artifact-analysis/docs/pub-sub-notifications: with its API enabled Container Analysis
  makes the topics `container-analysis-occurrences-v1` and `container-analysis-notes-v1`, one of each in a project, and
  publishes at each new or changed occurrence. Where a policy of the organization demands keys of one's own for Pub/Sub
  it cannot make them, and one makes the topic oneself, of that name;
- a notice has `name`, `kind` and `notificationTime`, and nothing else: neither image nor severity, so that neither a
  subscription's filter nor a metric can tell a critical finding. Only a subscriber that asks for the occurrence can;
- https://docs.cloud.google.com/artifact-analysis/docs/on-demand-scanning: what becomes known of an image later is a new
  occurrence, and so a new notice, while the image was pushed or pulled within 30 days;
- https://docs.cloud.google.com/eventarc/docs/workflows/route-trigger-cloud-pubsub: a trigger takes the topic and starts
  the workflow once for each notice. The trigger's account needs roles/workflows.invoker, roles/eventarc.eventReceiver;
- https://docs.cloud.google.com/workflows/docs/reference/stdlib/sys/log: `sys.log` writes to the log `Workflows`, as the
  resource workflows.googleapis.com/Workflow.

A workflow and not a function, because it is text: nothing is built, stored or kept current.

The grants are on the project: none of the four roles can be had for less, occurrences have no policy of their own.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pulumi
import pulumi_gcp as gcp

from components._base import Component
from components.artifact_registry.watch.names import TOPIC, Names
from components.artifact_registry.watch.queries import literal
from components.artifact_registry.watch.settings import ScanResultsSettings, Severity

APIS = (
    "containeranalysis.googleapis.com",
    "pubsub.googleapis.com",
    "workflows.googleapis.com",
    "workflowexecutions.googleapis.com",
    "eventarc.googleapis.com",
    "eventarcpublishing.googleapis.com",
)
"""Scanning itself is not among them: its API scans every repository of the project, at a price."""

READER = ("roles/containeranalysis.occurrences.viewer", "roles/logging.logWriter")
TRIGGER = ("roles/eventarc.eventReceiver", "roles/workflows.invoker")
_DAYS = 7
_SOURCE = Path(__file__).parent / "findings.yaml"


def source() -> str:
    """The workflow's text."""
    return _SOURCE.read_text(encoding="utf-8")


def variables(names: Names, minimum: Severity) -> dict[str, str]:
    """What the workflow is told: which images are of this registry, and which severities are bad enough."""
    place = names.place
    paths = "|".join(literal(f"{place.host}/{place.path(one)}") for one in names.repositories)
    levels = list(Severity)
    return {
        "IMAGES": f"^https://({paths})/",
        "LEVELS": ",".join(level.upper() for level in levels[: levels.index(minimum) + 1]),
    }


class ScanResults(Component):
    """Reads each finding of a scan, and logs what is bad enough."""

    TYPE = "snapdeploy:artifact-registry:WatchScanResults"

    def __init__(
        self,
        name: str,
        *,
        names: Names,
        settings: ScanResultsSettings,
        minimum: Severity,
        labels: Mapping[str, str],
        owner: str,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        region = settings.region or names.place.location
        project = names.place.project
        super().__init__(name, {"namespace": names.namespace, "region": region}, opts)
        reader = self._account(names, "scan-reader", f"Reads findings in {names.namespace} ({owner})", after)
        invoker = self._account(names, "scan-trigger", f"Starts the reading of findings ({owner})", after)
        may_read = [self._grant(project, "scan-reader", role, reader) for role in READER]
        may_start = [self._grant(project, "scan-trigger", role, invoker) for role in TRIGGER]
        topics: list[pulumi.Resource] = []
        if settings.own_topic:
            topics.append(
                gcp.pubsub.Topic(
                    self.child("topic"),
                    name=TOPIC,
                    project=project,
                    labels=dict(labels),
                    opts=self.options(depends_on=list(after)),
                )
            )
        workflow = gcp.workflows.Workflow(
            self.child("workflow"),
            name=names.of("findings"),
            project=project,
            region=region,
            description=f"Logs what scans find in {names.namespace} ({owner})",
            service_account=reader.id,
            source_contents=source(),
            user_env_vars=variables(names, minimum),
            call_log_level="LOG_ERRORS_ONLY",
            deletion_protection=False,  # it keeps nothing; the provider's default would stop `destroy`
            labels=dict(labels),
            # Without them its first executions would fail.
            opts=self.options(depends_on=may_read),
        )
        gcp.eventarc.Trigger(
            self.child("trigger"),
            name=names.of("findings"),
            project=project,
            location=region,
            matching_criterias=[{"attribute": "type", "value": "google.cloud.pubsub.topic.v1.messagePublished"}],
            transport={"pubsub": {"topic": names.topic}},
            destination={"workflow": workflow.id},
            service_account=invoker.email,
            labels=dict(labels),
            opts=self.options(depends_on=[*may_start, *topics]),
        )
        if settings.subscription:
            gcp.pubsub.Subscription(
                self.child("subscription"),
                name=names.of("findings"),
                project=project,
                topic=names.topic,
                message_retention_duration=f"{_DAYS * 86400}s",
                expiration_policy={"ttl": ""},  # never: a reader that pauses for a month would find it gone
                labels=dict(labels),
                opts=self.options(depends_on=[*after, *topics]),
            )
        self.register_outputs({})

    def _account(
        self, names: Names, role: str, description: str, after: Sequence[pulumi.Resource]
    ) -> gcp.serviceaccount.Account:
        return gcp.serviceaccount.Account(
            self.child(role),
            account_id=names.account(role),
            project=names.place.project,
            display_name=names.of(role),
            description=description,
            opts=self.options(depends_on=list(after)),
        )

    def _grant(self, project: str, account: str, role: str, holder: gcp.serviceaccount.Account) -> pulumi.Resource:
        made: pulumi.Resource = gcp.projects.IAMMember(
            self.child(f"{account}-{role.removeprefix('roles/').replace('.', '-')}"),
            project=project,
            role=role,
            member=holder.member,
            opts=self.options(),
        )
        return made
