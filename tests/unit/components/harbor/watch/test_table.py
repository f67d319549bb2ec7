"""The one table of signals, and all that has to agree with it: what is measured, said, set, and asked of Prometheus."""

import json
import re
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from pydantic import ValidationError

from components.harbor.watch.settings import WatchSettings
from components.harbor.watch.signals import EVERY_MINUTES, PAGE, RUNBOOKS, prefix, signals, table

ROOT = Path(__file__).resolve().parents[5]
WATCH = ROOT / "components" / "harbor" / "watch"
FILES = ROOT / "components" / "harbor" / "boot" / "files"
PUBLISHED: dict[str, list[str]] = json.loads((WATCH / "published.json").read_text(encoding="utf-8"))["metrics"]


def _text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_the_server_measures_every_signal_and_no_other() -> None:
    script = (FILES / "lib" / "measure.py").read_text(encoding="utf-8")
    listed = re.findall(r'^    "(\w+)": ', script[script.index("SIGNALS = {") :].partition("\n}")[0], re.MULTILINE)
    assert [*listed, *re.findall(r'^values\["(\w+)"\]', script, re.MULTILINE)] == [signal.name for signal in table()]


def test_the_timer_is_as_often_as_the_alarms_believe() -> None:
    timer = (FILES / "units" / "snapdeploy-harbor-measure.timer").read_text(encoding="utf-8")
    assert f"OnCalendar=*:0/{EVERY_MINUTES}\n" in timer
    assert all(signal.minutes % EVERY_MINUTES == 0 and signal.samples for signal in table())


def test_the_page_has_the_table() -> None:
    rows = [
        f"| `{each.key}` | {each.means} | {each.breach} {each.bound} {each.unit}, {each.minutes} minutes "
        f"| {each.action}"
        for each in table()
    ]
    page = _text(PAGE)
    for row in rows:
        assert row in page
    assert len(re.findall(r"^\| `", page, re.MULTILINE)) == len(rows)


def test_every_runbook_that_is_named_is_there() -> None:
    if not (ROOT / RUNBOOKS).is_file():
        pytest.skip(f"{RUNBOOKS} is on its way")
    sections = set(re.findall(r"^## (.+)$", _text(RUNBOOKS), re.MULTILINE))
    assert {signal.runbook for signal in table() if signal.runbook} <= sections


def test_a_runbook_is_linked_where_its_section_is() -> None:
    for title, anchor in re.findall(r"\[([^]]+)\]\(harbor-runbooks\.md#([^)]+)\)", _text(PAGE)):
        assert anchor == title.lower().replace(" ", "-")


@pytest.mark.parametrize("block", re.findall(r"```yaml\nregistries:\n(.*?)```", _text(PAGE), re.DOTALL))
def test_a_block_of_the_page_is_accepted(block: str) -> None:
    assert WatchSettings.model_validate(yaml.safe_load(block)["main"]["watch"]).email


def _selectors(node: Any) -> list[Any]:
    """Every selector of a query."""
    if isinstance(node, promql_parser.VectorSelector):
        return [node]
    parts = [getattr(node, name) for name in ("expr", "lhs", "rhs", "vector_selector") if hasattr(node, name)]
    return [found for part in [*parts, *getattr(node, "args", [])] for found in _selectors(part)]


def _queries() -> list[str]:
    rules = yaml.safe_load((WATCH / "rules.yaml").read_text(encoding="utf-8"))
    panels = json.loads((WATCH / "dashboard.json").read_text(encoding="utf-8"))["panels"]
    alerts = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    return [*alerts, *(target["expr"] for panel in panels for target in panel["targets"])]


@pytest.mark.parametrize("query", _queries())
def test_a_query_for_prometheus_asks_for_what_harbor_publishes(query: str) -> None:
    found = _selectors(promql_parser.parse(query))
    assert found
    for selector in found:
        assert {matcher.name for matcher in selector.matchers.matchers} <= set(PUBLISHED[selector.name])


def test_a_rule_names_its_signal_and_has_its_bound() -> None:
    rules = yaml.safe_load((WATCH / "rules.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    known = {signal.name: signal for signal in table()}
    for rule in rules:
        signal = known[rule["labels"]["signal"]]
        assert rule["for"] == f"{signal.minutes}m"
        assert re.search(rf"[<>] {signal.bound}\b", rule["expr"]), rule["alert"]


def test_a_stack_changes_a_threshold_or_switches_a_signal_off() -> None:
    told = WatchSettings.model_validate({"signals": {"diskUsedPercent": {"threshold": 70}, "health": {"alarm": False}}})
    found = {signal.name: signal.threshold for signal in signals(told)}
    assert found == {each.name: each.threshold for each in table() if each.name != "Health"} | {"DiskUsedPercent": 70}


@pytest.mark.parametrize(
    "told",
    [
        {"signals": {"diskUsed": {"alarm": False}}},
        {"signals": {"health": {"threshold": -1}}},
        {"cloud": False, "email": {"platform": "platform@example.com"}},
        {"cloud": False, "signals": {"health": {"alarm": False}}},
        {"email": {"platform": "nobody"}},
    ],
)
def test_what_nobody_could_mean_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        WatchSettings.model_validate(told)


def test_two_registries_have_two_names() -> None:
    registries = ("a_b/main", "a-b/main", "a/b-main", "a.b/main")
    assert len({prefix(one) for one in registries}) == len(registries)
