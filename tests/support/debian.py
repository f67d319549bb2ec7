"""Debian's packages for tests: what a test needs is installed where we are root, else the test is skipped, and says so.

Owns: installing. Does not own: which packages a test needs.
"""

import os
import shutil
import subprocess
from functools import cache

import pytest

_INSTALLING = 600.0


def needs(*packages: str) -> None:
    """Makes sure that `packages` are installed; skips the test where they cannot be."""
    missing = tuple(name for name in packages if not _installed(name))
    if missing:
        problem = _install(missing)
        if problem:
            pytest.skip(f"needs the Debian packages {' '.join(missing)}, and {problem}")


def _installed(package: str) -> bool:
    if shutil.which("dpkg-query") is None:
        return False
    query = ["dpkg-query", "-W", "-f", "${db:Status-Status}", package]
    return subprocess.run(query, capture_output=True, text=True, check=False).stdout == "installed"


@cache
def _install(packages: tuple[str, ...]) -> str:
    """Why it did not go; empty where it did. Asked once a run."""
    if shutil.which("apt-get") is None:
        return "there is no apt-get"
    if os.geteuid() != 0:
        return "only root can install them"
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    options = ["-qq", "-o", "DPkg::Lock::Timeout=300"]
    update = ["apt-get", *options, "update"]
    install = ["apt-get", *options, "install", "--no-install-recommends", *packages]
    for command in (update, install):
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_INSTALLING,
            check=False,
        )
        if done.returncode != 0:
            return f"`{' '.join(command)}` failed: {done.stderr[-300:]}"
    return ""
