"""What a server needs in its account beside EC2 and S3: a name and copies of its disk; and the table of all of it.

Owns: the Route 53 Record, the DLM LifecyclePolicy (in the store only: moto does not know it), and which types a server
of Harbor is made of. A record is a plain one: no alias, no routing.
"""

import secrets
from typing import Any

from tests.simulated.behaviour import Call
from tests.simulated.providers.aws import ec2, ec2_network, s3
from tests.simulated.providers.aws.kind import Kind, Task
from tests.simulated.providers.aws.place import Place
from tests.simulated.providers.aws.shape import to_aws
from tests.simulated.providers.aws.tagging import Tagging
from tests.simulated.wire import Properties


class Record(Kind):
    """A name and what it leads to."""

    service = "route53"
    noun = "Route 53 Record"
    account_wide = True
    exists = "InvalidChangeBatch: [Tried to create resource record set {id} but it already exists]"
    replace_on_change = frozenset({"name", "type", "zoneId"})
    write_only = frozenset({"allowOverwrite"})

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"{inputs['zoneId']}_{inputs['name']}_{inputs['type']}"

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {"fqdn": properties["name"]}

    def make(self, task: Task) -> None:
        self._send(task, "CREATE", task.want)

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        self._send(task, "UPSERT", task.want)

    def remove(self, task: Task, id_: str) -> None:
        self._send(task, "DELETE", task.want)

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        zone, name, type_ = id_.split("_", 2)
        for there in task.aws.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]:
            if (there["Name"].rstrip("."), there["Type"]) == (name, type_):
                return {
                    "name": name,
                    "records": [one["Value"] for one in there["ResourceRecords"]],
                    "ttl": there["TTL"],
                    "type": type_,
                    "zoneId": zone,
                }
        return None

    def _send(self, task: Task, action: str, record: dict[str, Any]) -> None:
        values = [{"Value": value} for value in record["records"]]
        told = {"Name": record["name"], "Type": record["type"], "TTL": record["ttl"], "ResourceRecords": values}
        task.aws.change_resource_record_sets(
            HostedZoneId=record["zoneId"],
            ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": told}]},
        )


class SnapshotPolicy(Kind):
    """Which disks are copied when, and how many copies are kept."""

    service = "dlm"
    noun = "DLM Lifecycle Policy"
    stored_only = True
    replace_on_change = frozenset({"defaultPolicy", "region"})
    stable = frozenset({"arn"})
    tagging = Tagging("ResourceArn", given="Tags", mapped=True)

    def unset(self, call: Call) -> Properties:
        return {"state": "ENABLED"}

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"policy-{secrets.token_hex(9)[:17]}"

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {"arn": at.arn("dlm", f"policy/{id_}")}

    def make(self, task: Task) -> None:
        details = to_aws(task.want["policyDetails"])
        targets = [{"Key": key, "Value": value} for key, value in task.want["policyDetails"]["targetTags"].items()]
        for schedule in details["Schedules"]:
            schedule["CreateRule"]["Times"] = [schedule["CreateRule"]["Times"]]
        task.aws.create_lifecycle_policy(
            PolicyDetails={**details, "TargetTags": targets},
            **task.tagged,
            **task.pick(Description="description", ExecutionRoleArn="executionRoleArn", State="state"),
        )


MACHINES: dict[str, type[Kind]] = {
    "aws:dlm/lifecyclePolicy:LifecyclePolicy": SnapshotPolicy,
    "aws:ebs/volume:Volume": ec2.Volume,
    "aws:ec2/eip:Eip": ec2.Eip,
    "aws:ec2/eipAssociation:EipAssociation": ec2.EipAssociation,
    "aws:ec2/instance:Instance": ec2.Instance,
    "aws:ec2/internetGateway:InternetGateway": ec2_network.InternetGateway,
    "aws:ec2/routeTable:RouteTable": ec2_network.RouteTable,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": ec2_network.RouteTableAssociation,
    "aws:ec2/securityGroup:SecurityGroup": ec2_network.SecurityGroup,
    "aws:ec2/subnet:Subnet": ec2_network.Subnet,
    "aws:ec2/volumeAttachment:VolumeAttachment": ec2.VolumeAttachment,
    "aws:ec2/vpc:Vpc": ec2_network.Vpc,
    "aws:route53/record:Record": Record,
    "aws:s3/bucket:Bucket": s3.Bucket,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": s3.Lifecycle,
    "aws:s3/bucketPolicy:BucketPolicy": s3.BucketPolicy,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": s3.PublicAccessBlock,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": s3.Encryption,
    "aws:s3/bucketVersioning:BucketVersioning": s3.Versioning,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ec2_network.Egress,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ec2_network.Ingress,
}
"""Seen at work by `tests/engine/harbor_ec2`, and not by the program that declares each type of `KINDS` once."""
