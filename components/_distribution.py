"""One CNCF distribution registry as a process on this machine: its files, its start, its end.

Owns: everything under the registry's folder, and the process that serves it. Does not own:
how the binary is obtained (`tools/`), or when any of this happens (`components/local.py`).
Needs no Pulumi.

A process is known by the configuration file in its command line, not by a number in a file:
numbers are used again, and a state folder can be deleted under a running registry.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import bcrypt
import httpx
import psutil
import yaml

from components._certificate import Certificate
from contract.image import LOOPBACK

_PORTS = range(5000, 5100)
_START_SECONDS = 20.0
_STOP_SECONDS = 10.0
_PROBE_SECONDS = 3.0
# As Apache's htpasswd has it, 2 ms a request. What slows a guesser down is the password: 192 random bits.
_BCRYPT_ROUNDS = 5
_LOG_TAIL_LINES = 15
_LOG_BYTES = 10 * 1024 * 1024  # at a start, a longer log becomes the one kept beside it


class NotServing(Exception):
    """The registry did not come up; the message ends with the tail of its log."""


class PortTaken(Exception):
    """The port belongs to somebody else; the message says to whom."""


@dataclass(frozen=True)
class Distribution:
    """A registry that is, or is to be, served from `folder`."""

    folder: Path
    username: str
    tls: bool

    @property
    def config_file(self) -> Path:
        """What the process is started with, and known by."""
        return self.folder / "config.yml"

    @property
    def data(self) -> Path:
        """Where the images are."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """Where the process writes."""
        return self.folder / "registry.log"

    @property
    def certificate(self) -> Certificate:
        """The certificate that it serves under where it serves TLS."""
        return Certificate(self.folder / "tls")

    @property
    def _htpasswd(self) -> Path:
        return self.folder / "htpasswd"

    def config(self, port: int) -> str:
        """The registry's configuration file. Holds no secret: the passwords are in htpasswd, hashed."""
        http: dict[str, object] = {
            "addr": f"{LOOPBACK}:{port}",
            "headers": {"X-Content-Type-Options": ["nosniff"]},
        }
        if self.tls:
            http["tls"] = {"certificate": str(self.certificate.chain), "key": str(self.certificate.key)}
        return yaml.safe_dump(
            {
                "version": 0.1,
                "log": {"level": "info", "accesslog": {"disabled": True}},
                "storage": {
                    "filesystem": {"rootdirectory": str(self.data)},
                    "delete": {"enabled": True},
                    "maintenance": {
                        "uploadpurging": {"enabled": True, "age": "24h", "interval": "6h", "dryrun": False}
                    },
                },
                "http": http,
                "auth": {"htpasswd": {"realm": "snapdeploy", "path": str(self._htpasswd)}},
            },
            sort_keys=False,
        )

    def processes(self) -> Iterator[psutil.Process]:
        """The living processes that serve this folder; more than one only after an accident."""
        wanted = str(self.config_file)
        for process in psutil.process_iter(["cmdline", "status"]):
            if wanted in (process.info["cmdline"] or ()) and process.info["status"] != psutil.STATUS_ZOMBIE:
                yield process

    def port_of(self, process: psutil.Process) -> int | None:
        """The port that `process` listens on, or None where it does not (yet)."""
        return next(iter(_ports_of(process)), None)

    def ailment(self, port: int, password: str | None) -> str | None:
        """Why the registry does not serve as asked on `port`, in a few words; None where it does.

        Without a `password` (it is about to be generated) the answer to a stranger has to do.
        """
        if not any(True for _ in self.processes()):
            return "the registry's process was gone"
        if not self.data.is_dir():
            return "the folder with its images was gone"
        if not self.config_file.is_file() or self.config_file.read_text() != self.config(port):
            return "its configuration file was not the one written"
        if self.tls and (trouble := self.certificate.trouble()):
            return trouble
        answer = self._ask(port, password)
        if answer is None:
            return "it did not answer"
        if answer != (401 if password is None else 200):
            return f"it answered {answer} to its own user"
        return None

    def serve(self, binary: str, password: str, *, port: int | None, keep: int | None) -> int:
        """(Re)starts the registry; returns its port. Images stay.

        `port`: this one and no other; None: `keep` where it is free, else the first free one. Raises `PortTaken`
        before anything is stopped where a wanted port is somebody else's, and `NotServing`.
        """
        if port is not None and (holder := self.stranger_on(port)):
            raise PortTaken(holder)
        self.stop()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self.data.mkdir(exist_ok=True)
        hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(_BCRYPT_ROUNDS)).decode()
        _write(self._htpasswd, f"{self.username}:{hashed}\n")
        if self.tls:
            self.certificate.ensure(LOOPBACK)
        for candidate in [port] if port is not None else _candidates(keep):
            if not is_free(candidate):
                continue
            _write(self.config_file, self.config(candidate))
            if self._start(binary, candidate, password):
                return candidate
        raise NotServing(f"the registry in {self.folder} did not start; the end of {self.log}:\n{self._tail()}")

    def stop(self) -> None:
        """Ends the process, if there is one; a request under way gets ten seconds."""
        running = list(self.processes())
        for process in running:
            process.terminate()
        _, alive = psutil.wait_procs(running, timeout=_STOP_SECONDS)
        for process in alive:
            process.kill()
        psutil.wait_procs(alive, timeout=_STOP_SECONDS)

    def remove(self) -> None:
        """Stops it and removes what can be made again. The images stay, and the folder with them."""
        self.stop()
        for file in (self.config_file, self._htpasswd):
            file.unlink(missing_ok=True)
        shutil.rmtree(self.certificate.folder, ignore_errors=True)

    def stranger_on(self, port: int) -> str | None:
        """Who else holds `port`, as far as this user may know; None where it is free or ours."""
        if is_free(port) or any(self.port_of(process) == port for process in self.processes()):
            return None
        for process in psutil.process_iter(["name"]):
            if port in _ports_of(process):
                return f"process {process.pid} ({process.info['name']})"
        return "a process of another user"

    def _start(self, binary: str, port: int, password: str) -> bool:
        """Whether the process came up and lets its user in. Its parent can end; it goes on."""
        if self.log.exists() and self.log.stat().st_size > _LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        environment = {"PATH": os.environ.get("PATH", os.defpath), "OTEL_TRACES_EXPORTER": "none"}
        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as log:
            process = subprocess.Popen(
                [binary, "serve", str(self.config_file)],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            if self._ask(port, password) == 200:
                return True
            time.sleep(0.05)
        if process.poll() is None:
            process.kill()
            process.wait()
        return False

    def _ask(self, port: int, password: str | None) -> int | None:
        """The status of `GET /v2/`, as the user where a password is given; None where nothing answers."""
        scheme = "https" if self.tls else "http"
        try:
            return httpx.get(
                f"{scheme}://{LOOPBACK}:{port}/v2/",
                auth=None if password is None else (self.username, password),
                verify=self.certificate.context() if self.tls else False,
                timeout=_PROBE_SECONDS,
                trust_env=False,
            ).status_code
        except (httpx.HTTPError, OSError):
            return None

    def _tail(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:])
        except OSError:
            return "(no log)"


def is_free(port: int) -> bool:
    """Whether `port` on loopback can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def binary() -> str:
    """The registry's executable, built first where the machine has none (a minute, once).

    Raises `NotServing` with what the build said.
    """
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(
        [sys.executable, "-m", "tools.registry_binary"],
        cwd=root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise NotServing(f"the registry's program could not be obtained:\n{done.stderr.strip()}")
    return done.stdout.strip()


def _candidates(keep: int | None) -> Iterator[int]:
    if keep is not None:
        yield keep
    yield from _PORTS
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        chosen: int = probe.getsockname()[1]
    yield chosen


def _write(file: Path, text: str) -> None:
    """Replaces `file` in one step, readable by its owner only, whatever the umask."""
    scratch = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
    scratch.replace(file)


def _ports_of(process: psutil.Process) -> list[int]:
    """All ports that `process` listens on; none where this user may not know."""
    try:
        return [each.laddr.port for each in process.net_connections("tcp") if each.status == psutil.CONN_LISTEN]
    except psutil.Error:
        return []
