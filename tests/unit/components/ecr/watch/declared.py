"""A watch as it is declared, seen under Pulumi's mocks, in a process of its own: the SDK's mocks are global.

The mocks answer for the types in `MADE` and raise on every other, and on every call.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tests.support import forked, isolated
from tests.support.isolated import Resource

ROOT = Path(__file__).resolve().parents[5]
COMPONENTS = "snapdeploy:ecr:"

MADE: dict[str, dict[str, Any]] = {
    "aws:kms/key:Key": {"arn": "arn:aws:kms:us-east-1:123456789012:key/1"},
    "aws:sns/topic:Topic": {"arn": "arn:aws:sns:us-east-1:123456789012:snapdeploy-apps-watch"},
    "aws:sns/topicPolicy:TopicPolicy": {},
    "aws:sns/topicSubscription:TopicSubscription": {},
    "aws:cloudwatch/eventRule:EventRule": {"arn": "arn:aws:events:us-east-1:123456789012:rule/r"},
    "aws:cloudwatch/eventTarget:EventTarget": {},
    "aws:cloudwatch/metricAlarm:MetricAlarm": {},
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": {},
    "aws:cloudwatch/dashboard:Dashboard": {},
    "aws:cloudwatch/logGroup:LogGroup": {},
    "aws:iam/role:Role": {"arn": "arn:aws:iam::123456789012:role/r"},
    "aws:iam/rolePolicy:RolePolicy": {},
    "aws:lambda/function:Function": {"arn": "arn:aws:lambda:us-east-1:123456789012:function:f"},
    "aws:lambda/permission:Permission": {},
}


@cache
def _run(order: str) -> tuple[tuple[Resource, ...], str]:
    found = forked.run("tests.unit.components.ecr.watch.declared:_watch", json.loads(order))
    return isolated.resources(found["resources"]), found["topic"]


def declare(
    settings: Mapping[str, Any],
    *,
    namespace: str = "snapdeploy-apps",
    repositories: Sequence[str] = (),
    replicas: Sequence[str] = (),
) -> tuple[Resource, ...]:
    """What a watch of `settings`, as they stand in YAML, declares."""
    return _run(_order(settings, namespace, repositories, replicas))[0]


def topic(settings: Mapping[str, Any]) -> str:
    """The output `topic`."""
    return _run(_order(settings, "snapdeploy-apps", (), ()))[1]


def _order(settings: Mapping[str, Any], namespace: str, repositories: Sequence[str], replicas: Sequence[str]) -> str:
    return json.dumps([settings, namespace, list(repositories), list(replicas)])


def _watch(order: list[Any]) -> None:
    from components.ecr.watch.component import Watch
    from components.ecr.watch.settings import WatchSettings

    settings, namespace, repositories, replicas = order
    outputs: dict[str, str] = {}

    def program() -> Any:
        made = Watch(
            "main-watch",
            namespace=namespace,
            account="123456789012",
            region="us-east-1",
            partition="aws",
            repositories=repositories,
            settings=WatchSettings.model_validate(settings),
            tags={"team": "platform"},
            replicas=replicas,
        )
        return made.topic.apply(lambda arn: outputs.update(topic=arn))

    print(json.dumps({"resources": isolated.declare(program, MADE), "topic": outputs["topic"]}))
