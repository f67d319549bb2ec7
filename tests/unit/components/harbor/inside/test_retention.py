"""From retention rules to Harbor's, which say what stays: the cases, what Harbor cannot do, and what they do."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from components._retention import (
    AnyRule,
    Claim,
    ExpireOlder,
    ExpireUnpulled,
    ExpireUntagged,
    Keep,
    KeepNewest,
    Reach,
    claims,
)
from components.harbor.inside import retention
from components.harbor.inside.retention import HarborRule, Selection, Template
from tests.support.retention import Image, rules

KEEP = {"rule": "keep", "tags": ["v*"]}
EVERY = "**"


def _matching(pattern: str, *, untagged: bool = False) -> Selection:
    return Selection(pattern, excludes=False, untagged=untagged)


def _excluding(pattern: str, *, untagged: bool) -> Selection:
    return Selection(pattern, excludes=True, untagged=untagged)


CASES: dict[str, tuple[dict[str, Any], list[HarborRule]]] = {
    "nothing": ({}, []),
    "untagged": (
        {"left": {"rule": "expire-untagged", "days": 14}},
        [
            HarborRule(_excluding(EVERY, untagged=False), Template.PUSHED, 14),
            HarborRule(_matching(EVERY), Template.ALWAYS),
        ],
    ),
    "some tags": (
        {"pr": {"rule": "expire-older", "days": 7, "tags": ["pr-*", "tmp-*"]}},
        [
            HarborRule(_matching("{tmp-*,pr-*}"), Template.PUSHED, 7),
            HarborRule(_excluding("{tmp-*,pr-*}", untagged=False), Template.ALWAYS),
        ],
    ),
    "kept, newest, untagged": (
        {"all": {"rule": "keep-newest", "count": 50}, "rel": KEEP, "left": {"rule": "expire-untagged", "days": 2}},
        [
            HarborRule(_matching("v*"), Template.ALWAYS),
            HarborRule(_excluding(EVERY, untagged=False), Template.PUSHED, 2),
            HarborRule(_excluding("v*", untagged=True), Template.NEWEST, 50),
        ],
    ),
    "unpulled": (
        {"idle": {"rule": "expire-unpulled", "days": 90}},
        [
            HarborRule(_matching(EVERY, untagged=True), Template.PULLED, 90),
            HarborRule(_matching(EVERY, untagged=True), Template.PUSHED, 90),
        ],
    ),
    "newest of each pattern": (
        {"few": {"rule": "keep-newest", "count": 3, "tags": ["a-*", "b-*"]}},
        [
            HarborRule(_matching("a-*"), Template.NEWEST, 3),
            HarborRule(_matching("b-*"), Template.NEWEST, 3),
            HarborRule(_excluding("{a-*,b-*}", untagged=False), Template.ALWAYS),
        ],
    ),
    "every tag": (
        {"tags": {"rule": "expire-older", "days": 30, "tags": ["*"]}, "left": {"rule": "expire-untagged", "days": 1}},
        [
            HarborRule(_matching(EVERY), Template.PUSHED, 30),
            HarborRule(_excluding(EVERY, untagged=False), Template.PUSHED, 1),
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_rules_are_written_as_what_stays(name: str) -> None:
    blocks, expected = CASES[name]
    assert retention.policy(retention.check(rules(**blocks))) == expected


def test_a_rule_is_told_in_the_bridges_words() -> None:
    (first, second) = retention.policy(rules(left={"rule": "expire-untagged", "days": 14}))
    assert first.arguments() == {
        "repo_matching": "**",
        "tag_excluding": "**",
        "untagged_artifacts": False,
        "n_days_since_last_push": 14,
    }
    assert second.arguments()["always_retain"] is True


def _refused(**blocks: object) -> tuple[tuple[int | str, ...], str]:
    with pytest.raises(ValidationError) as caught:
        retention.check(rules(**blocks))
    (detail,) = caught.value.errors()
    mistake: Any = detail.get("ctx", {})["error"]
    assert mistake.mend
    return detail["loc"], mistake.what


@pytest.mark.parametrize(
    ("blocks", "at", "what"),
    [
        ({"cold": {"rule": "archive-unpulled", "days": 9}}, ("cold", "rule"), "Harbor has none"),
        ({"all": {"rule": "keep-newest", "count": 32_767}}, ("all", "count"), "more than Harbor counts"),
        (
            {
                "rc": {"rule": "expire-older", "days": 3, "tags": ["v1-rc*"]},
                "rel": {"rule": "expire-older", "days": 90, "tags": ["v1-*"]},
            },
            ("rel", "tags"),
            "removes what this one would let stay longer",
        ),
        (
            {
                "rc": {"rule": "expire-older", "days": 3, "tags": ["*-rc"]},
                "rel": {"rule": "keep-newest", "count": 5, "tags": ["v*"]},
            },
            ("rel", "tags"),
            "counts the newest",
        ),
        ({f"r{n}": {"rule": "expire-older", "days": n, "tags": [f"t{n}-*"]} for n in range(1, 16)}, (), "makes 16"),
    ],
)
def test_what_harbor_cannot_do_is_refused(blocks: dict[str, object], at: tuple[str, ...], what: str) -> None:
    found, said = _refused(**blocks)
    assert found == at
    assert what in said


def test_where_tags_are_immutable_no_rule_about_them_does_anything() -> None:
    told = rules(
        rel=KEEP,
        left={"rule": "expire-untagged", "days": 1},
        cache={"rule": "expire-older", "days": 9, "tags": ["cache-a"]},
        rest={"rule": "keep-newest", "count": 5},
    )
    assert [refusal.at for refusal in retention.stopped(told, ("cache-*",))] == [("rest", "rule")]
    assert [refusal.at for refusal in retention.stopped(told, ())] == [("cache", "rule"), ("rest", "rule")]


def test_in_words() -> None:
    told = rules(rel=KEEP, left={"rule": "expire-untagged", "days": 1}, rest={"rule": "keep-newest", "count": 5})
    assert retention.words(told) == (
        "rel: keeps images tagged v*; left: expires untagged images 1 day after their push; "
        "rest: keeps the 5 newest of all images"
    )


# --- what they do, by Harbor's own source ---


def _stays_in_harbor(image: Image, all_images: Sequence[Image], written: Sequence[HarborRule]) -> bool:
    return any(image in _retained(rule, all_images) for rule in written)


def _retained(rule: HarborRule, images: Sequence[Image]) -> list[Image]:
    selected = [image for image in images if _selects(rule.selection, image)]
    match rule.template:
        case Template.ALWAYS:
            return selected
        case Template.NEWEST:
            return sorted(selected, key=lambda image: image.pushed)[: rule.number]
        case Template.PUSHED:
            return [image for image in selected if image.pushed <= rule.number]
        case Template.PULLED:
            return [image for image in selected if image.pulled is not None and image.pulled <= rule.number]


def _selects(selection: Selection, image: Image) -> bool:
    if not image.tags:
        return selection.untagged != selection.excludes
    return any(_is_like(selection.pattern, tag) != selection.excludes for tag in image.tags)


def _is_like(pattern: str, tag: str) -> bool:
    return any(fnmatchcase(tag, each) for each in pattern.strip("{}").split(","))


def _stays_by_rules(image: Image, images: Sequence[Image], told: dict[str, AnyRule]) -> bool:
    claim = _claimed(image, told)
    if claim is None:
        return True
    match claim.rule:
        case Keep():
            return True
        case ExpireUntagged() | ExpireOlder():
            return image.pushed <= claim.rule.days
        case ExpireUnpulled():
            return min(image.pushed, 9999 if image.pulled is None else image.pulled) <= claim.rule.days
        case KeepNewest():
            own = sorted((each for each in images if _claimed(each, told) == claim), key=lambda each: each.pushed)
            return image in own[: claim.rule.count]
        case _:
            raise AssertionError(claim.rule)


def _claimed(image: Image, told: dict[str, AnyRule]) -> Claim | None:
    for claim in claims(told):
        match claim.reach:
            case Reach.TAGS:
                about = any(fnmatchcase(tag, claim.pattern) for tag in image.tags)
            case Reach.UNTAGGED:
                about = not image.tags
            case Reach.ANY:
                about = True
        if about:
            return claim
    return None


_PATTERNS = st.sampled_from(["a*", "ab*", "*b", "b", "*", "c-*"])
_TAGS = st.lists(_PATTERNS, min_size=1, max_size=2, unique=True)
_DAYS = st.integers(1, 4)
_BLOCKS = st.one_of(
    st.fixed_dictionaries({"rule": st.just("keep"), "tags": _TAGS}),
    st.fixed_dictionaries({"rule": st.just("expire-untagged"), "days": _DAYS}),
    st.fixed_dictionaries(
        {"rule": st.sampled_from(["expire-older", "expire-unpulled"]), "days": _DAYS}, optional={"tags": _TAGS}
    ),
    st.fixed_dictionaries({"rule": st.just("keep-newest"), "count": st.integers(1, 2)}, optional={"tags": _TAGS}),
)
_ONE_TAG = st.sampled_from(["a", "ab", "abb", "b", "c-1", "x", None])


@settings(max_examples=150, deadline=None)
@given(
    st.lists(_BLOCKS, min_size=1, max_size=4),
    st.lists(st.tuples(_ONE_TAG, st.integers(0, 2)), min_size=1, max_size=6),
)
def test_harbor_keeps_and_removes_what_the_rules_say(
    blocks: list[dict[str, Any]], found: list[tuple[str | None, int]]
) -> None:
    try:
        told = retention.check(rules(**{f"r{index}": block for index, block in enumerate(blocks)}))
    except ValidationError:
        return  # refused: nothing is promised
    images = [
        # No two were pushed at the same time; what was pulled was pulled after its push.
        Image(
            frozenset() if tag is None else frozenset({tag}), pushed=index, pulled=max(0, index - ago) if ago else None
        )
        for index, (tag, ago) in enumerate(found)
    ]
    written = retention.policy(told)
    assert {image: _stays_in_harbor(image, images, written) for image in images} == {
        image: _stays_by_rules(image, images, told) for image in images
    }
