"""What the program's tests of a whole Harbor have in common: the types that it may declare, whatever the server.

Owns: those of Harbor's provider and of this project's own, with the outputs that they would add; any other is an error.
Does not own: the server's (`harbor_ec2.py`), or what is expected.
"""

from collections.abc import Mapping
from typing import Any

from tests.program import ecr, harbor_ec2

_OURS = "pulumi-python:dynamic/snapdeploy"

INSIDE: Mapping[str, Mapping[str, Any]] = {
    "harbor:index/garbageCollection:GarbageCollection": {},
    "harbor:index/immutableTagRule:ImmutableTagRule": {},
    "harbor:index/interrogationServices:InterrogationServices": {},
    "harbor:index/project:Project": {"projectId": 7},
    "harbor:index/registry:Registry": {"registryId": 3},
    "harbor:index/retentionPolicy:RetentionPolicy": {},
    f"{_OURS}:DeliveryReceipt": {"revocable": {}},
    f"{_OURS}:HarborConfiguration": {},
    f"{_OURS}:HarborReady": {"version": "2.15.2", "ca": "-----BEGIN CERTIFICATE-----"},
    f"{_OURS}:HarborRobotInUse": {},
    f"{_OURS}:HarborRobots": {
        "username": "robot$snapdeploy-apps+builder-a",
        "password": "made-up",
        "expires_at": "2027-02-27T06:00:00Z",
        "robot_id": 11,
        "since": "1: made",
    },
    f"{_OURS}:HarborTrust": {},
    f"{_OURS}:Password": {"value": "generated"},
}
_WATCH = {
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:kms/key:Key",
    "aws:kms/alias:Alias",
    "aws:sns/topic:Topic",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
}
MADE: Mapping[str, Mapping[str, Any]] = {
    **harbor_ec2.MADE,
    **{token: ecr.MADE[token] for token in _WATCH},
    **INSIDE,
}
ANSWERS: Mapping[str, Mapping[str, Any]] = {ecr.IDENTITY: ecr.ANSWERS[ecr.IDENTITY], **harbor_ec2.ANSWERS}


def registry(order: dict[str, Any]) -> None:
    """The program of one Harbor, told as `order` says, on a server that stands for any cloud's."""
    from tests.support.declared import observe

    def program() -> None:
        import json

        import pulumi

        from components.harbor import registry as harbor
        from components.harbor.server import Report, Server, ServerArgs

        class Standing(Server):
            """Declares one resource, and says back what it was told."""

            TYPE = "snapdeploy:harbor:TestServer"

            def __init__(self, name: str, args: ServerArgs, opts: pulumi.ResourceOptions) -> None:
                told = {key: value for key, value in vars(args).items() if key != "secrets"}
                super().__init__(name, {"told": json.dumps(told, default=str)}, opts)
                instance = pulumi.CustomResource(
                    "test:index:Instance", self.child("instance"), {"secrets": args.secrets}, self.options()
                )
                self.report = Report("ec2", {"region": "eu-central-1", "parameter": "/report"})
                self.digest = pulumi.Output.from_input("d" * 64)
                self.serial = instance.id
                record = pulumi.CustomResource("test:index:Record", self.child("record"), {}, self.options())
                self.there = (instance, record)
                self.by_hand = ("enter the record",)
                self.address = pulumi.Output.from_input("203.0.113.7")
                self.secret, self.backups = "store/harbor", "s3:backups/prod-main"
                self.register_outputs({})

        harbor._server = lambda name, settings, args, opts: Standing(name, args, opts)
        harbor.Harbor("main", order["args"])

    observe(order, program)
