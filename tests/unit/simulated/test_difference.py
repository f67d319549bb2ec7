"""Each change is found once, by its path, and nothing that is the same is one."""

import pytest

from tests.simulated.difference import Change, Kind, changes, current
from tests.simulated.wire import UNKNOWN, Properties, Secret


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": "x"}, {"a": "x"}, []),
        ({"a": Secret("x")}, {"a": "x"}, []),
        ({"a": 1.0}, {"a": 1}, []),
        ({"a": {}}, {}, []),
        ({}, {"a": []}, []),
        ({"a": "x"}, {"a": "y"}, [Change("a", "a", Kind.UPDATE)]),
        ({"a": Secret("x")}, {"a": Secret("y")}, [Change("a", "a", Kind.UPDATE)]),
        ({"a": "x"}, {}, [Change("a", "a", Kind.DELETE)]),
        ({}, {"a": False}, [Change("a", "a", Kind.ADD)]),
        ({"a": "x"}, {"a": UNKNOWN}, [Change("a", "a", Kind.UPDATE)]),
        ({}, {"a": UNKNOWN}, [Change("a", "a", Kind.ADD)]),
        ({"a": {"b": "x", "c": "y"}}, {"a": {"b": "z"}}, [
            Change("a", "a.b", Kind.UPDATE), Change("a", "a.c", Kind.DELETE)
        ]),
        ({"a": {"x.y": "1"}}, {"a": {"x.y": "2"}}, [Change("a", 'a["x.y"]', Kind.UPDATE)]),
        ({"a": ["x"]}, {"a": ["x", "y"]}, [Change("a", "a[1]", Kind.ADD)]),
        ({"a": [{"b": "x"}]}, {"a": [{"b": "y"}]}, [Change("a", "a[0].b", Kind.UPDATE)]),
        ({"a": "x"}, {"a": ["x"]}, [Change("a", "a", Kind.UPDATE)]),
    ],
)  # fmt: skip
def test_changes(old: Properties, new: Properties, expected: list[Change]) -> None:
    assert changes(old, new) == expected


def test_what_the_cloud_filled_in_counts_as_what_is() -> None:
    assert current({"a": "x"}, {"a": "stale", "b": "filled in", "c": "not asked"}, {"b": "wanted"}) == {
        "a": "x",
        "b": "filled in",
    }
