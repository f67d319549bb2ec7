"""A watch as it is declared, seen under Pulumi's mocks, in a process of its own: the SDK's mocks are global.

The mocks answer for the types in `MADE` and raise on every other, and on every call.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.declared import STACK, Program, Resource, component, observe

ROOT = Path(__file__).resolve().parents[5]

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
def _run(told: str) -> Program:
    return component(f"{__name__}:_watch", MADE, **json.loads(told))


def declare(
    settings: Mapping[str, Any],
    *,
    namespace: str = "snapdeploy-apps",
    repositories: Sequence[str] = (),
    replicas: Sequence[str] = (),
) -> tuple[Resource, ...]:
    """What a watch of `settings`, as they stand in YAML, declares."""
    found = _run(_told(settings, namespace, repositories, replicas)).resources
    return tuple(each for each in found if each.type != STACK)


def topic(settings: Mapping[str, Any]) -> str:
    """The output `topic`."""
    found = _run(_told(settings, "snapdeploy-apps", (), ())).outputs["main-watch"]["topic"]
    assert isinstance(found, str)
    return found


def _told(settings: Mapping[str, Any], namespace: str, repositories: Sequence[str], replicas: Sequence[str]) -> str:
    told = {"settings": settings, "namespace": namespace}
    return json.dumps({**told, "repositories": list(repositories), "replicas": list(replicas)})


def _watch(order: dict[str, Any]) -> None:
    from components.ecr.watch.component import Watch
    from components.ecr.watch.settings import WatchSettings

    def program() -> None:
        Watch(
            "main-watch",
            namespace=order["namespace"],
            account="123456789012",
            region="us-east-1",
            partition="aws",
            repositories=order["repositories"],
            settings=WatchSettings.model_validate(order["settings"]),
            tags={"team": "platform"},
            replicas=order["replicas"],
        )

    observe(order, program)
