"""A registry in memory, for answers that a real one cannot be brought to give.

Speaks the same interface as the real one, as a handler for `httpx.MockTransport`, and raises on
every request that it does not know: a client that asks for something else fails its test.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx

from oci.credential import Credential

_MANIFEST = re.compile(r"/v2/(?P<name>[a-z0-9/-]+)/manifests/(?P<reference>[^/]+)")
_BLOB = re.compile(r"/v2/(?P<name>[a-z0-9/-]+)/blobs/(?P<digest>sha256:[0-9a-f]{64})")
_UPLOADS = re.compile(r"/v2/(?P<name>[a-z0-9/-]+)/blobs/uploads/")
_UPLOAD = re.compile(r"/upload/(?P<number>[0-9]+)")
_TAGS = re.compile(r"/v2/(?P<name>[a-z0-9/-]+)/tags/list")


@dataclass
class FakeRegistry:
    """Keeps blobs, manifests and tags; `credential` None lets everybody in."""

    credential: Credential | None = None
    immutable: bool = False
    deletes: bool = True
    pulls: int | None = None
    """How many are left of a hundred; None: there is no limit, and nothing is said of one."""
    blobs: dict[str, bytes] = field(default_factory=dict)
    manifests: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answers as the specification says; raises AssertionError for a request it does not know."""
        self.requests.append(request)
        if self.credential is not None and request.headers.get("Authorization") != self.credential.basic():
            challenge = {"WWW-Authenticate": 'Basic realm="fake"'}
            return error(401, "UNAUTHORIZED", "authentication required", challenge)
        path = request.url.path
        if path == "/v2/":
            return httpx.Response(200)
        for pattern, answer in (
            (_MANIFEST, self._manifest),
            (_BLOB, self._blob),
            (_UPLOADS, self._uploads),
            (_UPLOAD, self._upload),
            (_TAGS, self._tags),
        ):
            if match := pattern.fullmatch(path):
                return answer(request, match)
        raise AssertionError(f"the client asked for {request.method} {path}, which this registry does not know")

    def transport(self) -> httpx.MockTransport:
        """To hand to a client."""
        return httpx.MockTransport(self)

    def _manifest(self, request: httpx.Request, match: re.Match[str]) -> httpx.Response:
        reference = match["reference"]
        digest = self.tags.get(reference, reference)
        if request.method == "PUT":
            content = request.read()
            new = f"sha256:{hashlib.sha256(content).hexdigest()}"
            if self.immutable and self.tags.get(reference, new) != new:
                return error(400, "TAG_INVALID", "the tag is immutable")
            self.manifests[new] = (request.headers["Content-Type"], content)
            if not reference.startswith("sha256:"):
                self.tags[reference] = new
            return httpx.Response(201)
        if request.method == "DELETE":
            if not self.deletes:
                return error(405, "UNSUPPORTED", "The operation is unsupported.")
            self.tags = {tag: named for tag, named in self.tags.items() if named != reference}
            return httpx.Response(202 if self.manifests.pop(reference, None) else 404)
        assert request.method in {"GET", "HEAD"}
        if digest not in self.manifests:
            return error(404, "MANIFEST_UNKNOWN", "manifest unknown")
        media_type, content = self.manifests[digest]
        headers = {"Content-Type": media_type}
        if self.pulls is not None:
            self.pulls -= request.method == "GET"
            headers |= {"ratelimit-limit": "100;w=21600", "ratelimit-remaining": f"{self.pulls};w=21600"}
        return httpx.Response(200, headers=headers, content=content if request.method == "GET" else b"")

    def _blob(self, request: httpx.Request, match: re.Match[str]) -> httpx.Response:
        assert request.method in {"GET", "HEAD"}
        content = self.blobs.get(match["digest"])
        return error(404, "BLOB_UNKNOWN", "blob unknown") if content is None else streamed(content)

    def _uploads(self, request: httpx.Request, match: re.Match[str]) -> httpx.Response:
        assert request.method == "POST"
        return httpx.Response(202, headers={"Location": f"/upload/{len(self.requests)}?_state=state-token"})

    def _upload(self, request: httpx.Request, match: re.Match[str]) -> httpx.Response:
        assert request.url.params["_state"] == "state-token"
        if request.method == "DELETE":
            return httpx.Response(204)
        assert request.method == "PUT"
        content = request.read()
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert request.headers["Content-Length"] == str(len(content))
        if request.url.params["digest"] != digest:
            return error(400, "DIGEST_INVALID", "provided digest did not match uploaded content")
        self.blobs[digest] = content
        return httpx.Response(201)

    def _tags(self, request: httpx.Request, match: re.Match[str]) -> httpx.Response:
        assert request.method == "GET"
        return httpx.Response(200, json={"name": match["name"], "tags": sorted(self.tags)})


class Pieces(httpx.SyncByteStream):
    """A body in pieces, so that it is only read when somebody reads it."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces


def streamed(*pieces: bytes, status: int = 200, headers: dict[str, str] | None = None) -> httpx.Response:
    """An answer whose body is not read yet, as from a network."""
    return httpx.Response(status, headers=headers, stream=Pieces(*pieces))


def error(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> httpx.Response:
    """An error in the specification's form."""
    return httpx.Response(status, headers=headers, json={"errors": [{"code": code, "message": message}]})
