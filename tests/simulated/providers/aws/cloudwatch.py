"""CloudWatch: alarms and dashboards.

Owns: MetricAlarm, Dashboard. Whether AWS publishes the metric that an alarm watches, no
emulator knows.
"""

from typing import Any

from tests.simulated.behaviour import Call
from tests.simulated.providers.aws.kind import Kind, Task
from tests.simulated.providers.aws.place import Place
from tests.simulated.providers.aws.shape import pruned
from tests.simulated.providers.aws.tagging import Tagging
from tests.simulated.wire import Properties

_SAME = {
    "ActionsEnabled": "actionsEnabled",
    "AlarmActions": "alarmActions",
    "AlarmDescription": "alarmDescription",
    "ComparisonOperator": "comparisonOperator",
    "DatapointsToAlarm": "datapointsToAlarm",
    "EvaluateLowSampleCountPercentile": "evaluateLowSampleCountPercentiles",
    "EvaluationPeriods": "evaluationPeriods",
    "ExtendedStatistic": "extendedStatistic",
    "InsufficientDataActions": "insufficientDataActions",
    "MetricName": "metricName",
    "Namespace": "namespace",
    "OKActions": "okActions",
    "Period": "period",
    "Statistic": "statistic",
    "Threshold": "threshold",
    "ThresholdMetricId": "thresholdMetricId",
    "TreatMissingData": "treatMissingData",
    "Unit": "unit",
}


class MetricAlarm(Kind):
    """A number that somebody should hear of."""

    service = "cloudwatch"
    noun = "CloudWatch Metric Alarm"
    overwrites = True
    replace_on_change = frozenset({"name", "region"})
    stable = frozenset({"arn"})
    filled = frozenset({"evaluateLowSampleCountPercentiles", "threshold"})
    named_by = "name"
    tagging = Tagging("ResourceARN")

    def unset(self, call: Call) -> Properties:
        return {"actionsEnabled": True, "treatMissingData": "missing"}

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["name"])

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {"arn": at.arn("cloudwatch", f"alarm:{id_}")}

    def make(self, task: Task) -> None:
        self._put(task, **task.tagged)

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        self._put(task)

    def _put(self, task: Task, **tagged: Any) -> None:
        dimensions = _dimensions(task.want.get("dimensions"))
        queries = [_query(query) for query in task.want.get("metricQueries") or []]
        task.aws.put_metric_alarm(
            AlarmName=task.want["name"],
            **tagged,
            **pruned(Dimensions=dimensions, Metrics=queries),
            **task.pick(**_SAME),
        )

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        alarms = task.aws.describe_alarms(AlarmNames=[id_])["MetricAlarms"]
        if not alarms:
            return None
        there = alarms[0]
        return {
            **{own: there.get(name) or None for name, own in _SAME.items()},
            "actionsEnabled": there["ActionsEnabled"],
            "arn": there["AlarmArn"],
            "dimensions": {entry["Name"]: entry["Value"] for entry in there.get("Dimensions") or []} or None,
            "metricQueries": [_asked(query) for query in there.get("Metrics") or []] or None,
            "name": id_,
            "threshold": there.get("Threshold"),
            "treatMissingData": there.get("TreatMissingData") or "missing",
        }

    def remove(self, task: Task, id_: str) -> None:
        task.aws.delete_alarms(AlarmNames=[id_])


def _dimensions(named: dict[str, str] | None) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in (named or {}).items()]


def _query(query: dict[str, Any]) -> dict[str, Any]:
    metric = query.get("metric")
    return pruned(
        Id=query["id"],
        AccountId=query.get("accountId"),
        Expression=query.get("expression"),
        Label=query.get("label"),
        Period=query.get("period"),
        ReturnData=query.get("returnData", False),
        MetricStat=metric
        and pruned(
            Metric=pruned(
                Dimensions=_dimensions(metric.get("dimensions")),
                MetricName=metric["metricName"],
                Namespace=metric.get("namespace"),
            ),
            Period=metric["period"],
            Stat=metric["stat"],
            Unit=metric.get("unit"),
        ),
    )


def _asked(query: dict[str, Any]) -> dict[str, Any]:
    stat = query.get("MetricStat") or {}
    metric = stat.get("Metric") or {}
    return pruned(
        id=query["Id"],
        accountId=query.get("AccountId"),
        expression=query.get("Expression"),
        label=query.get("Label"),
        period=query.get("Period"),
        returnData=query.get("ReturnData") or None,
        metric=pruned(
            dimensions={entry["Name"]: entry["Value"] for entry in metric.get("Dimensions") or []},
            metricName=metric.get("MetricName"),
            namespace=metric.get("Namespace"),
            period=stat.get("Period"),
            stat=stat.get("Stat"),
            unit=stat.get("Unit"),
        ),
    )


class Dashboard(Kind):
    """What somebody looks at."""

    service = "cloudwatch"
    noun = "CloudWatch Dashboard"
    overwrites = True
    replace_on_change = frozenset({"dashboardName", "region"})
    stable = frozenset({"dashboardArn"})
    documents = frozenset({"dashboardBody"})

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["dashboardName"])

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {"dashboardArn": at.global_arn("cloudwatch", f"dashboard/{id_}")}

    def make(self, task: Task) -> None:
        task.aws.put_dashboard(DashboardName=task.want["dashboardName"], DashboardBody=task.want["dashboardBody"])

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.get_dashboard(DashboardName=id_)
        return {"dashboardBody": there["DashboardBody"], "dashboardName": there["DashboardName"]}

    def remove(self, task: Task, id_: str) -> None:
        task.aws.delete_dashboards(DashboardNames=[id_])
