"""How speaking to a registry fails: one class per family, each knowing what to do about it.

Owns: the classes, and reading a registry's error answer. Does not own deciding whether to try
again. No message carries a credential or an address with a query: both are the registry's secrets
or ours.
"""

import json
import ssl

import httpx

from contract.problem import printable
from oci.advice import advise

_LONGEST_MESSAGE = 300
_REASONS = ("error_description", "message", "details", "detail")


class RegistryError(Exception):
    """A registry did not do what was asked.

    `status` is HTTP's (None where no answer came), `code` and `reason` are the registry's own
    words, `retry_after` how many seconds it asks to wait, `advice` says what to do and may be empty.
    """

    def __init__(self, what: str, reason: str, *, status: int | None = None, code: str = "") -> None:
        self.what = what
        self.reason = printable(reason, _LONGEST_MESSAGE)
        self.status = status
        self.code = printable(code)
        self.retry_after: float | None = None
        self.advice = advise(f"{self.code}: {self.reason}", status)
        super().__init__(what, self.reason)

    def __str__(self) -> str:
        status = "" if self.status is None else f" (HTTP {self.status})"
        code = f"{self.code}: " if self.code and self.code.lower() not in self.reason.lower() else ""
        wait = "" if self.retry_after is None else f", asks to wait {self.retry_after:.0f} s"
        advice = f"; mend: {self.advice}" if self.advice else ""
        return f"{self.what}: {code}{self.reason}{status}{wait}{advice}"


class UnreachableError(RegistryError):
    """No answer: the name does not resolve, nobody listens, or time ran out."""


class UntrustedError(UnreachableError):
    """TLS could not be agreed on; most often an unknown certificate authority."""


class AuthenticationError(RegistryError):
    """401: the credential is missing, wrong or ended."""


class DeniedError(RegistryError):
    """403: the credential is right and does not allow this."""


class NotFoundError(RegistryError):
    """404: no such repository, tag, digest or upload."""


class UnsupportedError(RegistryError):
    """405: the registry does not offer this operation."""


class RateLimitedError(RegistryError):
    """429: too many requests, and waiting within the limit did not help."""


class RefusedError(RegistryError):
    """Any other 4xx: the request was understood and turned down, such as overwriting an immutable tag."""


class UnavailableError(RegistryError):
    """5xx: the registry, or a proxy before it, is broken or too busy."""


class ProtocolError(RegistryError):
    """The answer breaks the specification, or could lead a credential astray."""


class DigestMismatchError(ProtocolError):
    """What came is not what the digest names: damaged or tampered with on the way."""


_BY_STATUS: dict[int, type[RegistryError]] = {
    401: AuthenticationError,
    403: DeniedError,
    404: NotFoundError,
    405: UnsupportedError,
    429: RateLimitedError,
}


def from_response(what: str, response: httpx.Response) -> RegistryError:
    """The error that `response` (already read) stands for."""
    code, reason = _registry_words(response.content)
    status = response.status_code
    family = _BY_STATUS.get(status)
    if family is None:
        family = RefusedError if 400 <= status < 500 else UnavailableError if status >= 500 else ProtocolError
    return family(what, reason or response.reason_phrase or "no reason given", status=status, code=code)


def from_transport(what: str, error: httpx.HTTPError) -> RegistryError:
    """The error for a request that got no whole answer; keeps the system's words, drops the request."""
    cause = _deepest(error)
    if isinstance(error, httpx.TimeoutException):
        kind = "connecting" if isinstance(error, httpx.ConnectTimeout) else "waiting for the registry"
        return UnreachableError(what, f"time ran out {kind}")
    if isinstance(cause, ssl.SSLError):
        return UntrustedError(what, str(cause) or "TLS failed")
    return UnreachableError(what, str(cause) or type(cause).__name__)


def is_tls_failure(error: httpx.HTTPError) -> bool:
    """Whether trying again cannot help, because TLS itself was refused."""
    return isinstance(_deepest(error), ssl.SSLError)


def _deepest(error: BaseException) -> BaseException:
    for _ in range(10):
        inner = error.__cause__ or error.__context__
        if inner is None:
            break
        error = inner
    return error


def _registry_words(body: bytes) -> tuple[str, str]:
    """Code and message out of an error answer: the specification's form, else what token services send."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(document, dict):
        return "", ""
    errors = document.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        return _text(errors[0].get("code")), _text(errors[0].get("message")) or _text(errors[0].get("detail"))
    reason = next(filter(None, (_text(document.get(key)) for key in _REASONS)), "")
    return _text(document.get("error")), reason


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
