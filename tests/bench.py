"""`make bench`: what the project costs, as ratios against a peer in the same run. Nothing is asserted.

Each pair is run in turn, A B A B …, so that a machine which drifts drifts for both; the medians are compared.
A peer that this machine lacks is obtained for the run.
"""

import argparse
import json
import os
import secrets
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.policies.speed import milliseconds
from tests.support.checkout import Checkout, checkout
from tests.support.crane import CRANE
from tests.support.emulator import emulating
from tests.support.engine import EngineProject
from tools import places
from tools.say import guarded, say

_EMPTY = "import pulumi\n"
_MEGABYTES = 50
_APPS = (1, 100, 10_000)


@dataclass(frozen=True)
class Ratio:
    """Ours against a peer: medians in seconds, and what the ratio is meant to stay under."""

    name: str
    ours: float
    peer: float
    meant: float

    @property
    def ratio(self) -> float:
        """Ours over the peer's."""
        return self.ours / self.peer


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def compare(name: str, meant: float, ours: Callable[[], object], peer: Callable[[], object], runs: int) -> Ratio:
    """Both once unmeasured, then in turn `runs` times."""
    ours()
    peer()
    pairs = [(_seconds(ours), _seconds(peer)) for _ in range(runs)]
    return Ratio(name, statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs), meant)


def _command(project: Checkout, *command: str) -> Callable[[], None]:
    def run() -> None:
        done = project.run(*command)
        if done.returncode != 0:
            raise RuntimeError(f"{command}: {done.stdout}{done.stderr}")

    return run


def measure(folder: Path, runs: int) -> list[Ratio]:
    """All the pairs."""
    empty = EngineProject(folder / "empty", _EMPTY)
    found = []
    with checkout(folder / "project") as project:
        project.up()
        preview = _command(project, "tools/pulumi", "preview", "-s", "local", "--non-interactive")
        found.append(compare("preview of stack local / of an empty program", 2, preview, empty.preview, runs))
        again = _command(project, "make", f"PYTHON={sys.executable}", "up")
        found.append(compare("make up without changes / preview of an empty program", 3, again, empty.preview, runs))
        tool = str(places.VENV / "bin" / "snapdeploy-registry")
        aws = _aws(folder)
        found.append(
            compare("--help / aws --version", 0.5, _command(project, tool, "--help"), _plain(aws, "--version"), runs)
        )
        verify = _command(project, tool, "verify", "--no-docker", "--layer-size", f"{_MEGABYTES}m")
        found.append(
            compare(f"verify {_MEGABYTES} MB / crane push and pull", 1.5, verify, _crane(project, folder), runs)
        )
    found.append(Ratio("the whole policy pack on one resource / 3 ms", _pack(runs), 0.003, 1))
    return found + _apps(folder, runs)


def _pack(runs: int) -> float:
    """Seconds for one resource; a figure of its own, for a pack has no peer."""
    return statistics.median(milliseconds() for _ in range(runs)) / 1000


def _apps(folder: Path, runs: int) -> list[Ratio]:
    """An update of stack prod with many apps pushed against one with a single app: there is nothing to do in either."""
    found = []
    with checkout(folder / "apps") as project, emulating() as emulator:
        ecr, variables = emulator.client("ecr"), {"SIMULATE": "1", **emulator.environment}
        up = ("up", "-s", "prod", "--yes", "--skip-preview", "--non-interactive")

        def again() -> None:
            done = project.run("tools/pulumi", *up, "--expect-no-changes", **variables)
            if done.returncode != 0:
                raise RuntimeError(done.stdout + done.stderr)

        project.run("tools/pulumi", *up, **variables)
        pushed, single = 0, 0.0
        for apps in _APPS:
            for number in range(pushed, apps):
                ecr.create_repository(repositoryName=f"snapdeploy-apps/app-{number}")
            pushed = apps
            again()
            seconds = statistics.median(_seconds(again) for _ in range(runs))
            single = single or seconds
            if apps > 1:
                found.append(Ratio(f"up of stack prod with {apps} apps / with one", seconds, single, 1.1))
    return found


def _aws(folder: Path) -> str:
    """The AWS command-line tool: the machine's own, else the package of that name, installed for this run only."""
    present = shutil.which("aws")
    if present:
        return present
    say("no `aws` on PATH: installing the package awscli for this run …")
    uv = str(places.VENV / "bin" / "uv")
    own = folder / "awscli"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(own)], check=True)
    install = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(own / "bin" / "python"), "awscli"]
    subprocess.run(install, check=True)
    return str(own / "bin" / "aws")


def _plain(*command: str) -> Callable[[], object]:
    return lambda: subprocess.run(command, capture_output=True, check=True)


def _crane(project: Checkout, folder: Path) -> Callable[[], None]:
    """Push and pull of a fresh random layer, as crane does it."""
    crane = str(CRANE.ensure())
    variables = project.variables
    environment = os.environ | {"DOCKER_CONFIG": str(folder / "docker")}
    host = variables["DOCKER_REGISTRY"].partition("/")[0]
    login: Sequence[str] = [
        crane,
        "auth",
        "login",
        host,
        "-u",
        variables["DOCKER_REGISTRY_USERNAME"],
        "--password-stdin",
    ]
    subprocess.run(login, input=project.password, text=True, env=environment, capture_output=True, check=True)
    image = f"{variables['DOCKER_REGISTRY']}/bench:1"

    def run() -> None:
        content, layer = folder / "content", folder / "layer.tar"
        content.write_bytes(secrets.token_bytes(_MEGABYTES << 20))
        with tarfile.open(layer, "w") as archive:
            archive.add(content, "content")
        for arguments in (["append", "--oci-empty-base", "-f", str(layer), "-t", image], ["pull", image, os.devnull]):
            subprocess.run([crane, *arguments], env=environment, capture_output=True, check=True)

    return run


def main() -> int:
    """`python -m tests.bench [--runs N] [--json]`."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ratios = measure(Path(folder), options.runs)
    if options.json:
        print(json.dumps([asdict(ratio) | {"ratio": ratio.ratio} for ratio in ratios]))
    else:
        for ratio in ratios:
            print(
                f"{ratio.ratio:5.2f} (meant: at most {ratio.meant:g})  {ratio.name}:"
                f" {ratio.ours:.3g} s / {ratio.peer:.3g} s"
            )
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
