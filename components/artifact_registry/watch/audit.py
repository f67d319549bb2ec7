"""Data-access audit logs of Artifact Registry: off until a project, or who is above it, switches them on.

Owns: which types are switched on, and what a project's IAM policy says of them, pure. Does not own: the configuration
as a resource (`component.py`), or the filters over the logs (`metrics.py`).

Facts, read 2026-11:
- https://docs.cloud.google.com/artifact-registry/docs/audit-logging: what a push calls is DATA_WRITE, what a pull calls
  is DATA_READ, and both are data-access logs;
- https://docs.cloud.google.com/artifact-registry/docs/observability-artifact-registry: those are disabled by default,
  because they can be large;
- https://docs.cloud.google.com/logging/docs/audit/configure-data-access: a project has one configuration for each
  service; folder and organization add theirs, and none can take away what is above it.

Only DATA_WRITE is switched on. Pulls would be an entry for each layer, and Google publishes their number anyway.

The configuration is authoritative, one for a project and service, and has no room for a mark of its owner. So what can
be guarded is that nobody's wider configuration is narrowed (`preflight.py`). What cannot: two stacks that both say
`own` declare the same, and the first that is destroyed takes it from the other.
"""

import json
from collections.abc import Mapping
from typing import Any

SERVICE = "artifactregistry.googleapis.com"
TYPES = ("DATA_WRITE",)
"""What `auditLogs: own` switches on."""


def beyond(policy: str) -> tuple[str, ...]:
    """What the project's policy, as JSON, logs of Artifact Registry or exempts from it that `own` would take away."""
    configs: list[Mapping[str, Any]] = json.loads(policy).get("auditConfigs") or []
    found: list[str] = []
    for config in configs:
        if config.get("service") != SERVICE:
            continue
        for one in config.get("auditLogConfigs") or []:
            if one.get("logType") not in TYPES:
                found.append(str(one.get("logType")))
            if one.get("exemptedMembers"):
                found.append(f"exemptions from {one.get('logType')}")
    return tuple(found)
