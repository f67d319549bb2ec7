"""One repository's issues, comments and pull requests, as GitHub's API has them; a part of `FakeGitHub`.

Raises on a request that it does not know. Who may do what is told by a token's `permissions`, as a workflow's are.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.github_documents import WHEN, repository, simple_user


@dataclass
class Comment:
    """A comment on an issue or a pull request."""

    id: int
    on: int
    author: str
    body: str
    edits: int = 0


@dataclass
class Issue:
    """An issue."""

    number: int
    author: str
    title: str
    body: str
    state: str = "open"


@dataclass
class Pull:
    """A pull request; `merged_as` is the commit that its merge made."""

    number: int
    author: str
    merged_as: str | None = None


@dataclass
class FakeRepository:
    """What is written in one repository (`owner/name`)."""

    name: str
    comments: list[Comment] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    pulls: list[Pull] = field(default_factory=list)
    _last: int = 100

    def answer(self, request: httpx.Request, path: str, login: str, permissions: dict[str, str]) -> httpx.Response:
        """Answers as GitHub would to `login`, whose token has `permissions`, as a job writes them."""
        at = f"/repos/{self.name}"
        body = json.loads(request.content) if request.content else {}
        for method, pattern, needed, answer in (
            ("GET", rf"{at}/issues/(\d+)/comments", "", self._list_comments),
            ("POST", rf"{at}/issues/(\d+)/comments", "write", self._add_comment),
            ("PATCH", rf"{at}/issues/comments/(\d+)", "write", self._edit_comment),
            ("DELETE", rf"{at}/issues/comments/(\d+)", "write", self._delete_comment),
            ("GET", rf"{at}/issues", "", self._list_issues),
            ("POST", rf"{at}/issues", "write", self._add_issue),
            ("PATCH", rf"{at}/issues/(\d+)", "write", self._edit_issue),
            ("GET", rf"{at}/commits/([0-9a-f]+)/pulls", "", self._pulls_of),
        ):
            match = re.fullmatch(pattern, path)
            if request.method != method or match is None:
                continue
            if needed and "write" not in {permissions.get(word) for word in self._words(path)}:
                return _error(403, "Resource not accessible by integration")
            return answer(request, match, login, body)
        raise AssertionError(f"the client asked for {request.method} {path}, which this double does not know")

    def _words(self, path: str) -> set[str]:
        """The permissions of which one is needed: a pull request is an issue too."""
        numbers = {int(part) for part in path.split("/") if part.isdigit()}
        on = numbers | {comment.on for comment in self.comments if comment.id in numbers}
        return {"pull-requests"} if on & {pull.number for pull in self.pulls} else {"issues"}

    def _list_comments(self, request: httpx.Request, match: re.Match[str], *_: Any) -> httpx.Response:
        return _page(request, [self._comment(one) for one in self.comments if one.on == int(match[1])])

    def _add_comment(self, _: httpx.Request, match: re.Match[str], login: str, body: dict[str, Any]) -> httpx.Response:
        made = Comment(self._next(), int(match[1]), login, _text(body))
        self.comments.append(made)
        return httpx.Response(201, json=self._comment(made))

    def _edit_comment(self, _: httpx.Request, match: re.Match[str], __: str, body: dict[str, Any]) -> httpx.Response:
        for one in self.comments:
            if one.id == int(match[1]):
                one.body, one.edits = _text(body), one.edits + 1
                return httpx.Response(200, json=self._comment(one))
        return _error(404, "Not Found")

    def _delete_comment(self, _: httpx.Request, match: re.Match[str], *__: Any) -> httpx.Response:
        self.comments = [one for one in self.comments if one.id != int(match[1])]
        return httpx.Response(204)

    def _list_issues(self, request: httpx.Request, *_: Any) -> httpx.Response:
        assert request.url.params["state"] == "open"
        found = [self._issue(one) for one in self.issues if one.state == "open"]
        at = f"https://api.github.com/repos/{self.name}/pulls"
        links = {"url": f"{at}/1", "html_url": f"{at}/1", "diff_url": f"{at}/1", "patch_url": f"{at}/1"}
        # GitHub lists pull requests among the issues.
        found += [
            self._issue(Issue(one.number, one.author, "a change", "")) | {"pull_request": links} for one in self.pulls
        ]
        return _page(request, found, "state")

    def _add_issue(self, _: httpx.Request, __: re.Match[str], login: str, body: dict[str, Any]) -> httpx.Response:
        made = Issue(self._next(), login, body["title"], _text(body))
        self.issues.append(made)
        return httpx.Response(201, json=self._issue(made))

    def _edit_issue(self, _: httpx.Request, match: re.Match[str], __: str, body: dict[str, Any]) -> httpx.Response:
        for one in self.issues:
            if one.number == int(match[1]):
                one.title, one.state = body.get("title", one.title), body.get("state", one.state)
                one.body = _text(body) if "body" in body else one.body
                return httpx.Response(200, json=self._issue(one))
        return _error(404, "Not Found")

    def _pulls_of(self, request: httpx.Request, match: re.Match[str], *_: Any) -> httpx.Response:
        return _page(request, [self._pull(one) for one in self.pulls if one.merged_as == match[1]])

    def _next(self) -> int:
        self._last += 1
        return self._last

    def _comment(self, comment: Comment) -> dict[str, Any]:
        at = f"https://api.github.com/repos/{self.name}/issues"
        return {
            "id": comment.id,
            "node_id": "IC_1",
            "url": f"{at}/comments/{comment.id}",
            "html_url": f"https://github.com/{self.name}/pull/{comment.on}#issuecomment-{comment.id}",
            "issue_url": f"{at}/{comment.on}",
            "user": _author(comment.author),
            "created_at": WHEN,
            "updated_at": WHEN,
            "author_association": "NONE",
            "body": comment.body,
        }

    def _issue(self, issue: Issue) -> dict[str, Any]:
        at = f"https://api.github.com/repos/{self.name}"
        links = {f"{part}_url": f"{at}/issues/{issue.number}/{part}" for part in ("comments", "events", "labels")}
        return links | {
            "id": issue.number,
            "node_id": "I_1",
            "url": f"{at}/issues/{issue.number}",
            "repository_url": at,
            "html_url": f"https://github.com/{self.name}/issues/{issue.number}",
            "number": issue.number,
            "state": issue.state,
            "title": issue.title,
            "body": issue.body,
            "user": _author(issue.author),
            "labels": [],
            "assignee": None,
            "milestone": None,
            "locked": False,
            "comments": 0,
            "closed_at": WHEN if issue.state == "closed" else None,
            "created_at": WHEN,
            "updated_at": WHEN,
        }

    def _pull(self, pull: Pull) -> dict[str, Any]:
        at = f"https://api.github.com/repos/{self.name}/pulls/{pull.number}"
        kinds = ("diff", "patch", "issue", "commits", "review_comments", "review_comment", "comments", "statuses")
        named = ("comments", "commits", "statuses", "html", "issue", "review_comments", "review_comment", "self")
        end = {"sha": "a" * 40, "user": simple_user(self.name.split("/")[0], "Organization"), "label": "x"}
        return {f"{kind}_url": at for kind in kinds} | {
            "url": at,
            "id": pull.number,
            "node_id": "PR_1",
            "html_url": f"https://github.com/{self.name}/pull/{pull.number}",
            "number": pull.number,
            "state": "closed" if pull.merged_as else "open",
            "locked": False,
            "title": "a change",
            "user": _author(pull.author),
            "body": None,
            "labels": [],
            "milestone": None,
            "created_at": WHEN,
            "updated_at": WHEN,
            "closed_at": WHEN if pull.merged_as else None,
            "merged_at": WHEN if pull.merged_as else None,
            "merge_commit_sha": pull.merged_as,
            "assignee": None,
            "head": end | {"ref": "proposal", "repo": whole_repository(self.name)},
            "base": end | {"ref": "main", "repo": whole_repository(self.name)},
            "_links": {name: {"href": at} for name in named},
            "author_association": "MEMBER",
            "auto_merge": None,
        }


def whole_repository(name: str) -> dict[str, Any]:
    """A repository with every property that a pull request has of it."""
    numbers = dict.fromkeys(
        ("forks", "forks_count", "open_issues", "open_issues_count", "size", "stargazers_count", "watchers"), 0
    ) | {"watchers_count": 0}
    addresses = dict.fromkeys(("clone_url", "git_url", "ssh_url", "svn_url"), f"https://github.com/{name}.git")
    yes = dict.fromkeys(
        ("has_issues", "has_projects", "has_wiki", "has_downloads", "has_pages", "has_discussions"), True
    )
    unset = dict.fromkeys(("homepage", "language", "license", "mirror_url"))
    flags = {"archived": False, "disabled": False, "default_branch": "main", "visibility": "private"}
    dates = {"created_at": WHEN, "updated_at": WHEN, "pushed_at": WHEN}
    return repository(name) | numbers | addresses | yes | unset | flags | dates


def _author(login: str) -> dict[str, Any]:
    return simple_user(login, "Bot" if login.endswith("[bot]") else "User")


def _text(body: dict[str, Any]) -> str:
    text: str = body["body"]
    assert len(text) <= 65536, "GitHub refuses longer ones"
    return text


def _page(request: httpx.Request, found: list[dict[str, Any]], *known: str) -> httpx.Response:
    query = dict(request.url.params)
    size, page = int(query.pop("per_page", "30")), int(query.pop("page", "1"))
    assert set(query) <= set(known), f"parameters that this double does not know: {query}"
    following = request.url.copy_set_param("page", str(page + 1))
    link = {"Link": f'<{following}>; rel="next"'} if page * size < len(found) else {}
    return httpx.Response(200, json=found[(page - 1) * size : page * size], headers=link)


def _error(status: int, message: str) -> httpx.Response:
    return httpx.Response(status, json={"message": message, "documentation_url": "https://docs.github.com/rest"})
