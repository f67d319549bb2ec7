"""What the policy pack said of the preview.

Owns: reading the engine's event log. The digest has none of it (`ShowPreviewDigest` passes policy events over:
https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/backend/display/json.go, read 2026-11), so that the log of the same
run has to be given beside it. Nothing else is read from the log: it holds more than may be shown.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contract.problem import Problem, Problems
from ops.explain.point import Point
from ops.explain.sentence import Long, say

_MEND = "run the preview with PULUMI_DEBUG_COMMANDS=true and `--event-log FILE`, and give that file as --events"


@dataclass(frozen=True)
class Policies:
    """The packs that ran, and what they found."""

    packs: Mapping[str, str]
    refused: tuple[Point, ...]
    """What stops the update."""
    advised: tuple[Point, ...]

    def as_dict(self) -> dict[str, object]:
        """For `--format json`."""
        return {
            "packs": dict(self.packs),
            "refused": [point.as_dict() for point in self.refused],
            "advised": [point.as_dict() for point in self.advised],
        }


def read(text: str) -> Policies:
    """The results in an event log. Raises Problems."""
    refused: dict[tuple[str, str, str], Point] = {}
    advised: dict[tuple[str, str, str], Point] = {}
    packs: dict[str, str] = {}
    found = list(_events(text))
    for event in found:
        told = event.get("policyEvent")
        if isinstance(told, dict):
            rule, urn, message = (str(told.get(key) or "") for key in ("policyName", "resourceUrn", "message"))
            mandatory = told.get("enforcementLevel") == "mandatory"
            point = Point(
                say("{} ({}): {}", rule, str(told.get("severity") or "no severity"), Long(_lines(message))),
                urn,
                None,
                {"rule": rule, "severity": told.get("severity"), "message": message},
            )
            # A pack runs twice over some resources: told once.
            (refused if mandatory else advised)[rule, urn, message] = point
        summary = event.get("summaryEvent")
        if isinstance(summary, dict) and isinstance(summary.get("PolicyPacks"), dict):
            packs |= {str(name).split("|")[0]: str(version) for name, version in summary["PolicyPacks"].items()}
        if isinstance(told, dict) and told.get("policyPackName"):
            packs.setdefault(str(told["policyPackName"]), str(told.get("policyPackVersion") or ""))
    return Policies(packs, tuple(refused.values()), tuple(advised.values()))


def _events(text: str) -> Iterable[dict[str, object]]:
    number = 0
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            event = None
        if not isinstance(event, dict) or "sequence" not in event:
            raise _no(f"has a line ({number}) that is no event of the engine's")
        yield event
    if not number:
        raise _no("is empty")


def _lines(message: str) -> str:
    """The message without its first line, which repeats the rule, where there is more."""
    lines = [line.strip() for line in message.strip().splitlines() if line.strip()]
    return "; ".join(lines[1:] if len(lines) > 1 else lines)


def _no(what: str) -> Problems:
    return Problems("The event log cannot be read; nothing was written.", [Problem("--events", what, _MEND)])
