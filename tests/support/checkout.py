"""A checkout of this project in another folder, used as a person would use it: by its commands.

It has its own state, and shares the virtual environment and the cache of built programs with
the checkout under test, so that it is ready in a second.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parents[2]
_MINUTES = 5

# Whatever the machine's owner has set must not steer a test.
_OWN = ("PULUMI_", "SNAPDEPLOY_", "DOCKER_", "PYTHON", "SIMULATE", "MAKE", "MFLAGS", "KEEP_IMAGES", "NO_COLOR")


@dataclass(frozen=True)
class Checkout:
    """One copy of the project, at `root`."""

    root: Path

    @property
    def env_file(self) -> Path:
        """The delivered variables."""
        return self.root / ".env"

    @property
    def variables(self) -> dict[str, str]:
        """What is delivered, by name."""
        return {name: value or "" for name, value in dotenv_values(self.env_file, interpolate=False).items()}

    @property
    def password(self) -> str:
        """The delivered password."""
        return self.variables["DOCKER_REGISTRY_PASSWORD"]

    def environment(self, **variables: str) -> dict[str, str]:
        """The environment of a person's shell, with `variables` set."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OWN)}
        cache = os.environ.get("SNAPDEPLOY_CACHE")
        return inherited | ({"SNAPDEPLOY_CACHE": cache} if cache else {}) | variables

    def start(self, *command: str, **variables: str) -> subprocess.Popen[str]:
        """Starts `command` in the checkout, in a process group of its own, as a shell would."""
        return subprocess.Popen(
            command,
            cwd=self.root,
            env=self.environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Runs `command` to its end."""
        process = self.start(*command, **variables)
        try:
            out, err = process.communicate(timeout=_MINUTES * 60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def make(self, target: str, *assignments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """`make <target>`."""
        return self.run("make", f"PYTHON={sys.executable}", target, *assignments, **variables)

    def up(self, **variables: str) -> subprocess.CompletedProcess[str]:
        """`make up`, which has to succeed."""
        done = self.make("up", **variables)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done

    def pulumi(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """`tools/pulumi …`."""
        return self.run("tools/pulumi", *arguments, "--non-interactive", **variables)

    def outputs(self) -> dict[str, Any]:
        """The outputs of stack local; secrets masked."""
        done = self.pulumi("stack", "output", "-s", "local", "--json")
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def configure(self, key: str, value: str) -> None:
        """Sets one value of stack local, as a person would."""
        done = self.pulumi("config", "set", "-s", "local", "--path", key, value)
        assert done.returncode == 0, done.stderr

    def processes(self) -> list[psutil.Process]:
        """Every living process that this checkout's commands have started, the registry among them."""
        mark = str(self.root)
        found = []
        for process in psutil.process_iter(["cmdline", "status"]):
            command = process.info["cmdline"] or []
            if process.info["status"] != psutil.STATUS_ZOMBIE and any(mark in word for word in command):
                found.append(process)
        return found

    def registries(self) -> list[psutil.Process]:
        """The registry's process, if it runs."""
        return [process for process in self.processes() if "serve" in (process.info["cmdline"] or [])]


def copied(folder: Path) -> None:
    """Copies the project's files, as git knows them, into `folder`."""
    folder.mkdir(parents=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    for name in filter(None, os.fsdecode(listed).split("\0")):
        source, target = ROOT / name, folder / name
        if source.is_file() and not name.startswith("docs/"):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


@contextmanager
def ended(made: Checkout) -> Iterator[None]:
    """Ends whatever still runs from the checkout with the block."""
    try:
        yield
    finally:
        for process in made.processes():
            process.kill()
        psutil.wait_procs(made.processes(), timeout=10)


@contextmanager
def checkout(folder: Path) -> Iterator[Checkout]:
    """Copies the project's files into `folder`; ends whatever still runs from there with the block."""
    copied(folder)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    made = Checkout(folder)
    with ended(made):
        yield made
