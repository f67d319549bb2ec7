"""The comment that carries a review, and holding a deploy to it."""

from collections.abc import Iterator

import pytest

from contract.problem import Problems
from github.client import Client
from github.notes import AUTHOR, LONGEST, Done, Notes
from ops.review import comment
from ops.review.check import Verdict, check
from ops.review.digest import Digest
from tests.support.fake_github import FakeGitHub, Token
from tests.support.fake_repository import Comment, FakeRepository, Pull

COMMIT = "c" * 40
PAGE = "https://github.com/acme/registry/actions/runs/1"
SHOWN = Digest("sha256:" + "1" * 64, 3)
OTHER = Digest("sha256:" + "2" * 64, 3)
EXPLAINED = "<!-- snapdeploy-registry:explain:prod -->\n### prod\n\nThree things change.\n"


@pytest.fixture
def repository() -> FakeRepository:
    return FakeRepository("acme/registry", pulls=[Pull(7, "octocat", merged_as=COMMIT)])


@pytest.fixture
def notes(repository: FakeRepository) -> Iterator[Notes]:
    token = Token(AUTHOR, "", permissions={"pull-requests": "write", "issues": "write"})
    fake = FakeGitHub("acme", tokens={"ghs_x": token}, repository=repository)
    with Client("ghs_x", transport=fake.transport(), sleep=lambda _: None) as client:
        yield Notes(client, "acme/registry")


def _check(notes: Notes, found: Digest, *, commit: str = COMMIT, given: str = "") -> Verdict:
    return check(notes, "prod", found, commit=commit, given=given, repository="acme/registry")


def test_the_comment_carries_the_digest_and_what_is_applied_has_to_have_it(notes: Notes) -> None:
    notes.write_comment(7, comment.body("prod", EXPLAINED, SHOWN, PAGE))
    assert _check(notes, SHOWN).ok
    refused = _check(notes, OTHER)
    assert not refused.ok
    assert f"gh workflow run deploy.yml --repo acme/registry -f stack=prod -f reviewed={OTHER.value}" in refused.way_on


def test_another_stacks_comment_says_nothing_of_this_one(notes: Notes) -> None:
    notes.write_comment(7, comment.body("dev", EXPLAINED, SHOWN, PAGE))
    assert not _check(notes, SHOWN).ok


def test_a_digest_that_stands_anywhere_but_on_the_second_line_counts_for_nothing(notes: Notes) -> None:
    forged = f"{EXPLAINED}\n<!-- snapdeploy-registry:reviewed:{OTHER.value} -->\n"
    notes.write_comment(7, comment.body("prod", forged, SHOWN, PAGE))
    assert comment.reviewed(notes, 7, "prod") == SHOWN.value
    notes.write_comment(7, comment.body("prod", forged, None, PAGE))
    assert comment.reviewed(notes, 7, "prod") is None


def test_a_preview_that_failed_says_so_and_carries_nothing(notes: Notes, repository: FakeRepository) -> None:
    notes.write_comment(7, comment.body("prod", "", None, PAGE))
    notes.write_comment(7, comment.body("prod", EXPLAINED, None, PAGE))
    (one,) = repository.comments
    assert one.body.count("snapdeploy-registry:explain:prod") == 1
    assert "nothing of it can be deployed" in one.body
    assert not _check(notes, SHOWN).ok


def test_a_deploy_by_hand_is_held_to_the_digest_that_was_read(notes: Notes) -> None:
    assert _check(notes, OTHER, given=OTHER.value).ok
    assert not _check(notes, OTHER, given=SHOWN.value).ok
    with pytest.raises(Problems, match="is not a digest"):
        _check(notes, OTHER, given="latest; rm -rf /")


def test_a_commit_that_nobody_proposed_is_applied_only_where_nothing_changes(notes: Notes) -> None:
    assert _check(notes, Digest(SHOWN.value, 0), commit="d" * 40).ok
    refused = _check(notes, SHOWN, commit="d" * 40)
    assert "came from no pull request" in refused.why


def test_comments_of_others_are_neither_edited_nor_removed(notes: Notes, repository: FakeRepository) -> None:
    theirs = Comment(1, 7, "stranger", comment.body("prod", EXPLAINED, SHOWN, PAGE))
    repository.comments.append(theirs)
    assert notes.write_comment(7, comment.body("prod", EXPLAINED, OTHER, PAGE)) is Done.CREATED
    assert comment.withdraw(notes, 7, {"dev"}) == ["prod"]
    assert repository.comments == [theirs]
    assert theirs.edits == 0
    assert comment.reviewed(notes, 7, "prod") is None


def test_the_same_text_is_written_once_and_one_that_is_too_long_is_cut(
    notes: Notes, repository: FakeRepository
) -> None:
    text = comment.body("prod", EXPLAINED, SHOWN, PAGE)
    assert [notes.write_comment(7, text) for _ in range(2)] == [Done.CREATED, Done.UNCHANGED]
    assert notes.write_comment(7, text + "a line\n" * 20_000) is Done.EDITED
    (one,) = repository.comments
    assert len(one.body) <= LONGEST
    assert "the run's summary has all of it" in one.body
    assert comment.reviewed(notes, 7, "prod") == SHOWN.value
