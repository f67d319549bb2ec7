"""A small evaluator of Cloud Logging's query language: as much of it as the project's filters use.

It knows `AND` between terms, `log_id("…")`, `field="…"`, `field=("…" OR "…")`, `field=~"…"`, `field:*`, and `severity`
with `<` and `>=`. It raises on everything else, so that no filter is thought to match what nobody has read.

https://docs.cloud.google.com/logging/docs/view/logging-query-language, read 2026-11: text is compared without regard to
case, but by a regular expression (RE2, not anchored) with regard to it; a field that is not there matches nothing.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

SEVERITIES = ("DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY")
_TEXT = r'"(?P<{0}>[^"\\]*)"'
_TERMS = tuple(
    re.compile(pattern)
    for pattern in (
        r"log_id\(" + _TEXT.format("log") + r"\)",
        r"severity(?P<order><|>=)(?P<severity>[A-Z]+)",
        r"(?P<present>[\w.]+):\*",
        r"(?P<regex>[\w.]+)=~" + _TEXT.format("pattern"),
        r"(?P<equal>[\w.]+)=" + _TEXT.format("value"),
        r'(?P<any>[\w.]+)=\((?P<values>"[^"\\]*"(?: OR "[^"\\]*")*)\)',
    )
)


def matches(query: str, entry: Mapping[str, Any]) -> bool:
    """Whether `query` takes `entry`. Raises ValueError on what this evaluator does not know."""
    held = [_holds(term, entry) for term in query.split(" AND ")]  # all of them: each has to be understood
    return all(held)


def _holds(term: str, entry: Mapping[str, Any]) -> bool:
    found = next((read for read in (known.fullmatch(term) for known in _TERMS) if read is not None), None)
    if found is None:
        raise ValueError(f"not understood: {term}")
    said = found.groupdict()
    if "log" in said:
        return bool(unquote(entry["logName"].partition("/logs/")[2]).casefold() == said["log"].casefold())
    if "order" in said:
        least, own = SEVERITIES.index(said["severity"]), SEVERITIES.index(entry.get("severity", "DEFAULT"))
        return own < least if said["order"] == "<" else own >= least
    if "present" in said:
        return _at(entry, said["present"]) is not None
    if "regex" in said:
        value = _at(entry, said["regex"])
        return value is not None and re.search(said["pattern"], str(value)) is not None
    wanted = [said["value"]] if "equal" in said else re.findall(r'"([^"]*)"', said["values"])
    value = _at(entry, said.get("equal") or said["any"])
    return value is not None and str(value).casefold() in {one.casefold() for one in wanted}


def _at(entry: Any, field: str) -> Any:
    for step in field.split("."):
        entry = entry.get(step) if isinstance(entry, Mapping) else None
    return entry
