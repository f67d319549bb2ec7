"""The setup guide's five steps, through a real Docker engine, into a real registry."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import docker
import pytest

import ops
from contract.image import Registry
from oci.checks import Check
from oci.client import Client
from oci.credential import Credential
from oci.errors import NotFoundError
from ops.delivered import Login
from ops.docker_steps import Steps
from ops.engine import find_engine
from ops.verify import DockerStep, verify
from tests.e2e.conftest import TOOL
from tests.support.registry import NAMESPACE, RunningRegistry, free_port, run_registry

ROOT = Path(ops.__file__).parents[1]


@pytest.fixture
def engine(docker_host: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[docker.APIClient]:
    """A look at the engine from outside; afterwards nothing of ours may be left there."""
    monkeypatch.setenv("DOCKER_HOST", docker_host)
    client = docker.APIClient(base_url=docker_host, version="auto", timeout=30)
    yield client
    left = [tag for image in client.images() for tag in image["RepoTags"] or [] if "snapdeploy-verify" in tag]
    containers = client.containers(all=True)
    client.close()
    assert (left, containers) == ([], [])


def login(running: RunningRegistry) -> Login:
    return Login(running.registry, running.credential, running.ca_file)


def steps(login: Login) -> dict[str, Check]:
    return {check.name: check for check in Steps(find_engine(login.registry.host), login).run()}


def test_all_five_steps_hold_and_nothing_is_left(engine: docker.APIClient, registry: RunningRegistry) -> None:
    checks = steps(login(registry))
    assert list(checks) == [str(step) for step in DockerStep]
    assert {check.name: check.detail for check in checks.values() if not check.ok} == {}
    with Client(registry.registry.host, registry.credential) as client:
        assert list(client.tags(f"{NAMESPACE}/snapdeploy-verify")) == []


def test_they_hold_over_tls_on_loopback(engine: docker.APIClient, tls_registry: RunningRegistry) -> None:
    assert all(check.ok for check in steps(login(tls_registry)).values())


def test_the_tool_runs_them_and_writes_no_credential(
    engine: docker.APIClient, docker_host: str, registry: RunningRegistry, env_file: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    (home / ".docker").mkdir(parents=True)
    # A helper that does not exist: were the user's configuration consulted, a step would fail.
    (home / ".docker/config.json").write_text('{"credsStore": "none-such"}', encoding="utf-8")
    environment = {**os.environ, "DOCKER_HOST": docker_host, "HOME": str(home), "TMPDIR": str(tmp_path)}
    environment.pop("DOCKER_CONFIG", None)
    done = subprocess.run(
        [*TOOL, "verify", "--docker", "--json", "--env-file", str(env_file)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    document = json.loads(done.stdout)
    assert (done.returncode, document["ok"], document["skipped"]) == (0, True, [])
    assert len(document["checks"]) == 12
    assert registry.credential.password not in done.stdout + done.stderr
    assert (home / ".docker/config.json").read_text() == '{"credsStore": "none-such"}'
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("snapdeploy-")] == []


def test_a_wrong_password_fails_the_login_and_stops_there(engine: docker.APIClient, registry: RunningRegistry) -> None:
    wrong = replace(login(registry), credential=Credential(registry.credential.username, "canary-0f"))
    checks = steps(wrong)
    assert not checks[DockerStep.LOGIN].ok
    assert "compare user name and password" in checks[DockerStep.LOGIN].detail
    assert "canary-0f" not in str(checks)
    assert {checks[step].detail for step in list(DockerStep)[1:]} == {"not run: docker-login failed"}


def test_a_registry_that_is_gone_fails_with_its_remedy(engine: docker.APIClient) -> None:
    gone = Login(Registry(f"127.0.0.1:{free_port()}", NAMESPACE), Credential("a", "b"), None)
    checks = steps(gone)
    assert not checks[DockerStep.LOGIN].ok
    assert "nothing listens there" in checks[DockerStep.LOGIN].detail


def test_a_push_that_fails_within_its_stream_is_a_failed_step(engine: docker.APIClient, tmp_path: Path) -> None:
    with run_registry(tmp_path / "registry") as short_lived:
        running = Steps(find_engine(short_lived.registry.host), login(short_lived)).run()
        assert next(running).ok
        assert next(running).ok
    push, *rest = running
    assert (push.name, push.ok) == (DockerStep.PUSH, False)
    assert "nothing listens there" in push.detail
    assert {check.detail for check in rest} == {"not run: docker-push failed"}


@pytest.mark.parametrize("after", [2, 3, 4])
def test_stopping_early_leaves_nothing(engine: docker.APIClient, registry: RunningRegistry, after: int) -> None:
    running = Steps(find_engine(registry.registry.host), login(registry)).run()
    for _ in range(after):
        assert next(running).ok
    running.close()
    # A test that stops before its push may be the first: then there is not even the repository.
    with Client(registry.registry.host, registry.credential) as client, suppress(NotFoundError):
        assert list(client.tags(f"{NAMESPACE}/snapdeploy-verify")) == []


def test_without_an_engine_the_steps_are_skipped_or_failed_as_asked(
    registry: RunningRegistry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    relaxed = verify(login(registry))
    assert relaxed.ok
    assert [skipped.name for skipped in relaxed.skipped] == [str(step) for step in DockerStep]
    assert all("no Docker engine answers" in skipped.reason for skipped in relaxed.skipped)
    strict = verify(login(registry), docker=True)
    assert not strict.ok
    assert strict.skipped == ()
    assert [check.name for check in strict.checks if not check.ok] == [str(step) for step in DockerStep]
