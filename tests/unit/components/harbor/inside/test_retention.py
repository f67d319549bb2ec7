"""From retention rules to Harbor's, which say what stays: the cases, what Harbor cannot do, and what they do."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from itertools import combinations
from typing import Any

import pytest
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


_ABOUT: tuple[dict[str, Any], ...] = ({"tags": ["a*"]}, {"tags": ["ab*"]}, {"tags": ["*b"]}, {"tags": ["*"]}, {})
_BLOCKS: tuple[dict[str, Any], ...] = (
    *({"rule": "keep", **about} for about in _ABOUT if about),
    *({"rule": "expire-older", "days": days, **about} for days in (2, 7) for about in _ABOUT),
    *({"rule": "expire-unpulled", "days": days, **about} for days in (2, 7) for about in _ABOUT),
    *({"rule": "keep-newest", "count": 2, **about} for about in _ABOUT),
    {"rule": "expire-untagged", "days": 4},
)
_IMAGES = [
    # No two were pushed at the same time; what was pulled was pulled after its push.
    Image(frozenset({tag} if tag else ()), pushed=day, pulled=max(0, day - 3) if day % 3 else None)
    for day, tag in enumerate(["ab", "b", "x", None, "a", "ab", "b", "x", None, "a", "ab", "b"])
]


def test_harbor_keeps_and_removes_what_any_two_or_three_rules_say() -> None:
    pairs = list(combinations(_BLOCKS, 2))
    triples = list(combinations(_BLOCKS, 3))[::11]
    tried = 0
    for blocks in [*pairs, *triples]:
        told = rules(**{f"r{index}": block for index, block in enumerate(blocks)})
        if any(retention.refused(told)):
            continue  # nothing is promised
        tried += 1
        written = retention.policy(told)
        stays = {image: _stays_in_harbor(image, _IMAGES, written) for image in _IMAGES}
        assert stays == {image: _stays_by_rules(image, _IMAGES, told) for image in _IMAGES}, blocks
    assert tried > 150
