"""Killed, interrupted, and twice at once: whatever happens in the middle, the next `make up` goes on from there."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.support.checkout import Checkout

_UP = ("make", f"PYTHON={sys.executable}", "up")
_SECONDS = 90.0


def _engine(project: Checkout) -> psutil.Process | None:
    """The engine that is at work on `up` (not on the preview) in the project, if there is one."""
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        try:
            if "up" in command[1:2] and "pulumi" in command[0] and process.cwd() == str(project.root):
                return process
        except (psutil.Error, IndexError):
            continue
    return None


def _locks(project: Checkout) -> list[Path]:
    """The engine's own locks on the project's stacks."""
    return list((project.root / ".state" / "backend" / ".pulumi" / "locks").glob("**/*.json"))


def _until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not within {_SECONDS:.0f} s: {what}"
        time.sleep(0.02)


def _settled(project: Checkout) -> list[list[str]]:
    """What still runs from the project after a moment, the registry aside."""
    deadline = time.monotonic() + 15
    while True:
        left = [process for process in project.processes() if process not in project.registries()]
        if not left or time.monotonic() > deadline:
            return [process.cmdline() for process in left if process.is_running()]
        time.sleep(0.1)


@pytest.mark.parametrize("moment", ["at its start", "with the registry up"])
def test_a_killed_engine_is_recovered_from_by_the_next_up(project: Checkout, moment: str) -> None:
    process = project.start(*_UP)
    _until(lambda: _engine(project) is not None and _locks(project), "the engine at work")
    if moment == "with the registry up":
        _until(project.registries, "the registry")
    engine = _engine(project)
    assert engine is not None
    engine.kill()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2, out + err
    assert "Traceback" not in out + err
    assert _settled(project) == []

    done = project.up()
    assert "left its lock: removed" in done.stderr
    assert len(project.registries()) == 1
    assert "engine: 11 unchanged" in project.up().stderr


@pytest.mark.parametrize("stage", ["before the engine", "in the preview", "in the update", "with the registry up"])
def test_ctrl_c_leaves_no_orphan_and_no_half_written_file(project: Checkout, stage: str) -> None:
    process = project.start(*_UP)
    if stage == "before the engine":
        time.sleep(0.2)
    elif stage == "in the preview":
        _until((project.root / ".state" / "backend" / ".pulumi" / "stacks").exists, "the stack")
        time.sleep(0.7)
    else:
        _until(lambda: _engine(project) is not None, "the engine at work")
        if stage == "with the registry up":
            _until(project.registries, "the registry")
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode != 0, out + err
    assert "Traceback" not in out + err
    assert _settled(project) == []
    if project.env_file.exists():
        assert project.env_file.read_text().rstrip().endswith("# <<< snapdeploy-registry <<<")
    assert not list(project.root.glob(".*.new"))

    project.up()
    assert "engine: 11 unchanged" in project.up().stderr


def test_two_at_once_one_works_and_the_other_waits(project: Checkout) -> None:
    both = [project.start(*_UP) for _ in range(2)]
    ended = [process.communicate(timeout=240) for process in both]
    assert [process.returncode for process in both] == [0, 0], ended
    texts = [err for _, err in ended]
    assert sum("11 created" in text for text in texts) == 1
    assert sum("11 unchanged" in text for text in texts) == 1
    assert sum("waiting until it is done" in text for text in texts) == 1
    assert len(project.registries()) == 1


def test_up_waits_for_an_engine_that_was_started_by_hand(project: Checkout) -> None:
    by_hand = project.start("tools/pulumi", "up", "-s", "local", "--yes", "--skip-preview", "--non-interactive")
    _until(lambda: _locks(project), "the lock")
    done = project.up()
    out, err = by_hand.communicate(timeout=60)
    assert by_hand.returncode == 0, out + err
    assert "waiting until it is done" in done.stderr
    assert len(project.registries()) == 1
