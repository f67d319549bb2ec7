"""The tool in a process of its own, with delivered values, against a real registry."""

import json
import os
import pty
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

import ops
from oci.checks import Name
from oci.client import Client
from tests.e2e.conftest import TOOL, write_env
from tests.support.registry import NAMESPACE, RunningRegistry

ROOT = Path(ops.__file__).parents[1]
CHECKS = [str(name) for name in Name]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*TOOL, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_verify_holds_with_what_was_delivered(registry: RunningRegistry, env_file: Path) -> None:
    done = run("verify", "--no-docker", "--json", "--mutable", "--env-file", str(env_file))
    document = json.loads(done.stdout)
    assert (done.returncode, done.stderr, document["ok"]) == (0, "", True)
    assert [check["name"] for check in document["checks"]] == CHECKS
    assert registry.credential.password not in done.stdout


def test_verify_fails_where_tags_should_be_immutable(env_file: Path) -> None:
    done = run("verify", "--no-docker", "--json", "--immutable", "--env-file", str(env_file))
    document = json.loads(done.stdout)
    assert (done.returncode, document["ok"]) == (1, False)
    assert [check["name"] for check in document["checks"] if not check["ok"]] == ["overwrite"]


def test_verify_reads_the_environment(registry: RunningRegistry) -> None:
    done = run("verify", "--no-docker", "--quiet", "--from-environment", **registry.variables())
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_verify_over_tls(tls_registry: RunningRegistry, tmp_path: Path) -> None:
    env_file = write_env(tmp_path / "with ümläut.env", tls_registry)
    done = run("verify", "--no-docker", "--env-file", str(env_file))
    assert done.returncode == 0
    assert "7 of 7 checks held" in done.stdout


def test_a_terminal_gets_progress_and_colour_unless_it_wants_none(env_file: Path) -> None:
    command = [*TOOL, "verify", "--no-docker", "--env-file", str(env_file)]
    for wish, escapes in (({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False)):
        shown = _on_a_terminal(command, {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | wish)
        assert ("\x1b[32m" in shown) is escapes
        assert "7 checked, last: overwrite" in shown
        assert "7 of 7 checks held" in shown


def test_ctrl_c_is_quiet_and_leaves_nothing(registry: RunningRegistry, env_file: Path) -> None:
    command = [*TOOL, "verify", "--no-docker", "--layer-size", "300M", "--env-file", str(env_file)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            _until_an_upload_begins(registry, process)
            os.killpg(process.pid, signal.SIGINT)
            output, noise = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert b"Traceback" not in output + noise
    assert noise.strip() == b""
    with Client(registry.registry.host, registry.credential) as client:
        assert list(client.tags(f"{NAMESPACE}/snapdeploy-verify")) == []


def test_the_password_is_in_no_argument_list(registry: RunningRegistry, env_file: Path) -> None:
    seen = ""
    command = [*TOOL, "verify", "--no-docker", "--layer-size", "50M", "--env-file", str(env_file)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            for entry in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen += entry.read_bytes().decode(errors="replace")
                except OSError:
                    continue
            time.sleep(0.02)
    assert "--layer-size" in seen
    assert registry.credential.password not in seen


def test_docker_is_logged_in_and_its_own_configuration_is_used(
    registry: RunningRegistry, env_file: Path, tmp_path: Path
) -> None:
    if shutil.which("docker") is None:
        pytest.skip("no `docker` command on PATH")
    config = tmp_path / "docker"
    done = run("login", "--json", "--env-file", str(env_file), DOCKER_CONFIG=str(config), DOCKER_HOST="unix:///none")
    document = json.loads(done.stdout)
    assert (done.returncode, document["ok"], document["host"]) == (0, True, registry.registry.host)
    assert registry.registry.host in json.loads((config / "config.json").read_text())["auths"]
    assert registry.credential.password not in done.stdout + done.stderr


def test_a_refused_login_ends_with_1(registry: RunningRegistry, tmp_path: Path) -> None:
    if shutil.which("docker") is None:
        pytest.skip("no `docker` command on PATH")
    values = {**registry.variables(), "DOCKER_REGISTRY_PASSWORD": "another"}
    done = run("login", "--from-environment", DOCKER_CONFIG=str(tmp_path), DOCKER_HOST="unix:///none", **values)
    assert done.returncode == 1
    assert "401 unauthorized" in done.stderr.lower()


def _until_an_upload_begins(registry: RunningRegistry, process: subprocess.Popen[bytes]) -> None:
    uploads = registry.folder / "data/docker/registry/v2/repositories" / NAMESPACE / "snapdeploy-verify/_uploads"
    deadline = time.monotonic() + 60
    while not (uploads.is_dir() and any(uploads.iterdir())):
        assert process.poll() is None, "it ended before it could be interrupted"
        assert time.monotonic() < deadline, "no upload began"
        time.sleep(0.005)


def _on_a_terminal(command: list[str], environment: dict[str, str]) -> str:
    ours, theirs = pty.openpty()
    shown = b""
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:  # how Linux says that the other end is closed
            pass
        finally:
            os.close(ours)
        assert process.wait(60) == 0
    return shown.decode()
