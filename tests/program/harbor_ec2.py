"""What the program's tests of Harbor's server on EC2 have in common: the types, and a program of one server.

Owns: the types that the server may declare, with the outputs that AWS would add; any other is an error. Does not own:
what is expected.
"""

from collections.abc import Mapping
from typing import Any

ACCOUNT = "123456789012"
HOST = "registry.example.com"
CANARY = "canary-harbor-5c1e"

MADE: Mapping[str, Mapping[str, Any]] = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": {},
    "aws:dlm/lifecyclePolicy:LifecyclePolicy": {},
    "aws:ebs/volume:Volume": {},
    "aws:ec2/eip:Eip": {"publicIp": "198.51.100.7", "allocationId": "eipalloc-made-up"},
    "aws:ec2/eipAssociation:EipAssociation": {},
    "aws:ec2/instance:Instance": {},
    "aws:ec2/internetGateway:InternetGateway": {},
    "aws:ec2/routeTable:RouteTable": {},
    "aws:ec2/routeTableAssociation:RouteTableAssociation": {},
    "aws:ec2/securityGroup:SecurityGroup": {},
    "aws:ec2/subnet:Subnet": {},
    "aws:ec2/volumeAttachment:VolumeAttachment": {},
    "aws:ec2/vpc:Vpc": {},
    "aws:iam/instanceProfile:InstanceProfile": {},
    "aws:iam/role:Role": {"arn": f"arn:aws:iam::{ACCOUNT}:role/made-up"},
    "aws:iam/rolePolicy:RolePolicy": {},
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {},
    "aws:route53/record:Record": {},
    "aws:s3/bucket:Bucket": {},
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {},
    "aws:s3/bucketPolicy:BucketPolicy": {},
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {},
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {},
    "aws:s3/bucketVersioning:BucketVersioning": {},
    "aws:secretsmanager/secret:Secret": {"arn": f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:made-up"},
    "aws:secretsmanager/secretVersion:SecretVersion": {},
    "aws:ssm/parameter:Parameter": {},
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {},
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {},
}
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "aws:ec2/getAmi:getAmi": {"id": "ami-0123456789abcdef0"},
    # One in another city, which comes first by its name, and no zone e.
    "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": {
        "locations": ["us-east-1f", "us-east-1-bos-1a", "us-east-1a"]
    },
    "aws:ec2/getSubnet:getSubnet": {"availabilityZone": "us-east-1c"},
}

VM: Mapping[str, Any] = {
    "kind": "ec2",
    "account": ACCOUNT,
    "region": "us-east-1",
    "metricsFrom": ["10.0.0.0/16"],
    "dns": {"zone": "Z0123456789ABCDEFGHIJ"},
}
TOLD: Mapping[str, Any] = {
    "host": HOST,
    "owner": "organization/snapdeploy-registry/prod/main",
    "slug": "prod-main",
    "tags": {"team": "platform"},
    "environment": "prod",
    "protect": True,
    "wanted": {"schema": 1, "host": HOST, "database": {"host": "db.example.com", "port": 5432}},
    "storage": {"kind": "disk"},
    "backup": {"bucket": "", "at": "02:15", "days": 30},
    "http_challenge": True,
    "dns_challenge": True,
    "metrics_push": True,
}


def server(order: dict[str, Any]) -> None:
    """The program of one server, told as `order` says, in an account that has images and a subnet."""
    from tests.support.declared import observe

    def program() -> None:
        import pulumi

        from components.harbor.ec2.server import Ec2Server
        from components.harbor.ec2.settings import Ec2Settings
        from components.harbor.server import ServerArgs
        from contract.kinds import Environment

        told = {**order["args"], "environment": Environment(order["args"]["environment"])}
        made = Ec2Server(
            "main",
            Ec2Settings.model_validate(order["vm"]),
            ServerArgs(**told, secrets=pulumi.Output.secret(CANARY)),
        )
        made.register_outputs(
            {"address": made.address, "digest": made.digest, "serial": made.serial, "by_hand": list(made.by_hand)}
        )

    observe({**order, "answers": ANSWERS}, program)
