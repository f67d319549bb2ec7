"""A new token is proven, delivered, and only then is the old one called spent: on the engine, at a real registry."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from dotenv import dotenv_values

from contract.fingerprint import fingerprint
from ops.fingerprint import KEY_VARIABLE
from tests.support.engine import ROOT, EngineProject, Result
from tests.support.registry import USER, RunningRegistry, run_registry
from tests.support.token_service import Manner, TokenService

PROGRAM = Path(__file__).with_name("static_stack.py")
OLD, NEW, WRONG = "canary-old-11", "canary-new-22", "canary-wrong-33"
ALL = frozenset({"pull", "push", "delete"})


@dataclass
class Rotating:
    """A stack, the registry that it is about, and all that was run."""

    stack: EngineProject
    service: TokenService
    registry: RunningRegistry
    runs: list[Result]

    def up(self, *arguments: str, fails: bool = False) -> Result:
        self.runs.append(self.stack.up(*arguments, fails=fails))
        return self.runs[-1]

    def token(self, value: str) -> None:
        """Writes another token into the config, as a person does."""
        self.stack.run("config", "set", "throwaway:token", "--secret", stdin=value)

    def delivered(self, name: str = ".env") -> dict[str, str]:
        """What the builder reads."""
        return {key: value or "" for key, value in dotenv_values(self.stack.folder / name, interpolate=False).items()}

    def revocable(self) -> str:
        """What the stack says can be revoked."""
        told: str = self.stack.outputs()["revocable"]["main"]
        return told


@pytest.fixture
def rotating(tmp_path: Path) -> Iterator[Rotating]:
    service = TokenService(Manner.DOCKER_HUB, {OLD: USER, NEW: USER}, {OLD: ALL, NEW: ALL})
    with (
        service.running(tmp_path / "tokens") as tokens,
        run_registry(tmp_path / "registry", tokens=tokens) as registry,
    ):
        stack = EngineProject(
            tmp_path / "stack",
            PROGRAM.read_text(encoding="utf-8"),
            config={"throwaway:host": registry.registry.host},
            secrets={"throwaway:token": OLD},
            providers=(),
            environment={"PYTHONPATH": str(ROOT)},
        )
        yield Rotating(stack, service, registry, [])


def test_a_rotation_from_its_beginning_to_its_end(rotating: Rotating) -> None:
    rotating.up()
    assert rotating.delivered()["DOCKER_REGISTRY_PASSWORD"] == OLD
    assert rotating.revocable() == "nothing older was delivered by this stack"
    before = rotating.stack.outputs()
    assert rotating.up("--expect-no-changes").changes == {}

    # A token that the registry refuses: nothing is delivered, and nothing is called spent.
    rotating.token(WRONG)
    refused = rotating.up(fails=True)
    assert "does not do what the builder needs, so nothing was delivered" in refused.diagnostics
    assert "incorrect username or password" in refused.diagnostics
    for file in (".env", "second.env"):
        assert rotating.delivered(file)["DOCKER_REGISTRY_PASSWORD"] == OLD
    after = rotating.stack.outputs()
    assert (after["revocable"], after["fingerprints"]) == (before["revocable"], before["fingerprints"])

    # The right one: proven and delivered everywhere in one step, and the old one is named as spent.
    rotating.token(NEW)
    rotating.up()
    for file in (".env", "second.env"):
        assert rotating.delivered(file)["DOCKER_REGISTRY_PASSWORD"] == NEW
    told = rotating.revocable()
    assert "can be revoked: its successor is proven and delivered in 2 places" in told
    assert rotating.up("--expect-no-changes").changes == {}
    assert rotating.revocable() == told, "what was said stays said until the next rotation"

    kept = json.dumps(rotating.stack.state()) + json.dumps(rotating.stack.outputs())
    for secret in (OLD, NEW, WRONG):
        assert secret not in kept
        assert [run.arguments for run in rotating.runs if secret in run.text or secret in json.dumps(run.events)] == []


def test_both_sides_tell_the_same_fingerprint(rotating: Rotating) -> None:
    rotating.up()
    outputs = rotating.stack.outputs()
    assert outputs["fingerprint_key"] == "[secret]"
    assert rotating.stack.outputs(secrets=True)["fingerprints"] == outputs["fingerprints"]
    key = rotating.stack.outputs(secrets=True)["fingerprint_key"]
    assert outputs["fingerprints"]["first"] == fingerprint(key, rotating.delivered())
    assert outputs["fingerprints"]["first"] == outputs["fingerprints"]["second"]

    file = rotating.stack.folder / ".env"

    def builder(expected: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ops", "fingerprint", "--env-file", str(file), "--expect", expected],
            cwd=ROOT,
            env={**os.environ, KEY_VARIABLE: key},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert builder(outputs["fingerprints"]["first"]).returncode == 0
    file.write_text(file.read_text().replace(OLD, "canary-by-hand"))
    other = builder(outputs["fingerprints"]["first"])
    assert other.returncode == 1
    assert "canary" not in other.stdout + other.stderr


def test_a_delivery_that_fails_leaves_the_old_one_unspent(rotating: Rotating) -> None:
    rotating.up()
    blocked = rotating.stack.folder / "second.env"
    blocked.unlink()
    blocked.mkdir()
    rotating.token(NEW)
    failed = rotating.up(fails=True)
    assert "nothing was delivered to second.env" in failed.diagnostics
    assert rotating.revocable() == "nothing older was delivered by this stack"
    blocked.rmdir()
    rotating.up()
    assert "proven and delivered in 2 places" in rotating.revocable()
