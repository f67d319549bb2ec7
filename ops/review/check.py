"""Whether what would be applied is what was reviewed.

Owns: the answer, and what to do where it is no. Does not own the comment that carries the digest (`comment.py`).
"""

import re
from dataclasses import dataclass

from contract.problem import Problem, Problems
from github.notes import Notes
from ops.review.comment import reviewed
from ops.review.digest import Digest

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Verdict:
    """The outcome: whether the steps may be applied, and why, in a sentence."""

    ok: bool
    why: str
    way_on: str = ""
    """What to do where they may not, as Markdown."""

    def as_markdown(self, environment: str) -> str:
        """For the summary of a run."""
        head = "what was reviewed is applied" if self.ok else "stopped, nothing was applied"
        return f"### {environment}: {head}\n\n{self.why}\n" + (f"\n{self.way_on}\n" if self.way_on else "")


def check(notes: Notes, environment: str, found: Digest, *, commit: str, given: str, repository: str) -> Verdict:
    """Holds `found` against `given`, else against what the pull request of `commit` shows.

    Raises GitHubError, and Problems where `given` is no digest. `given` is the digest that whoever starts a deploy by
    hand has read; empty: none.
    """
    if given and _DIGEST.fullmatch(given) is None:
        what = "is not a digest: sha256: and 64 digits"
        mend = "copy it from the preview's comment, or from the summary of the deploy that stopped"
        raise Problems("The review cannot be checked", [Problem("--reviewed", what, mend)])
    way_on = _WAY_ON.format(repository=repository, environment=environment, digest=found.value)
    steps = "1 step" if found.steps == 1 else f"{found.steps} steps"
    if given:
        if given == found.value:
            return Verdict(True, f"What is done ({steps}) has the digest that was given by hand.")
        why = f"The digest that was given is `{given}`; what would be done now has `{found.value}`."
        return Verdict(False, why, way_on)
    if not found.steps:
        return Verdict(True, "Nothing changes.")
    pulls = notes.pulls_merged_as(commit)
    if not pulls:
        why = f"Commit {commit[:12]} came from no pull request, so nobody was shown what it does: {steps}."
        return Verdict(False, why, way_on)
    for pull in pulls:
        shown = reviewed(notes, pull, environment)
        if shown == found.value:
            return Verdict(True, f"What is done ({steps}) is what pull request #{pull} shows.")
    listed = ", ".join(f"#{pull}" for pull in pulls)
    why = f"What would be done ({steps}) is not what pull request {listed} shows: something else has changed since."
    return Verdict(False, why, way_on)


_WAY_ON = """\
Read above what would be done now. If it is wanted, start the deploy with its digest, which says that you have read it:

```sh
gh workflow run deploy.yml --repo {repository} -f stack={environment} -f reviewed={digest}
```"""
