"""GitHub's API in memory: whose a token is, and the container packages of one owner.

Speaks as GitHub's description of its API has it (`tests/unit/github/test_description.py` holds it to that), as a
handler for `httpx.MockTransport` or over HTTP on loopback, and raises on every request that it does not know.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.fake_repository import FakeRepository
from tests.support.github_documents import WHEN, public_user, repository, simple_user
from tests.support.http_double import Answer, serving

_AT = r"(?:/orgs/(?P<org>[^/]+)|/users/(?P<user>[^/]+)|/user)/packages"
_PACKAGES = re.compile(_AT)
_VERSIONS = re.compile(rf"{_AT}/container/(?P<name>[^/]+)/versions")
_VERSION = re.compile(rf"{_AT}/container/(?P<name>[^/]+)/versions/(?P<id>[0-9]+)")
_RESTORE = re.compile(rf"{_AT}/container/(?P<name>[^/]+)/versions/(?P<id>[0-9]+)/restore")
_USER = re.compile(r"/users/(?P<user>[^/]+)")


@dataclass
class Token:
    """What GitHub knows of one token."""

    login: str
    scopes: str = "read:packages, write:packages"
    expires: str | None = None
    """The header's text."""
    permissions: dict[str, str] = field(default_factory=dict)
    """Of a workflow's own token: `issues`, `pull-requests`."""


@dataclass
class Version:
    """One version of a package."""

    id: int
    digest: str
    tags: tuple[str, ...] = ()
    created_at: str = WHEN
    deleted: bool = False


@dataclass
class Package:
    """One container package."""

    visibility: str = "private"
    repository: str | None = None
    versions: list[Version] = field(default_factory=list)


@dataclass
class FakeGitHub:
    """One owner's packages, and the tokens that exist. `queue` answers the next requests, whatever they are."""

    owner: str = "acme"
    organization: bool = True
    tokens: dict[str, Token] = field(default_factory=dict)
    packages: dict[str, Package] = field(default_factory=dict)
    repository: FakeRepository | None = None
    queue: list[httpx.Response] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answers as GitHub would; raises AssertionError for what it does not know."""
        self.requests.append(request)
        assert request.headers["accept"] == "application/vnd.github+json"
        if self.queue:
            return self.queue.pop(0)
        token = self.tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if token is None:
            return _error(401, "Bad credentials")
        headers = {"X-OAuth-Scopes": token.scopes}
        if token.expires is not None:
            headers["github-authentication-token-expiration"] = token.expires
        answer = self._answer(request, token)
        answer.headers.update(headers)
        return answer

    def transport(self) -> httpx.MockTransport:
        """To hand to a client."""
        return httpx.MockTransport(self)

    @contextmanager
    def serve(self) -> Iterator[str]:
        """Answers over HTTP on loopback, for another process; gives its address."""

        def respond(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
            at = f"http://{headers['host']}{path}"
            answer = self(httpx.Request(method, at, headers=dict(headers), content=body))
            sent = {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}
            return answer.status_code, sent, answer.content

        with serving(respond) as address:
            yield address

    def _answer(self, request: httpx.Request, token: Token) -> httpx.Response:
        path = request.url.raw_path.decode().partition("?")[0]
        if (request.method, path) == ("GET", "/user"):
            return httpx.Response(200, json=public_user(token.login, "User"))
        for method, pattern, answer in (
            ("GET", _USER, self._user),
            ("GET", _PACKAGES, self._packages),
            ("GET", _VERSIONS, self._versions),
            ("DELETE", _VERSION, self._delete),
            ("POST", _RESTORE, self._restore),
        ):
            if request.method == method and (match := pattern.fullmatch(path)):
                return answer(request, match, token)
        if self.repository is not None and path.startswith(f"/repos/{self.repository.name}/"):
            return self.repository.answer(request, path, token.login, token.permissions)
        raise AssertionError(f"the client asked for {request.method} {path}, which this double does not know")

    def _user(self, _: httpx.Request, match: re.Match[str], __: Token) -> httpx.Response:
        if match["user"].lower() != self.owner:
            return _error(404, "Not Found")
        return httpx.Response(200, json=public_user(self.owner, "Organization" if self.organization else "User"))

    def _wrong_place(self, match: re.Match[str], token: Token) -> httpx.Response | None:
        if "read:packages" not in token.scopes:
            return _error(403, "You need at least read:packages scope to list packages.")
        asked = match["org"] or match["user"] or token.login.lower()
        right = asked == self.owner and bool(match["org"]) == self.organization
        return None if right else _error(404, "Not Found")

    def _packages(self, request: httpx.Request, match: re.Match[str], token: Token) -> httpx.Response:
        query = dict(request.url.params)
        assert query.pop("package_type") == "container"
        wrong = self._wrong_place(match, token)
        if wrong is not None:
            return wrong
        wanted = query.pop("visibility", None)
        found = [
            self._package(name, package)
            for name, package in self.packages.items()
            if wanted in (None, package.visibility)
            # Another user's packages are listed as far as everybody may see them.
            and (not match["user"] or package.visibility == "public")
        ]
        return _page(request, found, query)

    def _versions(self, request: httpx.Request, match: re.Match[str], token: Token) -> httpx.Response:
        package = self.packages.get(_decoded(match["name"]))
        wrong = self._wrong_place(match, token)
        if wrong is not None or package is None:
            return wrong or _error(404, "Package not found.")
        standing = [self._version(match["name"], one) for one in package.versions if not one.deleted]
        return _page(request, standing, dict(request.url.params))

    def _delete(self, _: httpx.Request, match: re.Match[str], token: Token) -> httpx.Response:
        if "delete:packages" not in token.scopes:
            return _error(403, "You need at least read:packages and delete:packages scopes to delete a version.")
        return self._mark(match, deleted=True)

    def _restore(self, _: httpx.Request, match: re.Match[str], token: Token) -> httpx.Response:
        if "write:packages" not in token.scopes:
            return _error(403, "You need at least read:packages and write:packages scopes to restore a version.")
        return self._mark(match, deleted=False)

    def _mark(self, match: re.Match[str], *, deleted: bool) -> httpx.Response:
        for one in self.packages[_decoded(match["name"])].versions:
            if one.id == int(match["id"]) and one.deleted is not deleted:
                one.deleted = deleted
                return httpx.Response(204)
        return _error(404, "Package not found.")

    def _package(self, name: str, package: Package) -> dict[str, Any]:
        quoted = name.replace("/", "%2F")
        room = "orgs" if self.organization else "users"
        linked = None if package.repository is None else repository(package.repository)
        return {
            "id": abs(hash(name)) % 10**8,
            "name": name,
            "package_type": "container",
            # The API's description knows two; an internal one is private to those outside.
            "visibility": "public" if package.visibility == "public" else "private",
            "url": f"https://api.github.com/{room}/{self.owner}/packages/container/{quoted}",
            "html_url": f"https://github.com/{room}/{self.owner}/packages/container/package/{quoted}",
            "version_count": len([one for one in package.versions if not one.deleted]),
            "owner": simple_user(self.owner, "Organization" if self.organization else "User"),
            "created_at": WHEN,
            "updated_at": WHEN,
            **({"repository": linked} if linked else {}),
        }

    def _version(self, name: str, version: Version) -> dict[str, Any]:
        at = f"https://api.github.com/orgs/{self.owner}/packages/container/{name}"
        return {
            "id": version.id,
            "name": version.digest,
            "url": f"{at}/versions/{version.id}",
            "package_html_url": f"https://github.com/orgs/{self.owner}/packages/container/package/{name}",
            "created_at": version.created_at,
            "updated_at": version.created_at,
            "metadata": {"package_type": "container", "container": {"tags": list(version.tags)}},
        }


def _decoded(name: str) -> str:
    return name.replace("%2F", "/")


def _page(request: httpx.Request, found: list[dict[str, Any]], query: dict[str, str]) -> httpx.Response:
    size, page = int(query.pop("per_page", "30")), int(query.pop("page", "1"))
    assert not query, f"parameters that this double does not know: {query}"
    following = request.url.copy_set_param("page", str(page + 1))
    link = {"Link": f'<{following}>; rel="next"'} if page * size < len(found) else {}
    return httpx.Response(200, json=found[(page - 1) * size : page * size], headers=link)


def _error(status: int, message: str) -> httpx.Response:
    body = {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status)}
    return httpx.Response(status, content=json.dumps(body), headers={"Content-Type": "application/json"})
