"""A change goes from its proposal to its deployment, drift is found and mended, and docs/ has the transcript."""

from pathlib import Path

from tests.engine.workflows.demonstration import PAGE, tell
from tests.support.emulator import Emulator, emulator, emulator_server

__all__ = ["emulator", "emulator_server"]


def test_from_a_proposal_to_a_deployment_and_after(tmp_path: Path, emulator: Emulator) -> None:
    story = tell(tmp_path, emulator)
    everything = "\n".join(run.text for run in story.runs)
    assert "no-long-lived-access-keys" in story.refused
    assert "nothing of it can be deployed" in story.refused
    assert "snapdeploy-registry:reviewed:sha256:" not in story.refused
    assert "snapdeploy-registry:reviewed:sha256:" in story.fixed
    assert story.waiting.results["deploy of dev"] == "success", everything
    assert story.waiting.results["deploy of prod"] == "waiting"
    assert story.deployed.results["deploy of prod"] == "success", everything
    assert "applied, and verified: login, push, " in story.waiting.job("deploy of dev").summary
    assert story.parameter.endswith(".amazonaws.com/snapdeploy-apps")
    assert (story.drifted.state, story.alerted.state) == ("closed", "closed"), everything
    assert "git revert" in story.alerted.body
    assert story.page == PAGE.read_text(encoding="utf-8"), f"run: python -m {tell.__module__}"
