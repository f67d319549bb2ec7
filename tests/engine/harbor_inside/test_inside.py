"""The builder's robot on the real engine, against a double of Harbor's API: a rotation with everything going wrong.

The bridge is simulated, what is asked of the API is real.
"""

import json
from pathlib import Path

from tests.engine.harbor_inside.delivering import BROKEN
from tests.support.engine import ROOT, EngineProject, Result
from tests.support.harbor_double import Failure, HarborDouble

PROGRAM = Path(__file__).with_name("inside.py")
PASSWORD = "Canary-admin-c0ffee"
A, B = "robot$snapdeploy-apps+builder-a", "robot$snapdeploy-apps+builder-b"


def test_a_robot_is_made_rotated_and_ended_and_never_lost_or_doubled(tmp_path: Path) -> None:
    # The simulated bridge numbers every project 0.
    harbor = HarborDouble(PASSWORD, projects={"snapdeploy-apps": 0})
    file = tmp_path / "credential.json"
    runs: list[Result] = []
    secrets: set[str] = {PASSWORD}

    def delivered() -> tuple[str, str]:
        username, password = json.loads(file.read_text(encoding="utf-8"))
        secrets.add(password)
        return username, password

    with harbor.serving() as url:
        stack = EngineProject(
            tmp_path / "stack",
            PROGRAM.read_text(encoding="utf-8"),
            config={"throwaway:url": url, "throwaway:file": str(file)},
            secrets={"throwaway:admin": PASSWORD},
            providers=("harbor",),
            environment={"PYTHONPATH": str(ROOT)},
        )
        runs.append(stack.preview())
        assert harbor.changes() == []
        runs.append(stack.up())
        first = delivered()
        assert first[0] == A
        assert harbor.opens(*first)
        assert harbor.configuration.self_registration is False

        harbor.asked.clear()
        runs.append(stack.up("--expect-no-changes"))
        assert harbor.changes() == []

        # The successor is made, its answer is lost, and then the delivery fails: the former one stays as it is.
        stack.configure({"throwaway:rotation": "second"})
        (tmp_path / BROKEN).touch()
        harbor.failures = [("POST /robots", Failure.LOST)]
        runs.append(stack.up(fails=True))
        assert "the delivery did not arrive" in runs[-1].diagnostics
        assert harbor.names() == [A, B]
        assert harbor.opens(*first)
        assert harbor.robots[1].robot.duration == 90

        # Run again, it is delivered; only then the former one gets its end.
        (tmp_path / BROKEN).unlink()
        harbor.asked.clear()
        runs.append(stack.up())
        second = delivered()
        assert second[0] == B
        assert harbor.opens(*second)
        assert harbor.names() == [A, B]
        assert harbor.robots[1].robot.duration == 1
        asked = [entry for entry in harbor.asked if entry in (("GET", "/v2/"), ("PUT", "/robots/1"))]
        assert asked == [("GET", "/v2/"), ("PUT", "/robots/1")]

        # An outage is no reason for anything, whether the engine looks or updates.
        harbor.down = True
        harbor.asked.clear()
        runs.append(stack.refresh())
        runs.append(stack.up("--expect-no-changes"))
        harbor.down = False
        assert harbor.changes() == []
        assert harbor.opens(*second)

        kept = json.dumps(stack.state()) + json.dumps(stack.outputs())
        for secret in secrets:
            assert secret not in kept
            assert [run.arguments for run in runs if secret in run.text or secret in json.dumps(run.events)] == []
        stack.destroy()
    assert harbor.names() == []
    assert harbor.unknown == []
