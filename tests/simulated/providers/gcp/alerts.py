"""Alerting policies: the shape of their conditions.

Owns: AlertPolicy. Whether a filter or a query is one of Google's languages, and whether it would ever fire, is not
simulated; that a metric of one's own exists is. On Google it may take ten minutes until a new metric is known, and an
alert on it is refused until then; here it is known at once.
https://docs.cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies, read 2026-11; the messages as
others have met them: hashicorp/terraform-provider-google issues 4165, 10325, 11102 and
https://github.com/chainguard-dev/terraform-infra-common/pull/384.
"""

import re
from collections.abc import Iterator
from typing import Any

from tests.simulated.behaviour import Call
from tests.simulated.checker import Mistake
from tests.simulated.providers.gcp import labels, logging_
from tests.simulated.providers.gcp.kind import Kind
from tests.simulated.providers.gcp.monitoring import channel_exists, numbered
from tests.simulated.providers.gcp.place import project
from tests.simulated.providers.gcp.words import (
    MADE,
    RefusedError,
    number,
    one_of,
    part,
    parts,
    seconds,
    text,
    texts,
    within,
)
from tests.simulated.wire import Properties

_KINDS = {
    "conditionThreshold": "condition_threshold",
    "conditionAbsent": "condition_absent",
    "conditionMatchedLog": "condition_matched_log",
    "conditionMonitoringQueryLanguage": "condition_monitoring_query_language",
    "conditionPrometheusQueryLanguage": "condition_prometheus_query_language",
    "conditionSql": "condition_sql",
}
_MOST = 6
_COMPARISONS = ("COMPARISON_GT", "COMPARISON_LT")
_METRIC = re.compile(r"""metric\.type\s*=\s*"([^"]+)\"""")
_USER = "logging.googleapis.com/user/"
# In PromQL a metric's dots and slashes are written as `:` and `_`, or its whole name in quotes.
_PROM_QUOTED = re.compile(r'"logging\.googleapis\.com/user/([^"]+)"')
_AUTO_CLOSE = (1800, 7 * 86_400)


class AlertPolicy(Kind):
    """When somebody is told what."""

    api = "monitoring.googleapis.com"
    noun = "AlertPolicy"
    stable = frozenset({"name", "creationRecords"})
    filled = frozenset({"conditions.name", "documentation.mimeType"})
    numbered = True

    def unset(self, call: Call) -> Properties:
        return {"enabled": True}

    def rules(self, inputs: Properties) -> list[Mistake]:
        return [
            *one_of(inputs, "combiner", ("AND", "OR", "AND_WITH_MATCHING_RESOURCE")),
            *one_of(inputs, "severity", ("CRITICAL", "ERROR", "WARNING", "")),
            *within(inputs, "displayName", 512),
            *labels.mistakes(inputs, "userLabels"),
        ]

    def identity(self, call: Call, inputs: Properties) -> str:
        return numbered(call, f"projects/{project(call.config, inputs)}/alertPolicies")

    def outputs(self, call: Call, id_: str, properties: Properties) -> Properties:
        conditions = properties.get("conditions")
        named = [
            {**condition, "name": f"{id_}/conditions/{number(f'{id_} {place}', 19)}"}
            for place, condition in enumerate(conditions if isinstance(conditions, list) else [])
            if isinstance(condition, dict)
        ]
        found: Properties = {
            "name": id_,
            "creationRecords": [{"mutateTime": MADE, "mutatedBy": "simulated@example.com"}],
            "conditions": list(named),
        }
        documentation = properties.get("documentation")
        if isinstance(documentation, dict):
            found["documentation"] = {"mimeType": "text/markdown", **documentation}
        return found

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        conditions = parts(properties, "conditions")
        if not 1 <= len(conditions) <= _MOST:
            raise RefusedError(400, f"An alerting policy has from one to {_MOST} conditions.")
        owner = id_.split("/")[1]
        for place, condition in enumerate(conditions):
            _judge_condition(call, owner, f"alert_policy.conditions[{place}]", condition)
        _judge_strategy(properties, conditions)
        for channel in texts(properties, "notificationChannels"):
            if not channel_exists(call, channel):
                raise RefusedError(404, f'Cannot find channel "{channel}".')


def _judge_condition(call: Call, owner: str, here: str, condition: dict[str, Any]) -> None:
    given = [name for name in _KINDS if condition.get(name) is not None]
    if len(given) != 1:
        raise RefusedError(400, f"Field {here} must have exactly one kind of condition, not {len(given)}.")
    body, kind = part(condition, given[0]), _KINDS[given[0]]
    inside = f"{here}.{kind}"
    for name in ("duration", "evaluationInterval"):
        for length in [text(body, name)] if text(body, name) else []:
            whole = seconds(length)
            if whole is None or (kind != "condition_prometheus_query_language" and whole % 60):
                raise RefusedError(400, f'Field {inside}.{name} had an invalid value of "{length}".')
    if kind in ("condition_threshold", "condition_absent"):
        _judge_filter(call, owner, inside, text(body, "filter"))
        _judge_aggregations(inside, body)
    if kind == "condition_threshold" and body.get("comparison") not in _COMPARISONS:
        raise RefusedError(400, f"Field {inside}.comparison: only COMPARISON_GT and COMPARISON_LT are supported.")
    if kind == "condition_prometheus_query_language":
        if not text(body, "query").strip():
            raise RefusedError(400, f"Field {inside}.query is required.")
        for name in _PROM_QUOTED.findall(text(body, "query")):
            if body.get("disableMetricValidation") is not True:
                _judge_metric(call, owner, f"{_USER}{name}")
    if kind == "condition_matched_log" and not text(body, "filter").strip():
        raise RefusedError(400, f"Field {inside}.filter is required.")


def _judge_filter(call: Call, owner: str, inside: str, wanted: str) -> None:
    types = _METRIC.findall(wanted)
    if len(types) != 1:
        raise RefusedError(
            400, f'Field {inside}.filter had an invalid value of "{wanted}": must specify one metric.type'
        )
    if "resource.type" not in wanted:
        raise RefusedError(
            400,
            f'Field {inside}.filter had an invalid value of "{wanted}": must specify a restriction on "resource.type"'
            ' in the filter; see "https://cloud.google.com/monitoring/api/resources" for a list of available resource'
            " types.",
        )
    _judge_metric(call, owner, types[0])


def _judge_metric(call: Call, owner: str, named: str) -> None:
    if named.startswith(_USER) and not logging_.exists(call.store, owner, named.removeprefix(_USER)):
        raise RefusedError(
            404,
            f'Cannot find metric(s) that match type = "{named}". If a metric was created recently, it could take up to'
            " 10 minutes to become available. Please try again soon.",
        )


def _judge_aggregations(inside: str, body: dict[str, Any]) -> None:
    for aggregation in parts(body, "aggregations"):
        period = seconds(text(aggregation, "alignmentPeriod"))
        if period is None or period < 60:
            raise RefusedError(400, f"Field {inside}.aggregations.alignment_period has to be at least 60s.")
        if text(aggregation, "crossSeriesReducer") and not text(aggregation, "perSeriesAligner"):
            raise RefusedError(400, f"Field {inside}.aggregations: a reducer needs a per_series_aligner.")


def _judge_strategy(properties: Properties, conditions: list[dict[str, Any]]) -> None:
    strategy = part(properties, "alertStrategy")
    logs = [condition for condition in conditions if condition.get("conditionMatchedLog") is not None]
    limit = part(strategy, "notificationRateLimit")
    if logs and len(conditions) > 1:
        raise RefusedError(400, "Alert policies with a log matching condition can only have a single condition.")
    if logs and not limit:
        raise RefusedError(
            400, "Field alert_policy.alert_strategy: a log matching condition needs a notification_rate_limit."
        )
    if limit and not logs:
        raise RefusedError(400, "Field alert_policy.alert_strategy.notification_rate_limit is for log matches only.")
    for said in _durations(strategy):
        if seconds(said) is None:
            raise RefusedError(400, f'Field alert_policy.alert_strategy had an invalid value of "{said}".')
    closes = seconds(text(strategy, "autoClose"))
    if closes is not None and not _AUTO_CLOSE[0] <= closes <= _AUTO_CLOSE[1]:
        raise RefusedError(400, "Field alert_policy.alert_strategy.auto_close has to be between 30 minutes and 7 days.")


def _durations(strategy: dict[str, Any]) -> Iterator[str]:
    yield from filter(None, (text(strategy, "autoClose"), text(part(strategy, "notificationRateLimit"), "period")))
