"""What the Docker steps do when the engine misbehaves in ways that a real one cannot be brought to."""

import threading
from collections.abc import Iterator
from typing import Any, cast

import docker
import pytest
import requests
from docker.errors import APIError

from contract.image import Registry
from oci.checks import Check
from oci.credential import Credential
from ops import docker_steps
from ops.delivered import Login
from ops.docker_steps import Steps
from ops.engine import Engine
from ops.hello import Machine
from ops.verify import DockerStep

CANARY = "canary-4b8e"
LOGIN = Login(Registry("registry.example.com", "apps"), Credential("builder", CANARY), None)


class FakeEngine:
    """An engine that builds and then answers as told; any call it does not know is an AttributeError."""

    def __init__(self, push: list[dict[str, Any]] | Exception) -> None:
        self._push = push
        self.closed = False
        self.released = threading.Event()

    def login(self, **_: object) -> dict[str, str]:
        return {"Status": "Login Succeeded"}

    def build(self, **_: object) -> Iterator[dict[str, str]]:
        return iter([{"stream": "Successfully built"}])

    def inspect_image(self, _: str) -> dict[str, str]:
        return {"Id": "sha256:1"}

    def push(self, *_: object, **__: object) -> list[dict[str, Any]]:
        if isinstance(self._push, Exception):
            raise self._push
        return self._push

    def remove_image(self, *_: object, **__: object) -> None:
        raise APIError("no such image")

    def close(self) -> None:
        self.closed = True


def steps(engine: FakeEngine) -> dict[str, Check]:
    client = cast("docker.APIClient", engine)
    return {check.name: check for check in Steps(Engine(client, "unix:///x", Machine.AMD64), LOGIN).run()}


@pytest.mark.parametrize(
    ("push", "why"),
    [
        ([{"error": f"denied: requested access to the resource is denied for {CANARY}"}], "namespace"),
        ([{"status": "pushed"}], "names no digest"),
        (APIError(f"500: {CANARY}"), "500: ***"),
        (requests.ConnectionError("engine gone"), "engine gone"),
        ([{"error": "unauthorized\n\x1b[32mok"}], "unauthorized\\n"),
    ],
)
def test_a_failed_push_says_why_without_the_password(push: list[dict[str, Any]] | Exception, why: str) -> None:
    engine = FakeEngine(push)
    checks = steps(engine)
    assert checks[DockerStep.BUILD].ok
    assert not checks[DockerStep.PUSH].ok
    assert why in checks[DockerStep.PUSH].detail
    assert CANARY not in str(checks)
    assert "\x1b" not in str(checks[DockerStep.PUSH].detail)
    assert checks[DockerStep.RUN].detail == "not run: docker-push failed"
    assert engine.closed


def test_an_engine_that_hangs_does_not_hang_the_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hanging(FakeEngine):
        def login(self, **_: object) -> dict[str, str]:
            self.released.wait(30)
            return {}

    monkeypatch.setattr(docker_steps, "_STEP", 0.2)
    engine = Hanging([])
    try:
        checks = steps(engine)
    finally:
        engine.released.set()
    assert "did not finish" in checks[DockerStep.LOGIN].detail
    assert checks[DockerStep.LOGIN].seconds < 5
