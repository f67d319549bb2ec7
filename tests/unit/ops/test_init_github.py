"""`init github`: what is written, what is left alone, and what it says of a repository's stacks."""

import shutil
from pathlib import Path

import pytest

from contract.problem import Problems
from ops import init_github
from ops.init_github import FILES, Outcome
from tests.support.workflow_runner import git
from tools.places import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml", "policies/config"):
        source, target = ROOT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    git(tmp_path, "add", "--all")
    return tmp_path


def _outcomes(project: Path, *, force: bool = False, dry_run: bool = False) -> set[Outcome]:
    return {file.outcome for file in init_github.write(project, force=force, dry_run=dry_run)}


def test_the_files_are_this_projects_own_and_a_second_run_has_nothing_to_do(project: Path) -> None:
    assert _outcomes(project, dry_run=True) == {Outcome.WOULD}
    assert not (project / ".github").exists()
    assert _outcomes(project) == {Outcome.WRITTEN}
    assert _outcomes(project) == {Outcome.SAME}
    for name in FILES:
        assert (project / name).read_text() == (ROOT / name).read_text()


def test_every_workflow_but_this_projects_own_tests_is_written_and_none_names_a_stack() -> None:
    there = {str(file.relative_to(ROOT)) for file in (ROOT / ".github").rglob("*.yml") if file.name != "zizmor.yml"}
    assert there - {".github/workflows/ci.yml"} == set(FILES)
    for name in FILES:
        text = (ROOT / name).read_text()
        assert "-s dev" not in text
        assert "-s prod" not in text


def test_what_was_changed_by_hand_is_kept_until_somebody_says_otherwise(project: Path) -> None:
    init_github.write(project, force=False, dry_run=False)
    mine = project / FILES[0]
    mine.write_text(mine.read_text().replace("name: preview", "name: mine"))
    kept = init_github.write(project, force=False, dry_run=False)[0]
    assert kept.outcome is Outcome.KEPT
    assert "-name: mine\n+name: preview" in kept.difference
    assert "name: mine" in mine.read_text()
    assert _outcomes(project, force=True) == {Outcome.WRITTEN, Outcome.SAME}
    assert "name: preview" in mine.read_text()


def test_a_stack_that_is_not_in_git_is_named(project: Path) -> None:
    told = init_github.remains(project, "acme/apps")
    assert "not in git" not in told
    (project / "Pulumi.eu.yaml").write_text("config: {}\n")
    (project / "Pulumi.local.yaml").write_text("config: {}\n")
    told = init_github.remains(project, "acme/apps")
    assert "# not in git: Pulumi.eu.yaml" in told
    assert "# dev" in told


def test_what_remains_is_told_by_what_each_stack_uses(project: Path) -> None:
    dev, prod = init_github.remains(project, "acme/registry").partition("\n# dev")[2].split("\n# prod")
    assert "gh api --method PUT repos/acme/registry/environments/dev-preview" in dev
    assert "SNAPDEPLOY_GITHUB_TOKEN" in dev
    assert "AWS_ROLE_ARN" not in dev
    assert '"reviewers"' not in dev
    assert "repo:acme/registry:environment:prod-preview" in prod
    assert "AWS_ROLE_ARN" in prod
    assert "SNAPDEPLOY_GITHUB_TOKEN" not in prod
    assert '"reviewers"' in prod


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://github.com/acme/registry.git", "acme/registry"),
        ("git@github.com:acme/registry.git", "acme/registry"),
        ("ssh://git@github.com/acme/reg.istry", "acme/reg.istry"),
    ],
)
def test_the_repository_is_what_git_calls_origin(project: Path, address: str, name: str) -> None:
    with pytest.raises(Problems, match="--repository"):
        init_github.repository_of(project)
    git(project, "remote", "add", "origin", address)
    assert init_github.repository_of(project) == name


def test_a_name_that_is_none_is_refused_before_it_stands_in_a_command(project: Path) -> None:
    with pytest.raises(Problems, match="is not"):
        init_github.remains(project, "acme/x; rm -rf .")
    with pytest.raises(Problems, match="lies in no Pulumi project"):
        init_github.find_project(project.parent)
