"""How values, places and suggestions are put into words. Pure; knows no rule of the config.

Owns: that whatever a user wrote is shown on one line, short, and never where it looks like a
credential. Does not own what is secret by declaration: the caller knows that.
"""

import json
import re
from collections.abc import Iterable, Mapping

from pydantic import BaseModel

from contract.problem import printable

HIDDEN = "***"
_PLAIN_PART = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN_YAML = re.compile(r"[A-Za-z./][A-Za-z0-9._/-]*")
_READ_AS_OTHER = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
_CREDENTIAL = re.compile(
    r"gh[a-z]_|github_pat_|dckr_[a-z]+_|glpat-|xox[a-z]-|AKIA|ASIA|eyJ|-----BEGIN|://[^/\s]*:[^/\s]*@", re.IGNORECASE
)
_MAX_NUMBER_BITS = 256
_MAX_PART = 40


def shown(value: object) -> str:
    """`value` as it was found. What is made of parts is counted, not shown: a part may be secret."""
    if isinstance(value, str):
        return _shown_text(value)
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    if isinstance(value, int) and value.bit_length() > _MAX_NUMBER_BITS:
        return "a number of more than 75 digits"
    if isinstance(value, (Mapping, list)):
        return f"{'an object' if isinstance(value, Mapping) else 'a list'} of {len(value)}"
    if isinstance(value, BaseModel):
        return f"an object of {len(value.model_fields_set)}"
    return "nothing" if value is None else f"`{printable(value)}`"


def _shown_text(text: str) -> str:
    if not text:
        return "an empty text"
    if _CREDENTIAL.search(text):
        return "what looks like a credential (not shown)"
    return f"the text `{printable(text)}`"


def dotted(place: Iterable[str]) -> str:
    """`place` in the notation of `pulumi config set --path`: `registries.main.port`, `tags["a.b"]`."""
    text = ""
    for part in place:
        word = printable(part, _MAX_PART)
        if _PLAIN_PART.fullmatch(part) or part == HIDDEN:
            text += f".{word}" if text else word
        else:
            text += '["' + word.replace('"', '\\"') + '"]'
    return text


def line_of_yaml(key: str, value: object) -> str:
    """`key: value` as it can be pasted into the file."""
    if isinstance(value, str) and _PLAIN_YAML.fullmatch(value) and value.lower() not in _READ_AS_OTHER:
        return f"{key}: {value}"
    return f"{key}: {json.dumps(value, ensure_ascii=False)}"


def nearest(word: str, words: Iterable[str], *, cutoff: float = 0.65) -> str | None:
    """The one of `words` that `word` was probably meant to be, or None; `cutoff` from 0 (any) to 1 (the same)."""
    # Only a config with a mistake in it pays for this import.
    from difflib import get_close_matches

    # Names as these are short: a longer word is no slip of the finger, and comparing it would take long.
    candidates = {candidate.lower(): candidate for candidate in words}
    found = get_close_matches(word[:64].lower(), candidates, n=1, cutoff=cutoff)
    return candidates[found[0]] if found else None


def listed(words: Iterable[str]) -> str:
    """`a, b, c`, in the order given."""
    return ", ".join(words)
