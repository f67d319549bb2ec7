"""From a workflow's environment to the notes of its repository.

Owns: which variables say where a workflow runs, and what is wrong with them. Does not own GitHub's API (`github/`).
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contract.problem import Problem, Problems
from github import address, names
from github.client import Client
from github.notes import AUTHOR, Notes

_COMMIT = re.compile(r"[0-9a-f]{40,64}")
_TITLE = "This is not told from a workflow's environment"
_RUN = "run it in a workflow, or set it: docs/reviewed.md says to what"


@dataclass(frozen=True)
class Workflow:
    """Where a workflow runs: its repository and commit, what started it, and the page of its run."""

    repository: str
    commit: str
    event: Mapping[str, Any]
    page: str

    @property
    def pull(self) -> int | None:
        """The number of the pull request that started it."""
        number = self.event.get("number") if "pull_request" in self.event else None
        return number if isinstance(number, int) else None

    @property
    def before(self) -> str:
        """The commit that a push went on from; empty where that is not told."""
        found = self.event.get("before")
        return found if isinstance(found, str) and _COMMIT.fullmatch(found) and found.strip("0") else ""


def is_trusted(told: Mapping[str, Any], repository: str) -> bool:
    """Whether what runs comes from somebody who may write to the repository: no fork and no bot."""
    pull = told.get("pull_request")
    if not isinstance(pull, dict):
        return True
    source = ((pull.get("head") or {}).get("repo") or {}).get("full_name")
    return source == repository and (pull.get("user") or {}).get("type") != "Bot"


def workflow(environ: Mapping[str, str]) -> Workflow:
    """What `environ` says of the workflow; raises Problems."""
    repository = environ.get("GITHUB_REPOSITORY", "")
    owner, _, name = repository.partition("/")
    wrong = names.login_mistake(owner) or names.repository_mistake(name)
    if wrong:
        raise Problems(_TITLE, [Problem("environment variable GITHUB_REPOSITORY", f"{repository!r}: {wrong}", _RUN)])
    server, run = environ.get("GITHUB_SERVER_URL", "https://github.com"), environ.get("GITHUB_RUN_ID", "")
    page = f"{server}/{repository}/actions/runs/{run}" if run else f"{server}/{repository}/actions"
    return Workflow(repository, environ.get("GITHUB_SHA", ""), event(environ), page)


@contextmanager
def open_notes(environ: Mapping[str, str], author: str = AUTHOR) -> Iterator[Notes]:
    """The notes of the workflow's repository, for as long as the block lasts; raises Problems."""
    where = workflow(environ)
    token = environ.get("GITHUB_TOKEN", "")
    if not token:
        mend = "give the step `GITHUB_TOKEN: ${{ github.token }}`"
        raise Problems(_TITLE, [Problem("environment variable GITHUB_TOKEN", "is not set", mend)])
    try:
        api = address.api(environ)
    except ValueError as error:
        raise Problems(_TITLE, [Problem(f"environment variable {address.DOUBLE}", str(error), "unset it")]) from None
    if api is None:
        what = "is 1, and nothing stands in for GitHub's API"
        raise Problems(_TITLE, [Problem(f"environment variable {address.SIMULATED}", what, "unset it")])
    with Client(token, address=api) as client:
        yield Notes(client, where.repository, author)


def event(environ: Mapping[str, str]) -> Mapping[str, Any]:
    """What started the workflow, as GitHub describes it; empty where nothing did. Raises Problems."""
    file = environ.get("GITHUB_EVENT_PATH", "")
    if not file:
        return {}
    try:
        found = json.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        what = f"names a file that cannot be read: {type(error).__name__}"
        raise Problems(_TITLE, [Problem("environment variable GITHUB_EVENT_PATH", what, _RUN)]) from None
    return found if isinstance(found, dict) else {}


def read(file: Path, *, absent: str | None = None) -> str:
    """The text of `file`, or `absent` where it is given and there is none; raises Problems."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        if absent is not None:
            return absent
        what = f"cannot be read: {type(error).__name__}"
    raise Problems(
        "A file of the workflow is missing", [Problem(str(file), what, "see why the step before wrote none")]
    )


def summarize(environ: Mapping[str, str], text: str) -> None:
    """Adds `text` to the summary of the workflow's run; nothing where there is no run."""
    file = environ.get("GITHUB_STEP_SUMMARY")
    if file:
        with Path(file).open("a", encoding="utf-8") as summary:
            summary.write(f"{text}\n")
