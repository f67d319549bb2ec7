"""The page on the watch names every alert and every metric, and its config is one that is taken."""

import re

import yaml

from components.artifact_registry.watch.metrics import metrics
from components.artifact_registry.watch.settings import WatchSettings
from tests.support.logging_query import matches
from tests.unit.components.artifact_registry.watch import samples
from tests.unit.components.artifact_registry.watch.declared import API, ROOT, declare
from tests.unit.components.artifact_registry.watch.samples import NAMES, PLACE
from tests.unit.components.artifact_registry.watch.test_alerts import WHOLE
from tests.unit.components.artifact_registry.watch.test_published import PUBLISHED

PAGE = (ROOT / "docs" / "artifact-registry-watch.md").read_text(encoding="utf-8")


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def test_every_alert_is_explained() -> None:
    for each in declare(_config()):
        if each.kind == "AlertPolicy":
            role = each.name.removeprefix("main-watch-")
            assert f"\n| `{role}` | " in PAGE


def test_every_metric_of_the_registry_is_named() -> None:
    for metric in metrics(NAMES, WHOLE):
        assert f"log-based metric `{metric.role}`" in PAGE
    for name in PUBLISHED["metrics"]:
        if name.startswith("artifactregistry.googleapis.com/"):
            assert f"`{name}`" in PAGE


def _config() -> dict[str, object]:
    (watch,) = [yaml.safe_load(block)["registries"]["main"]["watch"] for block in _blocks("yaml")]
    assert isinstance(watch, dict)
    return watch


def test_the_config_on_the_page_is_taken_whole() -> None:
    found = WatchSettings.model_validate(_config())
    found.check_place(PLACE)
    assert found.model_fields_set == set(WatchSettings.model_fields)


def test_the_short_forms_on_the_page_are_taken() -> None:
    short = re.findall(r"`((?:scanResults|auditLogs): [^`]+)`", PAGE)
    assert len(short) >= 4
    for one in short:
        WatchSettings.model_validate(yaml.safe_load(one))


def test_the_query_on_the_page_finds_what_is_counted() -> None:
    (block,) = _blocks("text")
    query = block.strip()
    assert matches(query, samples.call(code=7))
    assert not matches(query, samples.call())


def _count(settings: dict[str, object]) -> int:
    return len([each for each in declare(settings) if each.name != API and not each.type.startswith("snapdeploy:")])


def test_the_numbers_on_the_page_are_right() -> None:
    assert _count({}) == 1
    assert _count({"email": {"a": "a@example.com", "b": "b@example.com"}}) == 1 + 2
    assert _count({"auditLogs": "given"}) == 1 + 3
    assert _count({"auditLogs": "own"}) == 1 + 4
    assert _count({"pullAlarm": {"above": 1}}) == 1 + 1
    assert _count({"auditLogs": "given", "pushAlarm": {"above": 1}}) == 1 + 3 + 1
    assert _count({"usage": {}}) == 1 + 2
    assert _count({"usage": {"storageAboveGib": 1}}) == 1 + 3
    assert _count({"scanResults": {}}) == 1 + 11
    assert _count({"scanResults": {"ownTopic": True, "subscription": True}}) == 1 + 13
