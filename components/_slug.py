"""A name as a part of other names: plain, short, and different where the names differ.

Owns: that translation. Does not own: which names are made of it, and their vendors' limits.
"""

import hashlib
import re

_OTHER = re.compile(r"[^a-z0-9_-]")
_MARK = 6


def slug(name: str, longest: int = 32) -> str:
    """`name` as a part of names that take letters, digits, `-` and `_` only; different ones stay different."""
    plain = _OTHER.sub("-", name)
    if plain == name and len(plain) <= longest:
        return plain
    mark = hashlib.sha256(name.encode()).hexdigest()[:_MARK]
    return f"{plain[: longest - _MARK - 1].rstrip('-')}-{mark}"
