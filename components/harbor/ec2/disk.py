"""The data disk, which outlives every server, and its snapshots.

Owns: the volume, and the policy that copies it each day with the role for it. Does not own: attaching it (the server
does), or what is on it (`boot/`). A disk is given, never formatted, by AWS.
"""

import json

import pulumi
import pulumi_aws as aws

from components._base import Component
from components.aws.place import Place, Service
from components.harbor.ec2 import rights
from components.harbor.ec2.settings import Ec2Settings

_MARK = "snapdeploy:snapshots"
"""The tag by which the snapshots' policy finds the disk."""
_MANAGED = "policy/service-role/AWSDataLifecycleManagerServiceRole"


class DataDisk(Component):
    """An encrypted volume with a snapshot each day."""

    TYPE = "snapdeploy:harbor:Ec2DataDisk"

    volume: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        settings: Ec2Settings,
        *,
        title: str,
        owner: str,
        zone: pulumi.Input[str],
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`title` is the name in the cloud; `owner` marks the disk, and no other one, for its snapshots."""
        super().__init__(name, {"protect": protect}, opts)
        place = Place(settings.account, settings.region)
        volume = aws.ebs.Volume(
            self.child("volume"),
            availability_zone=zone,
            size=settings.data_gib,
            type="gp3",
            encrypted=True,
            kms_key_id=settings.key,
            tags={"Name": f"{title}-data", _MARK: owner},
            opts=self.options(protect=protect, retain_on_delete=protect),
        )
        role = aws.iam.Role(
            self.child("snapshots-role"),
            name=f"{title}-snapshots",
            description=f"Makes the snapshots of {title}",
            assume_role_policy=json.dumps(rights.trusted(place, Service.DLM)),
            opts=self.options(),
        )
        allowed = aws.iam.RolePolicyAttachment(
            self.child("snapshots-rights"),
            role=role.name,
            policy_arn=f"arn:{place.partition}:iam::aws:{_MANAGED}",
            opts=self.options(),
        )
        aws.dlm.LifecyclePolicy(
            self.child("snapshots"),
            description=f"Daily snapshots of {title}",
            execution_role_arn=role.arn,
            state="ENABLED",
            policy_details=aws.dlm.LifecyclePolicyPolicyDetailsArgs(
                resource_types=["VOLUME"],
                target_tags={_MARK: owner},
                schedules=[
                    aws.dlm.LifecyclePolicyPolicyDetailsScheduleArgs(
                        name="daily",
                        create_rule=aws.dlm.LifecyclePolicyPolicyDetailsScheduleCreateRuleArgs(
                            interval=24, interval_unit="HOURS", times=settings.snapshots.at
                        ),
                        # By number and not by age: when none are made, the last ones stay.
                        retain_rule=aws.dlm.LifecyclePolicyPolicyDetailsScheduleRetainRuleArgs(
                            count=settings.snapshots.days
                        ),
                        copy_tags=True,
                    )
                ],
            ),
            opts=self.options(depends_on=[allowed]),
        )
        self.volume = volume.id
        self.register_outputs({"volume": self.volume})
