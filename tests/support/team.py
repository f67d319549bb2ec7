"""A team's repository on this machine: the project's files under git, its runners, and GitHub doubled.

Owns: the checkout with an environment of its own, what people do (commit, propose, merge, comment on nothing), and the
events that GitHub would send. Does not own running a workflow (`workflow_runner.py`).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.checkout import Checkout, copied, ended
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repository import FakeRepository, Pull
from tests.support.workflow_runner import STAMP, Environment, Run, Runner, git

REPOSITORY = "acme/registry"

# The engine's own runs must not take the double for a simulation, so only the tool is sent to it.
_TOOL = """#!/bin/sh
export SNAPDEPLOY_SIMULATED=1 SNAPDEPLOY_SIMULATED_GITHUB_API="$TEST_GITHUB"
exec "$(dirname -- "$0")/python" -P -m ops "$@"
"""


@dataclass
class Team:
    """The people, their repository, and what GitHub keeps for them."""

    runner: Runner
    repository: FakeRepository
    checkout: Checkout

    @property
    def root(self) -> Path:
        """The runner's checkout, which is the repository itself."""
        return self.checkout.root

    @property
    def main(self) -> str:
        """The commit that branch main is at."""
        return git(self.root, "rev-parse", "main")

    def propose(self, change: Callable[[Path], None], *, to: int | None = None, author: str = "octocat") -> int:
        """Commits a change on a branch and opens a pull request, or adds it to the one named; returns the number."""
        number = to or len(self.repository.pulls) + 1
        branch = f"proposal-{number}"
        git(self.root, "checkout", "--quiet", "--force", *(["-b", branch, "main"] if to is None else [branch]))
        change(self.root)
        git(self.root, "add", "--all")
        git(self.root, "commit", "--quiet", "--message", f"Propose {number}")
        if to is None:
            self.repository.pulls.append(Pull(number, author))
        return number

    def preview(self, number: int, *, fork: str = "", author: str = "octocat", kind: str = "User") -> Run:
        """What GitHub runs when the pull request is opened or changed."""
        base = self.main
        git(self.root, "checkout", "--quiet", "--force", "--detach", "main")
        git(self.root, "merge", "--quiet", "--no-ff", "--message", "merge of a pull request", f"proposal-{number}")
        merged = git(self.root, "rev-parse", "HEAD")
        event = {
            "number": number,
            "pull_request": {
                "base": {"sha": base},
                "head": {"repo": {"full_name": fork or REPOSITORY}},
                "user": {"login": author, "type": kind},
            },
        }
        return self.runner.run("preview", "pull_request", event, sha=merged)

    def merge(self, number: int) -> dict[str, Any]:
        """Merges the pull request; returns the event of the push."""
        before = self.main
        git(self.root, "checkout", "--quiet", "--force", "main")
        git(self.root, "merge", "--quiet", "--no-ff", "--message", f"Merge {number}", f"proposal-{number}")
        self.repository.pulls[number - 1].merged_as = self.main
        return {"before": before, "ref": "refs/heads/main"}

    def deploy(self, event: Mapping[str, Any], *, approved: tuple[str, ...] = (), goes_on: Run | None = None) -> Run:
        """What GitHub runs on the push of a merge; a run that waited `goes_on` once somebody has approved."""
        return self.runner.run("deploy", "push", event, sha=self.main, approved=approved, goes_on=goes_on)

    def deploy_by_hand(self, stack: str, reviewed: str = "", *, approved: tuple[str, ...] = ()) -> Run:
        """`gh workflow run deploy.yml -f stack=… -f reviewed=…`."""
        event = {"inputs": {"stack": stack, "reviewed": reviewed}}
        return self.runner.run("deploy", "workflow_dispatch", event, sha=self.main, approved=approved)

    def night(self) -> Run:
        """What GitHub runs each night."""
        return self.runner.run("drift", "schedule", {}, sha=self.main)

    def comments(self, number: int) -> dict[str, str]:
        """The comments on a pull request, by the stack that they are on."""
        found = {}
        for comment in self.repository.comments:
            if comment.on == number and comment.body.startswith("<!-- snapdeploy-registry:explain:"):
                found[comment.body.partition(" -->")[0].rpartition(":")[2]] = comment.body
        return found


@contextmanager
def team(folder: Path, environments: dict[str, Environment], prepare: Callable[[Path], None]) -> Iterator[Team]:
    """The team with the project's files, changed by `prepare`, on branch main; gone with the block.

    Of the project's stacks it has those of its environments.
    """
    root = folder / "registry"
    copied(root)
    for file in root.glob("Pulumi.?*.yaml"):
        if file.name.split(".")[1] not in environments:
            file.unlink()
    prepare(root)
    _own_environment(root)
    git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Begin")
    repository = FakeRepository(REPOSITORY)
    github = FakeGitHub("acme", repository=repository)
    made = Checkout(root)
    with github.serve() as address, ended(made):
        runner = Runner(root, REPOSITORY, github, address, environments, folder / "runs")
        runner.settle_environment()
        yield Team(runner, repository, made)


def _own_environment(root: Path) -> None:
    """An environment whose tool is the checkout's own, and whose libraries are those under test."""
    shared = (Path(__file__).resolve().parents[2] / ".venv").resolve()
    own = root / ".venv"
    (own / "bin").mkdir(parents=True)
    for entry in shared.iterdir():
        if entry.name not in ("bin", STAMP):
            (own / entry.name).symlink_to(entry)
    for entry in (shared / "bin").iterdir():
        if entry.name != "snapdeploy-registry":
            (own / "bin" / entry.name).symlink_to(entry)
    tool = own / "bin" / "snapdeploy-registry"
    tool.write_text(_TOOL, encoding="utf-8")
    tool.chmod(0o755)


def rewritten(file: Path, *changes: tuple[str, str]) -> None:
    """Replaces texts in a file, each of which has to be there."""
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, f"{file.name} has no {old!r}"
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
