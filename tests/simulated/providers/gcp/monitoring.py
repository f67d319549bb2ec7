"""Cloud Monitoring: who is told, and dashboards.

Owns: NotificationChannel, Dashboard. Does not own: alerts (`alerts`). A channel is never verified and nothing is ever
sent. What Google adds to a dashboard's JSON, a name and an etag, is left out: the provider looks past it as well.
https://docs.cloud.google.com/monitoring/alerts/using-channels-api and
https://docs.cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.dashboards, read 2026-11.
"""

import json
import re
from typing import Any

from tests.simulated.behaviour import Call
from tests.simulated.checker import Mistake
from tests.simulated.providers.gcp import labels
from tests.simulated.providers.gcp.kind import Kind
from tests.simulated.providers.gcp.members import CHANNEL
from tests.simulated.providers.gcp.place import project
from tests.simulated.providers.gcp.words import RefusedError, known, number, part, text, texts, within
from tests.simulated.store import Key
from tests.simulated.wire import Properties

DASHBOARD = "gcp:monitoring/dashboard:Dashboard"
POLICY = "gcp:monitoring/alertPolicy:AlertPolicy"

TYPES = {
    "email": ({"email_address"}, set[str]()),
    "pagerduty": (set[str](), {"service_key"}),
    "pubsub": ({"topic"}, set[str]()),
    "slack": ({"channel_name"}, {"auth_token"}),
    "sms": ({"number"}, set[str]()),
    "webhook_basicauth": ({"url", "username"}, {"password"}),
    "webhook_tokenauth": ({"url"}, set[str]()),
}
"""What each type of channel needs: plain labels, and labels that may also be given as sensitive ones."""

_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TOPIC = re.compile(r"projects/[^/]+/topics/[^/]+")
_LAYOUTS = ("gridLayout", "mosaicLayout", "rowLayout", "columnLayout")
_SENSITIVE = {"authToken": "auth_token", "password": "password", "serviceKey": "service_key"}


class NotificationChannel(Kind):
    """Somebody, or something, that is told of alerts."""

    api = "monitoring.googleapis.com"
    noun = "NotificationChannel"
    stable = frozenset({"name", "verificationStatus"})
    write_only = frozenset({"sensitiveLabels"})
    numbered = True

    def unset(self, call: Call) -> Properties:
        return {"enabled": True, "forceDelete": False}

    def rules(self, inputs: Properties) -> list[Mistake]:
        found = [*within(inputs, "displayName", 512), *within(inputs, "description", 1024)]
        found += labels.mistakes(inputs, "userLabels")
        both = {_SENSITIVE[name] for name in part(inputs, "sensitiveLabels") if name in _SENSITIVE}
        doubled = sorted(both & part(inputs, "labels").keys())
        return [*found, *(Mistake("labels", f"{name} is given in sensitiveLabels as well") for name in doubled)]

    def identity(self, call: Call, inputs: Properties) -> str:
        owner = project(call.config, inputs)
        return numbered(call, f"projects/{owner}/notificationChannels")

    def outputs(self, call: Call, id_: str, properties: Properties) -> Properties:
        return {"name": id_, "verificationStatus": ""}

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        kind = text(properties, "type")
        if kind not in TYPES:
            raise RefusedError(400, f'Field "notification_channel.type" had an invalid value of "{kind}".')
        own = part(properties, "labels")
        hidden = {_SENSITIVE[name] for name in part(properties, "sensitiveLabels") if name in _SENSITIVE}
        needed, secret = TYPES[kind]
        for name in sorted((needed - own.keys()) | (secret - own.keys() - hidden)):
            raise RefusedError(400, f"Field \"notification_channel.labels['{name}']\" is required for the type {kind}.")
        for name in sorted(own.keys() - needed - secret - {"team"}):
            raise RefusedError(
                400, f"Field \"notification_channel.labels['{name}']\" is not allowed for the type {kind}."
            )
        if kind == "email" and _MAIL.fullmatch(str(own["email_address"])) is None:
            raise RefusedError(400, "Field \"notification_channel.labels['email_address']\" is no address.")
        if kind == "pubsub" and _TOPIC.fullmatch(str(own["topic"])) is None:
            raise RefusedError(400, "Field \"notification_channel.labels['topic']\" has to be projects/…/topics/….")

    def leave(self, call: Call, id_: str, olds: Properties) -> None:
        for key in call.store.held():
            held = call.store.get(key, {}) if key.token == POLICY else None
            if held is None or id_ not in (used := texts(held, "notificationChannels")):
                continue
            if olds.get("forceDelete") is not True:
                raise RefusedError(
                    400,
                    f"Cannot delete notification channel {id_}: it is still used by the alerting policy {key.id}.,"
                    " failedPrecondition",
                )
            left = [one for one in used if one != id_]
            call.store.drift(key, {"notificationChannels": list(left)})
        super().leave(call, id_, olds)


class Dashboard(Kind):
    """A dashboard, which is a document of Google's."""

    api = "monitoring.googleapis.com"
    noun = "Dashboard"
    documents = frozenset({"dashboardJson"})
    numbered = True

    def rules(self, inputs: Properties) -> list[Mistake]:
        given = known(inputs, "dashboardJson")
        if given is None:
            return []
        try:
            json.loads(given)
        except ValueError as error:
            return [Mistake("dashboardJson", f'"dashboard_json" contains an invalid JSON: {error}')]
        return []

    def identity(self, call: Call, inputs: Properties) -> str:
        return numbered(call, f"projects/{project(call.config, inputs)}/dashboards")

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        read: Any = json.loads(text(properties, "dashboardJson"))
        if not isinstance(read, dict) or not read.get("displayName"):
            raise RefusedError(400, "Field dashboard.displayName is required.")
        layouts = [name for name in _LAYOUTS if name in read]
        if len(layouts) > 1:
            raise RefusedError(400, f"A dashboard has one layout, not {' and '.join(layouts)}.")


def numbered(call: Call, folder: str) -> str:
    """An id of the kind that Google draws: the same for the same logical name, and the next where that is taken."""
    taken = {key.id for key in call.store.held() if key.token == call.token}
    turn = 0
    while (id_ := f"{folder}/{number(f'{call.name} {turn}', 19)}") in taken:
        turn += 1
    return id_


def channel_exists(call: Call, name: str) -> bool:
    """Whether there is a channel of that full name."""
    return call.store.get(Key(CHANNEL, "", name), {}) is not None
