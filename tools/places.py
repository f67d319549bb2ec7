"""Where things are: the checkout, its state, and the cache that clones share."""

import os
import platform
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The checkout."""

STATE = ROOT / ".state"
"""All that belongs to this checkout and this machine: the engine's state, the registry's data. Never in git."""

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def is_writable(folder: Path) -> bool:
    """Whether files can be made in `folder`, which is made where it is missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def state_folder() -> Path:
    """`STATE`, made where it is missing, closed to other users."""
    STATE.mkdir(mode=0o700, exist_ok=True)
    return STATE


@cache
def cache_folder() -> Path:
    """What takes long to make and can be made again: shared by all clones of one user.

    `SNAPDEPLOY_CACHE`, else the user's cache folder, else (a home that cannot be written) the checkout's own state.
    """
    chosen = os.environ.get("SNAPDEPLOY_CACHE")
    if chosen:
        candidates = [Path(chosen).absolute()]
    else:
        user = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        candidates = [Path(user) / "snapdeploy-registry"]
    for candidate in candidates:
        if is_writable(candidate):
            return candidate
    fallback = state_folder() / "cache"
    fallback.mkdir(exist_ok=True)
    return fallback


def home_is_writable() -> bool:
    """Whether tools that keep caches and settings in the home folder can."""
    return os.access(Path.home(), os.W_OK | os.X_OK)


def platform_name() -> str:
    """Operating system and processor, as part of a cache folder's name: `linux-x86_64`."""
    return f"{platform.system()}-{platform.machine()}".lower()
