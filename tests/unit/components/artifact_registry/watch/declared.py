"""A watch as it is declared, seen under Pulumi's mocks, in a process of its own.

The mocks answer for the types in `MADE` and raise on every other, and on every call.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.declared import STACK, Program, Resource, component, observe
from tests.unit.components.artifact_registry.watch.samples import OWNER

ROOT = Path(__file__).resolve().parents[5]
CHANNEL = "projects/my-project/notificationChannels/1"
API = "main-api"
"""What the watch is told to wait for."""

MADE: dict[str, dict[str, Any]] = {
    "gcp:projects/iAMAuditConfig:IAMAuditConfig": {},
    "gcp:projects/iAMMember:IAMMember": {},
    "gcp:projects/service:Service": {},
    "gcp:logging/metric:Metric": {},
    "gcp:monitoring/alertPolicy:AlertPolicy": {},
    "gcp:monitoring/dashboard:Dashboard": {},
    "gcp:monitoring/notificationChannel:NotificationChannel": {"name": CHANNEL},
    "gcp:serviceaccount/account:Account": {
        "email": "reader@my-project.iam.gserviceaccount.com",
        "member": "serviceAccount:reader@my-project.iam.gserviceaccount.com",
    },
    "gcp:workflows/workflow:Workflow": {},
    "gcp:eventarc/trigger:Trigger": {},
    "gcp:pubsub/topic:Topic": {},
    "gcp:pubsub/subscription:Subscription": {},
}


@cache
def _run(told: str) -> Program:
    return component(f"{__name__}:_watch", MADE, **json.loads(told))


def declare(
    settings: Mapping[str, Any],
    *,
    namespace: str = "snapdeploy-apps",
    location: str = "europe-west1",
    caches: Sequence[str] = (),
) -> tuple[Resource, ...]:
    """What a watch of `settings`, as they stand in YAML, declares."""
    told = {"settings": settings, "namespace": namespace, "location": location, "caches": list(caches)}
    return tuple(each for each in _run(json.dumps(told)).resources if each.type != STACK)


def channels(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The output `channels`."""
    told = {"settings": settings, "namespace": "snapdeploy-apps", "location": "europe-west1", "caches": []}
    return tuple(_run(json.dumps(told)).outputs["main-watch"]["channels"])


def _watch(order: dict[str, Any]) -> None:
    import pulumi_gcp as gcp

    from components.artifact_registry.watch.component import Watch
    from components.artifact_registry.watch.settings import WatchSettings
    from components.gcp.place import Place

    def program() -> None:
        api = gcp.projects.Service(API, service="monitoring.googleapis.com")
        Watch(
            "main-watch",
            place=Place("my-project", order["location"]),
            namespace=order["namespace"],
            repositories=[order["namespace"], *order["caches"]],
            settings=WatchSettings.model_validate(order["settings"]),
            labels={"team": "platform"},
            owner=OWNER,
            after=[api],
        )

    observe(order, program)
