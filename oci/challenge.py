"""Reading `WWW-Authenticate`: which schemes a server offers, with which parameters.

Owns: the grammar of RFC 9110, section 11.6.1, forgiving where registries are sloppy (a realm
without quotes). Does not own choosing or answering. A hostile header yields no challenge, never an error.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

_LONGEST_HEADER = 8192
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - the grammar's word
_ITEM = re.compile(
    rf"""[\s,]*(?:
        (?P<name>{_TOKEN})[ \t]*=[ \t]*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^\s,"=][^\s,"]*))(?=[\s,]|$)
      | (?P<scheme>{_TOKEN})(?:[ \t]+[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$)))?(?=[\s,]|$)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Challenge:
    """One way to log in that a server offers; scheme and parameter names are lower case."""

    scheme: str
    parameters: Mapping[str, str]


def parse(headers: Iterable[str]) -> list[Challenge]:
    """The challenges in these header values, in order; reading stops at what is no challenge."""
    found: list[Challenge] = []
    for header in headers:
        text = header[:_LONGEST_HEADER]
        position = 0
        parameters: dict[str, str] | None = None
        while item := _ITEM.match(text, position):
            position = item.end()
            if item["scheme"] is not None:
                parameters = {}
                found.append(Challenge(item["scheme"].lower(), MappingProxyType(parameters)))
            elif parameters is None:
                break
            else:
                value = item["plain"] if item["quoted"] is None else re.sub(r"\\(.)", r"\1", item["quoted"])
                parameters.setdefault(item["name"].lower(), value)
    return found
