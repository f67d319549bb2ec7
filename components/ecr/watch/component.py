"""The watch over one ECR registry in one region: pushes, scans, replication, failed pushes, pulls, usage.

Owns: rules, the metric filter, alarms, the dashboard, and the parts that make topic and counting. Does not own: what is
said in them (`events.py`, `alarms.py`, `dashboard.py`), the trail, or a topic that is given.

The push rate is the number of events that the rule `pushed` matches: EventBridge publishes it as `AWS/Events
MatchedEvents` with the dimension RuleName (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html),
free, and a rule without a target does just that (https://docs.aws.amazon.com/eventbridge/latest/userguide/
eb-use-conditions.html: only to do more than publish metrics does a rule need a target). A log group with a metric
filter would take three more resources, one of them a log resource policy, of which an account has ten in a region; the
Lambda would see the images, not the pushes.

The number of resources does not depend on the apps: only a pull alarm is one for each repository that is declared.
"""

import json
from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from components._base import Component
from components.ecr.watch import dashboard as watch_dashboard
from components.ecr.watch import events as watch_events
from components.ecr.watch import failed_pushes as watch_failed_pushes
from components.ecr.watch.alarms import Alarm, alarms
from components.ecr.watch.events import Rule
from components.ecr.watch.forwarding import Forwarding
from components.ecr.watch.names import Names
from components.ecr.watch.settings import WatchSettings
from components.ecr.watch.topic import Topic
from components.ecr.watch.usage import Usage


class Watch(Component):
    """Who is told what of a registry."""

    TYPE = "snapdeploy:ecr:Watch"

    topic: pulumi.Output[str]
    """The ARN of the topic that gets every alert."""

    def __init__(
        self,
        name: str,
        *,
        namespace: str,
        account: str,
        region: str,
        partition: str,
        repositories: Sequence[str],
        settings: WatchSettings,
        tags: Mapping[str, str],
        replicas: Sequence[str] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`repositories`: the whole names of the declared ones. `replicas`: the regions it replicates to.

        Raises MistakeError where the given topic is in another region.
        """
        settings.check_region(region)
        super().__init__(name, {"namespace": namespace, "region": region}, opts)
        names = Names(namespace, account, region, partition)
        if settings.topic is None:
            made = Topic(self.child("topic"), names=names, email=settings.email, tags=tags, opts=self.options())
            self.topic = made.arn
        else:
            self.topic = pulumi.Output.from_input(settings.topic)
        for rule in watch_events.rules(names, settings.minimum_severity):
            self._rule(names, rule, tags)
        if settings.trail_log_group is not None:
            self._failed_pushes(names, settings.trail_log_group)
        if settings.usage is not None:
            Usage(self.child("usage"), names=names, settings=settings.usage, tags=tags, opts=self.options())
        for alarm in alarms(names, settings, repositories):
            self._alarm(names, alarm, tags)
        if replicas:
            Forwarding(self.child("forwarding"), names=names, replicas=replicas, tags=tags, opts=self.options())
        if settings.dashboard:
            topic_name = names.prefix if settings.topic is None else settings.topic.rpartition(":")[2]
            aws.cloudwatch.Dashboard(
                self.child("dashboard"),
                dashboard_name=names.prefix,
                dashboard_body=json.dumps(watch_dashboard.body(names, settings, topic_name)),
                region=region,
                opts=self.options(),
            )
        self.register_outputs({"topic": self.topic})

    def _rule(self, names: Names, rule: Rule, tags: Mapping[str, str]) -> None:
        made = aws.cloudwatch.EventRule(
            self.child(rule.role),
            name=names.of(rule.role),
            description=rule.description,
            event_pattern=json.dumps(rule.pattern),
            region=names.region,
            tags=dict(tags),
            opts=self.options(),
        )
        if rule.message is not None:
            aws.cloudwatch.EventTarget(
                self.child(f"{rule.role}-target"),
                rule=made.name,
                target_id="topic",
                arn=self.topic,
                input_transformer={
                    "input_paths": dict(rule.message.paths),
                    "input_template": rule.message.template,
                },
                region=names.region,
                opts=self.options(),
            )

    def _failed_pushes(self, names: Names, log_group: str) -> None:
        aws.cloudwatch.LogMetricFilter(
            self.child("failed-pushes-filter"),
            name=names.of("failed-pushes"),
            log_group_name=log_group,
            pattern=watch_failed_pushes.pattern(names),
            metric_transformation={
                "namespace": watch_failed_pushes.NAMESPACE,
                "name": watch_failed_pushes.metric_name(names),
                "value": "1",
                "default_value": "0",
            },
            region=names.region,
            opts=self.options(),
        )

    def _alarm(self, names: Names, alarm: Alarm, tags: Mapping[str, str]) -> None:
        aws.cloudwatch.MetricAlarm(
            self.child(alarm.role),
            name=names.of(alarm.role),
            alarm_actions=[self.topic],
            ok_actions=[self.topic],
            region=names.region,
            tags=dict(tags),
            opts=self.options(),
            **alarm.arguments(),
        )
