"""`make lint`: everything that reads the code without running it. All of it runs; the exit code is the worst."""

import subprocess
import sys
from pathlib import Path

from tests.support import workflow_linters
from tools.places import PYTHON, ROOT
from tools.say import say


def main() -> int:
    """Runs each linter from the virtual environment; the workflows are read too."""
    tool = PYTHON.parent
    commands: list[list[str | Path]] = [
        [tool / "ruff", "check", "."],
        [tool / "ruff", "format", "--check", "--quiet", "."],
        [tool / "mypy", "."],
        [tool / "pyright"],
    ]
    commands.append(workflow_linters.actionlint())
    zizmor = workflow_linters.zizmor()
    if zizmor is not None:
        commands.append(zizmor)
    else:
        say("zizmor is not installed: the workflows were read by actionlint alone")
    failed = [command for command in commands if subprocess.run(command, cwd=ROOT, check=False).returncode != 0]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
