"""What somebody may have meant by a name that does not exist."""

import difflib
from collections.abc import Iterable


def suggestion(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` for the nearest of `known`, or nothing. Case and underscores do not count."""
    bare = {_bare(candidate): candidate for candidate in known}
    near = difflib.get_close_matches(_bare(name), bare, n=1, cutoff=0.75)
    return f"; did you mean '{bare[near[0]]}'?" if near else ""


def _bare(name: str) -> str:
    return name.replace("_", "").lower()
