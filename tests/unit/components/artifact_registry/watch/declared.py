"""A watch as it is declared, seen under Pulumi's mocks, in a process of its own.

The mocks answer for the types in `MADE` and raise on every other, and on every call.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tests.support import forked, isolated
from tests.support.isolated import Resource
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
def _run(order: str) -> tuple[tuple[Resource, ...], tuple[str, ...]]:
    found = forked.run("tests.unit.components.artifact_registry.watch.declared:_watch", json.loads(order))
    return isolated.resources(found["resources"]), tuple(found["channels"])


def declare(
    settings: Mapping[str, Any],
    *,
    namespace: str = "snapdeploy-apps",
    location: str = "europe-west1",
    caches: Sequence[str] = (),
) -> tuple[Resource, ...]:
    """What a watch of `settings`, as they stand in YAML, declares."""
    return _run(json.dumps([settings, namespace, location, list(caches)]))[0]


def channels(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The output `channels`."""
    return _run(json.dumps([settings, "snapdeploy-apps", "europe-west1", []]))[1]


def _watch(order: list[Any]) -> None:
    import pulumi_gcp as gcp

    from components.artifact_registry.watch.component import Watch
    from components.artifact_registry.watch.settings import WatchSettings
    from components.gcp.place import Place

    settings, namespace, location, caches = order
    outputs: dict[str, list[str]] = {}

    def program() -> Any:
        api = gcp.projects.Service(API, service="monitoring.googleapis.com")
        made = Watch(
            "main-watch",
            place=Place("my-project", location),
            namespace=namespace,
            repositories=[namespace, *caches],
            settings=WatchSettings.model_validate(settings),
            labels={"team": "platform"},
            owner=OWNER,
            after=[api],
        )
        return made.channels.apply(lambda found: outputs.update(channels=found))

    print(json.dumps({"resources": isolated.declare(program, MADE), "channels": outputs["channels"]}))
