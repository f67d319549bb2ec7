"""Real servers, one of each kind for the whole session: a registry is quick to start, an engine is not."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.docker import docker_engine
from tests.support.registry import RunningRegistry, run_registry


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRegistry]:
    """A registry with a password, on plain HTTP."""
    with run_registry(tmp_path_factory.mktemp("registry")) as running:
        yield running


@pytest.fixture(scope="session")
def tls_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRegistry]:
    """A registry with a password and a certificate of its own authority."""
    with run_registry(tmp_path_factory.mktemp("tls"), tls=True) as running:
        yield running


@pytest.fixture(scope="session")
def open_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRegistry]:
    """A registry that asks nobody for a password."""
    with run_registry(tmp_path_factory.mktemp("open"), authentication=False) as running:
        yield running


@pytest.fixture(scope="session")
def docker_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The DOCKER_HOST of an engine that answers."""
    with docker_engine(tmp_path_factory.mktemp("d")) as address:
        yield address


@pytest.fixture
def env_file(registry: RunningRegistry, tmp_path: Path) -> Path:
    """The registry's variables in a `.env`, as delivered."""
    return write_env(tmp_path / ".env", registry)


def write_env(path: Path, running: RunningRegistry) -> Path:
    """Writes the variables that `running` would deliver."""
    path.touch(mode=0o600)
    quoted = {name: value.replace("\\", "\\\\").replace("'", "\\'") for name, value in running.variables().items()}
    path.write_text("".join(f"{name}='{value}'\n" for name, value in quoted.items()), encoding="utf-8")
    return path


TOOL = [sys.executable, "-m", "ops"]
