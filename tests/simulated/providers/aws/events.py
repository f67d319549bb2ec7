"""EventBridge: rules and where they lead.

Owns: EventRule, EventTarget. Of the many kinds of target only what all of them have is carried:
ARN, role, input, dead letters and retries. Anything more is refused, not dropped.
"""

import secrets
from typing import Any

from tests.simulated.behaviour import Call
from tests.simulated.providers.aws.kind import Kind, Task
from tests.simulated.providers.aws.place import Place
from tests.simulated.providers.aws.shape import pruned
from tests.simulated.providers.aws.tagging import Tagging
from tests.simulated.wire import Properties

_BUS = "default"


class EventRule(Kind):
    """Which events, or at which times."""

    service = "events"
    noun = "EventBridge Rule"
    gone = "ResourceNotFoundException: Rule {id} does not exist on EventBus default."
    overwrites = True
    replace_on_change = frozenset({"name", "namePrefix", "eventBusName", "region"})
    stable = frozenset({"arn"})
    write_only = frozenset({"forceDestroy"})
    filled = frozenset({"isEnabled"})
    documents = frozenset({"eventPattern"})
    named_by = "name"
    tagging = Tagging("ResourceARN")

    def unset(self, call: Call) -> Properties:
        return {"eventBusName": _BUS, "forceDestroy": False, "state": "ENABLED"}

    def identity(self, call: Call, inputs: Properties) -> str:
        bus = inputs.get("eventBusName") or _BUS
        return str(inputs["name"]) if bus == _BUS else f"{bus}/{inputs['name']}"

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {"arn": at.arn("events", f"rule/{id_}")}

    def make(self, task: Task) -> None:
        self._put(task, **task.tagged)

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        self._put(task)

    def _put(self, task: Task, **tagged: Any) -> None:
        enabled = task.want.get("isEnabled")
        task.aws.put_rule(
            Name=task.want["name"],
            State=task.want["state"] if enabled is None else "ENABLED" if enabled else "DISABLED",
            **tagged,
            **task.pick(
                Description="description",
                EventBusName="eventBusName",
                EventPattern="eventPattern",
                RoleArn="roleArn",
                ScheduleExpression="scheduleExpression",
            ),
        )

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        bus, name = _on_bus(id_)
        there = task.aws.describe_rule(Name=name, EventBusName=bus)
        return {
            "arn": there["Arn"],
            "description": there.get("Description"),
            "eventBusName": there.get("EventBusName") or bus,
            "eventPattern": there.get("EventPattern"),
            "isEnabled": there["State"] == "ENABLED" if "isEnabled" in task.want else None,
            "name": there["Name"],
            "roleArn": there.get("RoleArn"),
            "scheduleExpression": there.get("ScheduleExpression"),
            "state": there["State"],
        }

    def remove(self, task: Task, id_: str) -> None:
        bus, name = _on_bus(id_)
        if task.want.get("forceDestroy"):
            targets = task.aws.list_targets_by_rule(Rule=name, EventBusName=bus)["Targets"]
            if targets:
                task.aws.remove_targets(Rule=name, EventBusName=bus, Ids=[target["Id"] for target in targets])
        task.aws.delete_rule(Name=name, EventBusName=bus)


def _on_bus(id_: str) -> tuple[str, str]:
    bus, slash, name = id_.rpartition("/")
    return (bus, name) if slash else (_BUS, id_)


class EventTarget(Kind):
    """Where an event goes."""

    service = "events"
    noun = "EventBridge Target"
    overwrites = True
    replace_on_change = frozenset({"rule", "eventBusName", "targetId", "region"})
    write_only = frozenset({"forceDestroy"})
    filled = frozenset({"targetId"})

    def unset(self, call: Call) -> Properties:
        return {"eventBusName": _BUS, "forceDestroy": False}

    def identity(self, call: Call, inputs: Properties) -> str:
        bus = inputs.get("eventBusName") or _BUS
        rule = f"{inputs['rule']}-{inputs.get('targetId') or f'simulated-{secrets.token_hex(8)}'}"
        return rule if bus == _BUS else f"{bus}-{rule}"

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        target = properties.get("targetId") or id_.split(f"{properties.get('rule')}-", 1)[-1]
        return {"targetId": target}

    def make(self, task: Task) -> str:
        target = task.want.get("targetId") or f"simulated-{secrets.token_hex(8)}"
        self._put(task, target)
        bus = task.want["eventBusName"]
        return f"{task.want['rule']}-{target}" if bus == _BUS else f"{bus}-{task.want['rule']}-{target}"

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        self._put(task, before["targetId"])

    def _put(self, task: Task, target: str) -> None:
        transformer = task.want.get("inputTransformer") or {}
        retry = task.want.get("retryPolicy") or {}
        dead = task.want.get("deadLetterConfig") or {}
        answer = task.aws.put_targets(
            Rule=task.want["rule"],
            EventBusName=task.want["eventBusName"],
            Targets=[
                {
                    "Id": target,
                    "Arn": task.want["arn"],
                    **task.pick(Input="input", InputPath="inputPath", RoleArn="roleArn"),
                    **pruned(
                        InputTransformer=pruned(
                            InputPathsMap=transformer.get("inputPaths"), InputTemplate=transformer.get("inputTemplate")
                        ),
                        RetryPolicy=pruned(
                            MaximumEventAgeInSeconds=retry.get("maximumEventAgeInSeconds"),
                            MaximumRetryAttempts=retry.get("maximumRetryAttempts"),
                        ),
                        DeadLetterConfig=pruned(Arn=dead.get("arn")),
                    ),
                }
            ],
        )
        del answer

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        rule, target, bus = self._named(task, id_)
        pages = task.aws.list_targets_by_rule(Rule=rule, EventBusName=bus)["Targets"]
        there = next((one for one in pages if one["Id"] == target), None)
        if there is None:
            return None
        transformer, retry = there.get("InputTransformer") or {}, there.get("RetryPolicy") or {}
        return {
            "arn": there["Arn"],
            "deadLetterConfig": pruned(arn=(there.get("DeadLetterConfig") or {}).get("Arn")) or None,
            "eventBusName": bus,
            "input": there.get("Input"),
            "inputPath": there.get("InputPath"),
            "inputTransformer": pruned(
                inputPaths=transformer.get("InputPathsMap"), inputTemplate=transformer.get("InputTemplate")
            )
            or None,
            "retryPolicy": pruned(
                maximumEventAgeInSeconds=retry.get("MaximumEventAgeInSeconds"),
                maximumRetryAttempts=retry.get("MaximumRetryAttempts"),
            )
            or None,
            "roleArn": there.get("RoleArn"),
            "rule": rule,
            "targetId": target,
        }

    def _named(self, task: Task, id_: str) -> tuple[str, str, str]:
        bus = task.want["eventBusName"]
        if "rule" in task.want:
            prefix = f"{task.want['rule']}-" if bus == _BUS else f"{bus}-{task.want['rule']}-"
            return task.want["rule"], task.want.get("targetId") or id_.removeprefix(prefix), bus
        # An import names them apart: `rule/target`, or `bus/rule/target`.
        *named, rule, target = id_.split("/")
        return rule, target, named[0] if named else _BUS

    def remove(self, task: Task, id_: str) -> None:
        rule, target, bus = self._named(task, id_)
        task.aws.remove_targets(Rule=rule, EventBusName=bus, Ids=[target])
