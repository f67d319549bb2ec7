"""What is asked of Docker Hub's own API: tokens of a few minutes, and repositories.

Owns: the calls, their time-outs and retries, and what a refusal means. Does not own which
repositories there should be (`repositories.py`). No message carries a token. Loaded by the
provider's process and by the preflight only: the program should not pay for an HTTP client.

Source: https://docs.docker.com/reference/api/hub/latest/ as of 2026-11, but for changing the
visibility and deleting, which that page leaves out; both are as Docker's own Terraform provider
sends them: https://github.com/docker/terraform-provider-docker
"""

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import httpx

from contract.image import is_loopback
from oci import errors
from oci.credential import Credential
from oci.retry import Retry, is_retryable, is_transient, retry_after

API_VARIABLE = "SNAPDEPLOY_DOCKER_HUB_API"
"""The environment variable that puts an address on this machine in the Hub's place, for tests."""

_API = "https://hub.docker.com"
_TIMEOUT = httpx.Timeout(20.0, connect=5.0)
# The Hub counts by the minute and asks to wait until the next one.
_PATIENCE = Retry(attempts=5, longest_wait=65.0)
_LONGEST_ANSWER = 4 << 20
_READ_HEADERS = frozenset({"retry-after", "x-retry-after"})
_PAGE = 100  # the most that one answer lists
_MOST_PAGES = 200

_ADVICE = {
    400: "see what the Hub says; a repository's name is 2 to 255 of a-z, 0-9 and single '.', '_', '-' inside",
    401: "compare username and token with the Hub's: a personal token goes with its user, an organization's with the "
    "organization's name; a token that has ended or was switched off fails like this too",
    402: "see the plan's number of private repositories",
    403: "give a token that may manage repositories as `adminToken`: a personal one with Read, Write, Delete, or an "
    "organization's; or make the repositories on the Hub's page, and take them out of `repositories`",
    404: "compare `namespace` with the user's or organization's name, and see whether the token may see it",
    429: "wait a minute and run it again",
}


class Hub:
    """One namespace of Docker Hub, seen with one token. Raises `oci.errors.RegistryError`, or ValueError for an
    address in `API_VARIABLE` that is not on this machine."""

    def __init__(
        self,
        namespace: str,
        username: str,
        token: str,
        *,
        transport: httpx.BaseTransport | None = None,
        retry: Retry = _PATIENCE,
    ) -> None:
        address = api_address(os.environ)
        self._namespace = namespace
        self._credential = Credential(username, token)
        self._retry = retry
        self._bearer = ""
        self._http = httpx.Client(
            base_url=address,
            timeout=_TIMEOUT,
            headers={"User-Agent": "snapdeploy-registry", "Accept": "application/json", "Accept-Encoding": "identity"},
            trust_env=address == _API,
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def log_in(self) -> None:
        """Exchanges the token for one that the other calls take."""
        what = "log in at Docker Hub's API"
        body = {"identifier": self._credential.username, "secret": self._credential.password}
        answer = self._send("POST", "/v2/auth/token", what, frozenset({200}), body)
        bearer = answer.get("access_token")
        # A header is built from it: whatever is not visible ASCII could forge another.
        if not isinstance(bearer, str) or not bearer.isascii() or not bearer.isprintable() or " " in bearer:
            raise errors.ProtocolError(what, "the Hub answered without a token")
        self._bearer = bearer

    def visibilities(self) -> dict[str, bool]:
        """Every repository of the namespace that the token may see, and whether it is private."""
        what = f"list the repositories of {self._namespace}"
        found: dict[str, bool] = {}
        for page in range(1, _MOST_PAGES + 1):
            path = f"/v2/namespaces/{self._namespace}/repositories?page_size={_PAGE}&page={page}"
            answer = self._send("GET", path, what, frozenset({200}))
            found.update(_visibilities(what, answer))
            if not answer.get("next"):
                return found
        raise errors.ProtocolError(what, f"the Hub's pages do not end, after {_MOST_PAGES}")

    def create(self, name: str, *, private: bool) -> None:
        """Makes an empty repository."""
        body = {"name": name, "namespace": self._namespace, "registry": "docker.io", "is_private": private}
        what = f"create the repository {self._namespace}/{name}"
        path = f"/v2/namespaces/{self._namespace}/repositories"
        self._send("POST", path, what, frozenset({200, 201}), body, idempotent=False)

    def set_private(self, name: str, *, private: bool) -> None:
        """Changes who may see a repository that exists."""
        what = f"make the repository {self._namespace}/{name} {'private' if private else 'public'}"
        path = f"/v2/repositories/{self._namespace}/{name}/privacy"
        self._send("POST", path, what, frozenset({200, 202, 204}), {"is_private": private})

    def delete(self, name: str) -> None:
        """Deletes a repository with all its images; done already counts as done."""
        what = f"delete the repository {self._namespace}/{name}"
        path = f"/v2/repositories/{self._namespace}/{name}/"
        self._send("DELETE", path, what, frozenset({200, 202, 204, 404}))

    def _send(
        self,
        method: str,
        path: str,
        what: str,
        accept: frozenset[int],
        body: Mapping[str, object] | None = None,
        *,
        idempotent: bool = True,
    ) -> dict[str, Any]:
        attempt = 0
        while True:
            attempt += 1
            failure: errors.RegistryError
            try:
                with self._answer(method, path, body, what) as response:
                    if response.status_code in accept:
                        return _document(response)
                    failure = errors.from_response(what, response)
                failure.retry_after = _asked_to_wait(response.headers)
                again = is_retryable(failure, idempotent=idempotent)
            except httpx.TransportError as error:
                failure = errors.from_transport(what, error)
                again = is_transient(error, idempotent=idempotent)
            pause = self._retry.pause(attempt, failure) if again else None
            if pause is None:
                # Outside the handlers: what the client has raised holds the whole request.
                raise self._clean(failure) from None
            self._retry.sleep(pause)

    @contextmanager
    def _answer(self, method: str, path: str, body: Mapping[str, object] | None, what: str) -> Iterator[httpx.Response]:
        headers = {"Authorization": f"Bearer {self._bearer}"} if self._bearer else {}
        with self._http.stream(method, path, json=body, headers=headers) as response:
            read = bytearray()
            for piece in response.iter_raw():
                read += piece
                if len(read) > _LONGEST_ANSWER:
                    raise errors.ProtocolError(what, f"the Hub's answer is longer than {_LONGEST_ANSWER} bytes")
            # Only these headers: others could say that the content is to be unpacked.
            kept = {name: value for name, value in response.headers.items() if name in _READ_HEADERS}
            yield httpx.Response(response.status_code, headers=kept, content=bytes(read))

    def _clean(self, error: errors.RegistryError) -> errors.RegistryError:
        bearer = Credential("", self._bearer)
        error.reason = bearer.redact(self._credential.redact(error.reason))
        error.code = bearer.redact(self._credential.redact(error.code))
        error.args = (error.what, error.reason)
        error.advice = _ADVICE.get(error.status or 0, error.advice)
        return error


def api_address(environment: Mapping[str, str]) -> str:
    """Where the API answers. Raises ValueError where another address than the Hub's is not on this machine."""
    named = environment.get(API_VARIABLE)
    if not named:
        return _API
    try:
        url = httpx.URL(named)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in {"http", "https"} or not is_loopback(url.netloc.decode("ascii")) or url.userinfo:
        raise ValueError(
            f"{API_VARIABLE} names an address that is not on this machine, so the token was not sent there; "
            f"mend: unset {API_VARIABLE}"
        )
    return named.rstrip("/")


def _visibilities(what: str, answer: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    results = answer.get("results")
    if not isinstance(results, list):
        raise errors.ProtocolError(what, "the Hub answered without a list")
    for entry in results:
        name, private = (entry.get("name"), entry.get("is_private")) if isinstance(entry, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(private, bool):
            raise errors.ProtocolError(what, "the Hub lists a repository without its name or visibility")
        yield name, private


def _document(response: httpx.Response) -> dict[str, Any]:
    try:
        document = json.loads(response.content)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _asked_to_wait(headers: httpx.Headers) -> float | None:
    """How many seconds the Hub asks to wait: `X-Retry-After` is its own, and names the moment in Unix time."""
    moment = headers.get("x-retry-after", "").strip()
    if moment.isascii() and moment.isdigit() and len(moment) < 12:
        return max(0.0, float(moment) - time.time())
    return retry_after(headers.get("retry-after"))
