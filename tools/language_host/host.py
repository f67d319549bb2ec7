"""The Python language host, for an engine that was built from its Go module.

The vendor's own host ships beside the vendor's own binaries and in no package registry.
This one serves the same gRPC service, `pulumirpc.LanguageRuntime`, as far as a project
with a ready virtual environment needs it: running a program and running a policy pack.

Owns: the service, and the child process of the run under way. Does not own: what happens
inside the child (`program.py`), installing packages (the project's bootstrap does), or
code generation: those calls answer "unimplemented", as gRPC has it.
"""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import IO

sys.path[0] = str(Path(__file__).resolve().parents[2])

import grpc
from google.protobuf import empty_pb2

from tools.language_host.orphan import end_with_parent

# The stubs alone. `import pulumi` would also bring the whole SDK, a third of a second that
# every preview would wait for.
from tools.language_host.stubs import language_pb2, language_pb2_grpc, plugin_pb2

_MESSAGE_LIMIT = 400 * 1024 * 1024  # bytes; the engine's own limit
_VERSION = "1.0.0"
_PROGRAM = str(Path(__file__).with_name("program.py"))


def _python_of(info: language_pb2.ProgramInfo) -> str:
    """The interpreter that the project asks for by `runtime.options.virtualenv`, else this one."""
    virtualenv = dict(info.options).get("virtualenv")
    if not virtualenv:
        return sys.executable
    return str(Path(info.root_directory) / str(virtualenv) / "bin" / "python")


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs one program or policy pack at a time, and stops it when asked."""

    def __init__(self) -> None:
        self._children: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self.stopping = threading.Event()

    def Handshake(
        self, request: language_pb2.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=_VERSION)

    def GetRequiredPackages(
        self, request: language_pb2.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        # None in advance: the engine asks for a provider when the first resource of its kind is declared.
        return language_pb2.GetRequiredPackagesResponse()

    def GetRequiredPlugins(
        self, request: language_pb2.GetRequiredPluginsRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPluginsResponse:
        return language_pb2.GetRequiredPluginsResponse()

    def Run(self, request: language_pb2.RunRequest, context: grpc.ServicerContext) -> language_pb2.RunResponse:
        """Runs the program to its end. The child has reported any mistake by itself: `bail` says so."""
        order = {
            "engine": sys.argv[-1],
            "monitor": request.monitor_address,
            "project": request.project,
            "stack": request.stack,
            "organization": request.organization,
            "root": request.info.root_directory,
            "program": str(Path(request.info.program_directory) / (request.info.entry_point or ".")),
            "args": list(request.args),
            "config": dict(request.config),
            "secret_keys": list(request.configSecretKeys),
            "parallel": request.parallel,
            "dry_run": request.dryRun,
        }
        try:
            child = subprocess.Popen([_python_of(request.info), _PROGRAM], stdin=subprocess.PIPE, cwd=request.pwd)
        except OSError as error:
            return language_pb2.RunResponse(
                error=f"the project's Python cannot be started: {error.strerror}: {error.filename}\n"
                "mend: make setup, which makes the virtual environment anew"
            )
        with self._watched(child):
            # By a pipe: the configuration holds secrets, which no argument list or environment may show.
            child.communicate(json.dumps(order).encode())
        return language_pb2.RunResponse(bail=child.returncode != 0)

    def RunPlugin(
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        """Runs a policy pack, passing on what it prints: its first line is the port that it listens on."""
        child = subprocess.Popen(
            [_python_of(request.info), "-u", "-m", "pulumi.policy", *request.args, request.info.program_directory],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=request.pwd,
            env=os.environ | dict(entry.split("=", 1) for entry in request.env),
        )
        context.add_callback(child.kill)
        with self._watched(child):
            printed: queue.SimpleQueue[language_pb2.RunPluginResponse | None] = queue.SimpleQueue()
            for name, stream in (("stdout", child.stdout), ("stderr", child.stderr)):
                threading.Thread(target=_forward, args=(stream, name, printed), daemon=True).start()
            for _ in range(2):
                yield from iter(printed.get, None)
            yield language_pb2.RunPluginResponse(exitcode=child.wait())

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        self.stop()
        return empty_pb2.Empty()

    def stop(self) -> None:
        """Ends whatever runs, at once: what a program had declared is with the engine already."""
        self.stopping.set()
        with self._lock:
            for child in self._children:
                child.kill()

    @contextlib.contextmanager
    def _watched(self, child: "subprocess.Popen[bytes]") -> Iterator[None]:
        """Keeps `child` within reach of `stop` while the block runs, and leaves none behind."""
        with self._lock:
            self._children.add(child)
            if self.stopping.is_set():
                child.kill()
        try:
            yield
        finally:
            child.kill()
            child.wait()
            with self._lock:
                self._children.discard(child)


def _forward(stream: IO[bytes], name: str, printed: "queue.SimpleQueue[language_pb2.RunPluginResponse | None]") -> None:
    """Passes on each line of `stream` under its `name`, then None."""
    for line in stream:
        is_error = name == "stderr"
        printed.put(
            language_pb2.RunPluginResponse(stderr=line) if is_error else language_pb2.RunPluginResponse(stdout=line)
        )
    printed.put(None)


def main() -> None:
    """Serves until the engine goes, cancels or interrupts. Prints the port, and nothing else, on stdout."""
    host = LanguageHost()
    limits = [("grpc.max_receive_message_length", _MESSAGE_LIMIT), ("grpc.max_send_message_length", _MESSAGE_LIMIT)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8), options=limits)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    for stop_signal in (signal.SIGINT, signal.SIGTERM):
        # In a thread: what is interrupted here may hold the very lock that stopping needs.
        signal.signal(stop_signal, lambda *_: threading.Thread(target=host.stop, daemon=True).start())
    end_with_parent()
    print(port, flush=True)
    host.stopping.wait()
    # The run that was stopped still has its answer to send.
    server.stop(grace=1).wait()


if __name__ == "__main__":
    main()
