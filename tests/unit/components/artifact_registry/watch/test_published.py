"""No alert on, and no widget of, a metric that nobody publishes.

All metrics of the whole watch are collected from what is declared, and held against
`components/artifact_registry/watch/published.json`.
"""

import fnmatch
import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from components.artifact_registry.watch.queries import series
from tests.unit.components.artifact_registry.watch.declared import ROOT, declare
from tests.unit.components.artifact_registry.watch.test_declared import CACHES, WHOLE

PUBLISHED: dict[str, Any] = json.loads(
    (ROOT / "components/artifact_registry/watch/published.json").read_text(encoding="utf-8")
)

Metric = tuple[str, str, frozenset[str]]
"""Type, resource, labels that are asked for."""


def _of_query(query: str) -> Iterator[Metric]:
    grouped = {label for group in re.findall(r"\b(?:by|on) \((\w+)\)", query) for label in group.split(",")}
    selectors = re.findall(r"\{([^}]*)\}", query)
    assert selectors, query
    # What is left without selectors, functions and numbers would be a metric under another name.
    words = set(re.findall(r"[a-z_]\w*", re.sub(r"\{[^}]*\}", "", re.sub(r"\[\d+[md]\]", "", query))))
    functions = {"sum", "max", "min", "by", "on", "increase", "rate", "last_over_time", "max_over_time"}
    assert words - functions == grouped, query
    for selector in selectors:
        name, resource, *labels = re.findall(r'(?:(\w+)=~?)?"([^"]*)"', selector)
        assert name[0] == ""
        assert resource[0] == "monitored_resource"
        yield name[1], resource[1], frozenset(grouped | {label for label, _ in labels})


def _all() -> set[Metric]:
    found: set[Metric] = set()
    for settings in (WHOLE, {}):
        for each in declare(settings, caches=CACHES):
            if each.kind == "AlertPolicy":
                for condition in each.inputs["conditions"]:
                    found |= set(_of_query(condition["conditionPrometheusQueryLanguage"]["query"]))
            if each.kind == "Dashboard":
                for tile in json.loads(each.inputs["dashboardJson"])["mosaicLayout"]["tiles"]:
                    for shown in tile["widget"]["xyChart"]["dataSets"]:
                        found |= set(_of_query(shown["timeSeriesQuery"]["prometheusQuery"]))
    return found


def _entry(metric: str) -> dict[str, Any] | None:
    # `-pushes` ends `-failed-pushes` too: the longest that fits is meant.
    fitting = sorted((one for one in PUBLISHED["metrics"] if fnmatch.fnmatchcase(metric, one)), key=len)
    return PUBLISHED["metrics"][fitting[-1]] if fitting else None


def _is_published(metric: Metric) -> bool:
    name, resource, labels = metric
    entry = _entry(name)
    return entry is not None and resource == entry["resource"] and labels <= set(entry["labels"])


def test_every_metric_is_published() -> None:
    unpublished = {metric for metric in _all() if not _is_published(metric)}
    assert not unpublished


def test_the_list_has_no_metric_and_no_label_that_is_not_used() -> None:
    used = _all()
    for listed, entry in PUBLISHED["metrics"].items():
        labels = [metric[2] for metric in used if _entry(metric[0]) is entry]
        assert labels, listed
        assert set().union(*labels) == set(entry["labels"]), listed


def test_every_log_based_metric_is_declared_with_its_labels() -> None:
    declared = {each.inputs["name"]: each.inputs for each in declare(WHOLE) if each.kind == "Metric"}
    asked = {metric[0].partition("/user/")[2]: metric for metric in _all() if "/user/" in metric[0]}
    assert set(declared) == set(asked)
    for name, inputs in declared.items():
        entry = _entry(f"logging.googleapis.com/user/{name}")
        assert entry is not None
        assert {label["key"] for label in inputs["metricDescriptor"].get("labels", [])} == set(entry["labels"]), name


def test_what_is_invented_is_found() -> None:
    service, resource = "artifactregistry.googleapis.com", "artifactregistry.googleapis.com/Repository"
    for invented in ("repository/push_request_count", "repository/storage_bytes", "repository/vulnerabilities"):
        (metric,) = _of_query(f"sum({series(f'{service}/{invented}', resource)})")
        assert not _is_published(metric)
    for query in (
        series(f"{service}/repository/size", "artifact_registry"),
        series(f"{service}/repository/size", resource, method="x"),
        series(f"{service}/repository/request_count", resource, response_code="500"),
    ):
        (metric,) = _of_query(query)
        assert not _is_published(metric), query


def test_every_source_is_dated_and_named() -> None:
    assert date.fromisoformat(PUBLISHED["read"])
    for name, entry in PUBLISHED["metrics"].items():
        ours = name.startswith("logging.googleapis.com/user/")
        assert entry["source"].startswith("components/" if ours else "https://docs.cloud.google.com/"), name
