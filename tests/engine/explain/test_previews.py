"""Recorded previews against the engine that is here now, and the page on reviewing followed to the letter."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ops.explain.markdown import markdown
from tests.explain import record
from tests.support.checkout import ROOT, checkout
from tests.support.engine import EngineProject

PAGE = (ROOT / "docs" / "reviewing.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["rights-widened", "google-opened", "hostile-names", "leaky", "credential-ends"])
def test_the_engine_still_prints_what_was_recorded(name: str, tmp_path: Path) -> None:
    assert record.text(record.record_program(name, tmp_path)) == record.load(name)


def test_a_failed_preview_is_still_told_in_its_last_line(tmp_path: Path) -> None:
    fresh = record.text(record.record_program("crashed", tmp_path))
    assert markdown(record.explained("crashed", fresh)) == markdown(record.explained("crashed"))


def test_what_a_policy_refuses_is_still_in_the_event_log_alone(tmp_path: Path) -> None:
    digest, events = record.record_policies(tmp_path)
    assert [one["message"].strip() for one in digest["diagnostics"]] == ["error: preview failed"]
    assert any("policyEvent" in event for event in events)


def test_the_streamed_form_is_told_apart(tmp_path: Path) -> None:
    project = EngineProject(tmp_path, "import pulumi\n", providers=(), name="registry")
    streamed = project.preview("--json", PULUMI_ENABLE_STREAMING_JSON_PREVIEW="true").stdout
    done = subprocess.run(
        [sys.executable, "-m", "ops", "explain"], input=streamed, capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 2
    assert "stream of events" in done.stderr


def test_the_commands_of_the_page_work_one_after_the_other(tmp_path: Path) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 2
    with checkout(tmp_path / "registry") as project:
        tool = tmp_path / "bin" / "snapdeploy-registry"
        tool.parent.mkdir()
        tool.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m ops "$@"\n', encoding="utf-8")
        tool.chmod(0o700)
        path = os.pathsep.join([str(tool.parent), os.environ["PATH"]])
        done = project.run("sh", "-e", "-c", "\n".join(blocks), PATH=path)
        assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("<!-- snapdeploy-registry:explain:prod -->") == 2
    assert "What changes in prod\n" in done.stdout
    assert "### The policies advise (" in done.stdout
