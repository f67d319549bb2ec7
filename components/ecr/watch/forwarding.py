"""Failed replications of other regions, brought to the region that is watched.

Owns: one rule for each region that is replicated to, and the role that hands its events to the home region's bus. Does
not own: the rule there that turns them into alerts (`events.py`).

ECR sends `ECR Replication Action` in the region that an image goes to, and a rule reaches a topic in its own region
only. So the event is handed on unchanged, bus to bus, as EventBridge allows with a role
(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html). Another *account's*
regions tell that account.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_aws as aws

from components._base import Component
from components.ecr.watch import events as watch_events
from components.ecr.watch.names import Names
from components.ecr.watch.topic import EVENTS


def trust(names: Names, replicas: Sequence[str]) -> dict[str, Any]:
    """EventBridge, on behalf of the forwarding rules alone.

    The keys that it carries: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html.
    """
    rules = [_rule_arn(names, region) for region in replicas]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": EVENTS},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": names.account},
                    "ArnEquals": {"aws:SourceArn": rules},
                },
            }
        ],
    }


def rights(names: Names) -> dict[str, Any]:
    """Putting events on the home region's default bus."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "events:PutEvents",
                "Resource": names.arn("events", "event-bus/default"),
            }
        ],
    }


def _rule_arn(names: Names, region: str) -> str:
    return replace(names, region=region).arn("events", f"rule/{names.of(watch_events.Role.REPLICATION_FAILED)}")


class Forwarding(Component):
    """Hands failed replications of other regions to this one."""

    TYPE = "snapdeploy:ecr:WatchForwarding"

    def __init__(
        self,
        name: str,
        *,
        names: Names,
        replicas: Sequence[str],
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, {"replicas": list(replicas)}, opts)
        role = aws.iam.Role(
            self.child("role"),
            name=names.of_role("forwarding"),
            assume_role_policy=json.dumps(trust(names, replicas)),
            tags=dict(tags),
            opts=self.options(),
        )
        aws.iam.RolePolicy(
            self.child("rights"),
            name="forward",
            role=role.name,
            policy=json.dumps(rights(names)),
            opts=self.options(),
        )
        for region in replicas:
            rule = aws.cloudwatch.EventRule(
                self.child(region),
                name=names.of(watch_events.Role.REPLICATION_FAILED),
                description=f"Failed replications to {region}, handed to {names.region}",
                event_pattern=json.dumps(watch_events.replication_failed(names)),
                region=region,
                tags=dict(tags),
                opts=self.options(),
            )
            aws.cloudwatch.EventTarget(
                self.child(f"{region}-target"),
                rule=rule.name,
                target_id="home",
                arn=names.arn("events", "event-bus/default"),
                role_arn=role.arn,
                region=region,
                opts=self.options(),
            )
        self.register_outputs({})
