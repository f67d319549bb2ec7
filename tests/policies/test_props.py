"""Reading properties: gaps, secrets, and the walk to every value."""

import pytest
from pulumi_policy.proxy import unknown_checking_proxy

from policies._props import Gap, Props, flag, leaves, message, printable, read, text
from policies._sdk import with_marks
from tests.policies.judged import UNKNOWN, secret


def props(**values: object) -> Props:
    seen: Props = unknown_checking_proxy(with_marks(values))
    return seen


@pytest.mark.parametrize(
    ("value", "expected"),
    [("x", "x"), (secret("x"), "x"), (None, Gap.MISSING), (UNKNOWN, Gap.UNKNOWN), (secret(UNKNOWN), Gap.UNKNOWN)],
)
def test_one_property_is_its_value_or_the_reason_why_there_is_none(value: object, expected: object) -> None:
    assert read(props(a=value, b=UNKNOWN), "a") == expected


def test_an_absent_property_is_missing() -> None:
    assert read(props(), "a") is Gap.MISSING


def test_what_is_not_of_the_type_asked_for_is_missing() -> None:
    assert text(props(a=7), "a") is Gap.MISSING
    assert flag(props(a="true"), "a") is Gap.MISSING
    assert text(props(a=" x "), "a") == "x"
    assert flag(props(a=False), "a") is False
    assert flag(props(a=UNKNOWN), "a") is Gap.UNKNOWN


def test_the_walk_meets_every_known_unmarked_value_and_no_other() -> None:
    found = leaves(props(a=1, b=[None, UNKNOWN, secret("x"), {"c": "y", "d": secret({"e": "z"})}], f={}, g=False))
    assert [(leaf.path, leaf.value) for leaf in found] == [(("a",), 1), (("b", "3", "c"), "y"), (("g",), False)]


def test_a_leaf_knows_the_map_around_it() -> None:
    (leaf,) = leaves(props(a=[{"b": ["x"]}]))
    assert dict(leaf.around).keys() == {"b"}


def test_what_is_shown_is_one_short_line() -> None:
    assert printable("a\nb\x1b[1m") == "a\\nb\\x1b[1m"
    assert printable("x" * 80) == "x" * 80
    assert printable("x" * 81) == "x" * 79 + "…"


def test_a_message_is_fact_consequence_and_mend() -> None:
    assert message("f", "c", "m").splitlines() == ["f", "    so: c", "    mend: m"]
