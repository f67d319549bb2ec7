"""A dynamic resource is recorded under simulation, and its code does not run."""

from pathlib import Path

from tests.engine.simulated.conftest import Project

CANARY = "canary-dynamic-51"


def test_nothing_of_it_runs(project: Project, tmp_path: Path) -> None:
    written = tmp_path / "written-for-real"
    stack = project(
        "dynamic_file",
        config={"throwaway:path": str(written)},
        secrets={"throwaway:text": CANARY},
        providers=("pulumi-python",),
    )
    made = stack.up()
    assert made.changes == {"create": 2}
    assert "SIMULATED pulumi-python" in made.diagnostics
    outputs = stack.resources()["note"]["outputs"]
    assert outputs["simulated"] is True
    assert outputs["path"] == str(written) == stack.outputs()["path"]
    assert stack.up("--expect-no-changes").changes == {}
    assert stack.refresh("--expect-no-changes").changes == {}
    assert stack.destroy().changes == {"delete": 2}
    assert not written.exists()
    assert CANARY not in (stack.simulated / "pulumi-python.json").read_text()
