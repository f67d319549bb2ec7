"""docs/reviewed.md says what is so: its commands run, and its tables name what the workflows use."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ops.init_github import FILES
from tests.support.checkout import copied
from tests.support.emulator import Emulator, emulator, emulator_server
from tests.support.workflow_runner import git
from tools.places import ROOT

__all__ = ["emulator", "emulator_server"]

PAGE = (ROOT / "docs" / "reviewed.md").read_text(encoding="utf-8")
TOOL = ".venv/bin/snapdeploy-registry"


def _commands() -> list[str]:
    blocks = re.findall(r"^( *)```sh\n(.*?)^\1```", PAGE, re.MULTILINE | re.DOTALL)
    return [line.strip() for _, block in blocks for line in block.splitlines()]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "registry"
    copied(root)
    git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "add", "--all")
    return root


def test_the_tools_commands_run_as_they_stand(project: Path, emulator: Emulator) -> None:
    own = {"AWS_ENDPOINT_URL": emulator.endpoint, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    environment = os.environ | own | {"NO_PROXY": "127.0.0.1", "PYTHONPATH": str(project)}
    commands = [command for command in _commands() if command.startswith(TOOL)]
    assert len(commands) == 3
    printed = ""
    for command in [*commands, f"{commands[1]} --json"]:
        words = [sys.executable, "-P", "-m", "ops", *shlex.split(command)[1:]]
        done = subprocess.run(
            words, cwd=project, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        printed = done.stdout
    made = json.loads(printed)
    assert {part["outcome"] for part in made["parts"]} == {"as it should be"}
    assert f"pulumi login '{made['url']}'" in _commands()
    assert f"pulumi stack init prod --secrets-provider '{made['secrets_provider']}'" in _commands()


def test_the_tables_name_every_file_variable_and_secret_and_no_other() -> None:
    listed = re.findall(r"^\| `((?:workflows|actions)/[^`]+)` \|", PAGE, re.MULTILINE)
    assert sorted(f".github/{name}" for name in listed) == sorted(FILES)
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in FILES)
    used = set(re.findall(r"\bvars\.([A-Z_]+)", text)) | set(re.findall(r"\bsecrets\.([A-Z_]+)", text))
    rows = PAGE.partition("| variable of an environment |")[2].partition("\n\n")[0]
    named = {name for row in rows.splitlines()[2:] for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1])}
    assert named == used
