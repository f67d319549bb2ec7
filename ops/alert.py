"""The verb `alert`: a deploy that did not end well, told in an issue and in the run's summary, with the way back.

Owns: reading what `verify` found, and the texts. Does not own verifying, nor GitHub's issues (`github/notes.py`).
"""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from contract.problem import printable
from github.notes import Done, Notes

MARK = "<!-- snapdeploy-registry:alert:{environment} -->"
_LONGEST = 400


@dataclass(frozen=True)
class Deploy:
    """One deploy, and how it ended."""

    environment: str
    commit: str
    before: str
    """The commit that was deployed before; empty where it is not known."""
    repository: str
    page: str
    ending: "Ending"
    is_merge: bool = False
    """Whether the commit is a merge, which git takes back in another way."""

    def as_markdown(self) -> str:
        """For the issue, and for the summary of a run."""
        ending = self.ending
        if not ending.failures:
            verified = f"verified: {', '.join(ending.held)}" if ending.held else f"not verified: {ending.skipped}"
            return f"### {self.environment}: applied, and {verified}\n"
        failures = "\n".join(f"- {failure}" for failure in ending.failures)
        back = self.before or "<the commit before>"
        return _TEXT.format(
            environment=self.environment,
            commit=self.commit or "unknown",
            failures=failures,
            back=back,
            repository=self.repository,
            page=self.page,
            merged="-m 1 " if self.is_merge else "",
        )


@dataclass(frozen=True)
class Ending:
    """How a deploy ended."""

    failures: tuple[str, ...] = ()
    """What went wrong, a line each; empty where all is well."""
    held: tuple[str, ...] = ()
    """The names of the checks that held."""
    skipped: str = ""
    """Why nothing could be verified, where that is nobody's fault."""


def ending(applied: str, verified: Path) -> Ending:
    """Told from the step that applied (`success`, `failure`) and from what `verify --json` wrote."""
    if applied != "success":
        return Ending(("The update did not succeed: what it did up to there stands.",))
    try:
        report = json.loads(verified.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        report = None
    if not isinstance(report, dict):
        return Ending(("Nothing was verified: `snapdeploy-registry verify` ended without a result.",))
    checks, skipped = report.get("checks", []), report.get("skipped", [])
    found = [_line(check.get("name"), check.get("detail")) for check in checks if not check.get("ok")]
    found += [_line(problem.get("where"), problem.get("what")) for problem in report.get("problems", [])]
    if not found and not checks and not skipped:
        found = ["No check could be run."]
    reason = "" if checks or not skipped else printable(str(skipped[0].get("reason", "")), _LONGEST)
    return Ending(tuple(found), tuple(str(check.get("name")) for check in checks if check.get("ok")), reason)


def is_merge(root: Path, commit: str) -> bool:
    """Whether `commit` has two parents; False where git cannot tell."""
    if not commit:
        return False
    command = ["git", "cat-file", "-p", commit]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=30, errors="replace")
    return sum(line.startswith("parent ") for line in done.stdout.partition("\n\n")[0].splitlines()) > 1


def tell(notes: Notes, deploy: Deploy) -> Done:
    """Opens or edits the issue, or closes it where all is well; raises GitHubError."""
    mark = MARK.format(environment=deploy.environment)
    if not deploy.ending.failures:
        done = f"{deploy.environment} was deployed again, and it holds: [the run]({deploy.page})."
        return notes.close_issue(mark, done)
    return notes.write_issue(f"The deploy of {deploy.environment} did not hold", f"{mark}\n{deploy.as_markdown()}")


def _line(name: object, detail: object) -> str:
    said = printable(str(detail or ""), _LONGEST).replace("`", "'")
    return f"`{printable(str(name or ''), 120).replace('`', chr(39))}`: `{said}`"


_TEXT = """\
### {environment}: the deploy did not hold

Commit {commit}, [the run]({page}):

{failures}

**The way back.** Apply what was there before, from a machine that may deploy {environment}:

```sh
git fetch origin && git switch --detach {back}
tools/pulumi preview -s {environment} --refresh
tools/pulumi up -s {environment} --refresh
tools/pulumi stack output -s {environment} --json --show-secrets | .venv/bin/snapdeploy-registry verify --from-outputs
```

Then take the change itself back, so that the next deploy does not bring it again:

```sh
git switch -c take-back origin/main && git revert --no-edit {merged}{commit}
git push -u origin take-back && gh pr create --repo {repository} --fill
```

An interrupted update leaves a lock or pending operations: `tools/pulumi cancel -s {environment}`, then
`tools/pulumi refresh -s {environment} --clear-pending-creates`. The next deploy that holds closes this issue.
"""
