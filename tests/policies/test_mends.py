"""What a rule says to write can be written: its keys, and their words, are those of the project's settings.

The pack knows nothing of these; it names them in texts, which nothing else would hold to anything.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from components._table import REGISTRIES, TARGETS, load
from contract.kinds import Kind, Target
from policies import rules
from policies._rule import Rule

_NAMED = re.compile(r"`(?P<group>registries|delivery)\.<name>\.(?P<keys>[^`:\s]+)(?:: (?P<value>[^`]+))?`")
_ONLY: Mapping[str, tuple[Kind | Target, ...]] = {
    "ecr-": (Kind.ECR,),
    "iam-": (Kind.ECR,),
    "docker-hub-": (Kind.DOCKER_HUB,),
    "google-": (Kind.ARTIFACT_REGISTRY, Target.GOOGLE_SECRET_MANAGER),
    "github-environment-": (Target.GITHUB_ACTIONS,),
    "github-production-": (Target.GITHUB_ACTIONS,),
    "github-secrets-": (Target.GITHUB_ACTIONS,),
    "secrets-": (Target.AWS_SECRETS_MANAGER,),
    "kubernetes-": (Target.KUBERNETES,),
}
"""Of what a rule is, by how its name begins; of anything where it begins with none of these."""


@cache
def _schema(word: Kind | Target) -> dict[str, Any]:
    """What may be said of a kind of registry, or of a target."""
    model = load(REGISTRIES[word] if isinstance(word, Kind) else TARGETS[word]).Settings  # type: ignore[attr-defined]
    assert issubclass(model, BaseModel)
    schema: dict[str, Any] = model.model_json_schema(by_alias=True)
    return schema


def _ways(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What a value may be: each alternative, without references."""
    if "$ref" in schema:
        yield from _ways(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    elif "anyOf" in schema or "oneOf" in schema:
        for way in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
            yield from _ways(way, root)
    else:
        yield schema


def _takes(schema: Mapping[str, Any], value: object, root: Mapping[str, Any]) -> bool:
    """Whether some way of writing it has every key and word of `value`."""
    for way in _ways(schema, root):
        if isinstance(value, Mapping) and way.get("type") == "object":
            known, others = way.get("properties", {}), way.get("additionalProperties")
            inner = {key: known.get(key, others) for key in value}
            if all(isinstance(child, Mapping) and _takes(child, value[key], root) for key, child in inner.items()):
                return True
        elif not isinstance(value, Mapping):
            words = way.get("enum", [way["const"]] if "const" in way else None)
            if value is None or (way.get("type") not in ("object", "null") and (words is None or value in words)):
                return True
    return False


def _written(rule: Rule) -> list[tuple[str, object]]:
    """The group and what a rule says to write in one of its blocks; None for a key without a value."""
    found = []
    for named in _NAMED.finditer(rule.mend):
        value: object = yaml.safe_load(named["value"]) if named["value"] else None
        for key in reversed(named["keys"].split(".")):
            value = {key: value}
        found.append((named["group"], value))
    return found


def _of(rule: Rule, group: str) -> list[Kind | Target]:
    """The kinds or targets that a rule can mean."""
    there: list[Kind | Target] = [*REGISTRIES] if group == "registries" else [*TARGETS]
    meant = next((words for begin, words in _ONLY.items() if rule.name.startswith(begin)), ())
    return [word for word in there if word in meant] or there


_NAMING = [rule for rule in rules.RULES if _written(rule)]


@pytest.mark.parametrize("rule", _NAMING, ids=lambda rule: rule.name)
def test_what_a_rule_says_to_write_is_what_the_settings_take(rule: Rule) -> None:
    for group, value in _written(rule):
        kinds = _of(rule, group)
        assert any(_takes(_schema(word), value, _schema(word)) for word in kinds), f"{value} is none of {kinds}"


def test_every_key_of_a_block_is_named_from_its_top() -> None:
    """A key without its way from the top would not be seen by the test above, nor found in the docs by a person."""
    assert len(_NAMING) > 30
    for rule in rules.RULES:
        assert not re.search(r"`(?:access|accountWide|repositories|watch|environment)\.[a-z<]", rule.mend), rule.name


@pytest.mark.parametrize(
    "value",
    [
        {"watch": {"auditLog": "own"}},
        {"watch": {"auditLogs": "reads"}},
        {"access": {"push": {"ci": {"from": "ec2"}}}},
        {"encryption": "kms"},
        {"account": None},
    ],
    ids=str,
)
def test_what_the_settings_do_not_take_is_seen(value: object) -> None:
    schema = _schema(Kind.ARTIFACT_REGISTRY)
    assert not _takes(schema, value, schema)
