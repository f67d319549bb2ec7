"""A keyed fingerprint of delivered values: it tells whether two sides hold the same, and shows neither.

Owns: the form. The key is generated for each stack and secret: without it a fingerprint says nothing,
and with it guesses of a weak password could be tried, so it is no less a secret than the password.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping

_FORM = b"snapdeploy-registry fingerprint 1\n"


def fingerprint(key: str, values: Mapping[str, str]) -> str:
    """HMAC-SHA256 over the names and values, in 64 hexadecimal digits; their order does not matter.

    Raises ValueError for an empty key, which everybody has.
    """
    if not key:
        raise ValueError("a fingerprint without a key would be no secret")
    text = json.dumps(sorted(values.items()), ensure_ascii=True, separators=(",", ":"))
    return hmac.new(key.encode(), _FORM + text.encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two fingerprints are equal, told in the same time wherever they differ."""
    return hmac.compare_digest(one.strip().lower().encode(), other.strip().lower().encode())
