"""The verb that compares without showing: what counts, where the key comes from, how it ends."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from contract.fingerprint import fingerprint as keyed
from contract.problem import Problems
from ops.cli import cli
from ops.delivered import Delivered
from ops.fingerprint import KEY_VARIABLE, fingerprint

KEY = "canary-key-4a"
VALUES = {
    "DOCKER_REGISTRY": "docker.io/acme",
    "DOCKER_REGISTRY_USERNAME": "acme-ci",
    "DOCKER_REGISTRY_PASSWORD": "canary-password-9e",
    "BUILDER_WORK_DIR": "/tmp/a folder",
}
DELIVERED = keyed(KEY, VALUES)


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    file = tmp_path / ".env"
    file.touch(mode=0o600)
    file.write_text("MINE=1\n" + "".join(f"{name}='{value}'\n" for name, value in VALUES.items()))
    return file


def run(*arguments: str, stdin: str = "", **environment: str) -> tuple[int, str]:
    runner = CliRunner()
    done = runner.invoke(cli, ["fingerprint", *arguments], input=stdin, env=environment, standalone_mode=False)
    return int(done.return_value), done.output


def test_what_belongs_to_another_registry_does_not_count() -> None:
    found = fingerprint(Delivered("here", {**VALUES, "AWS_REGION": "eu-central-1"}), KEY, None)
    assert (found.value, found.matches) == (DELIVERED, None)
    assert "AWS_REGION" not in found.names


def test_nothing_delivered_has_no_fingerprint() -> None:
    with pytest.raises(Problems, match="nothing to take a fingerprint of"):
        fingerprint(Delivered("here", {}), KEY, None)


def test_it_is_printed_or_compared(env_file: Path) -> None:
    file = ("--env-file", str(env_file))
    assert run(*file, **{KEY_VARIABLE: KEY}) == (0, f"{DELIVERED}\n")
    assert run(*file, "--key-stdin", stdin=f"{KEY}\n") == (0, f"{DELIVERED}\n")
    code, told = run(*file, "--expect", DELIVERED.upper(), **{KEY_VARIABLE: KEY})
    assert (code, told.startswith("the same values")) == (0, True)
    code, told = run(*file, "--expect", "0" * 64, **{KEY_VARIABLE: KEY})
    assert (code, told.startswith("OTHER VALUES")) == (1, True)


def test_no_value_and_no_key_is_shown(env_file: Path) -> None:
    for arguments in ((), ("--json",), ("--expect", "0"), ("--json", "--expect", "0")):
        _, told = run("--env-file", str(env_file), *arguments, **{KEY_VARIABLE: KEY})
        assert "canary" not in told
    document = json.loads(run("--env-file", str(env_file), "--json", **{KEY_VARIABLE: KEY})[1])
    assert document["fingerprint"] == DELIVERED
    assert document["variables"] == list(VALUES)


@pytest.mark.parametrize("arguments", [(), ("--key-stdin",)])
def test_a_missing_key_is_wrong_usage_and_says_how_to_get_it(env_file: Path, arguments: tuple[str, ...]) -> None:
    code, told = run("--env-file", str(env_file), *arguments, **{KEY_VARIABLE: ""})
    assert code == 2
    assert "pulumi stack output fingerprint_key --show-secrets" in told


def test_there_is_no_option_that_takes_the_key_itself() -> None:
    (options,) = [command.params for name, command in cli.commands.items() if name == "fingerprint"]
    assert {option.name for option in options} == {
        "env_file",
        "from_environment",
        "from_outputs",
        "as_json",
        "key_stdin",
        "expect",
    }


def test_the_key_and_the_outputs_cannot_both_come_by_standard_input() -> None:
    outputs = json.dumps({"builder_env": {"DOCKER_REGISTRY": "ghcr.io/team"}})
    done = CliRunner().invoke(cli, ["fingerprint", "--from-outputs", "--key-stdin"], input=outputs)
    assert "both read standard input" in done.output
