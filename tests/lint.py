"""`make lint`: everything that reads the code without running it. All of it runs; the exit code is the worst."""

import shutil
import subprocess
import sys
from pathlib import Path

from tools.places import PYTHON, ROOT
from tools.say import say


def main() -> int:
    """Runs each linter from the virtual environment; workflows are read where there are some."""
    tool = PYTHON.parent
    commands: list[list[str | Path]] = [
        [tool / "ruff", "check", "."],
        [tool / "ruff", "format", "--check", "--quiet", "."],
        [tool / "mypy", "."],
        [tool / "pyright"],
    ]
    workflows = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    actionlint = shutil.which("actionlint")
    if workflows and actionlint:
        commands.append([actionlint, *workflows])
    elif workflows:
        say("actionlint is not on PATH: the workflows were not read")
    failed = [command for command in commands if subprocess.run(command, cwd=ROOT, check=False).returncode != 0]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
