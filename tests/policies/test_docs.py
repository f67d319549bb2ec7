"""docs/policies.md says of each rule what the code says."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pulumi_policy import Policy

from policies import rules
from tests.policies.judged import judge

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "policies.md").read_text(encoding="utf-8")


def table(first_heading: str, columns: int) -> list[list[str]]:
    """The rows of the table whose header begins with that heading and has that many columns."""
    tables = re.findall(r"(?:^\|.*\n)+", PAGE, re.MULTILINE)
    parsed = [[[cell.strip() for cell in row.strip("|").split("|")] for row in found.splitlines()] for found in tables]
    (wanted,) = [rows for rows in parsed if rows[0][0] == first_heading and len(rows[0]) == columns]
    return wanted[2:]


def settings() -> Iterator[list[str]]:
    for rule in rules.ALL:
        for name, given in (rule.config_schema.properties if rule.config_schema else {}).items():
            yield [f"`{rule.name}`", f"`{name}`", f"`{json.dumps(given['default'])}`", str(given["description"])]


def test_the_page_lists_the_rules_in_their_order() -> None:
    assert [row[0] for row in table("rule", 6)] == [f"`{rule.name}`" for rule in rules.ALL]


@pytest.mark.parametrize("rule", rules.ALL, ids=lambda rule: rule.name)
def test_a_rule_has_the_level_and_severity_of_the_page(rule: Policy) -> None:
    (row,) = [row for row in table("rule", 6) if row[0] == f"`{rule.name}`"]
    assert rule.enforcement_level is not None
    assert rule.severity is not None
    assert row[1:3] == [rule.enforcement_level.value, rule.severity.value]
    assert all(row[3:])


def test_the_page_lists_the_settings() -> None:
    assert sorted(table("rule", 4)) == sorted(settings())


def test_the_example_of_a_config_is_accepted() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    config = json.loads(example)
    assert rules.config_mistakes(config) == []
    tag = {"tag": "stable", "environment": "dev"}
    assert (
        len(judge("smoke-test-uses-own-tag", "snapdeploy:verify:SmokeTest", tag, config["smoke-test-uses-own-tag"]))
        == 1
    )
    token = {"nextToken": "x"}
    assert len(judge("secret-inputs-are-marked", "example:index:Thing", token)) == 1
    assert judge("secret-inputs-are-marked", "example:index:Thing", token, config["secret-inputs-are-marked"]) == []
