"""The workflows are clean to those who read them without running them, and a fault that is put in is found."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import workflow_linters
from tools.places import ROOT


def _read(command: list[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """The workflows with two faults: a step's output that nobody writes, and an action that is not pinned."""
    shutil.copytree(ROOT / ".github", tmp_path / ".github")
    (tmp_path / ".git").mkdir()
    file = tmp_path / ".github" / "workflows" / "drift.yml"
    text = file.read_text(encoding="utf-8")
    changed = text.replace("steps.affected.outputs", "steps.nobody.outputs")
    file.write_text(changed.replace("@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7"), encoding="utf-8")
    return tmp_path


def test_actionlint_finds_nothing(faulty: Path) -> None:
    done = _read(workflow_linters.actionlint(), ROOT)
    assert (done.returncode, done.stdout) == (0, "")
    assert 'property "nobody" is not defined' in _read(workflow_linters.actionlint(faulty), faulty).stdout


def test_zizmor_finds_nothing(faulty: Path) -> None:
    command = workflow_linters.zizmor()
    if command is None:
        pytest.skip("NOT CHECKED by zizmor: it is not installed here")
    done = _read(command, ROOT)
    assert done.returncode == 0, done.stdout
    found = workflow_linters.zizmor(faulty)
    assert found is not None
    assert "unpinned-uses" in _read(found, faulty).stdout
