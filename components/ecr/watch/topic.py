"""Where alerts go: an encrypted SNS topic with its key, its policy and its subscribers.

Owns: the topic, its KMS key, both policies as pure functions, e-mail subscriptions. Does not own: what is published.

The key is its own, at about 1 USD a month, because the free one cannot do it: the policy of `alias/aws/sns` lets
neither EventBridge nor CloudWatch use it and cannot be changed, so that every alert would be lost
(https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns).

The two publishers are not treated alike, on AWS's own word:
- EventBridge: "You can't use Condition blocks in Amazon SNS topic policies for EventBridge"
  (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html, read 2026-11), and
  `aws:SourceAccount` and `aws:SourceArn` in the key's policy are "not supported for EventBridge-to-encrypted topics"
  (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html). A condition would lose every message without an
  error, so there is none; the statement names one topic and one action;
- CloudWatch alarms carry both keys, so both are asked for.
"""

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from components._base import Component
from components.ecr.watch.names import Names

EVENTS = "events.amazonaws.com"
ALARMS = "cloudwatch.amazonaws.com"
"""Both end so in every partition."""


def topic_policy(names: Names) -> dict[str, Any]:
    """Who may publish: the rules and the alarms of this watch. The account's own people go by their IAM rights."""
    publish = {"Effect": "Allow", "Action": "sns:Publish", "Resource": names.topic_arn}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "RulesPublish", "Principal": {"Service": EVENTS}, **publish},
            {"Sid": "AlarmsPublish", "Principal": {"Service": ALARMS}, **publish, "Condition": _of_own_alarms(names)},
        ],
    }


def key_policy(names: Names) -> dict[str, Any]:
    """Who may use the key: the account through IAM, and the two publishers to encrypt what they publish."""
    encrypt = {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey*"], "Resource": "*"}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AccountAdministers",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:{names.partition}:iam::{names.account}:root"},
                "Action": "kms:*",
                "Resource": "*",
            },
            {"Sid": "RulesEncrypt", "Principal": {"Service": EVENTS}, **encrypt},
            {"Sid": "AlarmsEncrypt", "Principal": {"Service": ALARMS}, **encrypt, "Condition": _of_own_alarms(names)},
        ],
    }


def _of_own_alarms(names: Names) -> dict[str, Any]:
    return {
        "StringEquals": {"aws:SourceAccount": names.account},
        "ArnLike": {"aws:SourceArn": names.arn("cloudwatch", f"alarm:{names.of('*')}")},
    }


class Topic(Component):
    """An encrypted topic that this watch's rules and alarms publish to."""

    TYPE = "snapdeploy:ecr:WatchTopic"

    arn: pulumi.Output[str]
    """Known when it may be published to."""

    def __init__(
        self,
        name: str,
        *,
        names: Names,
        email: Mapping[str, str],
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, {"namespace": names.namespace}, opts)
        key = aws.kms.Key(
            self.child("key"),
            description=f"Alerts of {names.prefix}",
            enable_key_rotation=True,
            deletion_window_in_days=7,  # it protects messages on their way, nothing that is kept
            policy=json.dumps(key_policy(names)),
            region=names.region,
            tags=dict(tags),
            opts=self.options(),
        )
        topic = aws.sns.Topic(
            self.child("topic"),
            name=names.prefix,
            kms_master_key_id=key.arn,
            region=names.region,
            tags=dict(tags),
            opts=self.options(),
        )
        policy = aws.sns.TopicPolicy(
            self.child("policy"),
            arn=topic.arn,
            policy=json.dumps(topic_policy(names)),
            region=names.region,
            opts=self.options(),
        )
        for label, address in email.items():
            aws.sns.TopicSubscription(
                self.child(f"email-{label}"),
                topic=topic.arn,
                protocol="email",
                endpoint=address,
                region=names.region,
                opts=self.options(),
            )
        self.arn = policy.arn
        self.register_outputs({"arn": self.arn})
