"""A failure that was ordered happens once, to the resource that it was meant for."""

from pathlib import Path

import pytest

from tests.simulated.faults import Fault, Faults, Moment, Operation


@pytest.fixture
def faults(tmp_path: Path) -> Faults:
    return Faults(tmp_path)


def test_each_order_is_carried_out_once_and_in_turn(faults: Faults) -> None:
    first, second = (Fault(Operation.CREATE, "t", message) for message in ("first", "second"))
    faults.order(first)
    faults.order(second)
    assert faults.take(Operation.CREATE, "t", "x") == first
    assert faults.take(Operation.CREATE, "t", "x") == second
    assert faults.take(Operation.CREATE, "t", "x") is None


def test_only_what_it_was_meant_for_fails(faults: Faults) -> None:
    fault = Fault(Operation.UPDATE, "t", "no", Moment.LOST, name="x")
    faults.order(fault)
    assert faults.take(Operation.CREATE, "t", "x") is None
    assert faults.take(Operation.UPDATE, "other", "x") is None
    assert faults.take(Operation.UPDATE, "t", "y") is None
    assert faults.take(Operation.UPDATE, "t", "x") == fault


def test_the_file_can_be_written_by_hand(tmp_path: Path, faults: Faults) -> None:
    (tmp_path / "faults.json").write_text('[{"operation": "delete", "token": "t", "message": "no"}]')
    assert faults.take(Operation.DELETE, "t", "any") == Fault(Operation.DELETE, "t", "no")


@pytest.mark.parametrize(
    "text", ["", "{}x", '[{"operation": "destroy", "token": "t", "message": "m"}]', '[{"token": "t"}]', '["x"]']
)
def test_an_order_that_cannot_be_read_is_an_error(tmp_path: Path, faults: Faults, text: str) -> None:
    (tmp_path / "faults.json").write_text(text)
    with pytest.raises(ValueError, match=r"(?s)no list of failures.*mend:"):
        faults.take(Operation.CREATE, "t", "x")


@pytest.mark.parametrize("operation", [Operation.READ, Operation.DELETE])
def test_only_what_makes_something_can_be_left_half_done(faults: Faults, operation: Operation) -> None:
    with pytest.raises(ValueError, match="only a create or an update"):
        faults.order(Fault(operation, "t", "m", Moment.PARTIAL))
