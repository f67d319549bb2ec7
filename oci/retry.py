"""When to try again, and how long to wait before.

Owns: the list of what is retryable, the limit, back-off with jitter, and `Retry-After`. Does not
own sending. Retryable are: a connection that could not be made (not for TLS), an idempotent request whose
connection broke before an answer, 429 always (the request was not carried out), 502, 503
and 504 where the request is idempotent.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from oci import errors

_BUSY = frozenset({502, 503, 504})


@dataclass(frozen=True)
class Retry:
    """How often and how patiently a request is tried; all times in seconds.

    A registry that asks for more patience than `longest_wait` gets none: the request fails at
    once and says how long was asked for, since asking again earlier would only prolong the ban.
    """

    attempts: int = 4
    first_wait: float = 0.2
    longest_wait: float = 20.0
    sleep: Callable[[float], None] = time.sleep

    def pause(self, attempt: int, failure: errors.RegistryError) -> float | None:
        """How long to wait after failed attempt number `attempt` (from 1), or None to give up."""
        if attempt >= self.attempts:
            return None
        if failure.retry_after is not None:
            return failure.retry_after if failure.retry_after <= self.longest_wait else None
        ceiling = min(self.longest_wait, self.first_wait * 2.0**attempt)
        return random.uniform(ceiling / 2, ceiling)  # noqa: S311 - jitter, nothing secret


def is_retryable(failure: errors.RegistryError, *, idempotent: bool) -> bool:
    """Whether an answered request may be sent again."""
    return failure.status == httpx.codes.TOO_MANY_REQUESTS or (idempotent and failure.status in _BUSY)


def is_transient(error: httpx.TransportError, *, idempotent: bool) -> bool:
    """Whether a request that got no answer may be sent again."""
    if errors.is_tls_failure(error):
        return False
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return True
    return idempotent and isinstance(error, httpx.RemoteProtocolError | httpx.ReadError)


def retry_after(header: str | None) -> float | None:
    """Seconds that a `Retry-After` header asks to wait (RFC 9110: a number or a date), or None."""
    if not header:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
