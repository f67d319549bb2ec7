"""The comment on a pull request: the explanation of a preview under its mark, with the digest of what it would do.

Owns: what is put around the explanation, and which comments are withdrawn. Does not own the explanation.
"""

import re

from github.notes import Notes
from ops.review.digest import Digest

MARK = "<!-- snapdeploy-registry:explain:{environment} -->"
_REVIEWED = "<!-- snapdeploy-registry:reviewed:{digest} -->"
_ANY_MARK = re.compile(r"<!-- snapdeploy-registry:explain:(?P<environment>[^\s<>]+) -->")
_CARRIED = re.compile(r"<!-- snapdeploy-registry:reviewed:(?P<digest>sha256:[0-9a-f]{64}) -->")

_FAILED = """\
### {environment}: the preview failed

It did not get as far as to say what would change, or what it found is not allowed. \
[The run]({page}) shows what the engine said.
"""
_NOT_TO_APPLY = "\n> The preview did not succeed, so nothing of it can be deployed: [the run]({page}) says why.\n"

SIMULATED = """\
> **Simulated.** This pull request comes from a fork or from a bot. GitHub gives such a run no secret and no token \
that a cloud trusts, so {environment} was previewed on simulated clouds that hold nothing yet: every resource is \
new in it. The rules of the policy pack hold as they do for a real one. For a real preview somebody who may write to \
the repository pushes the reviewed commits to a branch of its own.

"""


def body(environment: str, explained: str, found: Digest | None, page: str) -> str:
    """The comment's text; `found` is None where the preview did not succeed. `page` is that of the run."""
    mark = MARK.format(environment=environment)
    # Only the first two lines are believed: what follows may hold names that somebody chose.
    text = explained.removeprefix(mark).lstrip("\n") or _FAILED.format(environment=environment, page=page)
    if found is None:
        return f"{mark}\n{_NOT_TO_APPLY.format(page=page) if explained else ''}\n{text}"
    steps = "1 step" if found.steps == 1 else f"{found.steps} steps"
    told = f"\n<sub>{steps}, digest `{found.value}`: what is applied after the merge, or nothing.</sub>\n"
    return f"{mark}\n{_REVIEWED.format(digest=found.value)}\n{told}\n{text}"


def reviewed(notes: Notes, pull: int, environment: str) -> str | None:
    """The digest in the comment on `environment`; None where there is none. Raises GitHubError."""
    mark = MARK.format(environment=environment)
    for comment in notes.comments(pull):
        if comment.mark == mark:
            second = [*comment.body.splitlines(), "", ""][1]
            carried = _CARRIED.fullmatch(second.strip())
            return carried["digest"] if carried else None
    return None


def withdraw(notes: Notes, pull: int, kept: set[str]) -> list[str]:
    """Deletes the comments on environments that are not in `kept`; returns these. Raises GitHubError."""
    gone = []
    for comment in list(notes.comments(pull)):
        mark = _ANY_MARK.fullmatch(comment.mark)
        if mark is not None and mark["environment"] not in kept:
            notes.remove_comment(comment)
            gone.append(mark["environment"])
    return gone
