"""The CNCF distribution registry: from PATH, else built from its Go module.

Asked for by its name as a command (`python -m tools.registry_binary` prints its path), so that
the provider of the local registry needs to know nothing of how it is obtained.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.go_program import GoProgram
from tools.say import Failure, guarded

REGISTRY = GoProgram(
    name="registry",
    package="github.com/distribution/distribution/v3/cmd/registry",
    dependency="github.com/distribution/distribution/v3",
    minutes=1,
    link="-s -w -X github.com/distribution/distribution/v3/version.version={version}",
)


def ensure() -> Path:
    """The executable: `SNAPDEPLOY_REGISTRY_BINARY`, a distribution 3 on PATH, else our own build.

    Raises `Failure` where none can be had.
    """
    chosen = os.environ.get("SNAPDEPLOY_REGISTRY_BINARY")
    if chosen:
        if not _is_distribution(chosen):
            raise Failure(
                f"SNAPDEPLOY_REGISTRY_BINARY names {chosen}, which is no distribution 3 registry\n"
                "mend: unset it, and one is built"
            )
        return Path(chosen)
    found = shutil.which("registry")
    if found is not None and _is_distribution(found):
        return Path(found)
    return REGISTRY.ensure()


def _is_distribution(path: str) -> bool:
    """Whether the program says of itself that it is distribution's registry, major version 3."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    return "distribution/distribution/v3" in said


def main() -> int:
    """Prints the path on stdout."""

    def command() -> int:
        print(ensure())
        return 0

    return guarded(command)


if __name__ == "__main__":
    sys.exit(main())
