"""The command line as a user meets it: in a process of its own, seen from outside."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

import ops
from oci.checks import Name
from ops import review_cli, setup_cli
from ops.cli import Size, cli
from tests.support.registry import free_port

TOOL = [sys.executable, "-m", "ops"]
ROOT = Path(ops.__file__).parents[1]
CANARY = "canary-1b7d"


def run(
    *arguments: str, folder: Path = ROOT, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    inherited = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    return subprocess.run(
        [*TOOL, *arguments],
        cwd=folder,
        env={**inherited, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def dead_registry(tmp_path: Path) -> Path:
    """A `.env` that leads to a port where nobody listens."""
    path = tmp_path / ".env"
    path.write_text(
        f"DOCKER_REGISTRY=127.0.0.1:{free_port()}/apps\nDOCKER_REGISTRY_USERNAME=b\nDOCKER_REGISTRY_PASSWORD={CANARY}\n",
        encoding="utf-8",
    )
    path.chmod(0o600)
    return path


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert run("--version").stdout == f"{project['name']} {project['version']}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["verify", "--help"], ["env", "-h"], ["login", "--help"]])
def test_every_help_documents_the_exit_codes(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 0
    for line in ("0    all", "1    a check failed", "2    wrong usage", "3    the registry cannot", "130  interrupted"):
        assert line in done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["verify", "--help"]])
def test_nothing_heavy_is_loaded_to_answer_at_once(arguments: list[str]) -> None:
    code = (
        f"import sys; sys.argv = ['x', *{arguments!r}]; from ops.cli import main\n"
        "try: main()\nfinally: print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "click" in loaded
    assert not loaded & {
        "httpx",
        "dotenv",
        "docker",
        "boto3",
        "botocore",
        "requests",
        "pulumi",
        "ssl",
        "importlib.metadata",
        "oci.client",
    }


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["verify", "--nonsense"],
        ["verify", "--env-file", "x", "--from-environment"],
        ["verify", "--layer-size", "-1"],
        ["verify", "--layer-size", "11G"],
        ["verify", "--layer-size", "5T"],
        ["env", "--env-file", "nowhere.env"],
        ["verify", "--from-environment"],
        ["login", "--from-environment"],
        ["env", "--from-environment"],
    ],
)
def test_wrong_usage_and_missing_values_end_with_2(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr


def test_json_reports_problems_too() -> None:
    done = run("verify", "--json", "--from-environment")
    assert done.returncode == 2
    document = json.loads(done.stdout)
    assert (document["ok"], document["checks"], document["skipped"]) == (False, [], [])
    assert {problem["where"] for problem in document["problems"]} == {
        "the environment DOCKER_REGISTRY",
        "the environment DOCKER_REGISTRY_PASSWORD",
    }


def test_an_unreachable_registry_ends_with_3(dead_registry: Path) -> None:
    done = run("verify", "--json", "--env-file", str(dead_registry))
    assert done.returncode == 3
    document = json.loads(done.stdout)
    assert [check["name"] for check in document["checks"]] == [str(name) for name in Name]
    assert set(document["checks"][0]) == {"name", "ok", "detail", "seconds"}
    assert "nothing listens there" in document["checks"][0]["detail"]
    assert len(document["skipped"]) == 5
    assert CANARY not in done.stdout + done.stderr


def test_the_table_has_no_escapes_without_a_terminal(dead_registry: Path) -> None:
    done = run("verify", "--no-docker", "--env-file", str(dead_registry))
    assert "\x1b" not in done.stdout + done.stderr
    assert "0 of 7 checks held, 5 skipped." in done.stdout
    assert done.stderr == ""


def test_quiet_prints_failures_only(dead_registry: Path) -> None:
    done = run("verify", "--quiet", "--no-docker", "--env-file", str(dead_registry))
    assert all("FAILED" in line for line in done.stdout.splitlines())
    assert len(done.stdout.splitlines()) == len(Name)


def test_secrets_are_shown_only_when_revealed(dead_registry: Path) -> None:
    for arguments in (["env"], ["env", "--json"]):
        hidden = run(*arguments, folder=dead_registry.parent)
        assert hidden.returncode == 0
        assert CANARY not in hidden.stdout + hidden.stderr
        assert CANARY in run(*arguments, "--reveal", folder=dead_registry.parent).stdout


def test_a_loose_file_is_warned_of_on_standard_error(dead_registry: Path) -> None:
    dead_registry.chmod(0o644)
    done = run("env", "--json", "--env-file", str(dead_registry))
    assert "chmod 600" in done.stderr
    assert json.loads(done.stdout)["variables"]


def test_a_pipe_that_is_closed_makes_no_noise(dead_registry: Path) -> None:
    with subprocess.Popen(
        [*TOOL, "env", "--env-file", str(dead_registry)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        noise = process.stderr.read()
        assert process.wait(30) == 1
    assert noise == b""


def test_a_terminal_that_lacks_a_character_gets_a_result_all_the_same() -> None:
    values = {"PYTHONIOENCODING": "latin-1", "DOCKER_REGISTRY": "ghcr.io/team", "DOCKER_REGISTRY_USERNAME": "日本"}
    done = run("env", "--from-environment", environment=values)
    assert (done.returncode, done.stderr) == (0, "")
    assert "DOCKER_REGISTRY_USERNAME='\\u65e5\\u672c'" in done.stdout


@pytest.mark.parametrize(
    ("text", "why"), [("-1", "write a number"), ("5T", "write a number"), ("11G", "more than 10G"), ("", "write a")]
)
def test_a_size_that_is_none_is_refused(text: str, why: str) -> None:
    with pytest.raises(click.BadParameter, match=why):
        Size().convert(text, None, None)


@pytest.mark.parametrize(
    ("text", "size"), [("0", 0), ("1024", 1024), ("1K", 1024), ("1KiB", 1024), ("50M", 50 << 20), ("10g", 10 << 30)]
)
def test_sizes_are_read(text: str, size: int) -> None:
    assert Size().convert(text, None, None) == size


def test_each_verb_that_reads_what_was_delivered_takes_json_and_a_source() -> None:
    # A workflow is printed before anything is delivered, and a review is of what is to come.
    others = {"workflow", "explain", *(verb.name for verb in (*review_cli.VERBS, *setup_cli.VERBS))}
    for command in [command for name, command in cli.commands.items() if name not in others]:
        assert {"--json", "--env-file", "--from-environment", "--from-outputs"} <= {
            name for each in command.params for name in each.opts
        }
