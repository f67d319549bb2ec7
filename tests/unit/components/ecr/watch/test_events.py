"""Which events the rules match, by moto's evaluator of EventBridge patterns, and what people read of them."""

import json
import re
from typing import Any

import pytest
from moto.events.models import EventPattern

from components.ecr.watch.events import Pattern, Role, Rule, rules
from components.ecr.watch.settings import Severity
from tests.unit.components.ecr.watch import samples
from tests.unit.components.ecr.watch.samples import NAMES, Event

EVIL = "snapdeploy-apps-evil/x"


def _rule(role: Role, minimum: Severity = Severity.HIGH) -> Rule:
    return next(rule for rule in rules(NAMES, minimum) if rule.role is role)


def _matches(pattern: Pattern, event: Event) -> bool:
    # Through JSON, as the rule takes it.
    return bool(EventPattern(None, json.loads(json.dumps(pattern))).matches_event(event))  # type: ignore[arg-type]


def _told(event: Event, minimum: Severity = Severity.HIGH) -> list[Role]:
    return [rule.role for rule in rules(NAMES, minimum) if _matches(rule.pattern, event)]


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (samples.pushed(), [Role.PUSHED]),
        (samples.pushed("snapdeploy-apps/team/web"), [Role.PUSHED]),
        (samples.scanned_basic({"CRITICAL": 10, "MEDIUM": 9}), [Role.SCANNED_BASIC]),
        (samples.scanned_basic({"HIGH": 1}), [Role.SCANNED_BASIC]),
        (samples.scanned_enhanced({"CRITICAL": 7, "HIGH": 0, "MEDIUM": 62, "TOTAL": 69}), [Role.SCANNED_ENHANCED]),
        (samples.scanned_enhanced({"CRITICAL": 0, "HIGH": 1, "MEDIUM": 0, "TOTAL": 1}), [Role.SCANNED_ENHANCED]),
        (samples.replicated("FAILED"), [Role.REPLICATION_FAILED]),
        (samples.replicated("FAILURE"), [Role.REPLICATION_FAILED]),
        # As it arrives when another region hands it on.
        (samples.replicated("FAILED") | {"region": "eu-west-1"}, [Role.REPLICATION_FAILED]),
    ],
)
def test_what_matters_is_matched_by_one_rule(event: Event, told: list[Role]) -> None:
    assert _told(event) == told


@pytest.mark.parametrize(
    "event",
    [
        samples.pushed(EVIL),
        samples.pushed("snapdeploy-apps"),
        samples.pushed("other/snapdeploy-apps/web"),
        samples.pushed(result="FAILURE"),
        samples.pushed(**{"action-type": "DELETE"}),
        samples.pushed(**{"action-type": "UPDATE_STORAGE_CLASS"}),
        samples.pulled_through(),
        samples.scanned_basic({"CRITICAL": 1}, EVIL),
        samples.scanned_basic({"MEDIUM": 9, "LOW": 3, "INFORMATIONAL": 1, "UNDEFINED": 1}),
        samples.scanned_basic({}),
        samples.scanned_basic({"HIGH": 0}),
        samples.scanned_basic({"CRITICAL": 1}, status="FAILED"),
        samples.scanned_enhanced({"CRITICAL": 1, "TOTAL": 1}, EVIL),
        samples.scanned_enhanced({"CRITICAL": 0, "HIGH": 0, "MEDIUM": 62, "TOTAL": 62}),
        samples.scanned_enhanced({"CRITICAL": 1, "TOTAL": 1}, status="SCAN_ELIGIBILITY_EXPIRED"),
        samples.scanned_instance(),
        samples.replicated("SUCCESS"),
        samples.replicated("FAILED", EVIL),
        samples.pushed() | {"source": "my.own"},
        samples.pushed() | {"account": "210987654321"},
        samples.scanned_enhanced({"CRITICAL": 1, "TOTAL": 1}) | {"account": "210987654321"},
    ],
)
def test_what_is_near_is_not_matched(event: Event) -> None:
    assert _told(event) == []


@pytest.mark.parametrize(
    ("minimum", "basic", "enhanced"),
    [
        (Severity.CRITICAL, ["CRITICAL"], ["CRITICAL"]),
        (Severity.HIGH, ["CRITICAL", "HIGH"], ["CRITICAL", "HIGH"]),
        (Severity.MEDIUM, ["CRITICAL", "HIGH", "MEDIUM"], ["CRITICAL", "HIGH", "MEDIUM"]),
        (Severity.LOW, ["CRITICAL", "HIGH", "MEDIUM", "LOW"], ["TOTAL"]),
        (Severity.INFORMATIONAL, ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED"], ["TOTAL"]),
    ],
)
def test_each_severity_counts_from_its_minimum_on(minimum: Severity, basic: list[str], enhanced: list[str]) -> None:
    every = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED")
    found = [one for one in every if _told(samples.scanned_basic({one: 1}), minimum)]
    assert found == basic
    counted = ("CRITICAL", "HIGH", "MEDIUM", "TOTAL")
    found = [one for one in counted if _told(samples.scanned_enhanced({one: 1}), minimum)]
    assert found == enhanced


def _ors(pattern: Any) -> list[Any]:
    if not isinstance(pattern, dict):
        return []
    inner = [found for value in pattern.values() for found in _ors(value)]
    return [*inner, pattern["$or"]] if "$or" in pattern else inner


@pytest.mark.parametrize("minimum", Severity)
def test_no_or_has_fewer_than_two_alternatives(minimum: Severity) -> None:
    """EventBridge reads such a one as a field called `$or`; moto does not, so it is looked at here."""
    found = [alternatives for rule in rules(NAMES, minimum) for alternatives in _ors(rule.pattern)]
    assert all(len(alternatives) >= 2 for alternatives in found)
    assert found or minimum is Severity.CRITICAL


@pytest.mark.parametrize("minimum", Severity)
def test_a_pattern_fits_and_names_account_source_and_type(minimum: Severity) -> None:
    for rule in rules(NAMES, minimum):
        assert len(json.dumps(rule.pattern)) <= 2048, "a rule's pattern has at most 2,048 characters"
        assert rule.pattern["account"] == [NAMES.account]
        assert {"source", "detail-type", "detail"} <= set(rule.pattern)


def _at(event: Any, path: str) -> Any:
    """What stands at `path`, of the JSONPath that input transformers take; empty where nothing does."""
    for step in re.findall(r"[^.\[\]]+|\[\d+\]", path.removeprefix("$.")):
        try:
            event = event[int(step[1:-1])] if step.startswith("[") else event[step]
        except (KeyError, IndexError):
            return ""
    return event


def _read(rule: Rule, event: Event) -> list[str]:
    assert rule.message is not None
    text = rule.message.template
    for word, path in rule.message.paths.items():
        value = _at(event, path)
        assert isinstance(value, str | int), f"{path} is no single value, and would break the text"
        text = text.replace(f"<{word}>", str(value))
    lines: list[str] = [json.loads(line) for line in text.splitlines()]
    return lines


def test_people_read_what_where_and_what_to_do() -> None:
    basic = _read(_rule(Role.SCANNED_BASIC), samples.scanned_basic({"CRITICAL": 10, "MEDIUM": 9}))
    assert basic == [
        "Vulnerabilities found in snapdeploy-apps/web (region us-east-1, 2019-11-16T01:54:34Z).",
        f"Image: snapdeploy-apps/web@{samples.DIGEST}, first tag: v1",
        "Critical: 10",
        "High: ",
        "Medium: 9",
        "Low: ",
        "What to do: rebuild on a mended base image and push again; `aws ecr describe-image-scan-findings` lists them.",
    ]
    enhanced = _read(_rule(Role.SCANNED_ENHANCED), samples.scanned_enhanced({"CRITICAL": 7, "TOTAL": 158}))
    assert enhanced[0].startswith("Vulnerabilities found by Amazon Inspector in arn:aws:ecr:")
    assert "Total: 158" in enhanced
    failed = _read(_rule(Role.REPLICATION_FAILED), samples.replicated("FAILED"))
    assert failed[0] == "An image was not replicated to us-east-1: snapdeploy-apps/web:3.17.2 (2019-11-16T01:54:34Z)."
    assert failed[1].endswith("from account 123456789012, region us-west-2")


def test_every_word_of_a_message_has_its_path() -> None:
    for rule in rules(NAMES, Severity.HIGH):
        if rule.message is not None:
            assert set(re.findall(r"<([a-z0-9]+)>", rule.message.template)) == set(rule.message.paths)
            assert not any(word.lower().startswith("aws") for word in rule.message.paths), "EventBridge keeps those"


def test_a_push_tells_nobody() -> None:
    assert _rule(Role.PUSHED).message is None
