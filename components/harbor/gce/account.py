"""Who the server is in the project, and what it may do there.

Owns: its service account and each grant. Does not own: what is granted on (`told.py`, `buckets.py`), or the zone.

Narrow is: its own secret only; a bucket only; of backups no deletion and no writing over, so that what a thief of the
server cannot delete is still there afterwards; the zone's records only. A bucket that was given is reached as a whole,
so it should be Harbor's alone. Not narrower, because Google has nothing that is: metrics and log lines are written in
the project (neither role reads a measurement or a line); the names of all zones of the project are listed, by which
certbot finds its own; and in the zone every record can be written, not just the challenge's. Whoever minds the last
delegates `_acme-challenge.<host>` to a zone of its own, or takes the challenge `http`.
https://docs.cloud.google.com/dns/docs/access-control and https://certbot-dns-google.readthedocs.io, read 2026-11.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components._base import Component
from components.harbor.gce.names import account_id, role_id

READ_SECRET = "roles/secretmanager.secretAccessor"  # noqa: S105  # a role
KEEP_IMAGES = "roles/storage.objectUser"
ADD_BACKUPS = "roles/storage.objectCreator"
READ_BACKUPS = "roles/storage.objectViewer"
WRITE_METRICS = "roles/monitoring.metricWriter"
WRITE_LOGS = "roles/logging.logWriter"

RECORDS = (
    *("dns.changes.create", "dns.changes.get", "dns.changes.list", "dns.managedZones.get"),
    *("dns.resourceRecordSets.create", "dns.resourceRecordSets.delete", "dns.resourceRecordSets.get"),
    *("dns.resourceRecordSets.list", "dns.resourceRecordSets.update"),
)
"""What answering a challenge needs in the zone. Google's own role for it could delete the zone as well."""
ZONES = ("dns.managedZones.list",)
"""What finding the zone needs in the project."""

_DESCRIPTION = "The server of a Harbor, as SnapDeploy declares it"


@dataclass(frozen=True)
class Reach:
    """What a server reaches; empty and None: nothing of that."""

    secret: pulumi.Input[str]
    """The secret's id."""
    backups: pulumi.Input[str]
    """The bucket of the backups."""
    storage: pulumi.Input[str] | None = None
    """The bucket of the images."""
    metrics: bool = False
    """Whether it writes measurements."""
    zone: str = ""
    """The managed zone in which it answers a certificate's challenge."""


class ServerAccount(Component):
    """The service account that the server acts as."""

    TYPE = "snapdeploy:harbor:ComputeEngineAccount"

    def __init__(
        self,
        name: str,
        *,
        project: str,
        slug: str,
        host: str,
        reach: Reach,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`after` enables the APIs."""
        super().__init__(name, {"project": project}, opts)
        account = gcp.serviceaccount.Account(
            self.child("account"),
            account_id=account_id(slug),
            display_name=f"Harbor at {host}"[:100],
            description=_DESCRIPTION,
            project=project,
            opts=self.options(depends_on=after),
        )
        self.email: pulumi.Output[str] = account.email
        self._project, self._member = project, account.member
        gcp.secretmanager.SecretIamMember(
            self.child("read-secret"),
            secret_id=reach.secret,
            project=project,
            role=READ_SECRET,
            member=account.member,
            opts=self.options(),
        )
        self._on_bucket("add-backups", reach.backups, ADD_BACKUPS)
        self._on_bucket("read-backups", reach.backups, READ_BACKUPS)
        if reach.storage is not None:
            self._on_bucket("keep-images", reach.storage, KEEP_IMAGES)
        self._on_project("write-logs", WRITE_LOGS)
        if reach.metrics:
            self._on_project("write-metrics", WRITE_METRICS)
        if reach.zone:
            self._answer_challenges(slug, host, reach.zone, after)
        self.register_outputs({"email": self.email})

    def _on_bucket(self, role: str, bucket: pulumi.Input[str], granted: str) -> None:
        gcp.storage.BucketIAMMember(
            self.child(role), bucket=bucket, role=granted, member=self._member, opts=self.options()
        )

    def _on_project(self, role: str, granted: pulumi.Input[str]) -> None:
        gcp.projects.IAMMember(
            self.child(role), project=self._project, role=granted, member=self._member, opts=self.options()
        )

    def _answer_challenges(self, slug: str, host: str, zone: str, after: Sequence[pulumi.Resource]) -> None:
        def role(what: str, title: str, permissions: tuple[str, ...]) -> pulumi.Output[str]:
            made = gcp.projects.IAMCustomRole(
                self.child(what),
                role_id=role_id(slug, what),
                title=title[:100],
                description=_DESCRIPTION,
                permissions=list(permissions),
                stage="GA",
                project=self._project,
                opts=self.options(depends_on=after),
            )
            full_name: pulumi.Output[str] = made.name
            return full_name

        gcp.dns.DnsManagedZoneIamMember(
            self.child("write-records"),
            managed_zone=zone,
            project=self._project,
            role=role("records", f"Answers the challenges for {host}", RECORDS),
            member=self._member,
            opts=self.options(),
        )
        self._on_project("find-zone", role("zones", f"Finds the zone of {host}", ZONES))
