"""Docker Hub's API as a double: one namespace, its repositories, and the refusals that the Hub is known for.

The same double answers in memory (`transport`) and over loopback (`serving`). It checks what it is
asked as the published description has it, and notes every request that it does not know: a client
that asks for something else fails its test.
"""

import json
import re
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.support import http_double

Answer = tuple[int, dict[str, str], object]

_LIST = re.compile(r"/v2/namespaces/(?P<namespace>[a-z0-9._-]+)/repositories")
_PRIVACY = re.compile(r"/v2/repositories/(?P<namespace>[a-z0-9._-]+)/(?P<name>[a-z0-9._-]+)/privacy")
_ONE = re.compile(r"/v2/repositories/(?P<namespace>[a-z0-9._-]+)/(?P<name>[a-z0-9._-]+)/")
_NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")


@dataclass
class FakeHub:
    """`tokens` by user name; those in `readers` may push and pull but not manage. Private is True."""

    namespace: str = "acme"
    tokens: dict[str, list[str]] = field(default_factory=dict)
    readers: set[str] = field(default_factory=set)
    repositories: dict[str, bool] = field(default_factory=dict)
    most_private: int | None = None
    stubborn: set[str] = field(default_factory=set)
    """Repositories whose visibility does not change, although the answer is friendly."""
    busy: list[Answer] = field(default_factory=list)
    """Answers that are given first, whatever is asked."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    _bearers: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def changes(self) -> list[tuple[str, str]]:
        """What was asked for and was neither a login nor reading."""
        return [(method, path) for method, path in self.asked if method != "GET" and path != "/v2/auth/token"]

    def answer(self, method: str, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The Hub's answer."""
        with self._lock:
            path = urlsplit(address).path
            self.asked.append((method, path))
            if self.busy:
                return self.busy.pop(0)
            content = json.loads(body) if body else None
            if (method, path) == ("POST", "/v2/auth/token"):
                return self._token(content)
            token = self._bearers.get(headers.get("authorization", "").removeprefix("Bearer "))
            if token is None:
                return 401, {}, {"detail": "Authentication required", "message": "unauthorized"}
            for pattern, known in ((_LIST, self._namespace), (_PRIVACY, self._privacy), (_ONE, self._one)):
                match = pattern.fullmatch(path)
                if match is None:
                    continue
                if match["namespace"] != self.namespace:
                    return 404, {}, {"message": "namespace not found", "errinfo": {}}
                if method != "GET" and token in self.readers:
                    return 403, {}, {"message": "access denied: insufficient scope", "errinfo": {}}
                answered = known(method, match, parse_qs(urlsplit(address).query), content)
                if answered is not None:
                    return answered
            self.unknown.append(f"{method} {path}")
            return 500, {}, {"message": f"the double does not know {method} {path}"}

    def _token(self, content: Any) -> Answer:
        assert set(content) == {"identifier", "secret"}, content.keys()
        if content["secret"] not in self.tokens.get(content["identifier"], []):
            return 401, {}, {"detail": "Incorrect authentication credentials", "message": "unauthorized"}
        bearer = f"eyJ-{secrets.token_urlsafe(16)}"
        self._bearers[bearer] = content["secret"]
        return 200, {}, {"access_token": bearer}

    def _namespace(self, method: str, match: re.Match[str], query: dict[str, list[str]], content: Any) -> Answer | None:
        if method == "GET":
            size, page = int(query["page_size"][0]), int(query["page"][0])
            assert 1 <= size <= 100, "the Hub lists at most 100 at once"
            named = sorted(self.repositories)
            shown = named[(page - 1) * size : page * size]
            following = f"https://hub.docker.com/…?page={page + 1}" if page * size < len(named) else None
            results = [
                {"name": name, "namespace": self.namespace, "is_private": self.repositories[name]} for name in shown
            ]
            return 200, {}, {"count": len(named), "next": following, "previous": None, "results": results}
        if method == "POST":
            assert set(content) == {"name", "namespace", "registry", "is_private"}, content.keys()
            name = content["name"]
            if content["namespace"] != self.namespace or not _NAME.fullmatch(name) or not 2 <= len(name) <= 255:
                return 400, {}, {"message": "invalid repository name"}
            if name in self.repositories:
                return 400, {}, {"message": "repository already exists"}
            refused = self._full(private=content["is_private"])
            if refused is None:
                self.repositories[name] = content["is_private"]
            return refused or (201, {}, {"name": name, "is_private": content["is_private"]})
        return None

    def _privacy(self, method: str, match: re.Match[str], query: dict[str, list[str]], content: Any) -> Answer | None:
        if method != "POST":
            return None
        assert set(content) == {"is_private"}, content.keys()
        if match["name"] not in self.repositories:
            return 404, {}, {"message": "object not found"}
        refused = self._full(private=content["is_private"])
        if refused is None and match["name"] not in self.stubborn:
            self.repositories[match["name"]] = content["is_private"]
        return refused or (200, {}, {})

    def _one(self, method: str, match: re.Match[str], query: dict[str, list[str]], content: Any) -> Answer | None:
        if method != "DELETE":
            return None
        existed = self.repositories.pop(match["name"], None)
        return (404, {}, {"message": "object not found"}) if existed is None else (202, {}, {})

    def _full(self, *, private: bool) -> Answer | None:
        if private and self.most_private is not None and sum(self.repositories.values()) >= self.most_private:
            return 402, {}, {"message": "private repository limit reached"}
        return None

    def transport(self) -> httpx.MockTransport:
        """The double in memory, to hand to a client."""

        def respond(request: httpx.Request) -> httpx.Response:
            status, headers, content = self.answer(request.method, str(request.url), request.headers, request.read())
            return httpx.Response(status, headers=headers, stream=httpx.ByteStream(json.dumps(content).encode()))

        return httpx.MockTransport(respond)

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The double on a free loopback port; yields its address."""

        def respond(method: str, path: str, headers: Mapping[str, str], body: bytes) -> http_double.Answer:
            status, own, content = self.answer(method, path, headers, body)
            return status, own, json.dumps(content).encode()

        with http_double.serving(respond) as address:
            yield address


def limited(seconds: float) -> Answer:
    """The Hub asking to wait: its own header, with the moment in Unix time."""
    return 429, {"X-Retry-After": str(int(time.time() + seconds))}, {"detail": "Rate limit exceeded", "error": False}
