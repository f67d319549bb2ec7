"""Pub/Sub: topics and subscriptions.

Owns: Topic, Subscription, and which topics Google makes by itself. No message is ever kept.
https://docs.cloud.google.com/pubsub/docs/pubsub-basics#resource_names and
https://docs.cloud.google.com/pubsub/docs/subscription-properties, read 2026-11.

Container Analysis makes its topics when its API is switched on; that a program which makes one of them itself is then
refused, is not simulated, since it depends on policies of the organization.
"""

import re

from tests.simulated.behaviour import Call
from tests.simulated.checker import Mistake
from tests.simulated.providers.gcp import grants, kms
from tests.simulated.providers.gcp.kind import Kind
from tests.simulated.providers.gcp.place import enabled, project
from tests.simulated.providers.gcp.services import agent
from tests.simulated.providers.gcp.words import RefusedError, known, part, seconds, text
from tests.simulated.store import Key, Store
from tests.simulated.wire import Properties

TOPIC = "gcp:pubsub/topic:Topic"
SUBSCRIPTION = "gcp:pubsub/subscription:Subscription"
OWN = frozenset({"container-analysis-notes-v1", "container-analysis-occurrences-v1"})
"""Topics that Container Analysis makes."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._~+%-]{2,254}")
_SHORTEST, _LONGEST = 600, 31 * 86_400
_DAY = 86_400


class Topic(Kind):
    """A topic."""

    api = "pubsub.googleapis.com"
    noun = "Topic"
    labelled = True
    exists = "Resource already exists in the project (resource={id})."
    replace_on_change = frozenset({"name", "tags"})
    filled = frozenset({"messageStoragePolicy"})
    named_by = "name"

    def rules(self, inputs: Properties) -> list[Mistake]:
        return _retention(inputs)

    def names(self, inputs: Properties) -> None:
        _spelled(inputs)

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"projects/{project(call.config, inputs)}/topics/{text(inputs, 'name')}"

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        key = text(properties, "kmsKeyName")
        why = kms.usable(call.store, key, f"serviceAccount:{agent(id_.split('/')[1], self.api)}") if key else ""
        if why:
            raise RefusedError(400, f"Cloud Pub/Sub did not have the necessary permissions on the key: {why}")

    def leave(self, call: Call, id_: str, olds: Properties) -> None:
        grants.drop_with(call.store, id_)
        super().leave(call, id_, olds)


class Subscription(Kind):
    """What somebody reads a topic by."""

    api = "pubsub.googleapis.com"
    noun = "Subscription"
    labelled = True
    exists = "Resource already exists in the project (resource={id})."
    replace_on_change = frozenset({"name", "topic", "enableMessageOrdering", "filter", "tags"})
    filled = frozenset({"ackDeadlineSeconds", "expirationPolicy", "retryPolicy.maximumBackoff"})
    named_by = "name"

    def unset(self, call: Call) -> Properties:
        return {"messageRetentionDuration": "604800s"}

    def rules(self, inputs: Properties) -> list[Mistake]:
        found = _retention(inputs)
        if len((known(inputs, "filter") or "").encode()) > 256:
            found.append(Mistake("filter", '"filter" doesn\'t match regexp "^[\\s\\S]{0,256}$"'))
        ways = [n for n in ("pushConfig", "bigqueryConfig", "cloudStorageConfig") if inputs.get(n) is not None]
        if len(ways) > 1:
            found.append(Mistake(ways[0], f"conflicts with {ways[1]}"))
        return found

    def names(self, inputs: Properties) -> None:
        _spelled(inputs)

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"projects/{project(call.config, inputs)}/subscriptions/{text(inputs, 'name')}"

    def outputs(self, call: Call, id_: str, properties: Properties) -> Properties:
        return {
            "ackDeadlineSeconds": properties.get("ackDeadlineSeconds") or 10,
            "expirationPolicy": properties.get("expirationPolicy") or {"ttl": "2678400s"},
        }

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        topic = text(properties, "topic")
        full = topic if "/" in topic else f"projects/{id_.split('/')[1]}/topics/{topic}"
        if not topic_exists(call.store, full):
            raise RefusedError(404, f"Resource not found (resource={full.rpartition('/')[2]}).")
        deadline = properties.get("ackDeadlineSeconds")
        if isinstance(deadline, int | float) and not 10 <= deadline <= 600:
            raise RefusedError(400, "Invalid ack deadline: it has to be between 10 and 600 seconds.")
        lives = text(part(properties, "expirationPolicy"), "ttl")
        if lives and (seconds(lives) or 0) < _DAY:
            raise RefusedError(400, "The minimum allowed value for expirationPolicy.ttl is 1 day.")


def topic_exists(store: Store, name: str) -> bool:
    """Whether there is a topic of that full name."""
    _, owner, _, topic = name.split("/") if name.count("/") == 3 else ("", "", "", "")
    if topic in OWN and enabled(store, owner, "containeranalysis.googleapis.com"):
        return True
    return store.get(Key(TOPIC, "", name), {}) is not None


def _retention(inputs: Properties) -> list[Mistake]:
    given = known(inputs, "messageRetentionDuration")
    if not given:
        return []
    length = seconds(given)
    if length is None or not _SHORTEST <= length <= _LONGEST:
        return [Mistake("messageRetentionDuration", "has to be between 600s and 2678400s")]
    return []


def _spelled(inputs: Properties) -> None:
    name = text(inputs, "name")
    if _NAME.fullmatch(name) is None or name.startswith("goog"):
        raise RefusedError(400, f"Invalid resource name given (name={name}). Refer to {_NAMES} for more information.")


_NAMES = "https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names"
