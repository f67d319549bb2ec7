"""`make test`: everything that can run on this machine, and a loud count of what could not.

Obtains the engine and the registry first, so that no single test pays for a build.
"""

import os
import subprocess
import sys

from tools import engine, registry_binary
from tools.places import PYTHON, ROOT
from tools.say import guarded, say


def main() -> int:
    """Runs the fast tier first: what is broken there is not worth waiting for."""
    say(f"engine: {engine.ensure().way}")
    binary = registry_binary.ensure()
    environment = os.environ | {"SNAPDEPLOY_REGISTRY_BINARY": str(binary), "PYTHONDONTWRITEBYTECODE": ""}
    pytest = [str(PYTHON), "-m", "pytest", "-q", *sys.argv[1:]]
    fast = ["tests/unit", "tests/program", "tests/policies", "tests/test_architecture.py"]
    whole = ["tests/engine", "tests/e2e", "tests/fault"]
    for tier in (fast, whole):
        code = subprocess.run(
            [*pytest, "-n", "2", "--dist", "loadscope", *tier], cwd=ROOT, env=environment, check=False
        ).returncode
        if code != 0:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
