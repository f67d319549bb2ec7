"""The tool with a registry that takes tokens: the whole way, with an emulated AWS or Google and a real registry."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import ops
from oci import ecr, google
from tests.support import registry as real
from tests.support.emulator import Emulator, emulator, emulator_server
from tests.support.google import BUILDER, CALLER, EVERY_SECRET, Google
from tests.support.token_service import Manner, TokenService

__all__ = ["emulator", "emulator_server"]

ROOT = Path(ops.__file__).parents[1]
ACCOUNT = "123456789012"
TOKEN = f"{ACCOUNT}-auth-token"
SECRET_KEY = "canarysecretkey0123456789ABCDEFabcdef1234"


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[real.RunningRegistry]:
    """A distribution registry that lets in who has the emulated AWS's token, as ECR does."""
    monkeypatch.setattr(real, "USER", ecr.USER)
    monkeypatch.setattr(real, "PASSWORD", TOKEN)
    with real.run_registry(tmp_path / "registry") as running:
        yield running


def run(registry: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The tool with what an ECR stack delivers, in a shell that has only what is given to it."""
    delivered = {"AWS_REGION": "eu-central-1", "AWS_ACCOUNT_ID": ACCOUNT, "AWS_EC2_METADATA_DISABLED": "true"}
    return tool(*arguments, DOCKER_REGISTRY=registry, **{**delivered, **environment})


def tool(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The tool in a shell that has only what is given to it."""
    inherited = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "HOME": "/nonexistent"}
    return subprocess.run(
        [sys.executable, "-m", "ops", *arguments, "--from-environment"],
        cwd=ROOT,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def caller(aws: Emulator) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    }


@pytest.mark.parametrize("option", [[], ["--as-caller"], ["--as-role"]])
def test_verify_holds_with_a_fetched_token(
    option: list[str], registry: real.RunningRegistry, emulator: Emulator
) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/builder"
    done = run(
        str(registry.registry), "verify", "--no-docker", "--json", *option, **caller(emulator), AWS_ROLE_ARN=role
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["ok"]
    for hidden in (TOKEN, SECRET_KEY):
        assert hidden not in done.stdout + done.stderr


def recording(folder: Path) -> str:
    """A PATH whose `docker` writes down what it is given."""
    docker = folder / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text(f'#!/bin/sh\ncat > "{folder}/stdin"\nprintf "%s" "$*" > "{folder}/argv"\necho Succeeded\n')
    docker.chmod(0o755)
    return f"{docker.parent}:/usr/bin:/bin"


def test_login_gives_docker_the_token_on_standard_input(
    registry: real.RunningRegistry, emulator: Emulator, tmp_path: Path
) -> None:
    done = run(str(registry.registry), "login", PATH=recording(tmp_path), **caller(emulator))
    assert (done.returncode, done.stdout) == (0, "Succeeded\n")
    assert (tmp_path / "argv").read_text() == f"login --username AWS --password-stdin {registry.registry.host}"
    assert (tmp_path / "stdin").read_text() == TOKEN


def test_without_aws_credentials_it_ends_with_1_and_says_what_to_do(emulator: Emulator) -> None:
    done = run("127.0.0.1:5000/apps", "verify", "--json", AWS_ENDPOINT_URL=emulator.endpoint)
    assert done.returncode == 1
    (problem,) = json.loads(done.stdout)["problems"]
    assert "no AWS credentials were found here" in problem["what"]
    assert "aws sso login" in problem["mend"]
    assert "Traceback" not in done.stderr


def test_an_aws_that_does_not_answer_ends_with_3(emulator: Emulator) -> None:
    silent = {**caller(emulator), "AWS_ENDPOINT_URL": f"http://127.0.0.1:{real.free_port()}"}
    done = run("127.0.0.1:5000/apps", "verify", **silent)
    assert done.returncode == 3
    assert "AWS does not answer" in done.stderr


def test_a_token_is_not_fetched_for_a_strangers_host(emulator: Emulator) -> None:
    done = run("registry.example.com/apps", "verify", **caller(emulator))
    assert done.returncode == 2
    assert "names the host registry.example.com, which is no registry of ECR" in done.stderr


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[real.RunningRegistry]:
    """A distribution registry behind a token service with Google's manners."""
    service = TokenService(Manner.GOOGLE, {CALLER: google.USER}, {CALLER: frozenset({"pull", "push", "delete"})})
    with service.running(tmp_path) as tokens, real.run_registry(tmp_path / "registry", tokens=tokens) as running:
        yield running
        assert service.unknown == []


def of_google(registry: real.RunningRegistry, double: Google) -> dict[str, str]:
    """What a stack on Artifact Registry delivers, and a machine whose metadata server is the double."""
    return {
        "DOCKER_REGISTRY": str(registry.registry),
        "GOOGLE_SERVICE_ACCOUNT": BUILDER,
        "GCE_METADATA_HOST": double.host,
        "GCE_METADATA_IP": double.host,
    }


@pytest.mark.parametrize("option", [[], ["--as-caller"], ["--as-role"]])
@pytest.mark.parametrize("whose", ["a machine", "a key"])
def test_verify_holds_with_a_token_of_google(
    option: list[str], whose: str, guarded: real.RunningRegistry, tmp_path: Path
) -> None:
    if whose == "a machine" and option == ["--as-role"]:
        return  # the endpoint to act as another is Google's own: tests/unit/oci/test_google.py
    with Google().running() as double:
        environment = of_google(guarded, double)
        if whose == "a key":
            environment["GOOGLE_APPLICATION_CREDENTIALS"] = str(double.key(tmp_path))
        done = tool("verify", "--no-docker", "--json", *option, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["ok"]
    assert done.stderr == ""
    for hidden in EVERY_SECRET:
        assert hidden not in done.stdout + done.stderr
    assert double.unknown == []


def test_login_gives_docker_googles_token_on_standard_input(guarded: real.RunningRegistry, tmp_path: Path) -> None:
    with Google().running() as double:
        done = tool("login", PATH=recording(tmp_path), **of_google(guarded, double))
    assert (done.returncode, done.stdout) == (0, "Succeeded\n"), done.stderr
    argv = f"login --username oauth2accesstoken --password-stdin {guarded.registry.host}"
    assert (tmp_path / "argv").read_text() == argv
    assert (tmp_path / "stdin").read_text() == CALLER


def test_nobody_logged_in_is_refused_in_seconds(guarded: real.RunningRegistry) -> None:
    with Google().running() as double:
        environment = {**of_google(guarded, double), "GCE_METADATA_IP": f"127.0.0.1:{real.free_port()}"}
        done = tool("verify", "--no-docker", **environment)
    assert done.returncode == 1
    assert "there are none here, and no metadata server answers" in done.stderr
    assert "Traceback" not in done.stderr
