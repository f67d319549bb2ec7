"""Odd surroundings, and a secret that must be nowhere but where it was delivered."""

import os
import threading
import time
from pathlib import Path

import psutil

from tests.support.checkout import Checkout


def test_a_home_that_cannot_be_written_is_no_hindrance(project: Checkout) -> None:
    # The kernel's own file system: nobody can write there, root neither.
    done = project.up(HOME="/proc/self/nobody", SNAPDEPLOY_CACHE=str(_cache()))
    assert "engine: 11 created" in done.stderr


def test_without_a_terminal_there_is_no_colour_and_no_progress_line(project: Checkout) -> None:
    done = project.up(NO_COLOR="1")
    assert "\x1b" not in done.stdout + done.stderr
    assert "\r" not in done.stdout + done.stderr


def test_the_password_is_nowhere_but_in_the_delivered_file(project: Checkout) -> None:
    seen: list[str] = []
    ended = threading.Event()

    def watch() -> None:
        while not ended.is_set():
            seen.extend(" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"]))
            time.sleep(0.05)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        printed = [project.up(), project.up()]
        printed.append(project.pulumi("preview", "-s", "local", "--diff"))
        printed.append(project.pulumi("stack", "output", "-s", "local", "--json"))
        printed.append(project.pulumi("stack", "export", "-s", "local"))
        printed.append(project.run(".venv/bin/snapdeploy-registry", "env"))
        printed.append(project.run(".venv/bin/snapdeploy-registry", "verify"))
    finally:
        ended.set()
        watcher.join()
    secret = project.password
    assert len(secret) == 32
    told = "\n".join(done.stdout + done.stderr for done in printed)
    assert secret not in told, "printed"
    assert not [command for command in seen if secret in command], "in a process's arguments"
    holding = [file for file in _files(project.root) if secret.encode() in file.read_bytes()]
    assert holding == [project.env_file], "in a file"


def _files(root: Path) -> list[Path]:
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != ".venv"]
        found += [Path(folder) / name for name in names if (Path(folder) / name).is_file()]
    return found


def _cache() -> Path:
    chosen = os.environ.get("SNAPDEPLOY_CACHE")
    return Path(chosen) if chosen else Path.home() / ".cache" / "snapdeploy-registry"
