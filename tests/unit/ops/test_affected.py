"""Which stacks a change touches, and whether who proposes it may be trusted."""

import json
from pathlib import Path
from typing import Any

import pytest

from contract.problem import Problems
from ops import affected
from ops.affected import Stack
from ops.repository_access import is_trusted
from tests.support.workflow_runner import git

DEV, EU, PROD = (
    Stack("dev", "dev", "policies/config/dev.json"),
    Stack("eu", "prod", "policies/config/prod.json"),
    Stack("prod", "prod", "policies/config/prod.json"),
)
ALL = [DEV, EU, PROD]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    (tmp_path / "policies" / "config").mkdir(parents=True)
    for name, text in {
        "Pulumi.yaml": "name: registry\n",
        "Pulumi.prod.yaml": "config: {}\n",
        "Pulumi.dev.yaml": "config: {}\n",
        "Pulumi.eu.yaml": "config: {registry:environment: prod}\n",
        "Pulumi.local.yaml": "config: {}\n",
        "policies/config/dev.json": "{}",
        "policies/config/prod.json": "{}",
    }.items():
        (tmp_path / name).write_text(text)
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "Begin")
    return tmp_path


def test_stacks_are_listed_in_the_order_in_which_a_change_goes_through_them(project: Path) -> None:
    (project / "Pulumi.mine.yaml").write_text("config: {}\n")  # of this machine alone: git does not know it
    assert affected.stacks(project) == ALL
    assert json.loads(affected.as_matrix(ALL))[0] == {
        "stack": "dev",
        "environment": "dev",
        "policies": "policies/config/dev.json",
    }


def test_rules_that_nobody_chose_are_asked_for(project: Path) -> None:
    (project / "policies" / "config" / "prod.json").unlink()
    with pytest.raises(Problems) as raised:
        affected.stacks(project)
    assert [problem.where for problem in raised.value.problems] == ["Pulumi.eu.yaml", "Pulumi.prod.yaml"]


@pytest.mark.parametrize(
    ("files", "touched"),
    [
        (["Pulumi.dev.yaml"], [DEV]),
        (["Pulumi.prod.yaml", "Pulumi.dev.yaml"], [DEV, PROD]),
        (["Pulumi.yaml"], ALL),
        (["policies/config/prod.json"], [EU, PROD]),
        (["policies/ecr.py"], ALL),
        (["docs/ecr.md", "README.md", "tests/unit/x.py", "CHANGELOG.md"], []),
        (["docs/ecr.md", "components/ecr/registry.py"], ALL),
        (["components/ecr/README.md"], ALL),
        (["requirements/run.txt"], ALL),
        ([".github/workflows/deploy.yml"], ALL),
        ([".github/dependabot.yml"], []),
        (["Pulumi.gone.yaml"], []),
        ([], []),
    ],
)
def test_a_change_touches(files: list[str], touched: list[Stack]) -> None:
    assert affected.touched(files, ALL) == touched


def test_what_has_changed_is_asked_of_git_and_what_git_does_not_know_touches_all(project: Path) -> None:
    base = git(project, "rev-parse", "HEAD")
    (project / "Pulumi.dev.yaml").rename(project / "Pulumi.new.yaml")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "Rename")
    assert affected.changed_since(project, base) == ["Pulumi.dev.yaml", "Pulumi.new.yaml"], "both names"
    assert affected.changed_since(project, "0" * 40) is None
    assert affected.changed_since(project, "a" * 40) is None
    assert affected.changed_since(project, "") is None


@pytest.mark.parametrize("base", ["--output=/etc/passwd", "main", 1, None])
def test_a_commit_is_taken_from_an_event_only_where_it_is_one(base: object) -> None:
    assert affected.since({"before": base}) == ""
    assert affected.since({"before": "a" * 40}) == "a" * 40
    assert affected.since({"pull_request": {"base": {"sha": "b" * 40}}, "before": "a" * 40}) == "b" * 40


def _pull(source: object, kind: str = "User") -> dict[str, Any]:
    return {"pull_request": {"head": {"repo": source}, "user": {"type": kind}}}


@pytest.mark.parametrize(
    ("event", "trusted"),
    [
        ({"before": "a"}, True),
        (_pull({"full_name": "acme/registry"}), True),
        (_pull({"full_name": "acme/registry"}, "Bot"), False),
        (_pull({"full_name": "stranger/registry"}), False),
        (_pull(None), False),  # the fork was deleted
    ],
)
def test_who_may_be_trusted(event: dict[str, Any], trusted: bool) -> None:
    assert is_trusted(event, "acme/registry") is trusted
