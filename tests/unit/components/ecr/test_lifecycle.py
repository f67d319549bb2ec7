"""From retention rules to ECR's lifecycle policy: the golden documents, what ECR accepts of them, and what they do."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws
from pydantic import ValidationError

from components._retention import AnyRule, Keep, covers, pointless
from components.ecr import lifecycle
from tests.support.retention import Image, rules
from tests.unit.components.ecr.retention import fate

GOLDEN = Path(__file__).parent / "lifecycle"
CASES = sorted(file.stem for file in GOLDEN.glob("*.yaml"))
# moto 5.2.5 knows neither the archive nor the time of the last pull; these are held against the documents only.
BEYOND_MOTO = {"archive", "unpulled"}


def _case(name: str) -> dict[str, AnyRule]:
    return rules(**yaml.safe_load((GOLDEN / f"{name}.yaml").read_text()))


@pytest.mark.parametrize("name", CASES)
def test_the_document_is_the_golden_one(name: str) -> None:
    golden = json.loads((GOLDEN / f"{name}.json").read_text())
    assert lifecycle.policy(_case(name)) == golden["policy"]
    assert lifecycle.words(_case(name)) == golden["words"]


def test_every_kind_of_rule_stands_in_a_golden_document() -> None:
    kinds = {rule.rule for name in CASES for rule in _case(name).values()}
    assert len(CASES) == len(list(GOLDEN.glob("*.json")))
    assert {str(kind) for kind in kinds} == {
        "keep", "keep-newest", "expire-untagged", "expire-older", "expire-unpulled", "archive-unpulled"
    }  # fmt: skip


@pytest.fixture
def ecr(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "us-east-1"}.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        client = boto3.client("ecr", region_name="us-east-1")
        client.create_repository(repositoryName="snapdeploy-apps/web")
        yield client


@pytest.mark.parametrize("name", [name for name in CASES if name not in BEYOND_MOTO])
def test_the_api_takes_the_document_and_gives_it_back(name: str, ecr: Any) -> None:
    document = lifecycle.document(_case(name))
    ecr.put_lifecycle_policy(repositoryName="snapdeploy-apps/web", lifecyclePolicyText=document)
    found = ecr.get_lifecycle_policy(repositoryName="snapdeploy-apps/web")["lifecyclePolicyText"]
    assert json.loads(found) == lifecycle.policy(_case(name))


@pytest.mark.parametrize("name", sorted(BEYOND_MOTO))
def test_what_the_emulator_cannot_check_is_still_beyond_it(name: str, ecr: Any) -> None:
    """Where this fails, moto has learnt it: take the name out of BEYOND_MOTO."""
    with pytest.raises(ecr.exceptions.InvalidParameterException):
        ecr.put_lifecycle_policy(
            repositoryName="snapdeploy-apps/web", lifecyclePolicyText=lifecycle.document(_case(name))
        )


def test_no_rules_make_no_document() -> None:
    assert lifecycle.document({}) is None
    assert lifecycle.words({}) == "none"


def test_a_document_is_as_long_as_the_api_asks_for_at_least() -> None:
    shortest = lifecycle.document(rules(a={"rule": "expire-untagged", "days": 1}))
    assert shortest is not None
    assert len(shortest) >= 100  # botocore: LifecyclePolicyText has 100 to 30720 characters


def test_the_longest_document_is_within_what_the_api_takes() -> None:
    tags = [f"{'x' * 120}{number}" for number in range(25)]
    longest = lifecycle.document(lifecycle.check(rules(a={"rule": "expire-unpulled", "days": 3650, "tags": tags})))
    assert longest is not None
    assert len(longest) <= 30_720


def _mistake(found: dict[str, AnyRule]) -> tuple[tuple[int | str, ...], str]:
    with pytest.raises(ValidationError) as caught:
        lifecycle.check(found)
    (detail,) = caught.value.errors()
    return detail["loc"], str(detail.get("ctx", {})["error"])


def test_a_pattern_has_at_most_four_wildcards() -> None:
    lifecycle.check(rules(a={"rule": "keep", "tags": ["*a*b*c*"]}))
    found = _mistake(rules(a={"rule": "keep", "tags": ["*a*b*c*d*"]}))
    assert found == (("a", "tags"), "has more than 4 `*`, which ECR does not take")


@pytest.mark.parametrize(("rule", "most"), [("expire-older", 50), ("expire-unpulled", 25)])
def test_a_policy_has_at_most_fifty_rules(rule: str, most: int) -> None:
    tags = [f"t{number}" for number in range(most + 1)]
    lifecycle.check(rules(a={"rule": rule, "days": 1, "tags": tags[:most]}))
    at, what = _mistake(rules(a={"rule": rule, "days": 1, "tags": tags}))
    assert at == ()
    assert "and ECR takes 50" in what


def test_rules_that_are_pointless_anywhere_are_pointless_here() -> None:
    newest = {"rule": "keep-newest", "count": 1}
    assert _mistake(rules(a=newest, b=newest))[0] == ("b", "rule")


TAGS = st.text("ab1", min_size=1, max_size=3)
PATTERNS = st.lists(st.text("ab1*", min_size=1, max_size=3), min_size=1, max_size=2)
DAYS = st.integers(1, 10)
ANY_RULE = st.one_of(
    st.fixed_dictionaries({"rule": st.just("keep"), "tags": PATTERNS}),
    st.fixed_dictionaries({"rule": st.just("expire-untagged"), "days": DAYS}),
    st.fixed_dictionaries({"rule": st.just("keep-newest"), "count": st.integers(1, 3)}, optional={"tags": PATTERNS}),
    st.fixed_dictionaries(
        {"rule": st.sampled_from(["expire-older", "expire-unpulled", "archive-unpulled"]), "days": DAYS},
        optional={"tags": PATTERNS},
    ),
)
RULES = st.dictionaries(st.sampled_from("abcd"), ANY_RULE, min_size=1).map(lambda blocks: rules(**blocks))
AGES = st.integers(0, 200)
IMAGES = st.lists(
    st.builds(Image, st.frozensets(TAGS, max_size=2), AGES, st.none() | AGES, st.none() | AGES),
    unique=True,
    max_size=8,
)


@given(RULES, IMAGES)
def test_a_tag_that_must_never_go_never_goes(found: dict[str, AnyRule], images: list[Image]) -> None:
    policy = lifecycle.policy(found)
    assert policy is not None
    kept = [pattern for rule in found.values() if isinstance(rule, Keep) for pattern in rule.tags]
    for image, end in fate(policy, images).items():
        if any(covers(pattern, tag) for tag in image.tags for pattern in kept):
            assert end == "stays"


@given(RULES)
def test_whatever_the_rules_ecrs_own_conditions_hold(found: dict[str, AnyRule]) -> None:
    if list(pointless(found)):
        return
    policy = lifecycle.policy(found)
    assert policy is not None
    written = policy["rules"]
    assert [rule["rulePriority"] for rule in written] == list(range(1, len(written) + 1))
    selections = [rule["selection"] for rule in written]
    statuses = [(one.get("storageClass", "standard"), one["tagStatus"]) for one in selections]
    for storage in ("standard", "archive"):
        assert statuses.count((storage, "untagged")) <= 1
        assert statuses.count((storage, "any")) <= 1
    anyway = [status == "any" for _, status in statuses]
    assert anyway == sorted(anyway), "a rule for any image has to come last"
    patterns = [
        (one.get("storageClass", "standard"), *one["tagPatternList"]) for one in selections if "tagPatternList" in one
    ]
    assert len(patterns) == len(set(patterns))
    for rule in written:
        one, action = rule["selection"], rule["action"]["type"]
        assert ("countUnit" in one) == (one["countType"] != "imageCountMoreThan")
        assert ("storageClass" in one) == (one["countType"] == "sinceImageTransitioned")
        assert ("tagPatternList" in one) == (one["tagStatus"] == "tagged")
        assert all(len(one[key]) == 1 for key in ("tagPatternList",) if key in one)
        assert (action == "transition") == (one["countType"] == "sinceImagePulled")
        if one["countType"] == "sinceImageTransitioned":
            assert one["countNumber"] >= 90
