"""From the stack's tags to Google's labels.

Owns: the rules of a label, and that a tag which is none is a mistake: nothing is changed silently, since people look
for what they wrote. Does not own the tags (`stack/settings.py`, which takes what AWS takes). Pure.

The rules: https://docs.cloud.google.com/resource-manager/docs/labels-overview, read 2026-11. Google takes letters of
other alphabets as well; what the provider documents is less, and holds for every service.
"""

import re
from collections.abc import Iterator, Mapping

_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_VALUE = re.compile(r"[a-z0-9_-]{0,63}")
_MOST = 64


def mistakes(tags: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The tags that are no labels, each with why: the sentence continues `the tag KEY`."""
    for key, value in tags.items():
        if _KEY.fullmatch(key) is None:
            yield key, "has a key that is no label's: a lower-case letter, then up to 62 of a-z, 0-9, '_' and '-'"
        elif _VALUE.fullmatch(value) is None:
            yield key, "has a value that is no label's: up to 63 of a-z, 0-9, '_' and '-'"
    if len(tags) > _MOST:
        yield list(tags)[_MOST], f"is one more than the {_MOST} labels that a resource may have"


def labels(tags: Mapping[str, str]) -> dict[str, str]:
    """`tags` as labels. Raises ValueError with the first that is none."""
    for key, why in mistakes(tags):
        raise ValueError(f"the tag {key} {why}")
    return dict(tags)
