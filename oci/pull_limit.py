"""How many pulls a registry still allows, where it says so.

Owns: reading the headers with which Docker Hub answers a request for a manifest:
`ratelimit-limit: 100;w=21600` and `ratelimit-remaining: 76;w=21600`. Does not own asking: a HEAD
does not count as a pull (https://docs.docker.com/docker-hub/usage/pulls/, as of 2026-11).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_VALUE = re.compile(r"\s*(?P<count>[0-9]{1,9})\s*(?:;\s*w=(?P<window>[0-9]{1,9})\s*)?")
_HOUR = 3600


@dataclass(frozen=True)
class PullLimit:
    """So many pulls in so many seconds (None: the registry does not say in how many), and what is left of them."""

    limit: int
    remaining: int
    window: int | None

    def __str__(self) -> str:
        if self.window is None:
            within = ""
        elif self.window % _HOUR == 0:
            within = f" in {self.window // _HOUR} h"
        else:
            within = f" in {self.window} s"
        return f"{self.remaining} of {self.limit} pulls{within} left"


def pull_limit(headers: Mapping[str, str]) -> PullLimit | None:
    """The limit that `headers` (by lower-case name) tell of, or None where they tell of none."""
    limit = _VALUE.fullmatch(headers.get("ratelimit-limit", ""))
    remaining = _VALUE.fullmatch(headers.get("ratelimit-remaining", ""))
    if limit is None or remaining is None:
        return None
    window = limit["window"] or remaining["window"]
    return PullLimit(int(limit["count"]), int(remaining["count"]), int(window) if window else None)
