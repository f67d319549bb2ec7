"""Which Docker engines are taken, and what is said of the others."""

from pathlib import Path

import pytest
from docker.errors import DockerException

from ops import engine
from ops.engine import NoEngineError, find_engine
from ops.hello import Machine

FACTS = {"OSType": "linux", "Architecture": "x86_64", "OperatingSystem": "Debian"}


class FakeClient:
    """Stands in for the SDK's client, as far as `find_engine` uses it."""

    facts: dict[str, str] = FACTS
    asked: list[object]
    closed = 0

    def __init__(self, base_url: str, tls: object, version: str, timeout: int) -> None:
        type(self).asked = [base_url, tls, version]
        self.timeout = timeout

    def info(self) -> dict[str, str]:
        return self.facts

    def close(self) -> None:
        type(self).closed += 1


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> type[FakeClient]:
    class Client(FakeClient):
        pass

    monkeypatch.setattr(engine, "APIClient", Client)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    return Client


@pytest.mark.parametrize(("name", "machine"), [("x86_64", Machine.AMD64), ("aarch64", Machine.ARM64)])
def test_an_engine_here_is_taken(fake: type[FakeClient], name: str, machine: Machine) -> None:
    fake.facts = {**FACTS, "Architecture": name}
    found = find_engine("127.0.0.1:5000")
    assert (found.address, found.machine) == ("unix:///var/run/docker.sock", machine)
    assert fake.closed == 0


@pytest.mark.parametrize(
    ("facts", "host", "why"),
    [
        ({"OSType": "windows"}, "unix:///x", "windows containers"),
        ({"Architecture": "s390x"}, "unix:///x", "s390x"),
        ({"OperatingSystem": "Docker Desktop"}, "unix:///x", "does not run on this machine itself"),
        ({}, "tcp://10.0.0.1:2375", "does not run on this machine itself"),
        ({}, "ssh://me@there", "SSH"),
    ],
)
def test_an_engine_that_cannot_help_is_told(
    fake: type[FakeClient], monkeypatch: pytest.MonkeyPatch, facts: dict[str, str], host: str, why: str
) -> None:
    fake.facts = {**FACTS, **facts}
    monkeypatch.setenv("DOCKER_HOST", host)
    with pytest.raises(NoEngineError, match=why):
        find_engine("127.0.0.1:5000")
    assert fake.closed == (0 if "ssh" in host else 1)


def test_an_engine_elsewhere_can_reach_a_registry_elsewhere(
    fake: type[FakeClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://10.0.0.1:2375")
    assert find_engine("ghcr.io").machine is Machine.AMD64


def test_no_engine_is_told_with_its_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    with pytest.raises(NoEngineError, match="no Docker engine answers"):
        find_engine("ghcr.io")


def test_an_engine_that_breaks_off_is_none(fake: type[FakeClient], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> dict[str, str]:
        raise DockerException("gone")

    monkeypatch.setattr(fake, "info", broken)
    with pytest.raises(NoEngineError, match="gone"):
        find_engine("ghcr.io")
    assert fake.closed == 1
