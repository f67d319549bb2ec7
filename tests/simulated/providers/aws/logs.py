"""CloudWatch Logs: groups, and the numbers that are counted out of them.

Owns: LogGroup, LogMetricFilter.
"""

from typing import Any

from tests.simulated.behaviour import Call
from tests.simulated.providers.aws.kind import Kind, Task
from tests.simulated.providers.aws.place import Place
from tests.simulated.providers.aws.shape import pruned
from tests.simulated.providers.aws.tagging import Tagging
from tests.simulated.wire import Properties


class LogGroup(Kind):
    """Where lines are kept."""

    service = "logs"
    noun = "CloudWatch Logs Log Group"
    exists = "ResourceAlreadyExistsException: The specified log group already exists"
    gone = "ResourceNotFoundException: The specified log group does not exist."
    replace_on_change = frozenset({"name", "namePrefix", "logGroupClass", "region"})
    stable = frozenset({"arn"})
    write_only = frozenset({"skipDestroy"})
    filled = frozenset({"logGroupClass", "deletionProtectionEnabled"})
    named_by = "name"
    tagging = Tagging("resourceArn", given="tags", keys="tagKeys", mapped=True)

    def unset(self, call: Call) -> Properties:
        return {"retentionInDays": 0, "skipDestroy": False}

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["name"])

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {
            "arn": at.arn("logs", f"log-group:{id_}"),
            "logGroupClass": properties.get("logGroupClass") or "STANDARD",
        }

    def make(self, task: Task) -> None:
        task.aws.create_log_group(
            logGroupName=task.want["name"],
            **task.tagged,
            **task.pick(kmsKeyId="kmsKeyId", logGroupClass="logGroupClass"),
        )
        self._retain(task, task.want["name"])

    def _retain(self, task: Task, name: str) -> None:
        days = task.want["retentionInDays"]
        if days:
            task.aws.put_retention_policy(logGroupName=name, retentionInDays=days)
        else:
            task.aws.delete_retention_policy(logGroupName=name)

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        groups = task.aws.describe_log_groups(logGroupNamePrefix=id_)["logGroups"]
        there = next((group for group in groups if group["logGroupName"] == id_), None)
        if there is None:
            return None
        return {
            "arn": there["arn"].removesuffix(":*"),
            "kmsKeyId": there.get("kmsKeyId"),
            "logGroupClass": there.get("logGroupClass") or "STANDARD",
            "name": id_,
            "retentionInDays": there.get("retentionInDays", 0),
        }

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        self._retain(task, id_)

    def remove(self, task: Task, id_: str) -> None:
        if not task.want.get("skipDestroy"):
            task.aws.delete_log_group(logGroupName=id_)


class LogMetricFilter(Kind):
    """A number for each line that fits."""

    service = "logs"
    noun = "CloudWatch Logs Metric Filter"
    overwrites = True
    replace_on_change = frozenset({"name", "logGroupName", "region"})
    write_only = frozenset({"applyOnTransformedLogs"})
    filled = frozenset({"metricTransformation.unit"})
    named_by = "name"

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["name"])

    def make(self, task: Task) -> None:
        told = task.want["metricTransformation"]
        task.aws.put_metric_filter(
            filterName=task.want["name"],
            filterPattern=task.want["pattern"],
            logGroupName=task.want["logGroupName"],
            metricTransformations=[
                {
                    "metricName": told["name"],
                    "metricNamespace": told["namespace"],
                    "metricValue": told["value"],
                    **({"defaultValue": float(told["defaultValue"])} if told.get("defaultValue") else {}),
                    **pruned(dimensions=told.get("dimensions"), unit=told.get("unit")),
                }
            ],
        )

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        # An import names the group too.
        group, _, name = id_.rpartition(":")
        group = group or task.want["logGroupName"]
        filters = task.aws.describe_metric_filters(logGroupName=group, filterNamePrefix=name)["metricFilters"]
        there = next((one for one in filters if one["filterName"] == name), None)
        if there is None:
            return None
        (told,) = there["metricTransformations"]
        default = told.get("defaultValue")
        known = (task.want.get("metricTransformation") or {}).get("defaultValue")
        return {
            "logGroupName": group,
            "name": name,
            "pattern": there["filterPattern"],
            "metricTransformation": {
                "name": told["metricName"],
                "namespace": told["metricNamespace"],
                "value": told["metricValue"],
                **pruned(dimensions=told.get("dimensions"), unit=told.get("unit")),
                # The provider has a text where AWS has a number.
                **({} if default is None else {"defaultValue": _text(default, known)}),
            },
        }

    def remove(self, task: Task, id_: str) -> None:
        task.aws.delete_metric_filter(logGroupName=task.want["logGroupName"], filterName=id_.rpartition(":")[2])


def _text(number: float, known: str | None) -> str:
    return known if known is not None and float(known) == number else f"{number:g}"
