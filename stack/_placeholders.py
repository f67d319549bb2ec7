"""Values that documentation uses in place of one's own.

Owns: knowing one when it is seen, and what to write there. Under simulation they are welcome;
in a real stack they would reach a stranger's account or host, or fail late.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stack._file import Place


@dataclass(frozen=True)
class Placeholder:
    """One pattern of the documentation and what stands there in a real stack."""

    pattern: re.Pattern[str]
    what: str
    mend: str


_PLACEHOLDERS = (
    Placeholder(
        re.compile(r"(?<!\d)123456789012(?!\d)"),
        "is the documentation's AWS account",
        "write your own: `aws sts get-caller-identity --query Account --output text`",
    ),
    Placeholder(
        re.compile(r"(?<![A-Za-z0-9-])example\.(?:com|org)(?![A-Za-z0-9-])", re.IGNORECASE),
        "is the documentation's host",
        "write a host that you own in place of `example.com` or `example.org`",
    ),
    Placeholder(
        re.compile(r"(?<![A-Z0-9])Z0123456789ABCDEFGHIJ(?![A-Z0-9])"),
        "is the documentation's hosted zone",
        "write your own: `aws route53 list-hosted-zones --query 'HostedZones[].[Id,Name]'`",
    ),
    Placeholder(re.compile(r"<[^<>]+>"), "has a gap to fill in", "write what the text between `<` and `>` asks for"),
    Placeholder(
        re.compile(r"(?<![A-Za-z0-9_-])your-", re.IGNORECASE),
        "is the documentation's stand-in for a name of yours",
        "write your own name in place of what begins with `your-`",
    ),
)


def placeholder(value: object) -> Placeholder | None:
    """The placeholder that `value` is or holds, or None."""
    if isinstance(value, int) and not isinstance(value, bool):
        return _PLACEHOLDERS[0] if value == 123456789012 else None
    if not isinstance(value, str):
        return None
    return next((known for known in _PLACEHOLDERS if known.pattern.search(value)), None)


def placeholders(raw: Mapping[str, object]) -> Iterator[tuple[Place, object, Placeholder]]:
    """Every value in `raw` that is a placeholder, with its place. A list's items stand at their number."""
    todo: list[tuple[Place, object]] = [((), raw)]
    while todo:
        place, value = todo.pop()
        if isinstance(value, Mapping):
            todo.extend(((*place, str(key)), child) for key, child in value.items())
        elif isinstance(value, list):
            todo.extend(((*place, str(number)), child) for number, child in enumerate(value))
        elif (known := placeholder(value)) is not None:
            yield place, value, known
