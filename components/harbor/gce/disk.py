"""The data disk, which outlives every server, and its snapshots.

Owns: the disk, the schedule of its snapshots, and that Compute Engine may use a key that is given. Does not own:
attaching it (the server does), or what is on it (`boot/`). A snapshot outlives the disk until its days are over.
"""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_gcp as gcp

from components._base import Component
from components.harbor.gce.settings import ComputeEngineSettings

_USE_KEY = "roles/cloudkms.cryptoKeyEncrypterDecrypter"


class DataDisk(Component):
    """A balanced persistent disk with a snapshot each day."""

    TYPE = "snapdeploy:harbor:ComputeEngineDataDisk"

    def __init__(
        self,
        name: str,
        settings: ComputeEngineSettings,
        *,
        title: str,
        labels: Mapping[str, str],
        provider: gcp.Provider,
        protect: bool,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`title` is the name in the cloud; `labels` those of the snapshots; `after` enables the APIs."""
        super().__init__(name, {"protect": protect}, opts)
        usable = [self._use_key(settings, settings.key, provider, after)] if settings.key is not None else []
        disk = gcp.compute.Disk(
            self.child("disk"),
            name=f"{title}-data",
            description=f"What the server {title} keeps",
            project=settings.project,
            zone=settings.zone,
            type="pd-balanced",
            size=settings.data_gib,
            disk_encryption_key=gcp.compute.DiskDiskEncryptionKeyArgs(kms_key_self_link=settings.key)
            if settings.key
            else None,
            opts=self.options(protect=protect, retain_on_delete=protect, depends_on=[*after, *usable]),
        )
        schedule = gcp.compute.ResourcePolicy(
            self.child("snapshots"),
            name=f"{title}-snapshots",
            description=f"Daily snapshots of what the server {title} keeps",
            project=settings.project,
            region=settings.region,
            snapshot_schedule_policy=gcp.compute.ResourcePolicySnapshotSchedulePolicyArgs(
                schedule=gcp.compute.ResourcePolicySnapshotSchedulePolicyScheduleArgs(
                    daily_schedule=gcp.compute.ResourcePolicySnapshotSchedulePolicyScheduleDailyScheduleArgs(
                        days_in_cycle=1, start_time=settings.snapshots.at
                    )
                ),
                retention_policy=gcp.compute.ResourcePolicySnapshotSchedulePolicyRetentionPolicyArgs(
                    max_retention_days=settings.snapshots.days, on_source_disk_delete="KEEP_AUTO_SNAPSHOTS"
                ),
                snapshot_properties=gcp.compute.ResourcePolicySnapshotSchedulePolicySnapshotPropertiesArgs(
                    labels=dict(labels), storage_locations=settings.region
                ),
            ),
            # Its name is fixed, and Google changes no schedule that exists.
            opts=self.options(delete_before_replace=True, depends_on=after),
        )
        gcp.compute.DiskResourcePolicyAttachment(
            self.child("snapshots-attached"),
            name=schedule.name,
            disk=disk.name,
            project=settings.project,
            zone=settings.zone,
            opts=self.options(delete_before_replace=True),
        )
        self.source: pulumi.Output[str] = disk.id
        self.register_outputs({"source": self.source})

    def _use_key(
        self, settings: ComputeEngineSettings, key: str, provider: gcp.Provider, after: Sequence[pulumi.Resource]
    ) -> pulumi.Resource:
        """Google encrypts disks as its own service account in the project.

        https://docs.cloud.google.com/compute/docs/disks/customer-managed-encryption, read 2026-11.
        """
        found = gcp.organizations.get_project_output(
            project_id=settings.project, opts=pulumi.InvokeOutputOptions(parent=self, provider=provider)
        )
        granted: pulumi.Resource = gcp.kms.CryptoKeyIAMMember(
            self.child("key"),
            crypto_key_id=key,
            role=_USE_KEY,
            member=pulumi.Output.concat(
                "serviceAccount:service-", found.number, "@compute-system.iam.gserviceaccount.com"
            ),
            opts=self.options(depends_on=after),
        )
        return granted
