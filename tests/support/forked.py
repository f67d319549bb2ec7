"""A process in which the SDKs are loaded already, forked for each program that is to be seen under mocks.

Owns: the parent that waits with everything imported, and handing it orders. Does not own: what a program declares
(`declared.py`). Why: importing the SDKs takes a second and running a program a tenth of one, and a program has to have
a process of its own, since the SDK's mocks and settings are global.
"""

import atexit
import contextlib
import importlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import traceback
from functools import cache
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[2]
# What the programs import, by the modules that import it.
_PRELOADED = (
    "components.ecr.registry",
    "components.delivery.secrets_manager",
    "components.delivery.ssm_parameters",
    "components.artifact_registry.access",
)
_lock = threading.Lock()


def run(work: str, order: Any) -> Any:
    """What the function `work` (`module:name`) prints for `order`, as JSON, in a fork of the waiting process.

    Raises AssertionError with all that it printed where it fails.
    """
    with _lock:
        server = _server()
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps([work, order]) + "\n")
        server.stdin.flush()
        answer = json.loads(server.stdout.readline())
    assert answer["code"] == 0, answer["printed"]
    return json.loads(answer["printed"].splitlines()[-1])


@cache
def _server() -> "subprocess.Popen[str]":
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.support.forked"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdin is not None
    # It ends when nobody can ask it any more.
    atexit.register(server.stdin.close)
    return server


def _wait() -> None:
    """Takes orders from standard input, one a line, until it ends; each is work for a fork."""
    for module in _PRELOADED:
        importlib.import_module(module)
    for line in sys.stdin:
        with tempfile.TemporaryFile("w+") as printed:
            child = os.fork()
            if child == 0:
                os._exit(_child(line, printed))
            _, status = os.waitpid(child, 0)
            printed.seek(0)
            print(json.dumps({"code": os.waitstatus_to_exitcode(status), "printed": printed.read()}), flush=True)


def _child(line: str, printed: IO[str]) -> int:
    work, order = json.loads(line)
    module, _, name = work.partition(":")
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            getattr(importlib.import_module(module), name)(order)
        except BaseException:  # noqa: BLE001  # whatever it is, the test that asked reads it
            traceback.print_exc()
            printed.flush()
            return 1
    printed.flush()
    return 0


if __name__ == "__main__":
    _wait()
