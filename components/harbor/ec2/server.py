"""The server on EC2: an instance that makes itself what the wanted document says.

Owns: the instance, how its disk and its address are tied to it, its recovery, and the order in which all is made. Does
not own: the parts, one a file beside this one, or what the instance does with its first boot (`boot/`).

A changed first boot makes a new instance beside the old one; the disk and the address then change over. What the wanted
document says changes on the running server.
"""

import base64
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws.place import Place
from components.aws.provider import aws_provider
from components.harbor.boot.place import BootPlace
from components.harbor.boot.render import parameters, user_data
from components.harbor.ec2 import facts, rights
from components.harbor.ec2.buckets import Bucket, bucket_name
from components.harbor.ec2.disk import DataDisk
from components.harbor.ec2.dns import Address
from components.harbor.ec2.network import Network
from components.harbor.ec2.role import ServerRole
from components.harbor.ec2.settings import Ec2Settings
from components.harbor.ec2.told import Told
from components.harbor.server import Report, Server, ServerArgs, digest_of, text_of

_DEVICE = "/dev/sdf"
"""What the data disk is called where it is attached; Nitro gives it another name inside."""
_DATA = "ebs:data"
"""How the first boot is told to find it: the EBS disk that the system is not on."""
_METRICS = "SnapDeploy/Harbor"


class Ec2Server(Server):
    """One instance with its network, disk, address and role."""

    TYPE = "snapdeploy:harbor:Ec2Server"

    def __init__(
        self, name: str, settings: Ec2Settings, args: ServerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, {"host": args.host, "instanceType": settings.instance_type}, opts)
        place = Place(settings.account, settings.region)
        title = f"snapdeploy-{args.slug}"
        self.provider = aws_provider(
            self.child("aws"), region=settings.region, account=settings.account, tags=args.tags, opts=self.options()
        )
        parts = self.options(provider=self.provider)
        buckets, storage, backup = self._buckets(settings, args, place)
        text = text_of({**args.wanted, "storage": storage, "backup": backup})
        names = {what: f"/snapdeploy/{args.slug}/{what}" for what in ("wanted", "report")}
        secret = f"snapdeploy/{args.slug}/harbor"
        told = Told(
            self.child("told"),
            **names,
            secret=secret,
            text=text,
            secrets=args.secrets,
            key=settings.key,
            host=args.host,
            protect=args.protect,
            opts=parts,
        )
        boot = _boot_place(settings, **names, secret=secret)
        scripts = [
            aws.ssm.Parameter(
                self.child(f"scripts-{number}"),
                name=parameter,
                description=f"What the server of {args.host} runs, beside its user data; part {number}",
                type="String",
                insecure_value=part,
                opts=self.options(provider=self.provider),
            )
            for number, (parameter, part) in enumerate(parameters(boot).items(), 1)
        ]
        network = Network(
            self.child("network"),
            settings,
            title=title,
            wanted=args.wanted,
            http_challenge=args.http_challenge,
            opts=parts,
        )
        disk = DataDisk(
            self.child("data"),
            settings,
            title=title,
            owner=args.owner,
            zone=network.zone,
            protect=args.protect,
            opts=parts,
        )
        address = Address(
            self.child("address"), settings, title=title, host=args.host, protect=args.protect, opts=parts
        )
        role = ServerRole(
            self.child("role"),
            title=title,
            place=place,
            reach=rights.Reach(
                **names,
                secret=secret,
                backups=backup["bucket"].removeprefix("s3:"),
                storage=storage.get("bucket", ""),
                key=settings.key or "",
                metrics=_namespace(args),
                zone=settings.dns.zone if args.dns_challenge and settings.dns else "",
                host=args.host,
            ),
            opts=parts,
        )
        instance = self._instance(
            settings,
            title,
            network,
            role,
            boot=base64.b64encode(user_data(boot)).decode(),
            # Two only where the registry's container itself speaks to S3 in the role's name.
            hops=2 if storage["kind"] == "s3" else 1,
            after=[told, *scripts, network, role, *buckets],
        )
        attached = aws.ec2.VolumeAttachment(
            self.child("data-attached"),
            device_name=_DEVICE,
            instance_id=instance.id,
            volume_id=disk.volume,
            stop_instance_before_detaching=True,
            # A disk is attached to one server at a time.
            opts=self.options(provider=self.provider, delete_before_replace=True),
        )
        reached = aws.ec2.EipAssociation(
            self.child("address-associated"),
            allocation_id=address.allocation,
            instance_id=instance.id,
            allow_reassociation=True,
            opts=self.options(provider=self.provider),
        )
        self._recovery(settings, place, title, instance)
        self.address = address.ip
        self.report = Report("ec2", {"region": settings.region, "parameter": names["report"]})
        self.digest = pulumi.Output.from_input(digest_of(text))
        self.serial = instance.id
        self.there = (told, instance, attached, reached, *([address.record] if address.record else []))
        self.by_hand = address.by_hand
        self.secret, self.backups = secret, backup["bucket"]
        self.watched = {"instance": instance.id, "region": settings.region, "account": settings.account}
        self.register_outputs({"address": self.address})

    def _buckets(
        self, settings: Ec2Settings, args: ServerArgs, place: Place
    ) -> tuple[list[pulumi.Resource], Mapping[str, Any], Mapping[str, Any]]:
        """The buckets that are made, and what the wanted document says of storage and backup."""
        made: list[pulumi.Resource] = []

        def own(role: str, expire_days: int | None) -> str:
            bucket = bucket_name(args.slug, role, place, args.owner)
            made.append(
                Bucket(
                    self.child(role),
                    bucket,
                    place=place,
                    key=settings.key,
                    protect=args.protect,
                    expire_days=expire_days,
                    opts=self.options(provider=self.provider),
                )
            )
            return bucket

        storage: Mapping[str, Any] = {"kind": "disk"}
        if args.storage["kind"] == "s3":
            given = args.storage.get("bucket")
            region = args.storage.get("region") if given else None
            storage = {"kind": "s3", "bucket": given or own("storage", None), "region": region or settings.region}
        elif args.storage["kind"] != "disk":
            raise ValueError(f"a server on EC2 has no credential for storage of kind {args.storage['kind']}")
        bucket, _, prefix = (args.backup.get("bucket") or own("backup", args.backup["days"])).partition("/")
        path = f"{bucket}/{prefix or args.slug}"
        return made, storage, {"bucket": f"s3:{path}", "at": args.backup["at"], "days": args.backup["days"]}

    def _instance(
        self,
        settings: Ec2Settings,
        title: str,
        network: Network,
        role: ServerRole,
        *,
        boot: str,
        hops: int,
        after: list[pulumi.Resource],
    ) -> aws.ec2.Instance:
        return aws.ec2.Instance(
            self.child("instance"),
            ami=settings.image or self._newest_image(settings),
            instance_type=settings.instance_type,
            subnet_id=network.subnet,
            vpc_security_group_ids=[network.group],
            # The address is its own resource, so that it outlives the instance.
            associate_public_ip_address=False,
            iam_instance_profile=role.profile,
            user_data_base64=boot,
            user_data_replace_on_change=True,
            metadata_options=aws.ec2.InstanceMetadataOptionsArgs(
                http_endpoint="enabled",
                http_tokens="required",
                http_put_response_hop_limit=hops,
                instance_metadata_tags="disabled",
            ),
            maintenance_options=aws.ec2.InstanceMaintenanceOptionsArgs(auto_recovery="default"),
            monitoring=True,
            # Against a slip in the console; the program itself may still replace it.
            disable_api_termination=True,
            force_destroy=True,
            root_block_device=aws.ec2.InstanceRootBlockDeviceArgs(
                volume_type="gp3",
                volume_size=settings.root_gib,
                encrypted=True,
                kms_key_id=settings.key,
                delete_on_termination=True,
            ),
            tags={"Name": title},
            opts=self.options(
                provider=self.provider,
                depends_on=after,
                # A newer image, which appears every few weeks, is for the next server.
                ignore_changes=["ami"] if settings.image is None else None,
            ),
        )

    def _newest_image(self, settings: Ec2Settings) -> pulumi.Output[str]:
        images = facts.images(Place(settings.account, settings.region).partition)
        found = aws.ec2.get_ami_output(
            most_recent=True,
            owners=[images.owner],
            filters=[
                aws.ec2.GetAmiFilterArgs(name="name", values=[images.name]),
                aws.ec2.GetAmiFilterArgs(name="virtualization-type", values=["hvm"]),
            ],
            opts=pulumi.InvokeOptions(parent=self, provider=self.provider),
        )
        id_: pulumi.Output[str] = found.id
        return id_

    def _recovery(self, settings: Ec2Settings, place: Place, title: str, instance: aws.ec2.Instance) -> None:
        """Another host when AWS's fails, a restart when the system does.

        The minutes are those of
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/UsingAlarmActions.html, unequal so that both
        never act at once.
        """
        for action, metric, minutes in (
            ("recover", "StatusCheckFailed_System", 2),
            ("reboot", "StatusCheckFailed_Instance", 3),
        ):
            aws.cloudwatch.MetricAlarm(
                self.child(action),
                name=f"{title}-{action}",
                alarm_description=f"{metric} for {minutes} minutes: AWS does `{action}`",
                namespace="AWS/EC2",
                metric_name=metric,
                dimensions={"InstanceId": instance.id},
                statistic="Maximum",
                comparison_operator="GreaterThanOrEqualToThreshold",
                threshold=1,
                period=60,
                evaluation_periods=minutes,
                alarm_actions=[f"arn:{place.partition}:automate:{settings.region}:ec2:{action}"],
                opts=self.options(provider=self.provider),
            )


def _namespace(args: ServerArgs) -> str:
    """Where in CloudWatch the server's measurements go; empty where it makes none."""
    watch = args.wanted.get("watch") or {}
    return str(watch.get("namespace", _METRICS)) if args.metrics_push else ""


def _boot_place(settings: Ec2Settings, *, wanted: str, report: str, secret: str) -> BootPlace:
    """What the first boot is told."""
    return BootPlace(
        cloud="ec2",
        region=settings.region,
        scope=settings.account,
        wanted=wanted,
        report=report,
        secret=secret,
        device=_DATA,
        maintenance=settings.maintenance,
    )
