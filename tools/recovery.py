"""Puts right what an earlier run, or a person, can have left behind in the checkout's own state.

Each thing that is put right is said. What cannot be put right without losing something that
a person may want raises, with what to do.
"""

import json
import os
import re
import socket
import time
from collections.abc import Mapping
from pathlib import Path

from tools import engine_run, environment, places
from tools.engine import Engine
from tools.say import Failure, say

_SALT = re.compile(r"^encryptionsalt:.*\n?", re.MULTILINE)
_WAIT_SECONDS = 900.0


def before_environment() -> None:
    """What has to be right before there is a passphrase: called before the engine's environment is made."""
    if not environment.uses_own_backend(simulated=False) or "PULUMI_CONFIG_PASSPHRASE" in os.environ:
        return
    own = environment.own_state(simulated=False)
    if (own / "passphrase").exists() or "PULUMI_CONFIG_PASSPHRASE_FILE" in os.environ:
        return
    states = list(_stack_files())
    others = sorted(file.stem for file in states if file.stem != "local")
    if others:
        raise Failure(
            f"the passphrase of this checkout's state is gone (.state/passphrase), and the stacks {', '.join(others)} "
            "are in it: nothing can read their secrets any more\n"
            "mend: put the file back from a backup; or, if what those stacks made is gone, remove .state"
        )
    if states:
        aside = own / f"backend-unreadable-{int(time.time())}"
        environment.backend_folder(simulated=False).rename(aside)
        say(f"the passphrase of the state was gone: set aside as .state/{aside.name} and made anew; images stay")
    stack_file = places.ROOT / "Pulumi.local.yaml"
    if stack_file.exists() and _SALT.search(text := stack_file.read_text()):
        if "secure:" in text:
            raise Failure(
                "Pulumi.local.yaml holds secrets under a passphrase which is gone (.state/passphrase)\n"
                "mend: put the file back; or remove its `secure:` and `encryptionsalt:` and set the values again"
            )
        stack_file.write_text(_SALT.sub("", text))


def before_run(engine: Engine, variables: Mapping[str, str], stack: str) -> None:
    """Waits for a run that is under way; clears what a killed one left: its lock, and operations it had begun."""
    if not environment.uses_own_backend(simulated=False):
        return
    _settle_locks(stack)
    for file in _stack_files():
        if file.stem == stack:
            state = _read_state(file)
            pending = state.get("checkpoint", {}).get("latest", {}).get("pending_operations") or []
            if pending:
                say(f"an earlier run was cut off in the middle of {len(pending)} operation(s): taking stock first")
                engine_run.run(engine, variables, "refresh", "--stack", stack, "--clear-pending-creates")


def _stack_files() -> list[Path]:
    folder = environment.backend_folder(simulated=False) / ".pulumi" / "stacks"
    return sorted(folder.glob("*/*.json"))


def _read_state(file: Path) -> Mapping[str, dict[str, dict[str, list[object]]]]:
    """The stack's state; the engine's own copy of the one before takes its place where it is damaged."""
    for attempt in range(2):
        try:
            state = json.loads(file.read_text())
        except ValueError:
            backup = file.with_name(f"{file.name}.bak")
            if attempt or not backup.exists():
                break
            file.replace(file.with_name(f"{file.name}.damaged"))
            backup.replace(file)
            say(f"the state file {file.name} was damaged: the copy of the one before takes its place")
        else:
            return state if isinstance(state, dict) else {}
    raise Failure(
        f"the state file {file.relative_to(places.ROOT)} is damaged, and so is its copy\n"
        "mend: put it back from .state/backend/.pulumi/backups; or remove .state/backend: `make up` then starts"
        " anew, with the images kept"
    )


def _settle_locks(stack: str) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    said = False
    while True:
        living = [lock for lock in _locks(stack) if not _clear_if_stale(lock)]
        if not living:
            return
        if not said:
            said = True
            say(
                f"another run of the engine is working on stack {stack} ({_owner(living[0])}): waiting until it is done"
            )
        if time.monotonic() > deadline:
            raise Failure(
                f"stack {stack} has been locked for {_WAIT_SECONDS / 60:.0f} minutes by {_owner(living[0])}\n"
                f"mend: end that run; if it is long gone: tools/pulumi cancel --stack {stack} --yes"
            )
        time.sleep(0.5)


def _locks(stack: str) -> list[Path]:
    folder = environment.backend_folder(simulated=False) / ".pulumi" / "locks"
    return [file for file in folder.glob(f"**/{stack}/*.json") if file.is_file()]


def _owner(lock: Path) -> str:
    held = _held(lock)
    return f"pid {held.get('pid', '?')} on {held.get('hostname', '?')}"


def _held(lock: Path) -> Mapping[str, object]:
    try:
        held = json.loads(lock.read_text())
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


def _clear_if_stale(lock: Path) -> bool:
    """Removes `lock` where the process that took it is gone. A lock of another machine is never ours to judge."""
    held = _held(lock)
    pid = held.get("pid")
    if held and (held.get("hostname") != socket.gethostname() or not isinstance(pid, int) or _lives(pid)):
        return not lock.exists()
    lock.unlink(missing_ok=True)
    Path(f"{lock}.attrs").unlink(missing_ok=True)
    say(f"an earlier run of the engine (pid {pid or 'unknown'}) was killed and left its lock: removed")
    return True


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
