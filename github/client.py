"""One connection to GitHub's API: time-outs, pages, waits, and failures in words.

Owns: how a request is sent and when it is sent again. Does not own what it means
(`packages.py`, `token.py`). Waits as GitHub asks it to (`Retry-After`, the end of a rate limit)
and no longer than `patience`: a program must not stand still for an hour.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from github.address import API
from github.errors import GitHubError, Why

_HEADERS = {
    "Accept": "application/vnd.github+json",
    "X-GitHub-Api-Version": "2022-11-28",
    "User-Agent": "snapdeploy-registry",
}
_ATTEMPTS = 4
_FIRST_WAIT = 0.5
_MOST_PAGES = 200
_BUSY = frozenset({502, 503, 504})
_LIMIT = 8 << 20  # a page of a hundred versions is far below


class Client:
    """Asks GitHub as the owner of one token. Closed by `with`."""

    def __init__(
        self,
        token: str | None,
        *,
        address: str = API,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        patience: float = 60.0,
    ) -> None:
        self._token = token
        self._sleep = sleep
        self._clock = clock
        self._patience = patience
        authorization = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(
            base_url=address,
            headers=_HEADERS | authorization,
            timeout=httpx.Timeout(30.0, connect=5.0),
            # A renamed owner is answered with another address: that is for a person to write down.
            follow_redirects=False,
            # A proxy cannot reach this machine's loopback, where a double answers.
            trust_env=address == API,
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, what: str, **parameters: str) -> httpx.Response:
        """One answer; raises GitHubError."""
        return self._request("GET", path, what, parameters)

    def pages(self, path: str, what: str, **parameters: str) -> Iterator[dict[str, Any]]:
        """Every entry of a list, page after page as GitHub links them; raises GitHubError."""
        response = self._request("GET", path, what, parameters)
        for _ in range(_MOST_PAGES):
            found = document(response, what)
            if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
                raise GitHubError(Why.UNEXPECTED, what, "the answer is not a list", _TRY_LATER)
            yield from found
            following = response.links.get("next", {}).get("url")
            if following is None:
                return
            response = self._request("GET", self._own(following, what), what, {})
        raise GitHubError(Why.UNEXPECTED, what, f"there are more than {_MOST_PAGES} pages", "narrow what is asked")

    def _own(self, address: str, what: str) -> str:
        """`address`, where it is GitHub's own: the token goes along with it."""
        url, own = httpx.URL(address), self._http.base_url
        if (url.scheme, url.host, url.port) != (own.scheme, own.host, own.port):
            raise GitHubError(Why.UNEXPECTED, what, "the next page is at another address", _TRY_LATER)
        return address

    def send(self, method: str, path: str, what: str, body: Mapping[str, object] | None = None) -> httpx.Response:
        """Changes something, with `body` as JSON where it takes one; raises GitHubError."""
        return self._request(method, path, what, {}, body)

    def _request(
        self,
        method: str,
        path: str,
        what: str,
        parameters: Mapping[str, str],
        body: Mapping[str, object] | None = None,
    ) -> httpx.Response:
        waited = 0.0
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                # None where there are none: an empty mapping would take the query off an address.
                response = self._http.request(method, path, params=parameters or None, json=body)
            except httpx.TransportError as error:
                # A deletion whose answer was lost may have happened: asking again would report a wrong failure.
                again = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout) or method == "GET"
                pause = _FIRST_WAIT * 2**attempt if again else None
                failure = GitHubError(Why.UNREACHABLE, what, _reason(error), _REACH)
            else:
                if response.is_success:
                    return response
                failure = self._failure(what, response)
                pause = self._pause(response, attempt, idempotent=method == "GET")
            if pause is None or attempt == _ATTEMPTS or waited + pause > self._patience:
                raise failure
            self._sleep(pause)
            waited += pause
        raise AssertionError("the last attempt neither answered nor failed")

    def _pause(self, response: httpx.Response, attempt: int, *, idempotent: bool) -> float | None:
        """How long to wait before the request is sent again; None where it would not help."""
        if is_limited(response):
            asked = response.headers.get("retry-after", "")
            if asked.isascii() and asked.isdigit():
                return float(asked)
            reset = response.headers.get("x-ratelimit-reset", "")
            if reset.isascii() and reset.isdigit():
                return max(1.0, float(reset) - self._clock())
            return self._patience  # "wait for at least one minute", where neither header is there
        return _FIRST_WAIT * 2**attempt if idempotent and response.status_code in _BUSY else None

    def _failure(self, what: str, response: httpx.Response) -> GitHubError:
        status = response.status_code
        if is_limited(response):
            return GitHubError(Why.LIMITED, what, "too many requests were made", _WAIT, status=status)
        if response.has_redirect_location:
            return GitHubError(Why.NOT_FOUND, what, "it has moved: the owner was renamed", _RENAMED, status=status)
        why, mend = _KNOWN.get(status, (Why.UNEXPECTED, _TRY_LATER))
        return GitHubError(why, what, f"{status} {self._said(response)}".strip(), mend, status=status)

    def _said(self, response: httpx.Response) -> str:
        try:
            found = response.json()
        except ValueError:
            return ""
        said = found.get("message", "") if isinstance(found, dict) else ""
        text = said if isinstance(said, str) else ""
        return text.replace(self._token, "***") if self._token else text


def document(response: httpx.Response, what: str) -> Any:
    """The JSON in `response`; raises GitHubError where there is none, or far too much of it."""
    if len(response.content) > _LIMIT:
        raise GitHubError(Why.UNEXPECTED, what, f"the answer is longer than {_LIMIT} bytes", _TRY_LATER)
    try:
        return response.json()
    except ValueError:
        raise GitHubError(Why.UNEXPECTED, what, "the answer is not JSON", _TRY_LATER) from None


def is_limited(response: httpx.Response) -> bool:
    """Whether GitHub asks for patience. The primary limit comes as 403 too, told by what is left."""
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return True
    return response.status_code == httpx.codes.FORBIDDEN and (
        "retry-after" in response.headers or response.headers.get("x-ratelimit-remaining") == "0"
    )


def _reason(error: httpx.TransportError) -> str:
    return "it did not answer in time" if isinstance(error, httpx.TimeoutException) else f"no connection ({error})"


_TRY_LATER = "try again later; https://www.githubstatus.com says whether something is wrong there"
_REACH = "check the connection to api.github.com, and proxies; https://www.githubstatus.com says how GitHub is"
_WAIT = "wait until the limit ends, an hour at most, then run it again"
_RENAMED = "write the owner's new name"
_KNOWN = {
    401: (Why.UNAUTHORIZED, "make a new token: this one is wrong, was revoked, or has ended"),
    403: (Why.FORBIDDEN, "give the token the scope that is missing; where the owner has single sign-on, authorize it"),
    404: (Why.NOT_FOUND, "check the name, and that the token may see it: GitHub hides what a token may not see"),
}
