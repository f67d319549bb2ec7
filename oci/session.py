"""One registry, its connections, and the rules every request follows.

Owns: time-outs, proxies, retries, redirects, bounded answers, and turning every failure into a
`RegistryError`. Does not own what a request means: the client has that.
"""

import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from contract.variables import Name
from oci import errors
from oci.auth import ACCESS, LIMIT, Access, ChallengeAuth
from oci.credential import Credential
from oci.endpoint import Endpoint
from oci.retry import Retry, is_retryable, is_transient, retry_after

_USER_AGENT = "snapdeploy-registry"
_SMALL_ANSWER = 4 << 20  # the specification's advice for the size of a manifest
_ERROR_ANSWER = 1 << 16
_MOST_REDIRECTS = 5


@dataclass(frozen=True)
class Timeouts:
    """Limits in seconds: to connect, and for each single read or write on the connection."""

    connect: float = 5.0
    read: float = 30.0


@dataclass(frozen=True)
class Call:
    """One request: `what` it is in an error's words, and how it may be treated."""

    method: str
    target: str
    """A path below the registry's root, or a whole address that the registry gave."""
    what: str
    access: Access
    accept: frozenset[int]
    """The status codes that mean success."""
    headers: Mapping[str, str]
    content: bytes | Iterable[bytes] | None = None
    """A body; an iterable must start again each time, since a request may be sent twice."""
    idempotent: bool = True
    redirects: bool = False


@dataclass(frozen=True)
class Answer:
    """A short answer, read whole."""

    status: int
    headers: httpx.Headers
    url: httpx.URL
    body: bytes


class Session:
    """Sends calls to one registry; safe to share between threads, closed by `close` or `with`.

    Raises `errors.UntrustedError` where the endpoint's CA file cannot be used.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        credential: Credential | None,
        *,
        timeouts: Timeouts | None = None,
        retry: Retry | None = None,
        transport: httpx.BaseTransport | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self.endpoint = endpoint
        self._credential = credential
        self._timeouts = timeouts or Timeouts()
        self._retry = retry or Retry()
        self._transport = transport
        # A transport that is handed in brings its own trust; loading authorities takes 40 ms.
        self._trust = trust or (_trust(endpoint) if transport is None else None)
        self.auth = ChallengeAuth(endpoint, credential)
        self._http = httpx.Client(
            base_url=endpoint.url,
            verify=self._trust or True,
            timeout=httpx.Timeout(self._timeouts.read, connect=self._timeouts.connect),
            headers={"User-Agent": _USER_AGENT, "Accept-Encoding": "identity"},
            # A proxy cannot reach this machine's loopback, and must not see what is said there.
            trust_env=not endpoint.loopback,
            follow_redirects=False,
            event_hooks={"response": [_bound]},
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends all connections."""
        self._http.close()

    def as_user(self, credential: Credential | None) -> "Session":
        """Another session with the same registry; shares what is slow to make, not the connections."""
        return Session(
            self.endpoint,
            credential,
            timeouts=self._timeouts,
            retry=self._retry,
            transport=self._transport,
            trust=self._trust,
        )

    def fetch(self, call: Call) -> Answer:
        """The whole answer to `call`, at most 4 MiB; raises RegistryError."""
        with self._open(call, limit=_SMALL_ANSWER) as response:
            body = response.read()
            return Answer(response.status_code, response.headers, response.url, body)

    @contextmanager
    def stream(self, call: Call) -> Iterator[Iterator[bytes]]:
        """The answer's body piece by piece, unbounded: the reader counts; raises RegistryError."""
        with self._open(call, limit=None) as response:
            yield response.iter_raw()

    @contextmanager
    def _open(self, call: Call, limit: int | None) -> Iterator[httpx.Response]:
        try:
            response = self._persist(call, limit)
            try:
                yield response
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise self._clean(errors.from_transport(call.what, error)) from None
        except errors.RegistryError as error:
            raise self._clean(error) from None

    def _persist(self, call: Call, limit: int | None) -> httpx.Response:
        attempt = 0
        while True:
            attempt += 1
            try:
                response = self._send(call, limit)
                if response.status_code in call.accept:
                    return response
                failure = self._failure(call, response)
                again = is_retryable(failure, idempotent=call.idempotent)
            except httpx.TransportError as error:
                failure = errors.from_transport(call.what, error)
                again = is_transient(error, idempotent=call.idempotent)
            except errors.RegistryError as error:
                # The token service refused: the request itself was never carried out.
                failure = error
                again = is_retryable(failure, idempotent=True)
            pause = self._retry.pause(attempt, failure) if again else None
            if pause is None:
                raise failure
            self._retry.sleep(pause)

    def _send(self, call: Call, limit: int | None) -> httpx.Response:
        extensions = {ACCESS: call.access} if limit is None else {ACCESS: call.access, LIMIT: limit}
        url = self.endpoint.url.join(call.target)
        for _ in range(_MOST_REDIRECTS + 1):
            mistake = self.endpoint.mistake(url)
            if mistake is not None:
                raise errors.ProtocolError(call.what, f"the registry pointed to an address that {mistake}")
            request = self._http.build_request(
                call.method, url, headers=call.headers, content=call.content, extensions=extensions
            )
            # Blob stores have addresses signed for themselves; the credential is the registry's alone.
            auth = self.auth if self.endpoint.owns(url) else None
            response = self._http.send(request, auth=auth, stream=True)
            if not (call.redirects and response.has_redirect_location):
                return response
            url = response.url.join(response.headers["location"])
            response.close()
        raise errors.ProtocolError(call.what, f"the registry redirected more than {_MOST_REDIRECTS} times")

    def _failure(self, call: Call, response: httpx.Response) -> errors.RegistryError:
        try:
            response.read()
        finally:
            response.close()
        failure = errors.from_response(call.what, response)
        failure.retry_after = retry_after(response.headers.get("retry-after"))
        return failure

    def _clean(self, error: errors.RegistryError) -> errors.RegistryError:
        if self._credential is not None:
            error.reason = self._credential.redact(error.reason)
            error.code = self._credential.redact(error.code)
            error.args = (error.what, error.reason)
        return error


def _trust(endpoint: Endpoint) -> ssl.SSLContext:
    try:
        return endpoint.trust()
    except OSError as error:
        name = endpoint.authority if isinstance(endpoint.authority, Path) else Name.DOCKER_REGISTRY_CA
        what = f"{name}: {error.strerror or error}"
        raise errors.UntrustedError("read the certificate authority", what) from None


class _Bounded(httpx.SyncByteStream):
    """A body that ends in an error, rather than in all of the memory."""

    def __init__(self, inner: httpx.SyncByteStream, limit: int) -> None:
        self._inner = inner
        self._limit = limit

    def __iter__(self) -> Iterator[bytes]:
        left = self._limit
        for piece in self._inner:
            left -= len(piece)
            if left < 0:
                raise errors.ProtocolError("read the registry's answer", f"it is longer than {self._limit} bytes")
            yield piece

    def close(self) -> None:
        self._inner.close()


def _bound(response: httpx.Response) -> None:
    """Limits answers that are read whole; those of 4xx and 5xx always are."""
    limit = _ERROR_ANSWER if response.is_error else response.request.extensions.get(LIMIT)
    if limit is None or not isinstance(response.stream, httpx.SyncByteStream):
        return
    if response.headers.get("content-encoding", "identity") != "identity":
        # A few compressed kilobytes can unpack to gigabytes, and compression was not asked for.
        raise errors.ProtocolError("read the registry's answer", "it is compressed although that was not asked for")
    response.stream = _Bounded(response.stream, limit)
