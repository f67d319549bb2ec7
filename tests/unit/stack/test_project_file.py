"""That `Pulumi.yaml` and the stacks' files say what the program does."""

from pathlib import Path

import pytest
import yaml

from contract.problem import Problem
from stack._groups import BuilderSettings, SmokeTestSettings
from stack._raw import KEYS, OBJECT_KEYS
from tests.unit.stack.reading import mistake, parse

ROOT = Path(__file__).resolve().parents[3]


def _declared() -> dict[str, dict[str, object]]:
    config: dict[str, dict[str, object]] = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    return config


def test_every_key_is_declared_with_type_default_and_description() -> None:
    declared = _declared()
    assert list(declared) == list(KEYS)
    for key, entry in declared.items():
        assert entry["type"] == ("object" if key in OBJECT_KEYS else "string")
        assert "default" in entry, f"{key} without a default would be required by the engine"
        assert entry["description"]


def test_the_defaults_are_those_of_the_program() -> None:
    declared = {key: entry["default"] for key, entry in _declared().items()}
    assert declared["builder"] == BuilderSettings().model_dump(by_alias=True)
    assert declared["smokeTest"] == SmokeTestSettings().model_dump(by_alias=True, exclude_none=True)
    assert parse(declared) == parse({})


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_stack_whose_kind_is_not_built_yet_says_so_and_nothing_else(stack: str) -> None:
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text()
    config = yaml.safe_load(text)["config"]
    raw = {key.removeprefix("snapdeploy-registry:"): value for key, value in config.items()}
    problem: Problem = mistake(raw, stack=stack, text=text)
    assert problem.where == f"Pulumi.{stack}.yaml registries"
    assert "no registry is declared" in problem.what
