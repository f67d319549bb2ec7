"""That `Pulumi.yaml` and the stacks' files say what the program does."""

from pathlib import Path

import pytest
import yaml

from contract.problem import Problems
from stack._file import StackFile
from stack._groups import BuilderSettings, SmokeTestSettings
from stack._raw import KEYS, OBJECT_KEYS
from stack.settings import parse as parse_with_components
from tests.unit.stack.reading import mistakes, parse

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


def test_stack_prod_is_right_as_it_is_under_simulation_only() -> None:
    raw, text = _stack("prod")
    file = StackFile.parse("Pulumi.prod.yaml", text)
    assert list(parse_with_components(raw, stack="prod", file=file, simulated=True).registries) == ["main"]
    with pytest.raises(Problems) as caught:
        parse_with_components(raw, stack="prod", file=file, simulated=False)
    marked = {number for number, line in enumerate(text.splitlines(), start=1) if "<-" in line}
    refused = {int(problem.where.partition(":")[2].split()[0]) for problem in caught.value.problems}
    assert refused
    assert refused <= marked, "each line that a real run refuses is marked as one to fill in"


def test_stack_gcp_is_right_as_it_is_under_simulation_only() -> None:
    raw, text = _stack("gcp")
    file = StackFile.parse("Pulumi.gcp.yaml", text)
    assert list(parse_with_components(raw, stack="gcp", file=file, simulated=True).registries) == ["main"]
    with pytest.raises(Problems) as caught:
        parse_with_components(raw, stack="gcp", file=file, simulated=False)
    marked = {number for number, line in enumerate(text.splitlines(), start=1) if "# <-" in line}
    owner = {number for number, line in enumerate(text.splitlines(), start=1) if "owner: platform" in line}
    refused = {int(problem.where.partition(":")[2].split()[0]) for problem in caught.value.problems}
    assert refused == marked - owner, "each line to fill in is refused until it is, but an owner who may have that name"


def test_stack_dev_is_right_as_it_is_under_simulation_only() -> None:
    raw, text = _stack("dev")
    assert list(parse(raw, stack="dev", text=text, simulated=True).registries) == ["main"]
    refused = {int(problem.where.partition(":")[2].split()[0]) for problem in mistakes(raw, stack="dev", text=text)}
    marked = {number for number, line in enumerate(text.splitlines(), start=1) if "# <-" in line}
    assert refused == marked, "each line that a real run refuses is marked as one to fill in"


def _stack(name: str) -> tuple[dict[str, object], str]:
    text = (ROOT / f"Pulumi.{name}.yaml").read_text()
    config = yaml.safe_load(text)["config"]
    return {key.removeprefix("snapdeploy-registry:"): value for key, value in config.items()}, text
