"""EC2: servers, their disks and their addresses.

Owns: Instance, Volume, VolumeAttachment, Eip, EipAssociation, and how EC2 tags. What moto does not keep or show
of an instance is what was set last: recovery, the metadata service, the root disk. An instance with changed user data
is replaced, as `userDataReplaceOnChange` says it, and without that it is not simulated.
"""

import base64
import secrets
from dataclasses import dataclass
from typing import Any, ClassVar

from tests.simulated.behaviour import Call
from tests.simulated.checker import Mistake
from tests.simulated.providers.aws.judge import Judge, RefusedError
from tests.simulated.providers.aws.kind import Kind, Task
from tests.simulated.providers.aws.place import Place
from tests.simulated.providers.aws.shape import pruned, to_aws
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
    """A resource of EC2 whose calls are named after it, and of which nothing changes but what its type says."""

    service = "ec2"
    begins: ClassVar[str]
    """How its ids begin."""
    what: ClassVar[str] = ""
    """As its calls name it: `create_<what>`, `describe_<what>s`, `delete_<what>`."""
    field: ClassVar[str] = ""
    """As its id is named: `<field>Id`."""
    same: ClassVar[dict[str, str]] = {}
    """Arguments of the call that makes it, which are also told of it, by the property."""
    stable = frozenset({"arn"})

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"{self.begins}-{secrets.token_hex(9)[:17]}"

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {"arn": at.arn("ec2", f"{self.tagging.given}/{id_}")} if self.tagging else {}

    def make(self, task: Task) -> str:
        made = getattr(task.aws, f"create_{self.what}")(**task.tagged, **task.pick(**self.same))
        return str(made.get(self.field, made)[f"{self.field}Id"])

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        there = self.there(task, id_)
        return {own: there.get(name) for name, own in self.same.items()}

    def there(self, task: Task, id_: str) -> dict[str, Any]:
        """What EC2 says of it."""
        found = getattr(task.aws, f"describe_{self.what}s")(**{f"{self.field}Ids": [id_]})
        (said,) = next(value for name, value in found.items() if isinstance(value, list))
        return dict(said)

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        """Nothing: what can change is in its tags."""

    def remove(self, task: Task, id_: str) -> None:
        getattr(task.aws, f"delete_{self.what}")(**{f"{self.field}Id": id_})


class Instance(Ec2):
    """A server."""

    noun = "EC2 Instance"
    begins = "i"
    replace_on_change = frozenset(
        {"ami", "associatePublicIpAddress", "region", "rootBlockDevice", "subnetId", "userDataBase64"}
    )
    stable = frozenset({"arn", "availabilityZone", "privateIp"})
    filled = frozenset({"availabilityZone", "privateIp"})
    write_only = frozenset(
        {"associatePublicIpAddress", "forceDestroy", "maintenanceOptions", "rootBlockDevice"}
        | {"metadataOptions", "userDataReplaceOnChange"}
    )
    tagging = Ec2Tagging(given="instance")

    def mistakes(self, inputs: Properties) -> list[Mistake]:
        whole = inputs.get("userDataReplaceOnChange") is True or "userDataBase64" not in inputs
        told = "without userDataReplaceOnChange is not simulated: teach tests/simulated/providers/aws/ec2.py"
        return [] if whole else [Mistake("userDataBase64", told)]

    def unset(self, call: Call) -> Properties:
        return {"disableApiTermination": False, "forceDestroy": False, "monitoring": False}

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        made_up = {"availabilityZone": f"{at.region}a", "instanceState": "running", "privateIp": "10.110.0.4"}
        return {**super().outputs(at, id_, properties), **made_up}

    def make(self, task: Task) -> str:
        want = task.want
        interface = {
            "DeviceIndex": 0,
            "SubnetId": want["subnetId"],
            "Groups": want["vpcSecurityGroupIds"],
            "AssociatePublicIpAddress": want.get("associatePublicIpAddress", False),
        }
        root = to_aws(want.get("rootBlockDevice") or {})
        made = task.aws.run_instances(
            MinCount=1,
            MaxCount=1,
            NetworkInterfaces=[interface],
            Monitoring={"Enabled": want["monitoring"]},
            **task.tagged,
            **task.pick(ImageId="ami", InstanceType="instanceType"),
            **pruned(
                UserData=self._data(task),
                IamInstanceProfile=pruned(Name=want.get("iamInstanceProfile")),
                MaintenanceOptions=to_aws(want.get("maintenanceOptions")),
                MetadataOptions=to_aws(want.get("metadataOptions")),
                BlockDeviceMappings=[{"DeviceName": _ROOT, "Ebs": root}] if root else [],
            ),
        )
        id_ = str(made["Instances"][0]["InstanceId"])
        self._hold(task, id_, want["disableApiTermination"])
        return id_

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        there = task.aws.describe_instances(InstanceIds=[id_])["Reservations"][0]["Instances"][0]
        if there["State"]["Name"] in ("terminated", "shutting-down"):
            return None
        held = task.aws.describe_instance_attribute(InstanceId=id_, Attribute="disableApiTermination")
        data = task.aws.describe_instance_attribute(InstanceId=id_, Attribute="userData")["UserData"]
        return {
            "ami": there["ImageId"],
            "availabilityZone": there["Placement"]["AvailabilityZone"],
            "disableApiTermination": held["DisableApiTermination"]["Value"],
            "iamInstanceProfile": (there.get("IamInstanceProfile") or {}).get("Arn", "").rpartition("/")[2] or None,
            "instanceState": there["State"]["Name"],
            "instanceType": there["InstanceType"],
            "monitoring": there["Monitoring"]["State"] == "enabled",
            "privateIp": there["PrivateIpAddress"],
            "subnetId": there["SubnetId"],
            "userDataBase64": data.get("Value"),
            "vpcSecurityGroupIds": [group["GroupId"] for group in there["NetworkInterfaces"][0]["Groups"]],
        }

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        """The type, and the protection; what else AWS could change in place is not simulated."""
        if before["instanceType"] != task.want["instanceType"]:
            task.aws.stop_instances(InstanceIds=[id_])
            task.aws.modify_instance_attribute(InstanceId=id_, InstanceType={"Value": task.want["instanceType"]})
            task.aws.start_instances(InstanceIds=[id_])
        self._hold(task, id_, task.want["disableApiTermination"])

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


class Volume(Ec2):
    """A disk, which may grow."""

    noun = "EBS Volume"
    begins, what, field = "vol", "volume", "Volume"
    same: ClassVar[dict[str, str]] = {
        "AvailabilityZone": "availabilityZone",
        "Encrypted": "encrypted",
        "KmsKeyId": "kmsKeyId",
        "Size": "size",
        "VolumeType": "type",
    }
    replace_on_change = frozenset({"availabilityZone", "encrypted", "kmsKeyId", "region", "type"})
    filled = frozenset({"kmsKeyId"})
    tagging = Ec2Tagging(given="volume")

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        if before["size"] != task.want["size"]:
            task.aws.modify_volume(VolumeId=id_, Size=task.want["size"])


class VolumeAttachment(Ec2):
    """A disk in a server, and in one at a time, which moto does not insist on."""

    noun = "EBS Volume Attachment"
    begins = "vai"
    same: ClassVar[dict[str, str]] = {"Device": "deviceName", "InstanceId": "instanceId", "VolumeId": "volumeId"}
    replace_on_change = frozenset({"deviceName", "instanceId", "volumeId", "region"})
    write_only = frozenset({"forceDetach", "skipDestroy", "stopInstanceBeforeDetaching"})

    def judge(self, task: Task) -> None:
        if task.aws is not None and self._attached(task):
            raise RefusedError(f"VolumeInUse: {task.want['volumeId']} is already attached to an instance")

    def make(self, task: Task) -> str:
        task.aws.attach_volume(**task.pick(**self.same))
        return f"vai-{secrets.token_hex(5)[:9]}"

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        ours = [one for one in self._attached(task) if one["InstanceId"] == task.want["instanceId"]]
        return {own: ours[0][name] for name, own in self.same.items()} if ours else None

    def remove(self, task: Task, id_: str) -> None:
        if task.want.get("stopInstanceBeforeDetaching"):
            task.aws.stop_instances(InstanceIds=[task.want["instanceId"]])
        task.aws.detach_volume(**task.pick(**self.same))

    def _attached(self, task: Task) -> list[dict[str, Any]]:
        (volume,) = task.aws.describe_volumes(VolumeIds=[task.want["volumeId"]])["Volumes"]
        return list(volume["Attachments"])


class Eip(Ec2):
    """An address that stays."""

    noun = "EC2 EIP"
    begins = "eipalloc"
    replace_on_change = frozenset({"domain", "region"})
    stable = frozenset({"allocationId", "arn", "publicIp"})
    tagging = Ec2Tagging(given="elastic-ip")

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        # Of RFC 5737, so that it is nobody's.
        address = properties.get("publicIp") or f"198.51.100.{int(id_[-2:], 16)}"
        return {**super().outputs(at, id_, properties), "allocationId": id_, "publicIp": address}

    def make(self, task: Task) -> str:
        return str(task.aws.allocate_address(**task.tagged, **task.pick(Domain="domain"))["AllocationId"])

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.describe_addresses(AllocationIds=[id_])["Addresses"][0]
        return {"domain": there["Domain"], "publicIp": there["PublicIp"]}

    def remove(self, task: Task, id_: str) -> None:
        task.aws.release_address(AllocationId=id_)


class EipAssociation(Ec2):
    """An address at a server."""

    noun = "EC2 EIP Association"
    begins = "eipassoc"
    replace_on_change = frozenset({"allocationId", "instanceId", "region"})
    write_only = frozenset({"allowReassociation"})

    def make(self, task: Task) -> str:
        told = {"AllocationId": "allocationId", "AllowReassociation": "allowReassociation", "InstanceId": "instanceId"}
        return str(task.aws.associate_address(**task.pick(**told))["AssociationId"])

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        found = task.aws.describe_addresses(Filters=[{"Name": "association-id", "Values": [id_]}])["Addresses"]
        return {"allocationId": found[0]["AllocationId"], "instanceId": found[0]["InstanceId"]} if found else None

    def remove(self, task: Task, id_: str) -> None:
        task.aws.disassociate_address(AssociationId=id_)
