"""A report that hostile values can neither forge nor flood."""

from contract.problem import Problem, Problems, printable


def test_a_value_stays_on_its_line_and_within_its_length() -> None:
    assert printable("a\nb\x1b[31m") == r"a\nb\x1b[31m"
    assert len(printable("x" * 1000)) == 80
    assert len(printable("\x00" * 1000)) <= 80


def test_all_problems_are_told_at_once_with_place_and_mend() -> None:
    told = str(
        Problems("not provisioned", [Problem("f:1 a", "is wrong", "write b", "it breaks"), Problem("f:2 c", "d", "e")])
    )
    assert told.splitlines() == [
        "not provisioned",
        "  f:1 a: is wrong",
        "    so: it breaks",
        "    mend: write b",
        "  f:2 c: d",
        "    mend: e",
    ]
