"""The printed workflow is what it was, is right as YAML, and gives no more rights than it needs."""

import subprocess
from pathlib import Path

import pytest
import yaml

from github.workflow import workflow
from tests.support.workflow_linters import ACTIONLINT

GOLDEN = Path(__file__).with_name("image.yml")


def test_the_workflow_is_the_one_on_file() -> None:
    assert workflow("acme/builder", "web", "dev") == GOLDEN.read_text(encoding="utf-8")


def test_it_may_read_the_code_and_push_and_nothing_else() -> None:
    found = yaml.safe_load(workflow("acme/builder", "web", None))
    assert found["permissions"] == {}
    (job,) = found["jobs"].values()
    assert job["permissions"] == {"contents": "read", "packages": "write"}
    assert "environment" not in job


def test_the_token_is_on_no_command_line() -> None:
    (job,) = yaml.safe_load(workflow("acme/builder", "web", None))["jobs"].values()
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert not [command for command in commands if "${{" in command], "an expression in a command can be steered"
    assert "--password-stdin" in commands[0]


@pytest.mark.parametrize("name", ["yes", "a: b", "1", "#x", "é"])
def test_an_environment_is_the_same_name_in_yaml(name: str) -> None:
    (job,) = yaml.safe_load(workflow("acme/builder", "web", name))["jobs"].values()
    assert job["environment"] == name


def test_actionlint_has_nothing_to_say() -> None:
    command: list[str | Path] = [ACTIONLINT.ensure(), "-no-color", "-shellcheck=", "-pyflakes=", GOLDEN]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
