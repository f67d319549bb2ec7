"""Previews of the real engine, recorded, and what is made of each: read line by line before it was committed.

After a change that is meant: `python -m tests.explain.record --golden`, and read the difference.
"""

import copy
import json
import random
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from contract.problem import Problems
from ops.explain.digest import UNKNOWNS
from ops.explain.explanation import Explanation, explain
from ops.explain.markdown import LIMIT, length, markdown, marker
from ops.explain.point import Danger
from ops.explain.text import text
from tests.explain import programs, record

NAMES = record.names()
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)")


def golden(name: str) -> str:
    return (record.GOLDEN / f"{name}.md").read_text(encoding="utf-8")


def outside(page: str) -> str:
    """What of a page is not in a code span: by CommonMark, a span ends with as many backticks as it began."""
    return "\n".join(_SPAN.sub("", line) for line in page.splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_a_preview_reads_as_it_did(name: str) -> None:
    assert markdown(record.explained(name)) == golden(name)


def test_there_are_situations_enough_and_none_without_a_preview() -> None:
    assert len(NAMES) >= 60
    assert {path.name.split(".")[0] for path in record.PREVIEWS.iterdir()} == set(NAMES)
    assert {path.stem for path in record.GOLDEN.iterdir()} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_form_says_it_and_stays_in_bounds(name: str) -> None:
    explained = record.explained(name)
    told = json.loads(json.dumps(explained.as_dict()))
    assert told["changed"] == sum(count for word, count in told["counts"].items() if word not in ("same", "read"))
    plain = text(explained)
    for point in told["dangers"]:
        assert point["text"].replace("\n", "") in plain
    page = markdown(explained)
    assert page.startswith(marker(explained.environment))
    assert length(page) < LIMIT


@pytest.mark.parametrize(
    ("name", "danger", "said"),
    [
        ("prod-account-may-pull", Danger.WIDENED, "account 210987654321 may now pull images"),
        ("prod-environment-may-push", Danger.WIDENED, "in environment staging may now act as the role"),
        ("made-public", Danger.PUBLIC, "EVERYBODY may now pull images on repository web"),
        ("protection-lifted", Danger.LIFTED, "is no longer protected: the next update may delete it"),
        ("images-lost", Danger.LOST, "images in it would be lost, 412 of them as the config confirms"),
        ("encryption-replaced", Danger.ENCRYPTION, "is encrypted by AWS's key for ECR in KMS"),
        ("retention-shortened", Danger.SHORTENED, "untagged images are limited to 3 days after their push"),
        ("denial-lifted", Danger.WIDENED, "is NO LONGER DENIED to delete repositories"),
        ("key-and-secret", Danger.LIFTED, "loses the yearly rotation of the key"),
        ("key-rotation", Danger.LONG_LIVED, "A long-lived access key is made for builder"),
        ("dev-any-branch", Danger.WIDENED, "jobs on any branch may now use environment dev of your-builder"),
        ("reviewers-removed", Danger.LIFTED, "Nobody has to approve a deployment to environment prod of app any more"),
        ("google-opened", Danger.WIDENED, "may now delete images on repository images"),
        ("prod-encryption", Danger.UNSEEN, "known only after the update"),
        ("credential-ends", Danger.EXPIRED, "The credential of registry main ends on 2026-12-04, in 9 days"),
        ("deleted", Danger.LOST, "is deleted, and with it images in it"),
        ("prod-destroy", Danger.DELETED, "6 alarms are deleted"),
        ("prod-address", Danger.REPLACED, "The topic for alerts snapdeploy-apps-watch is replaced"),
        ("gcp-environment-may-push", Danger.WIDENED, "(1234567/7654321) in environment staging may now act as service"),
        ("gcp-branch-may-clean", Danger.WIDENED, "on branch release/* may now act as service account"),
        ("gcp-repository-may-push", Danger.WIDENED, "jobs of GitHub repository other-org/builder (11/22)"),
        ("gcp-key-may-push", Danger.LONG_LIVED, "A long-lived key of a service account is made for snapdeploy-gcp"),
        ("gcp-mutable", Danger.LIFTED, "Tags in repository snapdeploy-apps can be moved"),
        ("gcp-unscanned", Danger.LIFTED, "Images pushed to repository snapdeploy-apps are no longer scanned"),
        ("gcp-cleans", Danger.LIFTED, "is no rehearsal any more: from now on images really go"),
        ("gcp-unprotected", Danger.LIFTED, "The repository snapdeploy-apps loses its protection from deletion"),
        ("gcp-encryption", Danger.LOST, "images in it would be lost, 0 of them as the config confirms"),
        ("gcp-watch-removed", Danger.DELETED, "6 alarms are deleted"),
    ],
)
def test_a_danger_is_found_and_named(name: str, danger: Danger, said: str) -> None:
    found = [point for point in record.explained(name).dangers if said in str(point.sentence)]
    assert [point.danger for point in found[:1]] == [danger]


@pytest.mark.parametrize(
    "name",
    [
        "prod-nothing",
        "prod-whole",
        "rights-moved",
        "rights-narrowed",
        "prod-retention-longer",
        "dev-address",
        "gcp-whole",
        "gcp-reader-removed",
    ],
)
def test_what_is_harmless_raises_no_alarm(name: str) -> None:
    assert not record.explained(name).dangerous


def test_the_first_update_of_a_stack_is_no_alarm() -> None:
    for name in ("prod-first", "dev-first", "google-first", "gcp-first"):
        assert not record.explained(name).dangers
        assert record.explained(name).permissions


def test_what_is_given_up_keeps_its_rights_and_its_cost() -> None:
    explained = record.explained("given-up")
    assert not explained.permissions
    assert not explained.dangerous
    assert all("is given up: it stays where it is" in str(point.sentence) for point in explained.others)
    assert len(explained.others) == 2
    assert "deleted" not in markdown(explained)


def test_a_right_that_moves_to_another_statement_is_neither_gained_nor_lost() -> None:
    assert not record.explained("rights-moved").permissions


def test_what_a_document_gave_is_not_called_lost_where_the_new_one_cannot_be_seen_yet() -> None:
    said = [str(point.sentence) for point in record.explained("prod-encryption").permissions]
    assert not [sentence for sentence in said if "may no longer" in sentence]


def test_a_wider_right_tells_what_it_was() -> None:
    (point,) = record.explained("rights-widened").dangers
    assert str(point.sentence).endswith("(before only: pull images on repositories apps/*)")
    assert point.facts["gains"] == ["ecr:*"]


def test_of_google_each_grant_is_told_once_and_nothing_is_left_for_later() -> None:
    said = [str(point.sentence) for point in record.explained("gcp-first").permissions]
    assert len(said) == len(set(said)) == 9
    assert not [sentence for sentence in said if "only after the update" in sentence]
    assert (
        "jobs of GitHub repository your-org/your-repository (1234567/7654321) in environment prod may now act as "
        "service account snapdeploy-gcp-main-push@your-project.iam.gserviceaccount.com, and by that pull images, "
        "push images on repository snapdeploy-apps"
    ) in said


def test_a_changed_condition_of_googles_is_told_as_people_and_not_as_text() -> None:
    explained = record.explained("gcp-repository-may-push")
    (gains,), (loses,) = explained.dangers, explained.permissions
    assert "your-org/your-repository (1234567/7654321) in environment prod may no longer act" in str(loses.sentence)
    assert "assertion" not in markdown(explained)
    assert gains.facts["gains"] == ["roles/iam.workloadIdentityUser"]


def test_what_follows_use_is_named_as_not_counted() -> None:
    assert len(record.explained("gcp-whole").cost.uncounted) == 4
    assert "steps of workflows" in golden("gcp-first")
    assert not record.explained("prod-whole").cost.uncounted


def test_what_the_builder_is_handed_is_told_by_name_and_place() -> None:
    (point,) = record.explained("dev-address").deliveries
    assert str(point.sentence) == (
        "the builder's DOCKER_REGISTRY changes from ghcr.io/your-org/apps to ghcr.io/your-org/images: "
        "redelivered to environment dev of your-builder"
    )


@pytest.mark.parametrize("write", [markdown, text, lambda told: json.dumps(told.as_dict())])
def test_a_secret_is_in_no_form(write: Callable[[Explanation], str]) -> None:
    recorded = record.load("leaky")
    assert "canary-plain-new" in recorded, "the preview itself has it"
    page = write(record.explained("leaky"))
    assert "canary" not in page
    assert "DOCKER_REGISTRY_PASSWORD" in page


def test_costs_go_up_and_down_by_what_changes() -> None:
    assert record.explained("prod-encryption").cost.change == pytest.approx(1.00)
    assert record.explained("prod-watch-removed").cost.change == pytest.approx(-1.00)
    assert record.explained("prod-enhanced").cost.change == pytest.approx(300 * 0.09 + 1200 * 0.01)
    assert record.explained("prod-whole").cost.change == 0
    assert record.explained("prod-whole").cost.before.total > 0


def test_five_thousand_resources_fit_into_a_comment_and_are_counted_to_the_last() -> None:
    explained = record.explained("many")
    page = markdown(explained)
    assert explained.changed == sum(explained.counts.values()) > 5000
    assert length(page) < LIMIT
    (part,) = explained.parts
    assert len(part.points) == 5001
    listed = page[page.index("Everything else: 5,001 changes") :]
    assert _counted(listed) == 5001
    rights = page[page.index("Who may do what (1,667)") : page.index("Everything else")]
    assert _counted(rights) == 1667


@pytest.mark.parametrize("room", [60_000, 20_000, 8_000, 4_000])
@pytest.mark.parametrize("name", ["many", "prod-address", "prod-destroy"])
def test_less_room_means_less_detail_and_the_same_counts(name: str, room: int) -> None:
    explained = record.explained(name)
    page = markdown(explained, room=room)
    if room >= 20_000:
        assert length(page) <= room
    for part in explained.parts:
        assert f"{len(part.points):,} change" in page
    assert f"{len(explained.dangers):,} danger" in page or not explained.dangers


def _counted(lines: str) -> int:
    """The points that a list shows, and those that it says it leaves out."""
    section = lines.split("</details>", maxsplit=1)[0]
    shown = len(re.findall(r"^- (?!and )", section, re.MULTILINE))
    left = sum(int(number.replace(",", "")) for number in re.findall(r"- and ([\d,]+) more", section))
    return shown + left


def test_a_hostile_name_stays_in_its_code_span() -> None:
    page = golden("hostile-names")
    assert len(re.findall(r"^#+ ", page, re.MULTILINE)) == 1, "the one heading is ours"
    rest = outside(page)
    for sign in ("<img", "@everybody", "-->", "forged", "evil.example", "rm -rf", "bold"):
        assert sign not in rest.removeprefix(marker("prod")), sign
    assert "\u202e" not in page
    assert "\u200b" not in page
    assert page.count("<details>") == page.count("</details>") - page.count("`</details>")
    assert max(map(len, page.splitlines())) < 1000
    assert len(programs.HOSTILE) == 13


def test_a_hostile_environment_forges_neither_heading_nor_marker() -> None:
    for name in ("x -->\n# forged", "`a`", "<b>", "a" * 500, "@you"):
        page = markdown(explain(record.load("prod-nothing"), now=record.NOW, environment=name))
        assert page.splitlines()[0] == "<!-- snapdeploy-registry:explain:other -->"
        assert "# forged" not in outside(page)
        assert outside(page.splitlines()[1]) == "## What changes in "


def test_only_credentials_within_the_days_asked_for_are_named() -> None:
    def named(days: int) -> set[object]:
        told = explain(record.load("credential-ends"), now=record.NOW, expiry_within=timedelta(days=days))
        return {point.facts["registry"] for point in told.dangers}

    assert named(30) == {"main", "old"}
    assert named(1) == {"old"}, "what has ended is told whatever was asked"
    assert named(400) == {"main", "old", "later"}


def test_the_order_of_the_engine_does_not_matter() -> None:
    def shuffled(name: str) -> Iterator[str]:
        told = json.loads(record.load(name))
        told["steps"] = told["steps"][::-1]
        yield json.dumps(told)

    for name in ("prod-address", "prod-first", "google-opened"):
        (again,) = shuffled(name)
        assert markdown(record.explained(name, again)) == golden(name)


BENT: list[Any] = [
    None,
    0,
    -1,
    1.5,
    True,
    "",
    "x`|\n",
    [],
    {},
    [None],
    {"a": None},
    *sorted(UNKNOWNS),
    "[secret]",
]


def _bent(value: Any, luck: random.Random) -> Any:
    """`value` with one thing in it made another, at whatever depth, within documents too."""
    if isinstance(value, dict) and value:
        key = luck.choice(list(value))
        return {**value, key: _bent(value[key], luck) if luck.random() > 0.3 else copy.deepcopy(luck.choice(BENT))}
    if isinstance(value, list) and value:
        at = luck.randrange(len(value))
        return [*value[:at], _bent(value[at], luck), *value[at + 1 :]]
    if isinstance(value, str) and value.startswith("{"):
        return json.dumps(_bent(json.loads(value), luck))
    return copy.deepcopy(luck.choice(BENT))


@pytest.mark.parametrize("name", [name for name in NAMES if name != "many"])
def test_a_bent_preview_ends_in_an_explanation_or_in_a_sentence(name: str) -> None:
    luck = random.Random(name)
    told = json.loads(record.load(name))
    told["steps"] = told["steps"][:12]
    for _ in range(15):
        bent = told
        for _ in range(luck.randint(1, 5)):
            bent = _bent(bent, luck)
        try:
            explained = record.explained(name, json.dumps(bent))
        except Problems:
            continue
        assert markdown(explained).startswith("<!-- snapdeploy-registry:explain:")
        assert text(explained)
        assert json.dumps(explained.as_dict())
