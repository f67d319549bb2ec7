"""A Docker engine for tests: the one that answers, else one of our own where we are root.

Our own runs where nothing is granted but root: no bridge, no iptables, the vfs storage driver, and
every file under the test's folder. Debian's `docker.io` is installed where `dockerd` is missing.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
import pytest
import requests
from docker.errors import DockerException

from tests.support.processes import running, wait_until

_INSTALLING = 300.0
_STARTING = 60.0
# A socket's path has at most 107 characters, which folders named after tests soon exceed.
_LONGEST_SOCKET = 100


@contextmanager
def docker_engine(folder: Path) -> Iterator[str]:
    """The DOCKER_HOST of an engine that answers; skips the test where there can be none."""
    present = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    if _answers(present):
        yield present
        return
    dockerd = _dockerd()
    socket = folder / "docker.sock"
    if len(str(socket)) > _LONGEST_SOCKET:
        pytest.fail(f"{socket} is too long for a socket; choose a shorter --basetemp")
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "dockerd.log"
    command = [dockerd, "--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver=vfs"]
    command += ["-H", f"unix://{socket}", "--data-root", str(folder / "data"), "--exec-root", str(folder / "exec")]
    command += ["--pidfile", str(folder / "docker.pid"), "--config-file", str(_empty_config(folder))]
    with running(command, log) as process:
        try:
            wait_until(lambda: _answers(f"unix://{socket}"), process, log, _STARTING)
        except RuntimeError as error:
            pytest.skip(f"no Docker engine can run here: {error}")
        yield f"unix://{socket}"


def _empty_config(folder: Path) -> Path:
    config = folder / "daemon.json"
    config.write_text("{}", encoding="utf-8")
    return config


def _answers(address: str) -> bool:
    try:
        client = docker.APIClient(base_url=address, version="auto", timeout=5)
    except (DockerException, requests.RequestException, OSError):
        return False
    client.close()
    return True


def _dockerd() -> str:
    found = _find()
    if found is not None:
        return found
    if os.geteuid() != 0:
        pytest.skip("no Docker engine answers, and only root can start one")
    if shutil.which("apt-get") is None:
        pytest.skip("no Docker engine answers, and `dockerd` cannot be installed without apt-get")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "docker.io"]
    for command in (["apt-get", "update", "-qq"], install):
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=_INSTALLING, check=False
        )
        if done.returncode != 0:
            pytest.skip(f"no Docker engine answers, and `{' '.join(command)}` failed: {done.stderr[-300:]}")
    found = _find()
    if found is None:
        pytest.skip("no Docker engine answers, and the package docker.io brought no dockerd")
    return found


def _find() -> str | None:
    return shutil.which("dockerd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
