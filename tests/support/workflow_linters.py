"""What reads workflows without running them: actionlint, built from its Go module, and zizmor, which is a wheel.

Owns: how each is had and called. Does not own what the workflows may contain: `.github/zizmor.yml` says what is off.
"""

import shutil
from pathlib import Path

from tools.go_program import GoProgram
from tools.places import ROOT, VENV

ACTIONLINT = GoProgram(
    name="actionlint",
    package="github.com/rhysd/actionlint/cmd/actionlint",
    dependency="github.com/rhysd/actionlint",
    minutes=0.5,
)


def actionlint(folder: Path = ROOT) -> list[str | Path]:
    """The command for the workflows in `folder`; the program is built where it is missing. Raises `Failure`."""
    # Without shellcheck and pyflakes: whether these are on a machine must not decide what is clean.
    files = sorted((folder / ".github" / "workflows").glob("*.yml"))
    return [ACTIONLINT.ensure(), "-shellcheck=", "-pyflakes=", *files]


def zizmor(folder: Path = ROOT) -> list[str | Path] | None:
    """The command for the workflows and actions in `folder`; None where zizmor is not installed."""
    own = VENV / "bin" / "zizmor"
    found = str(own) if own.exists() else shutil.which("zizmor")
    # Offline: what it would ask GitHub for is no part of this project's check.
    return None if found is None else [found, "--offline", "--quiet", "--no-progress", folder / ".github"]
