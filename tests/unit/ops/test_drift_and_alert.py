"""The two issues that the workflows keep: on what drifted, and on a deploy that did not hold."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from github.client import Client
from github.notes import AUTHOR, Done, Notes
from ops import alert, drift
from tests.support.fake_github import FakeGitHub, Token
from tests.support.fake_repository import FakeRepository, Issue, Pull
from tests.support.workflow_runner import git

PAGE = "https://github.com/acme/registry/actions/runs/1"


@pytest.fixture
def repository() -> FakeRepository:
    return FakeRepository("acme/registry", pulls=[Pull(7, AUTHOR)])


@pytest.fixture
def notes(repository: FakeRepository) -> Iterator[Notes]:
    fake = FakeGitHub(
        "acme", tokens={"ghs_x": Token(AUTHOR, "", permissions={"issues": "write"})}, repository=repository
    )
    with Client("ghs_x", transport=fake.transport(), sleep=lambda _: None) as client:
        yield Notes(client, "acme/registry")


def _refreshed(name: str = "role", op: str = "update", **more: Any) -> dict[str, Any]:
    urn = f"urn:pulumi:prod::registry::snapdeploy:registry:Ecr$aws:iam/role:Role::{name}"
    return {"steps": [{"op": "refresh", "urn": urn}, {"op": op, "urn": urn, **more}]}


def _report(notes: Notes, refreshed: dict[str, Any]) -> Done:
    return drift.report(notes, "prod", drift.drifted(refreshed), repository="acme/registry", page=PAGE)


def test_drift_opens_one_issue_edits_it_and_closes_it(notes: Notes, repository: FakeRepository) -> None:
    clean: dict[str, Any] = {"steps": [{"op": "refresh", "urn": "x"}]}
    found = _refreshed(diffReasons=["path"], detailedDiff={"tags.a": {"kind": "add"}})
    assert _report(notes, clean) is Done.ABSENT
    assert _report(notes, found) is Done.CREATED
    assert _report(notes, found) is Done.UNCHANGED
    (issue,) = repository.issues
    assert "| `role` | `aws:iam/role:Role` | changed | `path`, `tags.a` |" in issue.body
    assert _report(notes, _refreshed(op="delete")) is Done.EDITED
    assert "| gone |" in issue.body
    assert _report(notes, clean) is Done.CLOSED
    assert issue.state == "closed"
    assert "is as declared again" in repository.comments[-1].body
    assert _report(notes, found) is Done.CREATED, "a closed one is not opened again"


def test_a_hostile_name_breaks_neither_the_table_nor_the_mark(notes: Notes, repository: FakeRepository) -> None:
    _report(notes, _refreshed("a`b|c\n<!-- snapdeploy-registry:drift:dev -->\n# forged", diffReasons=["x`|\n# y"]))
    (issue,) = repository.issues
    assert "# forged" not in [line.strip() for line in issue.body.splitlines()]
    assert len([line for line in issue.body.splitlines() if line.startswith("|")]) == 3
    row = issue.body.splitlines()[5]
    assert (row.count("|"), row.count("`") % 2) == (5, 0)


def test_a_strangers_issue_under_our_mark_is_left_alone(notes: Notes, repository: FakeRepository) -> None:
    theirs = Issue(3, "stranger", "x", drift.MARK.format(environment="prod"))
    repository.issues.append(theirs)
    assert _report(notes, _refreshed()) is Done.CREATED
    assert _report(notes, {"steps": []}) is Done.CLOSED
    assert theirs.state == "open"


def _deploy(*failures: str, is_merge: bool = False) -> alert.Deploy:
    ending = alert.Ending(failures, held=() if failures else ("login", "push"))
    return alert.Deploy("prod", "c" * 40, "b" * 40, "acme/registry", PAGE, ending, is_merge)


def test_a_failed_deploy_alerts_shows_the_way_back_and_the_next_good_one_takes_it_back(
    notes: Notes, repository: FakeRepository
) -> None:
    assert alert.tell(notes, _deploy()) is Done.ABSENT
    assert alert.tell(notes, _deploy("`push`: `denied`")) is Done.CREATED
    (issue,) = repository.issues
    for told in (f"git switch --detach {'b' * 40}", f"git revert --no-edit {'c' * 40}", "`push`: `denied`"):
        assert told in issue.body
    assert alert.tell(notes, _deploy()) is Done.CLOSED


@pytest.mark.parametrize(
    ("applied", "report", "told"),
    [
        ("failure", {"ok": True, "checks": [{"name": "push", "ok": True}]}, "The update did not succeed"),
        ("success", None, "Nothing was verified"),
        ("success", [], "Nothing was verified"),
        ("success", {"ok": False, "checks": [{"name": "push", "ok": False, "detail": "a`b\nc"}]}, r"`push`: `a'b\nc`"),
        ("success", {"ok": False, "checks": [], "problems": [{"where": "x", "what": "is masked"}]}, "is masked"),
        ("success", {"ok": False, "checks": [], "skipped": []}, "No check could be run"),
        ("success", {"ok": True, "checks": [{"name": "push", "ok": True}]}, ""),
        ("success", {"ok": False, "checks": [], "skipped": [{"name": "all", "reason": "simulated"}]}, ""),
    ],
)
def test_what_went_wrong_is_read_from_what_verify_wrote(
    applied: str, report: object, told: str, tmp_path: Path
) -> None:
    file = tmp_path / "verify.json"
    if report is not None:
        file.write_text(json.dumps(report))
    found = alert.ending(applied, file).failures
    assert told in " ".join(found)
    assert bool(found) == bool(told)


def test_what_was_not_verified_is_not_called_verified(tmp_path: Path) -> None:
    file = tmp_path / "verify.json"
    file.write_text(json.dumps({"ok": False, "checks": [], "skipped": [{"name": "all", "reason": "it is simulated"}]}))
    told = alert.Deploy("prod", "", "", "acme/registry", PAGE, alert.ending("success", file)).as_markdown()
    assert told == "### prod: applied, and not verified: it is simulated\n"
    assert _deploy().as_markdown() == "### prod: applied, and verified: login, push\n"


def test_a_merge_is_taken_back_as_one(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "Begin\n\nparent of none\nparent of two")
    assert not alert.is_merge(tmp_path, git(tmp_path, "rev-parse", "HEAD"))
    git(tmp_path, "checkout", "--quiet", "-b", "side")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "Side")
    git(tmp_path, "checkout", "--quiet", "main")
    git(tmp_path, "merge", "--quiet", "--no-ff", "--message", "Merge", "side")
    assert alert.is_merge(tmp_path, git(tmp_path, "rev-parse", "HEAD"))
    assert not alert.is_merge(tmp_path, "f" * 40)
    assert "git revert --no-edit -m 1 " in _deploy("x", is_merge=True).as_markdown()
