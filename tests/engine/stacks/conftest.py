"""The project's own stacks, in a checkout of their own, on the real engine with simulated clouds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml

from tests.simulated.store import Store
from tests.support.checkout import Checkout, checkout
from tests.support.emulator import Emulator, emulator, emulator_server

__all__ = ["emulator", "emulator_server"]

UNDER_THE_PACK = ("--policy-pack", "policies", "--policy-pack-config", "policies/config/prod.json")
"""How what is in production is judged."""


@dataclass(frozen=True)
class Stack:
    """One stack of a checkout, with its clouds simulated on this machine."""

    project: Checkout
    stack: str

    @property
    def surroundings(self) -> dict[str, str]:
        """What each run is told beside that it is simulated."""
        return {}

    def run(self, *arguments: str, fails: bool = False, **variables: str) -> CompletedProcess[str]:
        """`SIMULATE=1 tools/pulumi …`, which has to succeed, or to fail where it `fails`."""
        done = self.project.pulumi(*arguments, "-s", self.stack, SIMULATE="1", **{**self.surroundings, **variables})
        assert (done.returncode != 0) == fails, f"{done.stdout}\n{done.stderr}"
        return done

    def up(self, *arguments: str, fails: bool = False, **variables: str) -> CompletedProcess[str]:
        """An update without the preview that a person would ask for."""
        return self.run("up", "--yes", "--skip-preview", *arguments, fails=fails, **variables)

    def refresh(self, *arguments: str) -> CompletedProcess[str]:
        """A refresh."""
        return self.run("refresh", "--yes", "--skip-preview", *arguments)

    def destroy(self, *, fails: bool = False) -> CompletedProcess[str]:
        """A destroy."""
        return self.run("destroy", "--yes", "--skip-preview", fails=fails)

    @property
    def file(self) -> Path:
        """The stack's file."""
        return self.project.root / f"Pulumi.{self.stack}.yaml"

    @property
    def kept(self) -> Path:
        """Where the simulated clouds keep what they have."""
        return self.project.root / ".state" / "simulated" / "store"


@dataclass(frozen=True)
class Simulated(Stack):
    """A stack of AWS', emulated on this machine."""

    emulator: Emulator

    @property
    def surroundings(self) -> dict[str, str]:
        return self.emulator.environment

    def configure(self, registry: dict[str, Any], delivery: dict[str, Any] | None = None) -> None:
        """Writes the stack's file with one registry, `main`."""
        config = {
            "snapdeploy-registry:environment": "prod",
            "snapdeploy-registry:registries": {"main": {"kind": "ecr", **registry}},
            "snapdeploy-registry:delivery": delivery or {},
        }
        self.file.write_text(yaml.safe_dump({"config": config}, sort_keys=False), encoding="utf-8")


@dataclass(frozen=True)
class Google(Stack):
    """A stack of Google's, simulated on this machine."""

    @property
    def store(self) -> Store:
        """What the simulated Google has."""
        return Store(self.kept, "gcp")

    def held(self, token: str) -> list[str]:
        """The ids of what there is of one type."""
        return sorted(key.id for key in self.store.held() if key.token == token)

    def change(self, change: Callable[[dict[str, Any], dict[str, Any]], None]) -> None:
        """Writes the stack's file as `change` leaves the registry and the delivery in it."""
        read = yaml.safe_load(self.file.read_text(encoding="utf-8"))
        config = read["config"]
        change(config["snapdeploy-registry:registries"]["main"], config["snapdeploy-registry:delivery"]["secret"])
        self.file.write_text(yaml.safe_dump(read, sort_keys=False), encoding="utf-8")


@pytest.fixture
def prod(tmp_path: Path, emulator: Emulator) -> Iterator[Simulated]:  # a fixture is imported
    """The stack `prod` as it stands in the repository."""
    with checkout(tmp_path / "registry") as project:
        yield Simulated(project, "prod", emulator)


@pytest.fixture
def gcp(tmp_path: Path) -> Iterator[Google]:
    """The stack `gcp` as it stands in the repository."""
    with checkout(tmp_path / "registry") as project:
        yield Google(project, "gcp")
