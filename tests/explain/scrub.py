"""A recorded preview without what differs from run to run and from machine to machine.

Owns: what is taken out, and the order of the rest. What is left is the engine's own.
"""

import re
from typing import Any

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SUFFIX = re.compile(r"(builder-)[0-9a-f]{6}\b")
_FRESH = re.compile(r"(snapdeploy-gcp-main-|push-ci-|clean-janitor-)[0-9a-f]{4}\b")
"""Ids of Google's that are new at each run: `components/artifact_registry/fresh.py`."""
_DROPPED = frozenset({"created", "modified", "sourcePosition", "stackTrace", "duration"})
_PATH = re.compile(r"(?<![\w/:])/(?:tmp(?!/snapdeploy)|home|root|work|usr|private|var/folders)/[^\s\"':,)]+")
_ADDRESS = re.compile(r"127\.0\.0\.1:\d+")


def scrubbed(digest: dict[str, Any], kept: frozenset[str]) -> dict[str, Any]:
    """`digest` as it is recorded; `kept` are the engine's own markers, which look like random identifiers."""
    found = _without(digest)
    found["steps"] = sorted(found.get("steps", []), key=lambda step: (step["urn"], step["op"]))
    told = {(one.get("severity", ""), one.get("message", "")): one for one in found.get("diagnostics", [])}
    found["diagnostics"] = [told[key] for key in sorted(told) if " from $PATH at " not in key[1]]
    numbers: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        text = match.group()
        if text in kept:
            return text
        return numbers.setdefault(text, f"00000000-0000-4000-8000-{len(numbers) + 1:012d}")

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items()}
        if isinstance(value, list):
            return [plain(one) for one in value]
        if not isinstance(value, str):
            return value
        text = _FRESH.sub(r"\g<1>0000", _SUFFIX.sub(r"\g<1>000000", _UUID.sub(number, value)))
        return _ADDRESS.sub("127.0.0.1:5000", _PATH.sub("/a/folder", text)) if "/" in text else text

    cleaned: dict[str, Any] = plain(found)
    return cleaned


def scrubbed_events(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of an event log what the policies said, and the summary."""
    told = []
    for event in events:
        if "policyEvent" in event:
            told.append({"sequence": 0, "timestamp": 0, "policyEvent": event["policyEvent"]})
        elif "summaryEvent" in event:
            summary = event["summaryEvent"]
            packs = {
                name.split("|")[0] + "|local|policies": version for name, version in summary["PolicyPacks"].items()
            }
            told.append(
                {"sequence": 0, "timestamp": 0, "summaryEvent": {**summary, "durationSeconds": 0, "PolicyPacks": packs}}
            )
    return sorted(told, key=lambda event: ("summaryEvent" in event, str(event)))


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without(one) for name, one in value.items() if name not in _DROPPED}
    return [_without(one) for one in value] if isinstance(value, list) else value
