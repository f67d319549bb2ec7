"""The verb `init github`: this project's workflows in a repository of one's own, and what remains to be done there.

Owns: which files are written and when not, and the list of commands for what GitHub and the clouds have to be told.
Does not own the workflows' text: the files in this project's .github/ are written as they stand, since none of them
names a stack. Does not run a command for anybody: who may administer a repository is a person.
"""

import difflib
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from contract.kinds import Environment, Kind, Target
from contract.problem import Problem, Problems
from github import names
from ops.affected import Stack, document, stacks

TEMPLATES = Path(__file__).resolve().parent.parent
FILES = (
    ".github/workflows/preview.yml",
    ".github/workflows/deploy.yml",
    ".github/workflows/drift.yml",
    ".github/actions/ready/action.yml",
)
_TITLE = "The workflows cannot be written"
_ORIGIN = re.compile(r"(?:https://github\.com/|git@github\.com:|ssh://git@github\.com/)([^/]+/[^/]+?)(?:\.git)?/?")
_ON_AWS = {Kind.ECR, Target.AWS_SECRETS_MANAGER, Target.AWS_SSM}
_ON_GOOGLE = {Kind.ARTIFACT_REGISTRY, Target.GOOGLE_SECRET_MANAGER}
_INTO_GITHUB = {Target.GITHUB_ACTIONS}


class Outcome(StrEnum):
    """What came of one file."""

    WRITTEN = "written"
    WOULD = "would write"
    SAME = "as it is"
    KEPT = "kept"
    """It was changed by hand, and nobody said --force."""


@dataclass(frozen=True)
class File:
    """One file, and what came of it."""

    name: str
    outcome: Outcome
    difference: str = ""
    """From what is there to what would be; empty where there is nothing to show."""

    @property
    def changes(self) -> bool:
        """Whether it was written, or would be."""
        return self.outcome in (Outcome.WRITTEN, Outcome.WOULD)


def find_project(start: Path) -> Path:
    """The nearest folder with Pulumi.yaml, upwards; raises Problems."""
    for folder in (start, *start.parents):
        if (folder / "Pulumi.yaml").is_file():
            return folder
    raise Problems(_TITLE, [Problem(str(start), "lies in no Pulumi project", "run it in the folder of Pulumi.yaml")])


def repository_of(root: Path) -> str:
    """`owner/name` of git's remote `origin`; raises Problems."""
    command = ["git", "remote", "get-url", "origin"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=30)
    found = _ORIGIN.fullmatch(done.stdout.strip())
    if found is None:
        what = "has no remote `origin` on github.com"
        raise Problems(_TITLE, [Problem(str(root), what, "say --repository <owner>/<name>")])
    return found[1]


def write(root: Path, *, force: bool, dry_run: bool) -> list[File]:
    """Writes each file that is not there, and with `force` those that were changed by hand; raises Problems."""
    made = []
    for name in FILES:
        wanted = (TEMPLATES / name).read_text(encoding="utf-8")
        target = root / name
        there = target.read_text(encoding="utf-8") if target.exists() else None
        if there == wanted:
            made.append(File(name, Outcome.SAME))
            continue
        difference = "" if there is None else _difference(name, there, wanted)
        if there is not None and not force:
            made.append(File(name, Outcome.KEPT, difference))
        elif dry_run:
            made.append(File(name, Outcome.WOULD, difference))
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(wanted, encoding="utf-8")
            made.append(File(name, Outcome.WRITTEN, difference))
    return made


def remains(root: Path, repository: str) -> str:
    """What is left to do, as text with the commands; raises Problems."""
    owner, _, name = repository.partition("/")
    wrong = names.login_mistake(owner) or names.repository_mistake(name)
    if wrong:
        raise Problems(_TITLE, [Problem("--repository", f"{repository!r}: {wrong}", "write <owner>/<name>")])
    lines = [
        f"\nWhat remains, in {repository} (docs/reviewed.md has the why of each).",
        "A repository that was made, renamed or moved since 2026-07-15 signs in with its ids: trust both subjects,",
        f"  repo:{repository}:environment:…  and  repo:{owner}@<owner id>/{name}@<repository id>:environment:…",
        f"  the ids:  gh api repos/{repository} --jq '.owner.id, .id'",
    ]
    known = stacks(root)
    for stack in known:
        lines += ["", f"# {stack.stack}", *_for(stack, root, repository)]
    unknown = _not_in_git(root, known)
    if unknown:
        lines += [
            "",
            f"# not in git: {', '.join(unknown)}",
            "git add them and run this again, to be told of theirs too",
        ]
    lines += ["", "# branch main: merged by pull request only, once a person approved and the previews succeeded"]
    lines += [
        f"gh api --method PUT repos/{repository}/branches/main/protection --input - <<'JSON'",
        _PROTECTION,
        "JSON",
    ]
    return "\n".join(lines)


def _not_in_git(root: Path, known: list[Stack]) -> list[str]:
    """The files of stacks that no workflow will see; not the one of this machine alone."""
    seen = {f"Pulumi.{name}.yaml" for name in (*(one.stack for one in known), Environment.LOCAL)}
    return sorted(file.name for file in root.glob("Pulumi.?*.yaml") if file.name not in seen)


def _for(stack: Stack, root: Path, repository: str) -> Iterator[str]:
    used = _used(document(root / f"Pulumi.{stack.stack}.yaml"))
    reading, deploying = f"{stack.stack}-preview", stack.stack
    at = f"repos/{repository}/environments"
    yield f"gh api --method PUT {at}/{reading}"
    if stack.environment == Environment.PROD:
        yield "# its reviewers: ids from  gh api users/<login> --jq .id"
        reviewers = '{"reviewers":[{"type":"User","id":<id>}],"prevent_self_review":true,'
        branches = '"deployment_branch_policy":{"protected_branches":true,"custom_branch_policies":false}}'
        yield f"gh api --method PUT {at}/{deploying} --input - <<< '{reviewers}{branches}'"
    else:
        yield f"gh api --method PUT {at}/{deploying}"
    for environment in (reading, deploying):
        right = "may read" if environment == reading else "may deploy"
        set_ = f"gh variable set --repo {repository} --env {environment}"
        yield f"{set_} PULUMI_BACKEND_URL --body '<s3://…, gs://… or https://api.pulumi.com>'"
        if used & _ON_AWS:
            yield f"# a role that {right}, trusting subject  repo:{repository}:environment:{environment}"
            yield f"{set_} AWS_ROLE_ARN --body '<arn>'"
            yield f"{set_} AWS_REGION --body '<region>'"
        if used & _ON_GOOGLE:
            yield f"# a service account that {right}, for the same subject"
            yield f"{set_} GOOGLE_WORKLOAD_IDENTITY_PROVIDER --body '<projects/…/providers/…>'"
            yield f"{set_} GOOGLE_SERVICE_ACCOUNT --body '<e-mail>'"
        if used & _INTO_GITHUB:
            yield f"# a token that {right} the environments of the repository that is delivered into"
            yield f"gh secret set --repo {repository} --env {environment} SNAPDEPLOY_GITHUB_TOKEN"
        yield f"gh secret set --repo {repository} --env {environment} PULUMI_ACCESS_TOKEN   # Pulumi Cloud only"


def _used(told: Mapping[str, Any]) -> set[str]:
    """The kinds and targets that a stack's file names."""
    config = told.get("config") or {}
    blocks = [
        block
        for key, value in config.items()
        if key.rpartition(":")[2] in ("registries", "delivery") and isinstance(value, dict)
        for block in value.values()
        if isinstance(block, dict)
    ]
    return {str(block.get("kind") or block.get("target") or "") for block in blocks}


def _difference(name: str, there: str, wanted: str) -> str:
    lines = difflib.unified_diff(there.splitlines(), wanted.splitlines(), name, f"{name} of this version", lineterm="")
    return "\n".join(lines)


_PROTECTION = """\
{"required_pull_request_reviews": {"required_approving_review_count": 1, "dismiss_stale_reviews": true},
 "required_status_checks": {"strict": true, "contexts": ["affected"]},
 "enforce_admins": true, "restrictions": null}"""
