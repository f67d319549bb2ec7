"""SNS: topics, who may publish, who hears.

Owns: Topic, TopicPolicy, TopicSubscription. A subscription by e-mail waits in AWS for
somebody's click, and moto takes it as confirmed.
"""

import json
import uuid
from typing import Any

from tests.simulated.behaviour import Call
from tests.simulated.providers.aws.kind import Kind, Task
from tests.simulated.providers.aws.place import Place
from tests.simulated.providers.aws.tagging import Tagging
from tests.simulated.wire import Properties

_ATTRIBUTES = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deliveryPolicy": "DeliveryPolicy",
    "displayName": "DisplayName",
    "fifoTopic": "FifoTopic",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
    "signatureVersion": "SignatureVersion",
    "tracingConfig": "TracingConfig",
}
_SUBSCRIPTION = {
    "deliveryPolicy": "DeliveryPolicy",
    "filterPolicy": "FilterPolicy",
    "filterPolicyScope": "FilterPolicyScope",
    "rawMessageDelivery": "RawMessageDelivery",
    "redrivePolicy": "RedrivePolicy",
    "subscriptionRoleArn": "SubscriptionRoleArn",
}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read(value: str | None, like: Any) -> Any:
    """An attribute, which is always a text, as the property has it."""
    if value in (None, ""):
        return None
    if value in ("true", "false"):
        return value == "true"
    return int(value) if isinstance(like, int) and value is not None else value


class Topic(Kind):
    """Where something is told."""

    service = "sns"
    noun = "SNS Topic"
    overwrites = True
    replace_on_change = frozenset({"name", "namePrefix", "fifoTopic", "region"})
    stable = frozenset({"arn", "owner"})
    filled = frozenset({"policy", "signatureVersion", "tracingConfig"})
    documents = frozenset({"policy", "deliveryPolicy"})
    named_by = "name"
    tagging = Tagging("ResourceArn", "id")

    def unset(self, call: Call) -> Properties:
        return {"contentBasedDeduplication": False, "fifoTopic": False}

    def identity(self, call: Call, inputs: Properties) -> str:
        return self.place(call, inputs).arn("sns", str(inputs["name"]))

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {"arn": id_, "owner": at.account, "beginningArchiveTime": ""}

    def make(self, task: Task) -> str:
        # AWS takes no "false" where a topic is not first in, first out.
        wanted = {name: task.want[own] for own, name in _ATTRIBUTES.items() if task.want.get(own)}
        made = task.aws.create_topic(
            Name=task.want["name"], Attributes={name: _text(value) for name, value in wanted.items()}, **task.tagged
        )
        return str(made["TopicArn"])

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.get_topic_attributes(TopicArn=id_)["Attributes"]
        return {
            **{own: _read(there.get(name), task.want.get(own)) for own, name in _ATTRIBUTES.items()},
            "arn": there["TopicArn"],
            "contentBasedDeduplication": there.get("ContentBasedDeduplication") == "true",
            "fifoTopic": there.get("FifoTopic") == "true",
            "name": id_.rpartition(":")[2],
            "owner": there["Owner"],
        }

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        for own, name in _ATTRIBUTES.items():
            if own != "fifoTopic" and (task.want.get(own) or "") != (before.get(own) or ""):
                if own in self.filled and not task.want.get(own):
                    continue
                task.aws.set_topic_attributes(
                    TopicArn=id_, AttributeName=name, AttributeValue=_text(task.want.get(own) or "")
                )

    def remove(self, task: Task, id_: str) -> None:
        task.aws.delete_topic(TopicArn=id_)


class TopicPolicy(Kind):
    """Who may publish to a topic. Taking it away leaves the owner alone, as AWS's own default does."""

    service = "sns"
    noun = "SNS Topic Policy"
    overwrites = True
    replace_on_change = frozenset({"arn", "region"})
    stable = frozenset({"owner"})
    documents = frozenset({"policy"})

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["arn"])

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {"owner": at.account}

    def make(self, task: Task) -> None:
        task.aws.set_topic_attributes(
            TopicArn=task.want["arn"], AttributeName="Policy", AttributeValue=task.want["policy"]
        )

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.get_topic_attributes(TopicArn=id_)["Attributes"]
        return {"arn": id_, "owner": there["Owner"], "policy": there["Policy"]}

    def remove(self, task: Task, id_: str) -> None:
        statement = {
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": ["SNS:Publish", "SNS:Subscribe", "SNS:GetTopicAttributes", "SNS:SetTopicAttributes"],
            "Resource": id_,
            "Condition": {"StringEquals": {"AWS:SourceOwner": task.place.account}},
        }
        policy = {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}
        task.aws.set_topic_attributes(TopicArn=id_, AttributeName="Policy", AttributeValue=json.dumps(policy))


class TopicSubscription(Kind):
    """Who hears."""

    service = "sns"
    noun = "SNS Topic Subscription"
    replace_on_change = frozenset({"topic", "protocol", "endpoint", "region"})
    stable = frozenset({"arn", "ownerId", "confirmationWasAuthenticated"})
    write_only = frozenset({"confirmationTimeoutInMinutes", "endpointAutoConfirms"})
    documents = frozenset({"filterPolicy", "redrivePolicy", "deliveryPolicy"})
    filled = frozenset({"filterPolicyScope"})

    def unset(self, call: Call) -> Properties:
        return {"confirmationTimeoutInMinutes": 1, "endpointAutoConfirms": False, "rawMessageDelivery": False}

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"{inputs['topic']}:{uuid.uuid4()}"

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        waits = str(properties.get("protocol", "")).startswith("email")
        return {
            "arn": id_,
            "confirmationWasAuthenticated": not waits,
            "ownerId": at.account,
            "pendingConfirmation": waits,
        }

    def make(self, task: Task) -> str:
        wanted = {name: task.want[own] for own, name in _SUBSCRIPTION.items() if task.want.get(own)}
        made = task.aws.subscribe(
            TopicArn=task.want["topic"],
            Protocol=task.want["protocol"],
            Endpoint=task.want["endpoint"],
            Attributes={name: _text(value) for name, value in wanted.items()},
            ReturnSubscriptionArn=True,
        )
        return str(made["SubscriptionArn"])

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.get_subscription_attributes(SubscriptionArn=id_)["Attributes"]
        return {
            **{own: _read(there.get(name), task.want.get(own)) for own, name in _SUBSCRIPTION.items()},
            "arn": there["SubscriptionArn"],
            "endpoint": there["Endpoint"],
            "ownerId": there["Owner"],
            "pendingConfirmation": there.get("PendingConfirmation") == "true",
            "protocol": there["Protocol"],
            "rawMessageDelivery": there.get("RawMessageDelivery") == "true",
            "topic": there["TopicArn"],
        }

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        for own, name in _SUBSCRIPTION.items():
            if (task.want.get(own) or "") != (before.get(own) or ""):
                value = task.want.get(own)
                task.aws.set_subscription_attributes(
                    SubscriptionArn=id_, AttributeName=name, AttributeValue=_text("" if value is None else value)
                )

    def remove(self, task: Task, id_: str) -> None:
        task.aws.unsubscribe(SubscriptionArn=id_)
