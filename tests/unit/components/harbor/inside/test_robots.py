"""The builder's robot: a successor when one is due, and never lost or doubled, however Harbor fails."""

from collections.abc import Iterator
from typing import Any

import pytest

from components._provided import Failed
from components.harbor.inside import api
from components.harbor.inside.robots import RobotInUseProvider, RobotsProvider
from oci.retry import Retry
from tests.support.harbor_double import Failure, HarborDouble

PASSWORD = "Canary-admin-5e81"
A, B = "robot$snapdeploy-apps+builder-a", "robot$snapdeploy-apps+builder-b"


class Stack:
    """What the engine does with the two resources: old inputs to check, old outputs to everything else."""

    def __init__(self, harbor: HarborDouble, url: str) -> None:
        self.harbor = harbor
        self.told: dict[str, Any] = {
            "url": url,
            "admin_password": PASSWORD,
            "ca": "",
            "project": "snapdeploy-apps",
            "project_id": 2.0,
            "caches": [],
            "days": 90.0,
            "rotation": None,
            "owner": "org/registry/test/main",
        }
        self.inputs: dict[str, Any] = {}
        self.state: dict[str, Any] = {}
        self.in_use: dict[str, Any] = {}

    def check(self) -> dict[str, Any]:
        return RobotsProvider().check(self.inputs, dict(self.told)).inputs

    def make(self) -> None:
        """The first half of an update: the robot."""
        inputs = self.check()
        provider = RobotsProvider()
        if not self.state:
            self.state = provider.create(inputs).outs or {}
        elif inputs != self.inputs:
            self.state = provider.update("robots", self.state, inputs).outs or {}
        self.inputs = inputs

    def up(self) -> None:
        """A whole update: the former robot is ended after everything else."""
        self.make()
        provider = RobotInUseProvider()
        seat = {key: self.state[key] for key in ("url", "admin_password", "ca", "owner", "robot_id")}
        seat["making"] = self.state["since"]
        if self.in_use and provider.diff("", self.in_use, seat).replaces:
            provider.delete("", self.in_use)
        self.in_use = seat

    @property
    def works(self) -> bool:
        """Whether what was delivered opens Harbor."""
        return self.harbor.opens(self.state["username"], self.state["password"])


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    monkeypatch.setattr(api, "_PATIENCE", Retry(attempts=4, sleep=lambda _: None))
    harbor = HarborDouble(PASSWORD)
    with harbor.serving() as url:
        yield Stack(harbor, url)
    assert harbor.unknown == []


@pytest.fixture
def made(stack: Stack) -> Stack:
    stack.up()
    stack.harbor.asked.clear()
    return stack


def test_the_first_one_may_push_and_pull_and_nothing_else_and_ends(made: Stack) -> None:
    (kept,) = made.harbor.robots.values()
    assert made.works
    assert (made.state["username"], kept.project, kept.robot.duration) == (A, 2, 90)
    (permission,) = kept.robot.permissions or []
    actions = {(each.resource, each.action) for each in permission.access or []}
    assert actions == {
        *(("repository", action) for action in ("push", "pull")),
        *(("artifact", action) for action in ("read", "list")),
        *(("tag", action) for action in ("create", "list")),
    }
    made.up()
    assert made.harbor.changes() == []


@pytest.mark.parametrize("due", ["rotation", "days", "age", "gone", "disabled"])
def test_a_successor_takes_the_other_slot_and_the_former_one_ends_after_the_update(made: Stack, due: str) -> None:
    former = dict(made.state)
    (kept,) = made.harbor.robots.values()
    match due:
        case "age":
            made.harbor.pass_days(61)
            made.inputs["made"] = kept.robot.creation_time.isoformat() if kept.robot.creation_time else ""
        case "gone":
            made.harbor.robots.clear()
        case "disabled":
            kept.robot.disable = True
        case _:
            made.told[due] = {"rotation": "2026-12", "days": 30.0}[due]
    made.make()
    assert made.state["username"] == B
    assert made.works
    if due in ("rotation", "days", "age"):
        assert made.harbor.opens(A, former["password"]), "what is delivered until now goes on working"
    made.up()
    if due != "gone":
        assert kept.robot.duration == (62 if due == "age" else 1), "its days are counted from when it was made"
    made.harbor.pass_days(1)
    assert not made.harbor.opens(A, former["password"])
    assert made.works


def test_the_slot_that_is_free_is_used_again(made: Stack) -> None:
    for rotation, name in (("2026-12", B), ("2027-01", A), ("2027-02", B)):
        made.told["rotation"] = rotation
        made.up()
        assert (made.state["username"], made.works, made.harbor.names()) == (name, True, [A, B])


def test_two_thirds_of_its_days_are_no_reason_yet(made: Stack) -> None:
    made.harbor.pass_days(59)
    (kept,) = made.harbor.robots.values()
    made.inputs["made"] = kept.robot.creation_time.isoformat() if kept.robot.creation_time else ""
    made.up()
    assert made.harbor.changes() == []


@pytest.mark.parametrize("failure", [Failure.LOST, Failure.BROKEN_AFTER])
def test_an_answer_that_is_lost_loses_and_doubles_nothing(made: Stack, failure: Failure) -> None:
    made.told["rotation"] = "2026-12"
    made.harbor.failures = [("POST /robots", failure)]
    made.up()
    assert made.harbor.names() == [A, B]
    assert made.works
    assert [method for method, path in made.harbor.asked if method == "POST"] == ["POST"]


@pytest.mark.parametrize("failure", [Failure.CONFLICT, Failure.BROKEN])
def test_a_robot_that_was_not_made_is_made_by_the_next_update(made: Stack, failure: Failure) -> None:
    former = dict(made.state)
    made.told["rotation"] = "2026-12"
    made.harbor.failures = [("POST /robots", failure)]
    if failure is Failure.BROKEN:
        with pytest.raises(Failed, match="goes on working") as caught:
            made.make()
        assert PASSWORD not in str(caught.value)
        assert made.harbor.opens(A, former["password"])
    made.up()
    assert (made.state["username"], made.works, made.harbor.names()) == (B, True, [A, B])


def test_what_a_run_that_died_left_is_made_anew(made: Stack) -> None:
    before = dict(made.inputs), dict(made.state)
    made.told["rotation"] = "2026-12"
    made.make()
    made.inputs, made.state = before
    made.up()
    assert (made.state["username"], made.works, made.harbor.names()) == (B, True, [A, B])


def test_a_harbor_that_does_not_answer_is_no_reason_for_anything(made: Stack) -> None:
    made.harbor.failures = [("GET /robots", Failure.BROKEN)]
    inputs = made.check()
    assert inputs == made.inputs
    made.harbor.down = True
    made.told["rotation"] = "2026-12"
    with pytest.raises(Failed, match="a robot that was before goes on working"):
        made.make()
    made.harbor.down = False
    assert made.works


def test_nothing_is_asked_before_there_is_a_harbor(stack: Stack) -> None:
    from pulumi.runtime.rpc import UNKNOWN

    stack.told["url"] = UNKNOWN
    assert stack.check()["slot"] == "a"
    stack.inputs = stack.check()
    stack.check()
    assert stack.harbor.asked == []


def test_a_robot_of_somebody_else_is_left_alone(made: Stack) -> None:
    made.told["owner"] = "org/registry/other/main"
    made.told["rotation"] = "2026-12"
    made.up()
    made.told["rotation"] = "2027-01"
    with pytest.raises(Failed, match="that this stack did not make"):
        made.make()
    assert made.harbor.names() == [A, B]


def test_with_a_cache_to_pull_from_it_is_the_systems(made: Stack) -> None:
    made.told["caches"] = ["docker-hub"]
    made.up()
    kept = made.harbor.robots[2]
    assert made.state["username"] == "robot$snapdeploy-apps-builder-b"
    assert [each.namespace for each in kept.robot.permissions or []] == ["snapdeploy-apps", "docker-hub"]
    assert made.works
    RobotsProvider().delete("", made.state)
    assert made.harbor.names() == [A], "the former one has its end already"
