"""A throwaway Pulumi project on the real engine: what every test of a program on the engine starts from.

Owns: the project's files, the environment (an own state, home and passphrase, and no
credential of the user's), and running the engine with a bound on time. Does not own:
obtaining the engine; `tools/engine.py` does, and `SNAPDEPLOY_ENGINE` names another.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tools import engine as engines

ROOT = Path(__file__).resolve().parents[2]
SIMULATED_BIN = ROOT / "tests" / "simulated" / "bin"

_HOST = "pulumi-language-python"
_PASSPHRASE = "only for this test"  # it protects nothing
_SECONDS = 180.0


@dataclass(frozen=True)
class Engine:
    """The engine's binary and the folder of language hosts that it needs beside it, if any."""

    pulumi: Path
    hosts: Path | None


@dataclass(frozen=True)
class Result:
    """What one run of the engine did."""

    arguments: tuple[str, ...]
    returncode: int
    stdout: str
    stderr: str
    events: tuple[dict[str, Any], ...]
    """The engine's own event log: of `up`, `preview`, `refresh`, `destroy` and `import`."""
    seconds: float

    @property
    def text(self) -> str:
        """All that was printed."""
        return f"{self.stdout}\n{self.stderr}"

    @property
    def changes(self) -> dict[str, int]:
        """What the last summary counts, without what stayed the same: `{"create": 2}`."""
        summaries = [event["summaryEvent"] for event in self.events if "summaryEvent" in event]
        assert summaries, f"no summary in the engine's events\n{self.text}"
        return {kind: count for kind, count in summaries[-1]["resourceChanges"].items() if kind != "same" and count}

    @property
    def diagnostics(self) -> str:
        """The messages of the engine, its providers and the program."""
        return "".join(event["diagnosticEvent"]["message"] for event in self.events if "diagnosticEvent" in event)


@cache
def engine() -> Engine:
    """The engine to test with: `SNAPDEPLOY_ENGINE`, else the project's own. Raises `Failure` where there is none."""
    named = os.environ.get("SNAPDEPLOY_ENGINE")
    if named:
        beside = Path(named).with_name(_HOST)
        return Engine(Path(named), None if beside.exists() else ROOT / "tools" / "language_host")
    found = engines.ensure()
    return Engine(found.pulumi, ROOT / "tools" / "language_host" if found.own_host else None)


def interpreter() -> Path:
    """The Python that programs, providers and hosts run in: `SNAPDEPLOY_PYTHON`, else the one that runs the tests."""
    return Path(os.environ.get("SNAPDEPLOY_PYTHON") or sys.executable)


class EngineProject:
    """A project in `folder` with one stack, and the engine that runs it.

    `config` and `secrets` are the stack's configuration, by full key; `providers` the
    simulated providers on PATH, by name; `environment` what is set on top.
    """

    def __init__(
        self,
        folder: Path,
        program: str,
        *,
        config: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        providers: Sequence[str] = ("aws",),
        environment: Mapping[str, str] | None = None,
        name: str = "throwaway",
        stack: str = "test",
    ) -> None:
        self.folder = folder / "project"
        self.simulated = folder / "simulated"
        self.stack = stack
        self._events = folder / "events.json"
        self._engine = engine()
        self._environment = self._surroundings(folder, providers) | dict(environment or {})
        self.folder.mkdir(parents=True)
        project = {
            "name": name,
            # The two levels that lead from an interpreter to its virtual environment; a link must not be followed.
            "runtime": {"name": "python", "options": {"virtualenv": str(interpreter().parent.parent)}},
        }
        # JSON is YAML, and quotes what a path may hold.
        (self.folder / "Pulumi.yaml").write_text(json.dumps(project), encoding="utf-8")
        self.write_program(program)
        self.run("stack", "init", stack)
        if config:
            self.configure(config)
        for key, value in (secrets or {}).items():
            self.run("config", "set", key, "--secret", stdin=value)

    def write_program(self, text: str) -> None:
        """Writes the program over."""
        (self.folder / "__main__.py").write_text(text, encoding="utf-8")

    def configure(self, values: Mapping[str, str]) -> None:
        """Sets plain values of the stack's configuration, by full key."""
        self.run(
            "config", "set-all", *(part for key, value in values.items() for part in ("--plaintext", f"{key}={value}"))
        )

    def up(self, *arguments: str, fails: bool = False, **variables: str) -> Result:
        """`pulumi up`, without the preview that a person would ask for."""
        return self.run("up", "--yes", "--skip-preview", *arguments, fails=fails, **variables)

    def preview(self, *arguments: str, fails: bool = False, **variables: str) -> Result:
        """`pulumi preview`."""
        return self.run("preview", *arguments, fails=fails, **variables)

    def refresh(self, *arguments: str, fails: bool = False, **variables: str) -> Result:
        """`pulumi refresh`."""
        return self.run("refresh", "--yes", "--skip-preview", *arguments, fails=fails, **variables)

    def destroy(self, *arguments: str, fails: bool = False, **variables: str) -> Result:
        """`pulumi destroy`."""
        return self.run("destroy", "--yes", "--skip-preview", *arguments, fails=fails, **variables)

    def run(self, *arguments: str, fails: bool = False, stdin: str = "", **variables: str) -> Result:
        """Runs the engine to its end, which has to be a success, or a failure where it `fails`; else AssertionError.

        `variables` go on top of the project's environment.
        """
        self._events.unlink(missing_ok=True)
        logged = ["--event-log", str(self._events)] if arguments[0] in _WITH_EVENTS else []
        named = [] if arguments[:2] == ("stack", "init") else ["--stack", self.stack]
        # Before a `--`, after which nothing is an option.
        end = arguments.index("--") if "--" in arguments else len(arguments)
        options = [*named, *logged, "--non-interactive", "--color", "never"]
        command = [str(self._engine.pulumi), *arguments[:end], *options, *arguments[end:]]
        start = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=self._environment | variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        try:
            out, err = process.communicate(stdin, timeout=_SECONDS)
        except BaseException:
            # The providers and the language host end by themselves when the engine is gone.
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise
        result = Result(arguments, process.returncode, out, err, self._logged(), time.monotonic() - start)
        assert (result.returncode != 0) == fails, (
            f"pulumi {' '.join(arguments)} ended with {result.returncode}\n{result.text}"
        )
        return result

    def state(self) -> dict[str, Any]:
        """The stack's state as the engine exports it, secrets encrypted."""
        exported: dict[str, Any] = json.loads(self.run("stack", "export").stdout)
        return exported

    def resources(self) -> dict[str, dict[str, Any]]:
        """The resources in the state but for the stack and its providers, by logical name."""
        found = self.state()["deployment"].get("resources", [])
        return {entry["urn"].rsplit("::", 1)[-1]: entry for entry in found if not entry["type"].startswith("pulumi:")}

    def outputs(self, *, secrets: bool = False) -> dict[str, Any]:
        """The stack's outputs; secret ones masked unless `secrets`."""
        shown = ["--show-secrets"] if secrets else []
        outputs: dict[str, Any] = json.loads(self.run("stack", "output", "--json", *shown).stdout)
        return outputs

    def _logged(self) -> tuple[dict[str, Any], ...]:
        if not self._events.exists():
            return ()
        return tuple(json.loads(line) for line in self._events.read_text(encoding="utf-8").splitlines() if line)

    def _surroundings(self, folder: Path, providers: Sequence[str]) -> dict[str, str]:
        """All that the engine's processes are told. Of the test's own environment only what finds libraries."""
        executables = folder / "bin"
        executables.mkdir(parents=True)
        for name in providers:
            executable = f"pulumi-resource-{name}"
            assert (SIMULATED_BIN / executable).exists(), f"there is no simulated provider {name} in {SIMULATED_BIN}"
            (executables / executable).symlink_to(SIMULATED_BIN / executable)
        backend = folder / "backend"
        backend.mkdir()
        path = [executables, *([self._engine.hosts] if self._engine.hosts else []), self._engine.pulumi.parent]
        kept = {
            name: os.environ[name] for name in ("LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH") if name in os.environ
        }
        return kept | {
            "PATH": os.pathsep.join([*map(str, path), os.defpath]),
            "HOME": str(folder / "home"),
            "PULUMI_HOME": str(folder / "home" / ".pulumi"),
            "PULUMI_BACKEND_URL": f"file://{quote(str(backend))}",
            "PULUMI_CONFIG_PASSPHRASE": _PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_ERROR_OUTPUT_STRING": "true",
            # Without it the engine has no --event-log.
            "PULUMI_DEBUG_COMMANDS": "true",
            "SNAPDEPLOY_PYTHON": str(interpreter()),
            "SNAPDEPLOY_SIMULATED_DIR": str(self.simulated),
        }


_WITH_EVENTS = frozenset({"up", "preview", "refresh", "destroy", "import"})
