"""What can be asked of a registry: the distribution specification 1.1, as far as it is needed.

Owns: the calls, their paths, and reading what they answer. Does not own how they are sent (session)
or who may (auth). Plain methods over one registry; each raises `oci.errors.RegistryError`,
and ValueError for a name that no registry could have.
"""

import json
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from copy import copy
from types import TracebackType
from typing import Self, TypeVar

import httpx

from contract.image import is_digest, namespace_mistake, tag_mistake
from oci import errors
from oci.auth import Access, Action
from oci.authority import Authority
from oci.blob import Blob, Descriptor, verified
from oci.credential import Credential
from oci.endpoint import Endpoint
from oci.image import MANIFEST, Image, Manifest
from oci.pull_limit import PullLimit, pull_limit
from oci.retry import Retry
from oci.session import Answer, Call, Session, Timeouts

_MANIFEST_TYPES = (
    MANIFEST,
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
T = TypeVar("T")

_AT_ONCE = 4
_MOST_PAGES = 1000


class Client:
    """A registry, seen with one credential (or none: anonymously); safe to share between threads.

    `authority` makes a loopback registry speak HTTPS and is trusted beside the usual authorities.
    """

    def __init__(
        self,
        host: str,
        credential: Credential | None,
        *,
        authority: Authority | None = None,
        timeouts: Timeouts | None = None,
        retry: Retry | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        endpoint = Endpoint(host, authority)
        self._session = Session(endpoint, credential, timeouts=timeouts, retry=retry, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends all connections."""
        self._session.close()

    def as_user(self, credential: Credential | None) -> "Client":
        """The same registry seen with another credential, or anonymously; closed on its own."""
        other = copy(self)
        other._session = self._session.as_user(credential)
        return other

    @property
    def address(self) -> str:
        """The API's root, as it may be shown."""
        return str(self._session.endpoint.url)

    def ping(self) -> str:
        """Logs in; answers the scheme the registry asked for, `basic` or `bearer`, empty where none."""
        self._fetch("GET", "/v2/", "log in", Access())
        return self._session.auth.scheme

    def has_blob(self, repository: str, digest: str) -> bool:
        """Whether the registry holds the blob in `repository`."""
        path = f"{_root(repository)}/blobs/{_digest(digest)}"
        try:
            self._fetch("HEAD", path, f"look for blob {digest}", Access(repository), redirects=True)
        except errors.NotFoundError:
            return False
        return True

    def push_blob(self, repository: str, blob: Blob) -> None:
        """Uploads `blob` in one request, streaming."""
        what = f"push blob {blob.descriptor.digest}"
        location = self._begin_upload(repository, what)
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(blob.descriptor.size)}
        self._session.fetch(
            Call(
                "PUT",
                str(location.copy_merge_params({"digest": blob.descriptor.digest})),
                what,
                Access(repository, Action.PUSH),
                frozenset({201}),
                headers,
                content=blob.content,
                idempotent=False,
            )
        )

    def begin_and_cancel_upload(self, repository: str) -> None:
        """Proves the right to push without leaving anything behind."""
        location = self._begin_upload(repository, "begin an upload")
        call = Call(
            "DELETE",
            str(location),
            "cancel an upload",
            Access(repository, Action.PUSH),
            # Not every registry can cancel; an upload that is left alone ends by itself.
            frozenset({200, 202, 204, 400, 404, 405}),
            {},
        )
        self._session.fetch(call)

    def pull_blob(self, repository: str, blob: Descriptor) -> Generator[bytes, None, None]:
        """The blob's content, streaming; ends in DigestMismatchError where it is not what `blob` names."""
        what = f"pull blob {blob.digest}"
        path = f"{_root(repository)}/blobs/{_digest(blob.digest)}"
        call = Call("GET", path, what, Access(repository), frozenset({200}), {}, redirects=True)
        with self._session.stream(call) as pieces:
            yield from verified(what, blob, pieces)

    def push_manifest(self, repository: str, reference: str, manifest: Manifest) -> None:
        """Puts `manifest` under `reference`, a tag or its digest."""
        call = Call(
            "PUT",
            f"{_root(repository)}/manifests/{_reference(reference)}",
            f"push manifest {reference}",
            Access(repository, Action.PUSH),
            frozenset({201}),
            {"Content-Type": manifest.descriptor.media_type},
            content=manifest.content,
        )
        self._session.fetch(call)

    def pull_manifest(self, repository: str, reference: str) -> Manifest:
        """The manifest under `reference`, a tag or a digest; checked where it is a digest."""
        what = f"pull manifest {reference}"
        path = f"{_root(repository)}/manifests/{_reference(reference)}"
        answer = self._fetch(
            "GET", path, what, Access(repository), headers={"Accept": ", ".join(_MANIFEST_TYPES)}, redirects=True
        )
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip()
        manifest = Manifest.of(media_type, answer.body)
        if is_digest(reference) and manifest.descriptor.digest != reference:
            raise errors.DigestMismatchError(what, f"content with digest {manifest.descriptor.digest} came")
        return manifest

    def pull_limit(self, repository: str, reference: str) -> PullLimit | None:
        """How many pulls are left, where the registry tells; asking is no pull."""
        path = f"{_root(repository)}/manifests/{_reference(reference)}"
        headers = {"Accept": ", ".join(_MANIFEST_TYPES)}
        answer = self._fetch("HEAD", path, "ask for the pull limit", Access(repository), headers=headers)
        return pull_limit(answer.headers)

    def delete_manifest(self, repository: str, digest: str) -> None:
        """Deletes the manifest with `digest`, and so each tag on it; done already counts as done."""
        path = f"{_root(repository)}/manifests/{_digest(digest)}"
        access = Access(repository, Action.DELETE)
        self._fetch("DELETE", path, f"delete manifest {digest}", access, accept=frozenset({200, 202, 204, 404}))

    def tags(self, repository: str) -> Iterator[str]:
        """The repository's tags, page after page as the registry cuts them."""
        what = f"list the tags of {repository}"
        target: str | None = f"{_root(repository)}/tags/list?n=1000"
        seen: set[str] = set()
        while target is not None:
            if target in seen or len(seen) == _MOST_PAGES:
                raise errors.ProtocolError(what, f"the registry's pages do not end, after {len(seen)}")
            seen.add(target)
            answer = self._fetch("GET", target, what, Access(repository))
            yield from _tags(what, answer.body)
            target = self._next_page(what, answer)

    def push_image(self, repository: str, tag: str, image: Image) -> None:
        """Uploads an image whole: up to four blobs at once, then the manifest."""
        _at_once(lambda blob: self.push_blob(repository, blob), (image.config, *image.layers))
        self.push_manifest(repository, tag, image.manifest)

    def read_image(self, repository: str, image: Image) -> int:
        """Pulls `image` by digest, up to four blobs at once, and checks each; answers the bytes read.

        Nothing is kept: this is for proof and measurement.
        """
        pulled = self.pull_manifest(repository, image.manifest.descriptor.digest)

        def read(blob: Blob) -> int:
            with closing(self.pull_blob(repository, blob.descriptor)) as pieces:
                return sum(len(piece) for piece in pieces)

        return len(pulled.content) + sum(_at_once(read, (image.config, *image.layers)))

    def _begin_upload(self, repository: str, what: str) -> httpx.URL:
        path = f"{_root(repository)}/blobs/uploads/"
        answer = self._fetch(
            "POST", path, what, Access(repository, Action.PUSH), accept=frozenset({202}), idempotent=False
        )
        try:
            return answer.url.join(answer.headers["location"])
        except (KeyError, httpx.InvalidURL):
            raise errors.ProtocolError(what, "the registry gave no usable address to upload to") from None

    def _next_page(self, what: str, answer: Answer) -> str | None:
        links = httpx.Response(200, headers=answer.headers).links if len(answer.headers.get("link", "")) < 8192 else {}
        address = links.get("next", {}).get("url")
        if not address:
            return None
        try:
            url = answer.url.join(address)
        except httpx.InvalidURL:
            raise errors.ProtocolError(what, "the registry's address of the next page is none") from None
        if not self._session.endpoint.owns(url):
            raise errors.ProtocolError(what, "the registry's next page is on another host")
        return str(url)

    def _fetch(
        self,
        method: str,
        target: str,
        what: str,
        access: Access,
        *,
        accept: frozenset[int] = frozenset({200}),
        headers: dict[str, str] | None = None,
        idempotent: bool = True,
        redirects: bool = False,
    ) -> Answer:
        call = Call(method, target, what, access, accept, headers or {}, idempotent=idempotent, redirects=redirects)
        return self._session.fetch(call)


def _at_once(work: Callable[[Blob], T], blobs: Iterable[Blob]) -> list[T]:
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="blob") as pool:
        pending = [pool.submit(work, blob) for blob in blobs]
        try:
            return [each.result() for each in pending]
        except BaseException:
            # What has not begun never will; what runs ends by its time-outs.
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _root(repository: str) -> str:
    mistake = namespace_mistake(repository)
    if mistake is not None:
        raise ValueError(f"repository {mistake}")
    return f"/v2/{repository}"


def _digest(text: str) -> str:
    if not is_digest(text):
        raise ValueError("not a sha256 digest")
    return text


def _reference(text: str) -> str:
    if not is_digest(text) and (mistake := tag_mistake(text)) is not None:
        raise ValueError(f"reference {mistake}")
    return text


def _tags(what: str, body: bytes) -> list[str]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise errors.ProtocolError(what, "the registry's list of tags is not JSON")
    tags = document.get("tags") or []  # null where all were deleted
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise errors.ProtocolError(what, "the registry's list of tags is no list of names")
    return tags
