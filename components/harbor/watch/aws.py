"""The watch over a Harbor, on CloudWatch.

Owns: the topic and its key, who hears, an alarm for each signal, the dashboard. Does not own: the signals
(`signals.yaml`), or measuring, which the server does.

The key is its own, at about 1 USD a month: the free one lets no alarm use it, so that every alert would be lost
(https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns).
"""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

from components._base import Component
from components.aws.place import Place
from components.harbor.server import Server
from components.harbor.watch.settings import WatchSettings
from components.harbor.watch.signals import EVERY_MINUTES, NAMESPACE, Breach, Signal, prefix, signals, table

DIMENSION = "Registry"
"""The dimension of each measurement."""
_ALARMS = "cloudwatch.amazonaws.com"
_WIDTH, _HEIGHT, _COLUMNS = 8, 6, 3


class AwsWatch(Component):
    """Alarms and a dashboard over what the server measures."""

    TYPE = "snapdeploy:harbor:AwsWatch"

    topic: pulumi.Output[str]
    """The ARN of the topic that gets every alert."""

    def __init__(
        self,
        name: str,
        settings: WatchSettings,
        server: Server,
        *,
        registry: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`registry` is `<stack>/<name>`: the dimension of each measurement."""
        super().__init__(name, {"registry": registry}, opts)
        self._provider = server.provider
        place = Place(str(server.watched["account"]), str(server.watched["region"]))
        names = prefix(registry)
        self.topic = self._topic(place, names, settings)
        for signal in signals(settings):
            aws.cloudwatch.MetricAlarm(
                self.child(signal.role),
                name=f"{names}-{signal.role}",
                alarm_actions=[self.topic],
                ok_actions=[self.topic],
                opts=self._options(),
                **alarm(signal, registry),
            )
        aws.cloudwatch.Dashboard(
            self.child("dashboard"),
            dashboard_name=names,
            dashboard_body=json.dumps(dashboard(settings, registry, place.region)),
            opts=self._options(),
        )
        self.register_outputs({"topic": self.topic})

    def _options(self) -> pulumi.ResourceOptions:
        return self.options(provider=self._provider)

    def _topic(self, place: Place, names: str, settings: WatchSettings) -> pulumi.Output[str]:
        key = aws.kms.Key(
            self.child("key"),
            description=f"Alerts of {names}",
            enable_key_rotation=True,
            deletion_window_in_days=7,  # it protects messages on their way, nothing that is kept
            policy=json.dumps(key_policy(place, names)),
            opts=self._options(),
        )
        topic = aws.sns.Topic(self.child("topic"), name=names, kms_master_key_id=key.arn, opts=self._options())
        policy = aws.sns.TopicPolicy(
            self.child("topic-policy"),
            arn=topic.arn,
            policy=json.dumps(topic_policy(place, names)),
            opts=self._options(),
        )
        for label, address in settings.email.items():
            aws.sns.TopicSubscription(
                self.child(f"email-{label}"),
                topic=topic.arn,
                protocol="email",
                endpoint=address,
                opts=self._options(),
            )
        arn: pulumi.Output[str] = policy.arn
        return arn


def alarm(signal: Signal, registry: str) -> dict[str, Any]:
    """A signal's alarm, as the provider takes it."""
    above = signal.breach is Breach.ABOVE
    return {
        "alarm_description": f"{registry}. {signal.text()}",
        "namespace": NAMESPACE,
        "metric_name": signal.name,
        "dimensions": {DIMENSION: registry},
        "statistic": "Maximum" if above else "Minimum",
        "comparison_operator": "GreaterThanThreshold" if above else "LessThanThreshold",
        "threshold": signal.threshold,
        "period": EVERY_MINUTES * 60,
        "evaluation_periods": signal.samples,
        "treat_missing_data": "breaching" if signal.missing else "notBreaching",
    }


def dashboard(settings: WatchSettings, registry: str, region: str) -> dict[str, Any]:
    """The dashboard's body: every signal, with its threshold where it has an alarm.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
    """
    bounds = {signal.name: signal.threshold for signal in signals(settings)}
    return {
        "widgets": [
            {
                "type": "metric",
                "x": place % _COLUMNS * _WIDTH,
                "y": place // _COLUMNS * _HEIGHT,
                "width": _WIDTH,
                "height": _HEIGHT,
                "properties": {
                    "title": f"{signal.name} ({signal.unit})",
                    "region": region,
                    "view": "timeSeries",
                    "period": EVERY_MINUTES * 60,
                    "stat": "Maximum" if signal.breach is Breach.ABOVE else "Minimum",
                    "metrics": [[NAMESPACE, signal.name, DIMENSION, registry]],
                    **(
                        {"annotations": {"horizontal": [{"label": "alarm", "value": bounds[signal.name]}]}}
                        if signal.name in bounds
                        else {}
                    ),
                },
            }
            for place, signal in enumerate(table())
        ]
    }


def topic_policy(place: Place, names: str) -> dict[str, Any]:
    """Who may publish: this watch's alarms. The account's own people go by their IAM rights."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AlarmsPublish",
                "Effect": "Allow",
                "Principal": {"Service": _ALARMS},
                "Action": "sns:Publish",
                "Resource": place.arn("sns", names),
                "Condition": _of_own_alarms(place, names),
            }
        ],
    }


def key_policy(place: Place, names: str) -> dict[str, Any]:
    """Who may use the key: the account through IAM, and the alarms to encrypt what they publish."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AccountAdministers",
                "Effect": "Allow",
                "Principal": {"AWS": place.root()},
                "Action": "kms:*",
                "Resource": "*",
            },
            {
                "Sid": "AlarmsEncrypt",
                "Effect": "Allow",
                "Principal": {"Service": _ALARMS},
                "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                "Resource": "*",
                "Condition": _of_own_alarms(place, names),
            },
        ],
    }


def _of_own_alarms(place: Place, names: str) -> dict[str, Any]:
    return {
        "StringEquals": {"aws:SourceAccount": place.account},
        "ArnLike": {"aws:SourceArn": place.arn("cloudwatch", f"alarm:{names}-*")},
    }
