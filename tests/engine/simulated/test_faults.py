"""A create that fails at any moment leaves a state from which the next `up` gets to the end."""

from tests.engine.simulated.conftest import Project
from tests.simulated.faults import Fault, Faults, Moment, Operation
from tests.simulated.store import Store

REPOSITORY = "aws:ecr/repository:Repository"
NAMED = {"throwaway:name": "apps", "throwaway:alone": "true"}


def test_refused_before_anything_was_made(project: Project) -> None:
    stack = project("repository", config=NAMED)
    Faults(stack.simulated).order(Fault(Operation.CREATE, REPOSITORY, "LimitExceededException: too many"))
    assert "LimitExceededException: too many" in stack.up(fails=True).diagnostics
    assert stack.resources() == {}
    assert stack.up().changes == {"create": 1}
    assert stack.up("--expect-no-changes").changes == {}


def test_made_and_then_unfinished(project: Project) -> None:
    stack = project("repository", config=NAMED)
    fault = Fault(Operation.CREATE, REPOSITORY, "TagResource: throttled", Moment.PARTIAL)
    Faults(stack.simulated).order(fault)
    assert "TagResource: throttled" in stack.up(fails=True).diagnostics
    assert stack.resources()["apps"]["id"] == "apps"
    assert stack.resources()["apps"]["initErrors"] == ["TagResource: throttled"]
    assert stack.up().changes == {"update": 1}
    assert "initErrors" not in stack.resources()["apps"]
    assert stack.up("--expect-no-changes").changes == {}


def test_made_and_the_answer_lost(project: Project) -> None:
    stack = project("repository", config=NAMED)
    fault = Fault(Operation.CREATE, REPOSITORY, "RequestTimeout: no answer", Moment.LOST, name="apps")
    Faults(stack.simulated).order(fault)
    assert "RequestTimeout: no answer" in stack.up(fails=True).diagnostics
    assert stack.resources() == {}
    assert [key.id for key in Store(stack.simulated, "aws").held()] == ["apps"]
    assert "RepositoryAlreadyExistsException" in stack.up(fails=True).diagnostics
    stack.configure({"throwaway:import": "apps"})
    assert stack.up().changes == {"import": 1}


def test_a_failed_update_and_a_failed_delete_are_tried_again(project: Project) -> None:
    stack = project("repository", config=NAMED)
    stack.up()
    Faults(stack.simulated).order(Fault(Operation.UPDATE, REPOSITORY, "ServerException: try later"))
    stack.configure({"throwaway:owner": "somebody else"})
    assert "ServerException: try later" in stack.up(fails=True).diagnostics
    assert stack.up().changes == {"update": 1}

    Faults(stack.simulated).order(Fault(Operation.DELETE, REPOSITORY, "RepositoryNotEmptyException: images"))
    assert "RepositoryNotEmptyException: images" in stack.destroy(fails=True).diagnostics
    assert list(stack.resources()) == ["apps"]
    # The stack's own entry may be gone with the first attempt.
    assert stack.destroy().changes["delete"] >= 1
    assert Store(stack.simulated, "aws").held() == []
