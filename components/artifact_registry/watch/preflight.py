"""What is looked at in the project before a watch is declared.

Owns: the one question whose wrong answer would be found too late: would the audit logs that are to be switched on
narrow a configuration that stands? It only reads.
"""

from collections.abc import Iterator

import pulumi
import pulumi_gcp as gcp

from components._base import Obstacle
from components.artifact_registry.watch import audit
from components.artifact_registry.watch.settings import AuditLogs, WatchSettings
from components.gcp.place import Place


def obstacles(
    name: str,  # noqa: ARG001  # every part's preflight is asked alike
    settings: WatchSettings,
    place: Place,
    options: pulumi.InvokeOptions,
) -> Iterator[Obstacle]:
    """All that stands in the way of `settings`."""
    if settings.audit_logs is not AuditLogs.OWN:
        return
    policy = gcp.projects.get_iam_policy(project=place.project, opts=options).policy_data
    more = audit.beyond(policy)
    if more:
        yield Obstacle(
            ("watch", "auditLogs"),
            f"the project's audit logs of {audit.SERVICE} are configured already, with {', '.join(more)}",
            "add DATA_WRITE where that is declared, and write `auditLogs: given`; or remove it there first",
            "there is one configuration per project and service: this stack would overwrite it",
        )
