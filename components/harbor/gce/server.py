"""The server on Compute Engine: an instance that makes itself what the wanted document says.

Owns: the instance, how its disk and its address are tied to it, and the order in which all is made. Does not own: the
parts, one a file beside this one, or what the instance does with its first boot (`boot/`).

A changed first boot makes a new instance after the old one is gone, since neither disk nor address can be on both; what
the wanted document says changes on the running server, and so does its size, for which it is stopped.
"""

import base64
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_gcp as gcp

from components.gcp.labels import labels
from components.gcp.provider import gcp_provider
from components.harbor.gce import facts
from components.harbor.gce.account import Reach, ServerAccount
from components.harbor.gce.apis import Apis
from components.harbor.gce.buckets import Bucket, bucket_name
from components.harbor.gce.disk import DataDisk
from components.harbor.gce.dns import Address
from components.harbor.gce.names import title as title_of
from components.harbor.gce.network import Network
from components.harbor.gce.settings import ComputeEngineSettings
from components.harbor.gce.told import REPORT, WANTED, Told
from components.harbor.server import Report, Server, ServerArgs, digest_of, text_of

_DEVICE = "harbor-data"
_DEVICE_PATH = f"/dev/disk/by-id/google-{_DEVICE}"
"""What the guest calls it: https://docs.cloud.google.com/compute/docs/disks/disk-symlinks"""
_USER_DATA = "user-data"


class ComputeEngineServer(Server):
    """One instance with its network, disk, address and service account."""

    TYPE = "snapdeploy:harbor:ComputeEngineServer"

    def __init__(
        self, name: str, settings: ComputeEngineSettings, args: ServerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, {"host": args.host, "machineType": settings.machine_type}, opts)
        project, title = settings.project, title_of(args.slug)
        marked = labels(args.tags)
        provider = gcp_provider(
            self.child("google"), project=project, location=settings.region, labels=marked, opts=self.options()
        )
        self.provider = provider
        zone = settings.dns.zone if args.dns_challenge and settings.dns is not None else ""
        apis = Apis(
            self.child("apis"),
            project=project,
            dns=settings.dns is not None,
            monitoring=args.metrics_push,
            kms=settings.key is not None,
            opts=self.options(provider=provider),
        )
        parts, on = self.options(provider=provider), apis.all
        buckets = self._buckets(settings, args, on, parts)
        storage, backup = self._kept(args, buckets)
        text = text_of({**args.wanted, "storage": storage, "backup": backup})
        secret = f"{title}-harbor"
        told = Told(
            self.child("told"),
            project=project,
            secret=secret,
            secrets=args.secrets,
            host=args.host,
            protect=args.protect,
            after=on,
            opts=parts,
        )
        backups = buckets["backup"].bucket if "backup" in buckets else _bucket_of(args.backup)
        images = buckets["storage"].bucket if "storage" in buckets else args.storage.get("bucket")
        account = ServerAccount(
            self.child("account"),
            project=project,
            slug=args.slug,
            host=args.host,
            reach=Reach(told.secret, backups, images, metrics=args.metrics_push, zone=zone),
            after=on,
            opts=parts,
        )
        network = Network(
            self.child("network"),
            settings,
            title=title,
            email=account.email,
            http_challenge=args.http_challenge,
            after=on,
            opts=parts,
        )
        disk = DataDisk(
            self.child("data"),
            settings,
            title=title,
            labels=marked,
            provider=provider,
            protect=args.protect,
            after=on,
            opts=parts,
        )
        address = Address(
            self.child("address"),
            settings,
            title=title,
            host=args.host,
            protect=args.protect,
            after=on,
            opts=parts,
        )
        metadata = {
            _USER_DATA: _first_boot(settings, secret),
            # Metadata is text: https://docs.cloud-init.io/en/latest/reference/datasources/gce.html
            "user-data-encoding": "base64",
            WANTED: text,
            "enable-guest-attributes": "TRUE",
            "enable-oslogin": "TRUE",
            "block-project-ssh-keys": "TRUE",
            "serial-port-enable": "FALSE",
        }
        instance = self._instance(
            settings,
            metadata,
            title=title,
            account=account,
            network=network,
            disk=disk,
            address=address,
            after=[told, *buckets.values()],
        )
        self.address = address.ip
        self.report = Report(
            "compute-engine", {"project": project, "zone": settings.zone, "instance": title, "attribute": REPORT}
        )
        self.digest = pulumi.Output.from_input(digest_of(text))
        self.serial = instance.instance_id
        self.there = (told, account, network, disk, instance, *([address.record] if address.record else []))
        self.by_hand = address.by_hand
        self.secret = f"projects/{project}/secrets/{secret}"
        self.backups = backup["bucket"]
        self.watched = {"instance": instance.instance_id, "project": project, "zone": settings.zone}
        self.register_outputs({"address": self.address})

    def _buckets(
        self,
        settings: ComputeEngineSettings,
        args: ServerArgs,
        after: list[pulumi.Resource],
        opts: pulumi.ResourceOptions,
    ) -> dict[str, Bucket]:
        """The buckets that are made, by what they are for. Raises ValueError for storage that is not to be had here."""
        wanted: dict[str, int | None] = {}
        if args.storage["kind"] == "gcs":
            if not args.storage.get("bucket"):
                wanted["storage"] = None
        elif args.storage["kind"] != "disk":
            raise ValueError(f"a server on Compute Engine has no credential for storage of kind {args.storage['kind']}")
        if not args.backup.get("bucket"):
            wanted["backup"] = args.backup["days"]
        return {
            role: Bucket(
                self.child(role),
                bucket_name(args.slug, role, settings.project, args.owner),
                project=settings.project,
                region=settings.region,
                protect=args.protect,
                after=after,
                expire_days=days,
                opts=opts,
            )
            for role, days in wanted.items()
        }

    def _kept(self, args: ServerArgs, made: Mapping[str, Bucket]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """What the wanted document says of storage and backup."""
        storage: Mapping[str, Any] = {"kind": "disk"}
        if args.storage["kind"] == "gcs":
            storage = {"kind": "gcs", "bucket": args.storage.get("bucket") or made["storage"].called}
        bucket, _, prefix = (args.backup.get("bucket") or made["backup"].called).partition("/")
        path = f"gcs:{bucket}/{prefix or args.slug}"
        return storage, {"bucket": path, "at": args.backup["at"], "days": args.backup["days"]}

    def _instance(
        self,
        settings: ComputeEngineSettings,
        metadata: Mapping[str, str],
        *,
        title: str,
        account: ServerAccount,
        network: Network,
        disk: DataDisk,
        address: Address,
        after: list[pulumi.Resource],
    ) -> gcp.compute.Instance:
        return gcp.compute.Instance(
            self.child("instance"),
            name=title,
            description="The server of a Harbor, as SnapDeploy declares it",
            project=settings.project,
            zone=settings.zone,
            machine_type=settings.machine_type,
            boot_disk=gcp.compute.InstanceBootDiskArgs(
                auto_delete=True,
                initialize_params=gcp.compute.InstanceBootDiskInitializeParamsArgs(
                    image=settings.image or facts.image(), size=settings.root_gib, type="pd-balanced"
                ),
                kms_key_self_link=settings.key,
            ),
            attached_disks=[
                gcp.compute.InstanceAttachedDiskArgs(source=disk.source, device_name=_DEVICE, mode="READ_WRITE")
            ],
            network_interfaces=[
                gcp.compute.InstanceNetworkInterfaceArgs(
                    subnetwork=network.subnetwork,
                    access_configs=[
                        gcp.compute.InstanceNetworkInterfaceAccessConfigArgs(nat_ip=address.ip, network_tier="PREMIUM")
                    ],
                )
            ],
            metadata=dict(metadata),
            service_account=gcp.compute.InstanceServiceAccountArgs(
                email=account.email,
                # What it may do its roles say; a scope could only take of that, and is no longer recommended for it.
                scopes=["cloud-platform"],
            ),
            shielded_instance_config=gcp.compute.InstanceShieldedInstanceConfigArgs(
                enable_secure_boot=True, enable_vtpm=True, enable_integrity_monitoring=True
            ),
            scheduling=gcp.compute.InstanceSchedulingArgs(automatic_restart=True, on_host_maintenance="MIGRATE"),
            allow_stopping_for_update=True,
            opts=self.options(
                provider=self.provider,
                depends_on=[account, network, disk, *after, *([address.record] if address.record else [])],
                # Google would change it where it stands, where cloud-init has already read the old one.
                replace_on_changes=[f'metadata["{_USER_DATA}"]'],
                delete_before_replace=True,
                # The provider reads the family back as the image that it was then, and each new image would be a
                # change. A new server still gets the newest.
                ignore_changes=["bootDisk.initializeParams.image"] if settings.image is None else None,
            ),
        )


def _bucket_of(backup: Mapping[str, Any]) -> str:
    return str(backup["bucket"]).partition("/")[0]


def _first_boot(settings: ComputeEngineSettings, secret: str) -> str:
    """The user data, as text."""
    from components.harbor.boot.place import BootPlace
    from components.harbor.boot.render import user_data

    boot = BootPlace(
        cloud="compute-engine",
        region=settings.region,
        scope=settings.project,
        wanted=WANTED,
        report=REPORT,
        secret=f"projects/{settings.project}/secrets/{secret}",
        device=_DEVICE_PATH,
        maintenance=settings.maintenance,
    )
    return base64.b64encode(user_data(boot)).decode()
