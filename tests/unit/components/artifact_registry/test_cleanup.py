"""From retention rules to Google's cleanup policies: the golden ones, what Google cannot do, and what they do."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from components._retention import AnyRule, ExpireOlder, ExpireUntagged, Keep, KeepNewest, Reach, claims
from components.artifact_registry import cleanup
from components.artifact_registry.cleanup import Policy
from tests.support.retention import Image, rules

GOLDEN = Path(__file__).parent / "cleanup"
CASES = sorted(file.stem for file in GOLDEN.glob("*.yaml"))
NEWEST = {"rule": "keep-newest", "count": 5}
RELEASES = {"rule": "keep", "tags": ["v*"]}


def _case(name: str) -> dict[str, AnyRule]:
    return cleanup.check(rules(**yaml.safe_load((GOLDEN / f"{name}.yaml").read_text())))


@pytest.mark.parametrize("name", CASES)
def test_the_policies_are_the_golden_ones(name: str) -> None:
    golden = json.loads((GOLDEN / f"{name}.json").read_text())
    assert cleanup.policies(_case(name)) == golden["policies"]
    assert cleanup.words(_case(name), dry_run=False) == golden["words"]


def test_every_kind_of_rule_that_google_knows_stands_in_a_golden_file() -> None:
    kinds = {str(rule.rule) for name in CASES for rule in _case(name).values()}
    assert len(CASES) == len(list(GOLDEN.glob("*.json")))
    assert kinds == {"keep", "keep-newest", "expire-untagged", "expire-older"}


def test_no_rules_make_no_policy() -> None:
    assert cleanup.policies({}) == []
    assert cleanup.words({}, dry_run=True) == "none"


def test_a_dry_run_does_not_claim_to_remove_anything() -> None:
    said = cleanup.words(rules(untagged={"rule": "expire-untagged", "days": 1}), dry_run=True)
    assert said == "only logged, nothing goes yet: untagged: expires untagged images 1 day after their push"


def _mistake(**blocks: object) -> tuple[tuple[int | str, ...], str, str]:
    with pytest.raises(ValidationError) as caught:
        cleanup.check(rules(**blocks))
    (detail,) = caught.value.errors()
    mistake: Any = detail.get("ctx", {})["error"]
    return detail["loc"], mistake.what, mistake.mend


@pytest.mark.parametrize("rule", ["expire-unpulled", "archive-unpulled"])
def test_google_knows_nothing_of_pulls(rule: str) -> None:
    at, what, mend = _mistake(cold={"rule": rule, "days": 90})
    assert at == ("cold", "rule")
    assert "is about pulls" in what
    assert "`rule: expire-older`" in mend


def test_google_counts_no_tags() -> None:
    at, what, mend = _mistake(newest={**NEWEST, "tags": ["main-*"]})
    assert at == ("newest", "tags")
    assert "counts all versions" in what
    assert "`rule: expire-older`" in mend


@pytest.mark.parametrize("other", [RELEASES, {"rule": "expire-untagged", "days": 7}])
def test_google_keeps_the_newest_from_every_other_rule(other: object) -> None:
    at, what, mend = _mistake(newest=NEWEST, other=other)
    assert at == ("newest", "rule")
    assert "keeps the newest from all of them" in what
    assert "delete `other`" in mend


@pytest.mark.parametrize(
    ("pattern", "instead"),
    [("buildcache", "buildcache*"), ("v*-rc", "v*"), ("*-rc", "*"), ("a*b*", "a*"), ("a**", "a*")],
)
def test_google_compares_how_a_tag_begins(pattern: str, instead: str) -> None:
    at, what, mend = _mistake(some={"rule": "expire-older", "days": 1, "tags": [pattern]})
    assert at == ("some", "tags")
    assert "the beginning of a tag, and nothing after it" in what
    assert mend.startswith(f"write `{instead}`,")


def test_a_rule_between_a_narrower_and_a_wider_that_are_both_shorter_is_torn() -> None:
    at, what, mend = _mistake(
        nightly={"rule": "expire-older", "days": 3, "tags": ["pr-nightly-*"]},
        previews={"rule": "expire-older", "days": 60, "tags": ["pr-*"]},
        others={"rule": "expire-older", "days": 30},
    )
    assert at == ("previews", "days")
    assert "than in `nightly`, which is narrower, and in `others`, which is wider" in what
    assert mend == "write at most 30 days, or as many in `nightly`"


def test_a_repository_has_at_most_ten_policies() -> None:
    ten = {f"r{number}": {"rule": "expire-older", "days": 1, "tags": [f"t{number}-*"]} for number in range(10)}
    cleanup.check(rules(**ten))
    at, what, _ = _mistake(**ten, one={"rule": "expire-untagged", "days": 1})
    assert at == ()
    assert what == "makes 11 cleanup policies, and Google takes 10"


def test_rules_that_are_pointless_anywhere_are_pointless_here() -> None:
    old = {"rule": "expire-older", "days": 1}
    assert _mistake(a=old, b=old)[0] == ("b", "rule")


# --- what they do: Google's own evaluation, by its page, against the rules' meaning ---


def google(policies: Sequence[Policy], images: Sequence[Image]) -> set[Image]:
    """The images that go: any policy deletes them, and none keeps them."""
    kept = {image for each in policies if each["action"] == "KEEP" for image in _matched(each, images)}
    return {image for each in policies if each["action"] == "DELETE" for image in _matched(each, images)} - kept


def _matched(policy: Policy, images: Sequence[Image]) -> list[Image]:
    if "most_recent_versions" in policy:
        newest = sorted(images, key=lambda image: image.pushed)
        return newest[: policy["most_recent_versions"]["keep_count"]]
    return [image for image in images if _matches(policy.get("condition", {}), image)]


def _matches(condition: Mapping[str, Any], image: Image) -> bool:
    age = image.pushed * 86_400 + 1  # never on the stroke of a day
    if condition["tag_state"] != "ANY" and (condition["tag_state"] == "TAGGED") != bool(image.tags):
        return False
    if "tag_prefixes" in condition and not any(
        tag.startswith(prefix) for tag in image.tags for prefix in condition["tag_prefixes"]
    ):
        return False
    if "older_than" in condition and age <= int(condition["older_than"].removesuffix("s")):
        return False
    return "newer_than" not in condition or age < int(condition["newer_than"].removesuffix("s"))


def meant(found: Mapping[str, AnyRule], images: Sequence[Image]) -> set[Image]:
    """The images that go by what the rules mean: the first claim on an image decides."""
    gone = set()
    for image in images:
        for claim in claims(found):
            about = (
                claim.reach is Reach.ANY
                or (claim.reach is Reach.UNTAGGED and not image.tags)
                or any(tag.startswith(claim.pattern.removesuffix("*")) for tag in image.tags if claim.pattern)
            )
            if not about:
                continue
            match claim.rule:
                case ExpireOlder() | ExpireUntagged() if image.pushed >= claim.rule.days:
                    gone.add(image)
                case KeepNewest():
                    newest = sorted(images, key=lambda each: each.pushed)[: claim.rule.count]
                    gone |= {image} - set(newest)
                case _:
                    pass
            break
    return gone


# Few prefixes and few days, so that rules get in each other's way.
PREFIXES = st.lists(st.text("ab", max_size=2).map("{}*".format), min_size=1, max_size=2)
DAYS = st.integers(1, 4)
ANY_RULE = st.one_of(
    st.fixed_dictionaries({"rule": st.just("keep"), "tags": PREFIXES}),
    st.fixed_dictionaries({"rule": st.just("expire-untagged"), "days": DAYS}),
    st.fixed_dictionaries({"rule": st.just("expire-older"), "days": DAYS}, optional={"tags": PREFIXES}),
    st.fixed_dictionaries({"rule": st.just("keep-newest"), "count": st.integers(1, 3)}),
)
RULES = st.dictionaries(st.sampled_from("abc"), ANY_RULE, min_size=1).map(lambda blocks: rules(**blocks))


def _images(most_tags: int) -> st.SearchStrategy[list[Image]]:
    tags = st.frozensets(st.text("ab", min_size=1, max_size=3), max_size=most_tags)
    return st.lists(st.builds(Image, tags, st.integers(0, 5)), min_size=1, unique_by=lambda image: image.pushed)


def _taken(found: dict[str, AnyRule]) -> bool:
    try:
        cleanup.check(found)
    except ValidationError:
        return False
    return True


@settings(max_examples=500)
@given(RULES, _images(1))
def test_what_is_accepted_does_what_it_says(found: dict[str, AnyRule], images: list[Image]) -> None:
    if _taken(found):
        assert google(cleanup.policies(found), images) == meant(found, images)


@given(RULES, _images(3))
def test_a_tag_that_must_never_go_never_goes(found: dict[str, AnyRule], images: list[Image]) -> None:
    if not _taken(found):
        return
    prefixes = [tag.removesuffix("*") for rule in found.values() if isinstance(rule, Keep) for tag in rule.tags]
    for image in google(cleanup.policies(found), images):
        assert not any(tag.startswith(prefix) for tag in image.tags for prefix in prefixes)


@given(RULES)
def test_whatever_the_rules_googles_own_conditions_hold(found: dict[str, AnyRule]) -> None:
    if not _taken(found):
        return
    written = cleanup.policies(found)
    assert len({policy["id"] for policy in written}) == len(written) <= 10
    for policy in written:
        assert len(policy["id"]) < 128
        assert ("condition" in policy) != ("most_recent_versions" in policy)
        assert policy["action"] == "KEEP" or "condition" in policy
        condition = policy.get("condition", {"tag_state": "ANY"})
        assert "tag_prefixes" not in condition or condition["tag_state"] == "TAGGED"
        assert all(condition.get("tag_prefixes", ["-"])), "an empty prefix is none"
