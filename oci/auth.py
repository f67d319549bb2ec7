"""Logging in to a registry: Basic or Bearer, as its challenge asks.

Owns: choosing the scheme, the token service's protocol (https://distribution.github.io/distribution/spec/auth/token/),
tokens in memory, one per scope, and never sending the credential to an address that may not see it.
Does not own connections, retries or redirects: the session has those.
"""

import threading
import time
from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum

import httpx

from oci import challenge, errors
from oci.credential import Credential
from oci.endpoint import Endpoint
from oci.retry import retry_after

ACCESS = "oci.access"
"""The request extension under which an `Access` travels to `ChallengeAuth`."""
LIMIT = "oci.limit"
"""The request extension with the longest body, in bytes, that its answer may have."""

_TOKEN_ANSWER_LIMIT = 1 << 20
_DEFAULT_LIFE = 60.0  # the specification's, where the service names none
_LONGEST_LIFE = 3600.0
_EARLY = 10.0


class Action(StrEnum):
    """What a request does to a repository, in the words of token scopes."""

    PULL = "pull"
    PUSH = "pull,push"
    DELETE = "delete"


@dataclass(frozen=True)
class Access:
    """What a request needs: an action on a repository, or with no repository only to be known."""

    repository: str = ""
    action: Action = Action.PULL

    @property
    def scope(self) -> str:
        """The scope to ask a token service for, should its challenge name none; may be empty."""
        return f"repository:{self.repository}:{self.action}" if self.repository else ""


@dataclass(frozen=True)
class _Token:
    header: str
    ends: float


class ChallengeAuth(httpx.Auth):
    """Answers a registry's challenges; safe to share between threads.

    Without a credential it still fetches the anonymous tokens that public registries hand out.
    Raises the `RegistryError` of the token service's answer where that refuses.
    """

    def __init__(self, endpoint: Endpoint, credential: Credential | None) -> None:
        self._endpoint = endpoint
        self._credential = credential
        self._lock = threading.Lock()
        self._tokens: dict[Access, _Token] = {}
        self._scheme = ""

    @property
    def scheme(self) -> str:
        """The scheme the registry asked for, `basic` or `bearer`; empty while it asked for none."""
        return self._scheme

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """One request, and a second with a credential where the first was answered with a challenge."""
        access = request.extensions.get(ACCESS, Access())
        sent = self._known(access)
        if sent:
            request.headers["Authorization"] = sent
        response = yield request
        if response.status_code != httpx.codes.UNAUTHORIZED:
            return
        offers = {
            offer.scheme: offer for offer in reversed(challenge.parse(response.headers.get_list("www-authenticate")))
        }
        if "bearer" in offers:
            self._scheme = "bearer"
            request.headers["Authorization"] = yield from self._fetch(offers["bearer"], access, request)
        elif "basic" in offers:
            self._scheme = "basic"
            header = self._known(access)
            if not header or header == sent:
                return
            request.headers["Authorization"] = header
        else:
            return
        yield request

    def _known(self, access: Access) -> str:
        with self._lock:
            token = self._tokens.get(access)
        if token is not None and token.ends > time.monotonic():
            return token.header
        return self._credential.basic() if self._scheme == "basic" and self._credential is not None else ""

    def _fetch(
        self, offer: challenge.Challenge, access: Access, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, str]:
        response = yield self._token_request(offer, access, request)
        response.read()
        if response.status_code != httpx.codes.OK:
            failure = errors.from_response("log in at the registry's token service", response)
            failure.retry_after = retry_after(response.headers.get("retry-after"))
            raise failure
        token, life = _read_token(response)
        header = f"Bearer {token}"
        with self._lock:
            self._tokens[access] = _Token(header, time.monotonic() + life - _EARLY)
        return header

    def _token_request(self, offer: challenge.Challenge, access: Access, request: httpx.Request) -> httpx.Request:
        realm = _realm(offer)
        mistake = "is missing or no address" if realm is None else self._endpoint.mistake(realm)
        if realm is None or mistake is not None:
            raise errors.ProtocolError(
                "log in", f"the registry's token service {mistake}, so the credential was not sent there"
            )
        # The challenge's scope is the registry's own word; ours stands in where it names none.
        scopes = (offer.parameters.get("scope") or access.scope).split()
        query = [("service", offer.parameters["service"])] if "service" in offer.parameters else []
        query += [("scope", scope) for scope in scopes]
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        headers["User-Agent"] = request.headers.get("User-Agent", "")
        if self._credential is not None:
            headers["Authorization"] = self._credential.basic()
        # A request made by hand has no time-out unless it is handed on.
        extensions = {LIMIT: _TOKEN_ANSWER_LIMIT, "timeout": request.extensions.get("timeout", {})}
        url = realm.copy_merge_params(httpx.QueryParams(tuple(query))) if query else realm
        return httpx.Request("GET", url, headers=headers, extensions=extensions)


def _realm(offer: challenge.Challenge) -> httpx.URL | None:
    try:
        return httpx.URL(offer.parameters["realm"])
    except (KeyError, httpx.InvalidURL):
        return None


def _read_token(response: httpx.Response) -> tuple[str, float]:
    try:
        document = response.json()
    except (ValueError, RecursionError):
        document = None
    token = (document.get("token") or document.get("access_token")) if isinstance(document, dict) else None
    # A header is built from it: whatever is not visible ASCII could forge another.
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or " " in token:
        raise errors.ProtocolError("log in", "the registry's token service answered without a token")
    life = document.get("expires_in") if isinstance(document, dict) else None
    return token, float(min(life, _LONGEST_LIFE)) if isinstance(life, int | float) and life > 0 else _DEFAULT_LIFE
