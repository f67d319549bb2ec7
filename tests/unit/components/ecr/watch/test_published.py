"""No alarm on, and no widget of, a metric that nobody publishes.

All metrics of the whole watch are collected from what is declared, and held against
`components/ecr/watch/published.json`.
"""

import ast
import fnmatch
import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from components.ecr.watch.alarms import Quota
from components.ecr.watch.counter import handler
from components.ecr.watch.failed_pushes import NAMESPACE
from tests.unit.components.ecr.watch.declared import ROOT, declare
from tests.unit.components.ecr.watch.test_declared import DECLARED, WHOLE

PUBLISHED: dict[str, Any] = json.loads((ROOT / "components/ecr/watch/published.json").read_text(encoding="utf-8"))

Metric = tuple[str, str, frozenset[str]]
"""Namespace, name, dimensions."""


def _of_alarm(inputs: Any) -> Iterator[Metric]:
    assert "metricQueries" not in inputs, "an alarm on an expression has to be read here first"
    yield inputs["namespace"], inputs["metricName"], frozenset(inputs.get("dimensions") or {})


def _of_row(row: list[Any]) -> Iterator[Metric]:
    if isinstance(row[0], dict):
        yield _of_search(row[0]["expression"])
        return
    words = [word for word in row if isinstance(word, str)]
    assert "." not in words, "the shorthand of dashboards is not read here"
    yield words[0], words[1], frozenset(words[2::2])


def _of_search(expression: str) -> Metric:
    found = re.fullmatch(r"SEARCH\('(.*)', '[A-Za-z]+'\)", expression)
    assert found is not None, expression
    terms = dict(re.findall(r'([A-Za-z]+)="([^"]+)"', found[1]))
    schema = re.match(r"\{([^}]*)\}", found[1])
    if schema is not None:
        namespace, *dimensions = schema[1].split(",")
        return namespace, terms["MetricName"], frozenset(dimensions)
    return terms.pop("Namespace"), terms.pop("MetricName"), frozenset(terms)


def _all() -> set[Metric]:
    found: set[Metric] = set()
    for settings in (WHOLE, {}):
        for each in declare(settings, repositories=DECLARED):
            if each.type.endswith(":MetricAlarm"):
                found |= set(_of_alarm(each.inputs))
            if each.type.endswith(":Dashboard"):
                for widget in json.loads(each.inputs["dashboardBody"])["widgets"]:
                    for row in widget["properties"]["metrics"]:
                        found |= set(_of_row(row))
            if each.type.endswith(":LogMetricFilter"):
                made = each.inputs["metricTransformation"]
                found.add((made["namespace"], made["name"], frozenset(made.get("dimensions") or {})))
    return found


def _is_published(metric: Metric) -> bool:
    namespace, name, dimensions = metric
    names = PUBLISHED["metrics"].get(namespace, {"names": {}})["names"]
    known = next((set(names[one]) for one in names if fnmatch.fnmatchcase(name, one)), None)
    # AWS/Usage is searched by some of its dimensions, every other metric is named by all.
    return known is not None and (dimensions <= known if namespace == "AWS/Usage" else dimensions == known)


def test_every_metric_is_published() -> None:
    unpublished = {metric for metric in _all() if not _is_published(metric)}
    assert not unpublished


def test_the_list_has_no_metric_that_is_not_used() -> None:
    used = {(namespace, name) for namespace, name, _ in _all()}
    listed = {(space, name) for space, entry in PUBLISHED["metrics"].items() for name in entry["names"]}
    unused = {
        (space, name) for space, name in listed if not any(s == space and fnmatch.fnmatch(n, name) for s, n in used)
    }
    assert not unused


def test_what_is_invented_is_found() -> None:
    for invented in ("RepositoryPushCount", "RepositorySize", "ScanFindingsSeverityCritical"):
        assert not _is_published(("AWS/ECR", invented, frozenset({"RepositoryName"})))
    assert not _is_published(("AWS/ECR", "RepositoryPullCount", frozenset()))
    assert not _is_published(("AWS/Made", "Up", frozenset()))


def test_no_alarm_searches() -> None:
    """CloudWatch refuses an alarm on a SEARCH expression."""
    for each in declare(WHOLE, repositories=DECLARED):
        if each.type.endswith(":MetricAlarm"):
            assert "SEARCH" not in json.dumps(each.inputs)


def test_the_function_publishes_what_is_listed_and_no_more() -> None:
    source = ast.parse((ROOT / "components/ecr/watch/counter/handler.py").read_text(encoding="utf-8"))
    texts = {node.value for node in ast.walk(source) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    ours = {name for name in PUBLISHED["metrics"][NAMESPACE]["names"] if not name.startswith("FailedPushes")}
    assert ours <= texts
    assert handler.METRICS == NAMESPACE
    assert {str(quota) for quota in Quota} <= texts


def test_every_source_is_dated_and_named() -> None:
    assert date.fromisoformat(PUBLISHED["read"])
    assert all(entry["source"] for entry in PUBLISHED["metrics"].values())
    quotas = json.loads((ROOT / "components/ecr/watch/counter/quotas.json").read_text(encoding="utf-8"))
    assert date.fromisoformat(quotas["read"])
    assert quotas["source"].startswith("https://docs.aws.amazon.com/")
    assert date.fromisoformat(PUBLISHED["lambdaRuntime"]["deprecated"]) > date.fromisoformat(PUBLISHED["read"])
