"""Workflows, and the triggers that start them.

Owns: Workflow, Trigger of Eventarc. Nothing is ever run: whether a workflow's text is one, is looked at no further than
that it is YAML with steps in it, and that it is not too long.
https://docs.cloud.google.com/workflows/docs/reference/rest/v1/projects.locations.workflows and
https://docs.cloud.google.com/eventarc/docs/reference/rest/v1/projects.locations.triggers, read 2026-11.
"""

import re

import yaml

from tests.simulated.behaviour import Call, CloudError
from tests.simulated.checker import Mistake
from tests.simulated.providers.gcp import members
from tests.simulated.providers.gcp.kind import Kind
from tests.simulated.providers.gcp.place import location, project
from tests.simulated.providers.gcp.pubsub import topic_exists
from tests.simulated.providers.gcp.words import MADE, RefusedError, number, one_of, part, parts, text, within
from tests.simulated.store import Key
from tests.simulated.wire import Properties

WORKFLOW = "gcp:workflows/workflow:Workflow"
TRIGGER = "gcp:eventarc/trigger:Trigger"

_WORKFLOW = re.compile(r"[a-z](?:[a-z0-9_-]{0,62}[a-z0-9])?")
_TRIGGER = re.compile(r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LARGEST = 128 * 1024
_VARIABLES = 20
_VARIABLE = 4096
_LEVELS = ("CALL_LOG_LEVEL_UNSPECIFIED", "LOG_ALL_CALLS", "LOG_ERRORS_ONLY", "LOG_NONE", "")
_PUBLISHED = "google.cloud.pubsub.topic.v1.messagePublished"


class Workflow(Kind):
    """A workflow, which is its text."""

    api = "workflows.googleapis.com"
    noun = "Workflow"
    labelled = True
    exists = "Resource '{id}' already exists"
    replace_on_change = frozenset({"name", "namePrefix", "region", "tags"})
    stable = frozenset({"createTime", "state"})
    filled = frozenset({"serviceAccount"})
    named_by = "name"

    def unset(self, call: Call) -> Properties:
        region = text(call.config, "region")
        return {"deletionProtection": True, **({"region": region} if region else {})}

    def rules(self, inputs: Properties) -> list[Mistake]:
        return [*within(inputs, "description", 1000), *one_of(inputs, "callLogLevel", _LEVELS)]

    def names(self, inputs: Properties) -> None:
        if _WORKFLOW.fullmatch(text(inputs, "name")) is None:
            raise RefusedError(400, f"Invalid workflow id: {text(inputs, 'name')}")

    def identity(self, call: Call, inputs: Properties) -> str:
        where = text(inputs, "region") or location(call.config, {})
        return f"projects/{project(call.config, inputs)}/locations/{where}/workflows/{text(inputs, 'name')}"

    def outputs(self, call: Call, id_: str, properties: Properties) -> Properties:
        revision = number(text(properties, "sourceContents") + text(properties, "serviceAccount"), 6)
        default = f"projects/{id_.split('/')[1]}/serviceAccounts/default"
        return {
            "createTime": MADE,
            "updateTime": MADE,
            "state": "ACTIVE",
            "revisionId": f"000001-{revision[:3]}",
            "serviceAccount": properties.get("serviceAccount") or default,
        }

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        source = text(properties, "sourceContents")
        if not source or len(source.encode()) > _LARGEST:
            raise RefusedError(400, f"The source of a workflow has 1 to {_LARGEST} bytes.")
        try:
            read = yaml.safe_load(source)
        except yaml.YAMLError as error:
            raise RefusedError(400, f"main.yaml: parse error: {str(error).splitlines()[0]}") from None
        if not isinstance(read, dict | list) or (isinstance(read, dict) and "main" not in read):
            raise RefusedError(400, "main.yaml: parse error: the workflow has no main steps")
        variables = part(properties, "userEnvVars")
        if len(variables) > _VARIABLES:
            raise RefusedError(400, f"A workflow has at most {_VARIABLES} environment variables.")
        for name, value in variables.items():
            if not name or name.startswith(("GOOGLE", "WORKFLOWS")) or len(str(value)) > _VARIABLE:
                raise RefusedError(400, f"Invalid environment variable: {name}")
        _judge_account(call, text(properties, "serviceAccount").rpartition("/")[2])

    def delete(self, call: Call, id_: str, olds: Properties) -> None:
        if olds.get("deletionProtection") is not False:
            raise CloudError(
                "cannot destroy workflow without setting deletion_protection=false and running `terraform apply`"
            )
        super().delete(call, id_, olds)


class Trigger(Kind):
    """What starts something when something else happens."""

    api = "eventarc.googleapis.com"
    noun = "Trigger"
    labelled = True
    exists = "Resource '{id}' already exists"
    replace_on_change = frozenset({"name", "location", "channel", "transport"})
    stable = frozenset({"createTime", "uid", "etag"})
    filled = frozenset({"transport.pubsub.subscription", "transport.pubsub.topic", "eventDataContentType"})
    named_by = "name"

    def names(self, inputs: Properties) -> None:
        if _TRIGGER.fullmatch(text(inputs, "name")) is None:
            raise RefusedError(400, f"Invalid trigger id: {text(inputs, 'name')}")

    def identity(self, call: Call, inputs: Properties) -> str:
        where = f"projects/{project(call.config, inputs)}/locations/{text(inputs, 'location')}"
        return f"{where}/triggers/{text(inputs, 'name')}"

    def outputs(self, call: Call, id_: str, properties: Properties) -> Properties:
        owner, name = id_.split("/")[1], text(properties, "name")
        own = f"projects/{owner}/topics/eventarc-{name}"
        given = part(part(properties, "transport"), "pubsub")
        subscription = f"projects/{owner}/subscriptions/eventarc-{name}-sub"
        return {
            "createTime": MADE,
            "updateTime": MADE,
            "conditions": {},
            "etag": "SIMULATED",
            "uid": number(id_, 32),
            "eventDataContentType": properties.get("eventDataContentType") or "application/json",
            "transport": {"pubsub": {"topic": own, **given, "subscription": subscription}},
        }

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        criteria = {text(one, "attribute"): text(one, "value") for one in parts(properties, "matchingCriterias")}
        if "type" not in criteria:
            raise RefusedError(400, "The matching criteria need one for the attribute `type`.")
        if criteria["type"] != _PUBLISHED:
            raise RefusedError(400, f"not simulated: a trigger of another type than {_PUBLISHED}")
        topic = text(part(part(properties, "transport"), "pubsub"), "topic")
        if topic and "/topics/eventarc-" not in topic and not topic_exists(call.store, topic):
            raise RefusedError(404, f"The topic {topic} was not found.")
        workflow = text(part(properties, "destination"), "workflow")
        if not workflow:
            raise RefusedError(400, "not simulated: a trigger whose destination is no workflow")
        if call.store.get(Key(WORKFLOW, "", workflow), {}) is None:
            raise RefusedError(404, f"The workflow {workflow} was not found.")
        account = text(properties, "serviceAccount")
        if not account:
            raise RefusedError(400, "A trigger of a workflow needs a service account.")
        _judge_account(call, account.rpartition("/")[2])


def _judge_account(call: Call, email: str) -> None:
    """An account that is named has to be there; without one Google takes the project's default one."""
    if email and email != "default":
        members.check_member(call.store, f"serviceAccount:{email}")
