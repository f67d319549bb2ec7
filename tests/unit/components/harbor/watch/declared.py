"""A Harbor's watch as it is declared in both clouds, seen under Pulumi's mocks in one process of its own."""

from functools import cache
from typing import Any

from tests.support.declared import STACK, Program, Resource, component, observe

REGISTRY = "prod/main"
SETTINGS: dict[str, Any] = {
    "email": {"platform": "platform@example.com", "night": "night@example.com"},
    "signals": {"diskUsedPercent": {"threshold": 70}, "scanFindings": {"alarm": False}},
}
MADE: dict[str, dict[str, Any]] = {
    "aws:cloudwatch/dashboard:Dashboard": {},
    "aws:cloudwatch/metricAlarm:MetricAlarm": {},
    "aws:kms/key:Key": {"arn": "arn:aws:kms:eu-west-1:123456789012:key/made-up"},
    "aws:sns/topic:Topic": {"arn": "arn:aws:sns:eu-west-1:123456789012:{name}"},
    "aws:sns/topicPolicy:TopicPolicy": {},
    "aws:sns/topicSubscription:TopicSubscription": {},
    "gcp:monitoring/alertPolicy:AlertPolicy": {},
    "gcp:monitoring/dashboard:Dashboard": {},
    "gcp:monitoring/notificationChannel:NotificationChannel": {"name": "channels/{displayName}"},
}


@cache
def declared() -> Program:
    """Both watches, told the same."""
    return component(f"{__name__}:_watches", MADE)


def of(cloud: str, kind: str = "") -> list[Resource]:
    """The resources of one cloud's watch, by their names."""
    return [
        each
        for each in declared().resources
        if each.type != STACK and each.name.startswith(f"{cloud}-watch") and kind in ("", each.kind)
    ]


def _watches(order: dict[str, Any]) -> None:
    import pulumi
    import pulumi_aws as aws
    import pulumi_gcp as gcp

    from components.harbor.server import Server
    from components.harbor.watch.aws import AwsWatch
    from components.harbor.watch.google import GoogleWatch
    from components.harbor.watch.settings import WatchSettings

    class Standing(Server):
        TYPE = "snapdeploy:test:Server"

        def __init__(self, name: str, provider: pulumi.ProviderResource, watched: dict[str, Any]) -> None:
            super().__init__(name, {}, None)
            self.provider, self.watched = provider, watched
            self.register_outputs({})

    def program() -> None:
        settings = WatchSettings.model_validate(SETTINGS)
        amazon = Standing(
            "aws-server",
            aws.Provider("aws-own", region="eu-west-1"),
            {"instance": "i-1", "region": "eu-west-1", "account": "123456789012"},
        )
        google = Standing(
            "gcp-server",
            gcp.Provider("gcp-own", project="my-project"),
            {"instance": "4711", "project": "my-project", "zone": "europe-west1-b"},
        )
        AwsWatch("aws-watch", settings, amazon, registry=REGISTRY)
        GoogleWatch("gcp-watch", settings, google, registry=REGISTRY)

    observe(order, program)
