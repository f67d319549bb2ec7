"""docs/policies.md says of each rule what the code says, and its examples are accepted."""

import json
import re
from itertools import combinations
from pathlib import Path

import pytest
import yaml

from policies import rules
from policies._practices import PROVES
from policies._rule import PAGE as ADDRESS
from policies._rule import Practice
from tests.policies import page
from tests.policies.judged import judge

ROOT = Path(__file__).resolve().parents[2]
PAGE = page.PAGE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)


def test_the_tables_are_those_of_the_rules() -> None:
    assert page.made(PAGE) == PAGE, "mend: python -m tests.policies.page"


@pytest.mark.parametrize("rule", rules.ALL, ids=lambda rule: rule.name)
def test_a_rule_points_to_its_place_on_the_page(rule: object) -> None:
    url = str(getattr(rule, "url"))  # noqa: B009 (the SDK's stubs have no such name)
    file, _, anchor = url.partition("#")
    assert (ROOT / file) == page.PAGE
    assert file == ADDRESS
    assert PAGE.count(f'<a id="{anchor}"></a>') == 1


def test_every_practice_of_the_guide_has_rules_and_says_what_they_cannot_prove() -> None:
    assert set(PROVES) == set(Practice)
    assert len(Practice) == 8
    for practice in Practice:
        assert any(practice in rule.practices for rule in rules.RULES), practice
        assert all(PROVES[practice])


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 2


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_of_a_config_is_accepted(example: str) -> None:
    assert rules.config_mistakes(json.loads(example)) == []


def test_the_example_of_settings_does_what_it_says() -> None:
    config = json.loads(EXAMPLES[0])
    tag = {"tag": "stable", "environment": "dev"}
    told = judge("smoke-test-uses-own-tag", "snapdeploy:verify:SmokeTest", tag, config["smoke-test-uses-own-tag"])
    assert len(told) == 1
    token = {"nextToken": "x"}
    assert len(judge("secret-inputs-are-marked", "example:index:Thing", token)) == 1
    assert judge("secret-inputs-are-marked", "example:index:Thing", token, config["secret-inputs-are-marked"]) == []


@pytest.mark.parametrize("file", sorted((ROOT / "policies" / "config").glob("*.json")), ids=lambda file: file.stem)
def test_a_config_of_an_environment_is_accepted(file: Path) -> None:
    assert rules.config_mistakes(json.loads(file.read_text(encoding="utf-8"))) == []


def _production() -> dict[str, dict[str, set[str]]]:
    """The accounts, projects and regions that each stack of production writes in its file."""
    found = {}
    for file in ROOT.glob("Pulumi.*.yaml"):
        config = yaml.safe_load(file.read_text(encoding="utf-8")).get("config") or {}
        if config.get("snapdeploy-registry:environment") == "prod":
            registries = config["snapdeploy-registry:registries"].values()
            blocks = [
                # What stands on a server of its own says there where that is.
                *(block.get("vm", block) for block in registries),
                *config["snapdeploy-registry:delivery"].values(),
            ]
            found[file.name] = {
                "accounts": {block["account"] for block in blocks if "account" in block},
                "projects": {block["project"] for block in blocks if "project" in block},
                "regions": {block[key] for block in blocks for key in ("region", "location") if key in block}
                | {region for block in blocks for region in block.get("regions", ())},
            }
    return found


def test_production_is_in_the_places_of_its_stacks() -> None:
    config = json.loads((ROOT / "policies" / "config" / "prod.json").read_text(encoding="utf-8"))
    stacks = _production()
    assert set(stacks) == {"Pulumi.prod.yaml", "Pulumi.gcp.yaml", "Pulumi.harbor.yaml"}
    for name, told in config["places-are-as-configured"].items():
        assert set(told) == {place for places in stacks.values() for place in places[name]}, name


def test_no_stack_of_production_could_move_to_the_place_of_another() -> None:
    """They share a config: what it admits for one, it admits for all."""
    for one, other in combinations(_production().values(), 2):
        for name, places in one.items():
            # Where both are in one place, there is none to move to.
            assert places == other[name] or places.isdisjoint(other[name]), name


def test_the_pack_installs_what_the_project_pins() -> None:
    pinned = (ROOT / "policies" / "requirements.txt").read_text(encoding="utf-8").strip()
    assert pinned in (ROOT / "requirements" / "run.in").read_text(encoding="utf-8").splitlines()
