"""Google Cloud, simulated: projects with nothing in them, and what an Artifact Registry or a Harbor needs there.

Owns: which types there are, and which function is answered by whom. Does not own: one type's rules (a module per
service), nor what is the same for all (`kind`).

Nothing emulates Google, so all of it is entries in the store, under the ids that the provider gives, whatever the
project: `Key(token, "", "projects/my-project/secrets/env")`. What a person does by hand is in `by_hand`. A type of
the SDK that is not here is refused: no answer is made up.
"""

from tests.simulated.behaviour import Unsimulated
from tests.simulated.provider import Provider
from tests.simulated.providers.gcp import (
    alerts,
    artifact_registry,
    compute,
    dns,
    federation,
    grants,
    instances,
    kms,
    logging_,
    members,
    monitoring,
    payloads,
    projects,
    pubsub,
    secret_manager,
    service_accounts,
    services,
    storage,
    workflows,
)
from tests.simulated.providers.gcp.kind import Kind
from tests.simulated.providers.gcp.lookups import invokes
from tests.simulated.providers.gcp.place import SERVICE
from tests.simulated.providers.gcp.words import text

__all__ = ["KINDS", "MACHINES", "provider"]

KINDS: dict[str, type[Kind]] = {
    SERVICE: services.Service,
    services.IDENTITY: services.ServiceIdentity,
    projects.AUDIT: projects.AuditConfig,
    projects.ROLE: projects.CustomRole,
    **grants.KINDS,
    members.ACCOUNT: service_accounts.Account,
    service_accounts.KEY: service_accounts.Key,
    members.POOL: federation.Pool,
    federation.PROVIDER: federation.Provider,
    kms.RING: kms.KeyRing,
    kms.KEY: kms.CryptoKey,
    secret_manager.SECRET: secret_manager.Secret,
    secret_manager.VERSION: secret_manager.SecretVersion,
    artifact_registry.REPOSITORY: artifact_registry.Repository,
    logging_.METRIC: logging_.Metric,
    monitoring.POLICY: alerts.AlertPolicy,
    members.CHANNEL: monitoring.NotificationChannel,
    monitoring.DASHBOARD: monitoring.Dashboard,
    pubsub.TOPIC: pubsub.Topic,
    pubsub.SUBSCRIPTION: pubsub.Subscription,
    workflows.WORKFLOW: workflows.Workflow,
    workflows.TRIGGER: workflows.Trigger,
    **compute.KINDS,
    **instances.KINDS,
    **dns.KINDS,
    **storage.KINDS,
}

MACHINES = frozenset(
    {*compute.KINDS, *instances.KINDS, *dns.KINDS, *storage.KINDS, projects.ROLE, grants.ON_BUCKETS, grants.ON_ZONES}
)
"""What a server of one's own needs: the types that are seen at work in `tests/engine/harbor_gce`."""


def provider() -> Provider:
    """Google Cloud as it is simulated here."""
    return Provider(
        name="gcp",
        package="pulumi_gcp",
        behaviours={token: kind() for token, kind in KINDS.items()},
        invokes={**invokes(), **payloads.lookups()},
        fallback=Unsimulated("tests/simulated/providers/gcp/"),
        scope=lambda config, properties: text(properties, "project") or text(config, "project"),
    )
