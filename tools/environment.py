"""The environment in which the engine runs: where its state is, what opens it, what it finds on PATH.

Whatever the user has set stands; what is missing is filled in from this checkout's own
state. Under simulation nothing of the user's stands: no state, no credential, no plugin.
"""

import os
import secrets
from pathlib import Path
from urllib.parse import quote

from tools import places
from tools.engine import Engine
from tools.say import Failure, say

SIMULATED = "SNAPDEPLOY_SIMULATED"
_LOGIN = "SNAPDEPLOY_BACKEND"

# What could lead a simulated run to something real. The simulated providers need none of it.
_REAL = (
    "AWS_",
    "GOOGLE_",
    "CLOUDSDK_",
    "GCLOUD_",
    "GITHUB_",
    "GH_",
    "DOCKER_",
    "KUBE",
    "PULUMI_",
    "HARBOR_",
    "AZURE_",
    "ARM_",
)
_HARMLESS = frozenset({"PULUMI_DEBUG_COMMANDS"})
"""Switches of the engine that name nothing real: with this one it has `--event-log`, for what the policies say."""


def is_simulated() -> bool:
    """Whether this run is asked to touch nothing real: `SIMULATE=1`."""
    return os.environ.get("SIMULATE", "") not in ("", "0")


def own_state(*, simulated: bool) -> Path:
    """The folder that holds a state backend of this checkout, and the passphrase to it."""
    return places.state_folder() / "simulated" if simulated else places.state_folder()


def uses_own_backend(*, simulated: bool) -> bool:
    """Whether the state lives in this checkout: unless the user has named a backend, or said to use the login's."""
    if simulated:
        return True
    chosen = os.environ.get(_LOGIN, "")
    if chosen not in ("", "login"):
        raise Failure(
            f"{_LOGIN}={chosen} is not known\nmend: unset it, or {_LOGIN}=login to use the backend of `pulumi login`"
        )
    return not chosen and not os.environ.get("PULUMI_BACKEND_URL")


def backend_folder(*, simulated: bool) -> Path:
    """Where the checkout's own backend keeps its files."""
    return own_state(simulated=simulated) / "backend"


def environment(engine: Engine, *, simulated: bool = False) -> dict[str, str]:
    """The variables for one run of the engine. Raises `Failure` where they cannot be had."""
    if os.pathsep in str(places.ROOT):
        raise Failure(
            f"the path of this checkout has a '{os.pathsep}' in it, which no PATH can name: {places.ROOT}\n"
            "mend: move the checkout to a folder without one"
        )
    chosen = {
        name: value
        for name, value in os.environ.items()
        if name != "PYTHONDONTWRITEBYTECODE" and not (simulated and name.startswith(_REAL) and name not in _HARMLESS)
    }
    chosen.setdefault("PULUMI_SKIP_UPDATE_CHECK", "true")
    chosen["SNAPDEPLOY_PYTHON"] = str(places.PYTHON)

    folders = [str(engine.pulumi.parent), chosen.get("PATH", os.defpath)]
    if engine.own_host:
        folders.insert(0, str(places.ROOT / "tools" / "language_host"))
    if simulated:
        folders.insert(0, str(places.ROOT / "tests" / "simulated" / "bin"))
    chosen["PATH"] = os.pathsep.join(folders)

    if uses_own_backend(simulated=simulated):
        backend = backend_folder(simulated=simulated)
        backend.mkdir(parents=True, exist_ok=True)
        chosen["PULUMI_BACKEND_URL"] = f"file://{quote(str(backend))}"
        if not {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"} & chosen.keys():
            chosen["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(_passphrase(own_state(simulated=simulated)))
    if simulated:
        own = own_state(simulated=True)
        chosen |= {
            SIMULATED: "1",
            "SNAPDEPLOY_SIMULATED_DIR": str(own / "store"),
            # A home of its own: a real provider that is installed in the user's must not be found.
            "PULUMI_HOME": str(own / "home"),
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }
    elif "PULUMI_HOME" not in chosen and not places.is_writable(Path.home() / ".pulumi"):
        chosen["PULUMI_HOME"] = str(places.state_folder() / "home")
    return chosen


def _passphrase(folder: Path) -> Path:
    """The file with the passphrase of the checkout's own state: made once, readable by its owner only."""
    file = folder / "passphrase"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if file.stat().st_mode & 0o077:
            file.chmod(0o600)
            say(f"{file.relative_to(places.ROOT)} could be read by others: closed again (0600)")
        return file
    with os.fdopen(descriptor, "w") as stream:
        stream.write(secrets.token_urlsafe(32))
    return file
