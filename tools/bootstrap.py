"""Makes `.venv` from the hashed locks in `requirements/`.

Run by whatever Python the machine has, so: standard library only, and written so that an
old Python gets as far as saying that it is too old. uv does the installing (3 seconds
where pip takes 130); pip, which every virtual environment has, installs uv.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  # the one file that an older Python runs
    sys.exit(
        "Python %d.%d is too old: this project needs 3.11 or newer.\n" % sys.version_info[:2]  # noqa: UP031
        + "mend: install a newer Python, then: make PYTHON=/path/to/python3.11 up"
    )

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import venv
from pathlib import Path

if __package__ in (None, ""):
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from tools import places
from tools.locks import locked
from tools.say import Failure, guarded, say

_REQUIREMENTS = places.ROOT / "requirements"
_STAMP = places.VENV / "snapdeploy.json"

# Relative to the folder that holds it, and so true in any place and any encoding of its name.
_PATH_FILE = "../../../..\n"

_TOOL = """#!/bin/sh
# The project's own interpreter, whatever the current folder and however this file was reached.
self=$(readlink -f -- "$0" 2>/dev/null || printf %s "$0")
exec "$(dirname -- "$self")/python" -P -m ops "$@"
"""


def ensure(*, dev: bool) -> None:
    """Makes `.venv` what the locks say; `dev` adds what tests and linters need. Quick where it is so already.

    Raises `Failure` where it cannot.
    """
    wanted = _wanted("dev" if dev else "run")
    if _is(wanted) or (not dev and _is(_wanted("dev"))):
        return
    with locked(places.state_folder() / "bootstrap.lock", "setting up this checkout"):
        if _is(wanted):
            return
        say(f"setting up .venv from requirements/{wanted['lock']} …")
        _STAMP.unlink(missing_ok=True)
        if not _runs(places.PYTHON):
            _make_empty()
        _install(wanted["lock"])
        _STAMP.write_text(json.dumps(wanted))


def _wanted(name: str) -> dict[str, str]:
    lock = f"{name}.txt"
    digest = hashlib.sha256()
    for file in (_REQUIREMENTS / "uv.txt", _REQUIREMENTS / lock, Path(__file__)):
        digest.update(file.read_bytes())
    return {"lock": lock, "digest": digest.hexdigest()}


def _is(wanted: dict[str, str]) -> bool:
    try:
        return json.loads(_STAMP.read_text()) == wanted and places.PYTHON.exists()
    except (OSError, ValueError):
        return False


def _runs(python: Path) -> bool:
    """Whether the environment's interpreter starts, is new enough and has pip."""
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([python, "-c", probe], capture_output=True, check=False, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _make_empty() -> None:
    if places.VENV.exists():
        shutil.rmtree(places.VENV)
    try:
        venv.create(places.VENV, with_pip=True, symlinks=True)
    except (OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(places.VENV, ignore_errors=True)
        raise Failure(
            f"the virtual environment .venv cannot be made with {sys.executable}: {error}\n"
            "mend: on Debian and Ubuntu, install the package python3-venv; else name another Python:"
            " make PYTHON=/path/to/python3 up"
        ) from None


def _install(lock: str) -> None:
    environment = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONDONTWRITEBYTECODE": ""}
    environment.pop("PYTHONPATH", None)
    if not places.home_is_writable():
        environment |= {"UV_CACHE_DIR": str(places.cache_folder() / "uv"), "PIP_NO_CACHE_DIR": "1"}
    uv = places.VENV / "bin" / "uv"
    hashed = ["--require-hashes", "--quiet"]
    _run([places.PYTHON, "-m", "pip", "install", *hashed, "-r", _REQUIREMENTS / "uv.txt"], environment)
    _run(
        [uv, "pip", "sync", *hashed, "--compile-bytecode", "--python", places.PYTHON, _REQUIREMENTS / lock], environment
    )
    site_packages = next((places.VENV / "lib").glob("python3.*/site-packages"))
    (site_packages / "snapdeploy_registry.pth").write_text(_PATH_FILE, encoding="ascii")
    tool = places.VENV / "bin" / "snapdeploy-registry"
    tool.write_text(_TOOL, encoding="ascii")
    tool.chmod(0o755)


def _run(command: list[str | Path], environment: dict[str, str]) -> None:
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise Failure(
            "the packages could not be installed: the lines above say why\n"
            "mend: where no package index can be reached, set PIP_INDEX_URL and UV_INDEX_URL to one that can"
        )


def main() -> int:
    """`python3 tools/bootstrap.py [--dev]`."""
    parser = argparse.ArgumentParser(description="Makes .venv from the hashed locks.")
    parser.add_argument("--dev", action="store_true", help="with what tests and linters need")
    options = parser.parse_args()

    def command() -> int:
        ensure(dev=options.dev)
        return 0

    return guarded(command)


if __name__ == "__main__":
    sys.exit(main())
