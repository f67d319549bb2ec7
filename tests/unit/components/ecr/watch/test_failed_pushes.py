"""Which of CloudTrail's records are failed pushes, by a small evaluator of CloudWatch's filter patterns.

The evaluator knows what the pattern uses: `&&`, `||`, parentheses, `=` and `!=` with `*` at either end.
"""

import fnmatch
import re
from typing import Any

import pytest

from components.ecr.watch import failed_pushes as watch_failed_pushes
from components.ecr.watch.failed_pushes import HARMLESS, PUSH_CALLS
from components.ecr.watch.names import Names
from tests.unit.components.ecr.watch import samples
from tests.unit.components.ecr.watch.samples import NAMES, Event

PATTERN = watch_failed_pushes.pattern(NAMES)
_TOKEN = re.compile(r'\s*(?:(&&|\|\||\(|\))|\$\.([A-Za-z.]+)\s*(!?=)\s*"([^"]*)")\s*')


def _holds(record: Any, field: str, operator: str, wanted: str) -> bool:
    for step in field.split("."):
        record = record.get(step) if isinstance(record, dict) else None
    found = record is not None and fnmatch.fnmatchcase(record, re.sub(r"([\[\]?])", r"[\1]", wanted))
    # A field that is not there is unequal to nothing, as CloudWatch has it.
    return found if operator == "=" else record is not None and not found


def _matches(record: Event, pattern: str = PATTERN) -> bool:
    assert pattern.startswith("{ ")
    assert pattern.endswith(" }")
    words: list[str] = []
    text, position = pattern[2:-2], 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        assert token is not None, f"not understood: {text[position:]}"
        sign, field, operator, wanted = token.groups()
        python = {"&&": " and ", "||": " or ", "(": "(", ")": ")"}
        words.append(python[sign] if sign else str(_holds(record, field, operator, wanted)))
        position = token.end()
    return bool(eval("".join(words)))


@pytest.mark.parametrize("call", PUSH_CALLS)
def test_a_failed_call_of_a_push_counts(call: str) -> None:
    assert _matches(samples.record(call))
    assert _matches(samples.denied(call, samples.WEB)), "without parameters the message has the repository"


@pytest.mark.parametrize(
    "record",
    [
        samples.record(error=None),
        samples.record(requestParameters={"repositoryName": "snapdeploy-apps-evil/x"}),
        samples.record(requestParameters={"repositoryName": "snapdeploy-apps"}),
        samples.denied("PutImage", "snapdeploy-apps-evil/x"),
        samples.denied("PutImage", "other/snapdeploy-apps/web"),
        samples.denied("PutImage", samples.WEB, account="210987654321"),
        samples.record("BatchGetImage"),
        samples.denied("BatchGetImage", samples.WEB),
        samples.record("CreateRepository"),
        samples.record(eventSource="ecr-public.amazonaws.com"),
        samples.record(awsRegion="eu-west-1"),
        *(samples.record(error=code) for code in HARMLESS),
    ],
)
def test_what_is_no_failed_push_does_not_count(record: Event) -> None:
    assert not _matches(record)


@pytest.mark.parametrize("namespace", ["snapdeploy-apps", "a/b.c", "n" * 255])
def test_the_pattern_fits(namespace: str) -> None:
    names = Names(namespace, NAMES.account, "ap-southeast-2", "aws-us-gov")
    assert len(watch_failed_pushes.pattern(names)) <= 1024


def test_each_namespace_has_its_own_metric() -> None:
    found = {watch_failed_pushes.metric_name(Names(one, "1", "r", "aws")) for one in ("a/b", "a-b", "a.b", "a")}
    assert len(found) == 4
