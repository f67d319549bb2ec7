"""Every retention rule can do something, in an order that does not depend on how the file is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from components._retention import AnyRule, check_rules, claims, covers
from components._settings import MistakeError
from tests.support.retention import rules


def _mistakes(found: dict[str, AnyRule]) -> list[tuple[tuple[int | str, ...], str]]:
    with pytest.raises(ValidationError) as caught:
        check_rules(found)
    return [(detail["loc"], str(detail.get("ctx", {})["error"])) for detail in caught.value.errors()]


KEEP = {"rule": "keep", "tags": ["v*"]}
UNTAGGED = {"rule": "expire-untagged", "days": 14}
NEWEST = {"rule": "keep-newest", "count": 200}


def test_rules_that_leave_each_other_something_are_taken() -> None:
    found = rules(releases=KEEP, untagged=UNTAGGED, rest=NEWEST, prs={"rule": "expire-older", "days": 7, "tags": ["*"]})
    del found["rest"]  # beside a rule for `*` and one for untagged images, nothing is left to it; see below
    assert check_rules(found) is found


def test_no_rules_are_no_mistake() -> None:
    assert check_rules({}) == {}


@pytest.mark.parametrize(
    ("blocks", "at", "what"),
    [
        (
            {"releases": KEEP, "old": {"rule": "expire-older", "days": 5, "tags": ["v1.*"]}},
            ("old", "tags"),
            "is among the tags that another rule keeps for good",
        ),
        (
            {"all": {"rule": "keep", "tags": ["*"]}, "old": {"rule": "archive-unpulled", "days": 5, "tags": ["pr-*"]}},
            ("old", "tags"),
            "is among the tags that another rule keeps for good",
        ),
        (
            {
                "a": {"rule": "expire-older", "days": 5, "tags": ["pr-*"]},
                "b": {"rule": "keep-newest", "count": 5, "tags": ["pr-*", "x"]},
            },
            ("b", "tags"),
            "is claimed by another rule already (`expire-older`)",
        ),
        (
            {
                "a": {"rule": "expire-older", "days": 5, "tags": ["pr-*"]},
                "b": {"rule": "expire-older", "days": 6, "tags": ["pr-**"]},
            },
            ("b", "tags"),
            "is claimed by another rule already (`expire-older`)",
        ),
        (
            {"a": {"rule": "keep", "tags": ["v*", "v*"]}},
            ("a", "tags"),
            "stands here twice",
        ),
        (
            {"a": UNTAGGED, "b": {"rule": "expire-untagged", "days": 3}},
            ("b", "rule"),
            "is about untagged images, as another rule is already (`expire-untagged`)",
        ),
        (
            {"a": NEWEST, "b": {"rule": "expire-older", "days": 3}},
            ("b", "rule"),
            "is about every image, as another rule is already (`keep-newest`)",
        ),
        (
            {"a": NEWEST, "b": {"rule": "expire-unpulled", "days": 3}},
            ("b", "rule"),
            "is about every image, as another rule is already (`keep-newest`)",
        ),
        (
            {"all": {"rule": "keep", "tags": ["*"]}, "none": UNTAGGED, "rest": NEWEST},
            ("rest", "rule"),
            "is about every image, but other rules claim all that are tagged and all that are not",
        ),
    ],
)
def test_a_rule_that_can_match_nothing_is_refused(blocks: dict[str, object], at: tuple[str, ...], what: str) -> None:
    assert _mistakes(rules(**blocks)) == [(at, what)]


def test_all_pointless_rules_are_told_at_once() -> None:
    found = rules(a=NEWEST, b=NEWEST, c=NEWEST, d=UNTAGGED, e=UNTAGGED)
    assert [at for at, _ in _mistakes(found)] == [("e", "rule"), ("b", "rule"), ("c", "rule")]


def test_the_place_of_the_map_is_put_before_that_of_the_mistake() -> None:
    with pytest.raises(ValidationError) as caught:
        check_rules(rules(a=NEWEST, b=NEWEST), at=("retention",))
    assert caught.value.errors()[0]["loc"] == ("retention", "b", "rule")


def test_a_narrower_pattern_is_heard_before_a_wider_one_and_what_is_kept_before_all() -> None:
    found = rules(
        a={"rule": "expire-older", "days": 1, "tags": ["*", "pr-*", "pr-1*"]},
        b=UNTAGGED,
        c=NEWEST,
        z={"rule": "keep", "tags": ["*-release"]},
    )
    assert [(claim.name, claim.pattern) for claim in claims(found)] == [
        ("z", "*-release"),
        ("a", "pr-1*"),
        ("a", "pr-*"),
        ("a", "*"),
        ("b", ""),
        ("c", ""),
    ]


def test_the_order_of_the_file_means_nothing() -> None:
    blocks = {"a": NEWEST, "b": UNTAGGED, "c": KEEP, "d": {"rule": "expire-older", "days": 3, "tags": ["x", "y*"]}}
    assert claims(rules(**blocks)) == claims(rules(**dict(reversed(blocks.items()))))


@pytest.mark.parametrize("pattern", ["", " ", "v 1", "v?", "[v]", "v/1", "é", "x" * 129, ".v", "-v", "v\n"])
def test_what_no_tag_is_like_is_no_pattern(pattern: str) -> None:
    with pytest.raises(ValidationError):
        rules(a={"rule": "keep", "tags": [pattern]})


@pytest.mark.parametrize(
    "block",
    [
        {"rule": "keep"},
        {"rule": "keep", "tags": []},
        {"rule": "keep", "tags": ["v*"], "days": 1},
        {"rule": "keep-newest"},
        {"rule": "keep-newest", "count": 0},
        {"rule": "keep-newest", "count": 100_001},
        {"rule": "keep-newest", "count": True},
        {"rule": "keep-newest", "count": 5, "tags": []},
        {"rule": "expire-untagged", "days": 0},
        {"rule": "expire-untagged", "days": 3, "tags": ["x"]},
        {"rule": "expire-older", "days": "3"},
        {"rule": "expire-older", "days": 3651},
        {"rule": "expire-unpulled", "days": 3, "archivedDays": 89},
        {"rule": "archive-unpulled", "days": 3, "archivedDays": 90},
        {"rule": "delete"},
        {"days": 3},
    ],
)
def test_a_rule_has_its_own_keys_and_sane_numbers(block: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        rules(a=block)


def test_the_words_of_a_mistake_name_nothing_of_the_config() -> None:
    """A key beside a secret is hidden in reports, and so the text may not bring its name in by the back door."""
    canary = "c4n4ry"
    found = rules(**{canary: NEWEST, f"{canary}-b": NEWEST, f"{canary}-c": KEEP, f"{canary}-d": KEEP})
    with pytest.raises(ValidationError) as caught:
        check_rules(found)
    for detail in caught.value.errors():
        error = detail.get("ctx", {})["error"]
        assert isinstance(error, MistakeError)
        assert canary not in f"{error.what}{error.mend}{error.consequence}"
        assert "v*" not in f"{error.what}{error.mend}{error.consequence}"


@pytest.mark.parametrize(
    ("wide", "narrow", "covered"),
    [
        ("v*", "v1", True),
        ("v*", "v1*", True),
        ("v*", "v*", True),
        ("v*", "*", False),
        ("*", "v*", True),
        ("v*.0", "v1.*", False),
        ("v*.0", "v1.*.0", True),
        ("*a*", "b*a", True),
        ("v1", "v*", False),
        ("v.1", "vx1", False),
        ("V*", "v1", False),
        ("a*b", "ab", True),
    ],
)
def test_one_pattern_covers_another_where_every_tag_of_it_is_its_own(wide: str, narrow: str, covered: bool) -> None:
    assert covers(wide, narrow) is covered


def test_many_stars_take_no_longer_than_few() -> None:
    assert not covers("*a" * 60 + "b", "a" * 128)


_PATTERNS = st.text("ab*", min_size=1, max_size=5)


@given(_PATTERNS, _PATTERNS)
def test_of_two_patterns_the_covered_one_is_always_heard_first(one: str, other: str) -> None:
    if covers(one, other) and not covers(other, one):
        found = rules(a={"rule": "expire-older", "days": 1, "tags": [one, other]})
        assert [claim.pattern for claim in claims(found)] == [other, one]


@given(_PATTERNS, _PATTERNS, st.text("ab", min_size=1, max_size=6))
def test_what_is_like_a_covered_pattern_is_like_the_one_that_covers_it(wide: str, narrow: str, tag: str) -> None:
    if covers(wide, narrow) and covers(narrow, tag):
        assert covers(wide, tag)
