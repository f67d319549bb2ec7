"""What this project writes on GitHub and finds again: comments on pull requests, and issues, each under a mark.

Owns: finding a note by its mark, writing it, editing it in place, taking it back; and which pull request a commit came
from. Does not own: what a note says. A mark is a text's first line, an HTML comment that nobody sees. Only what
`author` wrote is found: anybody may write a mark, and whoever wrote a comment can edit it again.

Limits and paths: https://docs.github.com/en/rest/issues/comments and …/issues/issues, read 2026-11.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from github.client import Client
from github.errors import GitHubError, Why

AUTHOR = "github-actions[bot]"
"""Who writes with a workflow's own token."""

LONGEST = 65536
"""Characters that GitHub takes in one comment or issue (https://github.com/orgs/community/discussions/41331)."""

_CUT = "\n\nThe rest is longer than GitHub takes: the run's summary has all of it.\n"


class Done(StrEnum):
    """What came of writing a note."""

    CREATED = "created"
    EDITED = "edited"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    CLOSED = "closed"
    ABSENT = "not there"


@dataclass(frozen=True)
class Note:
    """A comment or an issue as it stands."""

    number: int
    """A comment's id; an issue's number."""
    title: str
    body: str
    page: str

    @property
    def mark(self) -> str:
        """Its first line."""
        return self.body.partition("\n")[0].rstrip("\r")


class Notes:
    """The notes of one repository (`owner/name`) by one author."""

    def __init__(self, client: Client, repository: str, author: str = AUTHOR) -> None:
        self._client = client
        self._author = author
        self._at = f"/repos/{repository}"

    def comments(self, pull: int) -> Iterator[Note]:
        """The author's comments on a pull request; raises GitHubError."""
        path = f"{self._at}/issues/{pull}/comments"
        return self._own(path, "list the comments", "id", per_page="100")

    def write_comment(self, pull: int, body: str) -> Done:
        """Puts `body` into the comment with the same mark, or into a new one; raises GitHubError."""
        body = _fitting(body)
        found = self._with_mark(self.comments(pull), body)
        if found is None:
            self._client.send("POST", f"{self._at}/issues/{pull}/comments", "write a comment", {"body": body})
            return Done.CREATED
        if _same(found.body, body):
            return Done.UNCHANGED
        self._client.send("PATCH", f"{self._at}/issues/comments/{found.number}", "edit a comment", {"body": body})
        return Done.EDITED

    def remove_comment(self, comment: Note) -> None:
        """Deletes a comment; raises GitHubError."""
        self._client.send("DELETE", f"{self._at}/issues/comments/{comment.number}", "delete a comment")

    def write_issue(self, title: str, body: str) -> Done:
        """Puts `body` into the open issue with the same mark, or into a new one; raises GitHubError."""
        body = _fitting(body)
        found = self._with_mark(self._open_issues(), body)
        given = {"title": title, "body": body}
        if found is None:
            self._client.send("POST", f"{self._at}/issues", "open an issue", given)
            return Done.CREATED
        if _same(found.body, body) and found.title == title:
            return Done.UNCHANGED
        self._client.send("PATCH", f"{self._at}/issues/{found.number}", "edit an issue", given)
        return Done.EDITED

    def close_issue(self, mark: str, farewell: str) -> Done:
        """Closes the open issue with `mark`, if there is one, and says why; raises GitHubError."""
        found = self._with_mark(self._open_issues(), mark)
        if found is None:
            return Done.ABSENT
        at = f"{self._at}/issues/{found.number}"
        self._client.send("POST", f"{at}/comments", "write a comment", {"body": farewell})
        self._client.send("PATCH", at, "close an issue", {"state": "closed", "state_reason": "completed"})
        return Done.CLOSED

    def pulls_merged_as(self, commit: str) -> list[int]:
        """The pull requests whose merge made `commit`; raises GitHubError."""
        path = f"{self._at}/commits/{commit}/pulls"
        found = self._client.pages(path, "look for the pull request of a commit", per_page="100")
        return [pull["number"] for pull in found if pull.get("merged_at") and pull.get("merge_commit_sha") == commit]

    def _open_issues(self) -> Iterator[Note]:
        return self._own(f"{self._at}/issues", "list the issues", "number", state="open", per_page="100")

    def _own(self, path: str, what: str, number: str, **parameters: str) -> Iterator[Note]:
        for entry in self._client.pages(path, what, **parameters):
            if "pull_request" not in entry and (entry.get("user") or {}).get("login") == self._author:
                yield _note(entry, number, what)

    def _with_mark(self, notes: Iterator[Note], body: str) -> Note | None:
        mark = body.partition("\n")[0]
        return next((note for note in notes if note.mark == mark), None)


def _note(entry: dict[str, Any], number: str, what: str) -> Note:
    try:
        return Note(int(entry[number]), str(entry.get("title", "")), str(entry.get("body") or ""), entry["html_url"])
    except (KeyError, TypeError, ValueError):
        raise GitHubError(Why.UNEXPECTED, what, "an entry is not as described", "try again later") from None


def _fitting(body: str) -> str:
    if len(body) <= LONGEST:
        return body
    return body[: LONGEST - len(_CUT)].rpartition("\n")[0] + _CUT


def _same(there: str, wanted: str) -> bool:
    # GitHub gives line ends back as the web form sends them.
    return there.replace("\r\n", "\n").strip() == wanted.strip()
