"""EC2: servers, their disks and their addresses.

Owns: Instance, Volume, VolumeAttachment, Eip, EipAssociation, and how EC2 tags. What moto does not keep of an instance
is what was set last: recovery, and the root disk. An instance with changed user data
is replaced, as `userDataReplaceOnChange` says it, and without that it is not simulated.
"""

import base64
import secrets
from dataclasses import dataclass
from typing import Any

from tests.simulated.behaviour import Call
from tests.simulated.checker import Mistake
from tests.simulated.providers.aws.judge import Judge, RefusedError
from tests.simulated.providers.aws.kind import MADE, Kind, Task
from tests.simulated.providers.aws.place import Place
from tests.simulated.providers.aws.shape import pruned
from tests.simulated.providers.aws.tagging import Tagging
from tests.simulated.wire import Properties

_ROOT = "/dev/sda1"


@dataclass(frozen=True)
class Ec2Tagging(Tagging):
    """EC2 tags by id: `given` is the type of the resource."""

    which: str = "Resources"

    def argument(self, tags: dict[str, str]) -> dict[str, Any]:
        return {"TagSpecifications": [{"ResourceType": self.given, "Tags": self._pairs(tags)}]} if tags else {}

    def read(self, aws: Any, resource: dict[str, Any]) -> dict[str, str]:
        found = aws.describe_tags(Filters=[{"Name": "resource-id", "Values": [resource["id"]]}])["Tags"]
        return {tag["Key"]: tag["Value"] for tag in found}

    def write(self, aws: Any, resource: dict[str, Any], tags: dict[str, str]) -> None:
        before = self.read(aws, resource)
        strays = sorted(before.keys() - tags.keys())
        if strays:
            aws.delete_tags(Resources=[resource["id"]], Tags=[{"Key": key} for key in strays])
        if before != tags and tags:
            aws.create_tags(Resources=[resource["id"]], Tags=self._pairs(tags))


class Ec2(Kind):
    """A resource of EC2, whose id begins with what it is."""

    service = "ec2"
    begins: str

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"{self.begins}-{secrets.token_hex(9)[:17]}"


class Instance(Ec2):
    """A server."""

    noun = "EC2 Instance"
    begins = "i"
    replace_on_change = frozenset(
        {"ami", "associatePublicIpAddress", "rootBlockDevice.encrypted", "rootBlockDevice.kmsKeyId"}
        | {"subnetId", "userDataBase64", "region"}
    )
    stable = frozenset({"arn", "availabilityZone", "primaryNetworkInterfaceId", "privateIp"})
    filled = frozenset({"availabilityZone", "privateIp"})
    write_only = frozenset(
        {"associatePublicIpAddress", "forceDestroy", "maintenanceOptions", "rootBlockDevice"}
        | {"userDataReplaceOnChange"}
    )
    tagging = Ec2Tagging(given="instance")

    def mistakes(self, inputs: Properties) -> list[Mistake]:
        whole = inputs.get("userDataReplaceOnChange") is True or "userDataBase64" not in inputs
        told = "without userDataReplaceOnChange is not simulated: teach tests/simulated/providers/aws/ec2.py"
        return [] if whole else [Mistake("userDataBase64", told)]

    def unset(self, call: Call) -> Properties:
        return {"disableApiTermination": False, "forceDestroy": False, "monitoring": False}

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {
            "arn": at.arn("ec2", f"instance/{id_}"),
            "availabilityZone": f"{at.region}a",
            "instanceState": "running",
            "primaryNetworkInterfaceId": f"eni-{id_[2:]}",
            "privateIp": "10.110.0.4",
        }

    def make(self, task: Task) -> str:
        metadata, root = task.want.get("metadataOptions") or {}, task.want.get("rootBlockDevice") or {}
        profile = task.want.get("iamInstanceProfile")
        interface = pruned(
            DeviceIndex=0, SubnetId=task.want.get("subnetId"), Groups=task.want.get("vpcSecurityGroupIds")
        )
        if "associatePublicIpAddress" in task.want:
            interface["AssociatePublicIpAddress"] = task.want["associatePublicIpAddress"]
        interface["DeviceIndex"] = 0
        made = task.aws.run_instances(
            MinCount=1,
            MaxCount=1,
            NetworkInterfaces=[interface],
            Monitoring={"Enabled": task.want["monitoring"]},
            **task.tagged,
            **task.pick(ImageId="ami", InstanceType="instanceType"),
            **pruned(
                UserData=self._data(task),
                IamInstanceProfile=pruned(Name=profile),
                MaintenanceOptions=pruned(AutoRecovery=(task.want.get("maintenanceOptions") or {}).get("autoRecovery")),
                MetadataOptions=pruned(
                    HttpEndpoint=metadata.get("httpEndpoint"),
                    HttpPutResponseHopLimit=metadata.get("httpPutResponseHopLimit"),
                    HttpTokens=metadata.get("httpTokens"),
                    InstanceMetadataTags=metadata.get("instanceMetadataTags"),
                ),
                BlockDeviceMappings=[{"DeviceName": _ROOT, "Ebs": _disk(root)}] if root else [],
            ),
        )
        id_ = str(made["Instances"][0]["InstanceId"])
        self._hold(task, id_, task.want["disableApiTermination"])
        return id_

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        there = task.aws.describe_instances(InstanceIds=[id_])["Reservations"][0]["Instances"][0]
        if there["State"]["Name"] in ("terminated", "shutting-down"):
            return None
        held = task.aws.describe_instance_attribute(InstanceId=id_, Attribute="disableApiTermination")
        data = task.aws.describe_instance_attribute(InstanceId=id_, Attribute="userData")["UserData"]
        profile = (there.get("IamInstanceProfile") or {}).get("Arn", "")
        options = there.get("MetadataOptions") or {}
        return {
            "ami": there["ImageId"],
            "arn": task.place.arn("ec2", f"instance/{id_}"),
            "availabilityZone": there["Placement"]["AvailabilityZone"],
            "disableApiTermination": held["DisableApiTermination"]["Value"],
            "iamInstanceProfile": profile.rpartition("/")[2] or None,
            "instanceState": there["State"]["Name"],
            "instanceType": there["InstanceType"],
            "metadataOptions": {
                name: options[f"{name[0].upper()}{name[1:]}"]
                for name in task.want.get("metadataOptions") or {}
                if f"{name[0].upper()}{name[1:]}" in options
            },
            "monitoring": there["Monitoring"]["State"] == "enabled",
            "primaryNetworkInterfaceId": there["NetworkInterfaces"][0]["NetworkInterfaceId"],
            "privateIp": there["PrivateIpAddress"],
            "subnetId": there["SubnetId"],
            "userDataBase64": data.get("Value"),
            "vpcSecurityGroupIds": [group["GroupId"] for group in there["NetworkInterfaces"][0]["Groups"]],
        }

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        """Type, protection and groups. What else could change in place, is not simulated."""
        if before["instanceType"] != task.want["instanceType"]:
            task.aws.stop_instances(InstanceIds=[id_])
            task.aws.modify_instance_attribute(InstanceId=id_, InstanceType={"Value": task.want["instanceType"]})
            task.aws.start_instances(InstanceIds=[id_])
        self._hold(task, id_, task.want["disableApiTermination"])
        task.aws.modify_instance_attribute(InstanceId=id_, Groups=task.want["vpcSecurityGroupIds"])

    def remove(self, task: Task, id_: str) -> None:
        if task.want.get("forceDestroy"):
            self._hold(task, id_, False)
        task.aws.terminate_instances(InstanceIds=[id_])

    def _data(self, task: Task) -> str | bytes:
        """A client encodes it itself."""
        text = str(task.want.get("userDataBase64") or "")
        return text if isinstance(task.aws, Judge) else base64.b64decode(text)

    def _hold(self, task: Task, id_: str, held: bool) -> None:
        task.aws.modify_instance_attribute(InstanceId=id_, DisableApiTermination={"Value": held})


def _disk(root: dict[str, Any]) -> dict[str, Any]:
    return pruned(
        VolumeType=root.get("volumeType"),
        VolumeSize=root.get("volumeSize"),
        Encrypted=root.get("encrypted"),
        KmsKeyId=root.get("kmsKeyId"),
        DeleteOnTermination=root.get("deleteOnTermination"),
    )


class Volume(Ec2):
    """A disk."""

    noun = "EBS Volume"
    begins = "vol"
    replace_on_change = frozenset({"availabilityZone", "encrypted", "kmsKeyId", "snapshotId", "region"})
    stable = frozenset({"arn", "createTime"})
    filled = frozenset({"iops", "kmsKeyId", "throughput"})
    tagging = Ec2Tagging(given="volume")

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {"arn": at.arn("ec2", f"volume/{id_}"), "createTime": MADE}

    def make(self, task: Task) -> str:
        made = task.aws.create_volume(
            **task.tagged,
            **task.pick(
                AvailabilityZone="availabilityZone",
                Encrypted="encrypted",
                KmsKeyId="kmsKeyId",
                Size="size",
                VolumeType="type",
            ),
        )
        return str(made["VolumeId"])

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.describe_volumes(VolumeIds=[id_])["Volumes"][0]
        return {
            "arn": task.place.arn("ec2", f"volume/{id_}"),
            "availabilityZone": there["AvailabilityZone"],
            "encrypted": there["Encrypted"],
            "iops": there.get("Iops"),
            "kmsKeyId": there.get("KmsKeyId"),
            "size": there["Size"],
            "type": there["VolumeType"],
        }

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        if before["size"] != task.want["size"]:
            task.aws.modify_volume(VolumeId=id_, Size=task.want["size"])

    def remove(self, task: Task, id_: str) -> None:
        task.aws.delete_volume(VolumeId=id_)


class VolumeAttachment(Ec2):
    """A disk in a server, and in one at a time, which moto does not insist on."""

    noun = "EBS Volume Attachment"
    begins = "vai"
    replace_on_change = frozenset({"deviceName", "instanceId", "volumeId", "region"})
    write_only = frozenset({"forceDetach", "skipDestroy", "stopInstanceBeforeDetaching"})

    def judge(self, task: Task) -> None:
        volume = task.want["volumeId"]
        if task.aws is not None and task.aws.describe_volumes(VolumeIds=[volume])["Volumes"][0]["Attachments"]:
            raise RefusedError(f"VolumeInUse: {volume} is already attached to an instance")

    def make(self, task: Task) -> str:
        task.aws.attach_volume(**task.pick(Device="deviceName", InstanceId="instanceId", VolumeId="volumeId"))
        return f"vai-{secrets.token_hex(5)[:9]}"

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        for there in task.aws.describe_volumes(VolumeIds=[task.want["volumeId"]])["Volumes"][0]["Attachments"]:
            if there["InstanceId"] == task.want["instanceId"]:
                return {
                    "deviceName": there["Device"],
                    "instanceId": there["InstanceId"],
                    "volumeId": there["VolumeId"],
                }
        return None

    def remove(self, task: Task, id_: str) -> None:
        if task.want.get("stopInstanceBeforeDetaching"):
            task.aws.stop_instances(InstanceIds=[task.want["instanceId"]])
        task.aws.detach_volume(**task.pick(Device="deviceName", InstanceId="instanceId", VolumeId="volumeId"))


class Eip(Ec2):
    """An address that stays."""

    noun = "EC2 EIP"
    begins = "eipalloc"
    replace_on_change = frozenset({"domain", "region"})
    stable = frozenset({"allocationId", "arn", "publicIp", "publicDns"})
    tagging = Ec2Tagging(given="elastic-ip")

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {
            "allocationId": id_,
            "arn": at.arn("ec2", f"elastic-ip/{id_}"),
            # Of RFC 5737, so that it is nobody's.
            "publicIp": properties.get("publicIp") or f"198.51.100.{int(id_[-2:], 16)}",
        }

    def make(self, task: Task) -> str:
        return str(task.aws.allocate_address(**task.tagged, **task.pick(Domain="domain"))["AllocationId"])

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.describe_addresses(AllocationIds=[id_])["Addresses"][0]
        return {"allocationId": id_, "domain": there["Domain"], "publicIp": there["PublicIp"]}

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        """Nothing but its tags can change."""

    def remove(self, task: Task, id_: str) -> None:
        task.aws.release_address(AllocationId=id_)


class EipAssociation(Ec2):
    """An address at a server."""

    noun = "EC2 EIP Association"
    begins = "eipassoc"
    replace_on_change = frozenset({"allocationId", "instanceId", "networkInterfaceId", "region"})
    write_only = frozenset({"allowReassociation"})

    def make(self, task: Task) -> str:
        made = task.aws.associate_address(
            **task.pick(AllocationId="allocationId", AllowReassociation="allowReassociation", InstanceId="instanceId")
        )
        return str(made["AssociationId"])

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        found = task.aws.describe_addresses(Filters=[{"Name": "association-id", "Values": [id_]}])["Addresses"]
        return {"allocationId": found[0]["AllocationId"], "instanceId": found[0]["InstanceId"]} if found else None

    def remove(self, task: Task, id_: str) -> None:
        task.aws.disassociate_address(AssociationId=id_)
