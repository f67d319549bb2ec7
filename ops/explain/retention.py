"""How long images are kept, compared rule by rule.

Owns: reading lifecycle documents of ECR and cleanup policies of Artifact Registry, and telling which rule keeps less
than before. Does not own writing them (`components/`). Pure.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ops.explain.sentence import Own, Sentence, say

_FOR_EVER = 1_000_000
"""The count by which a rule of ours keeps all: `components/ecr/lifecycle.py`."""
_UNITS = {"d": 1, "h": 1 / 24, "m": 1 / 1440, "s": 1 / 86400}


@dataclass(frozen=True)
class Rule:
    """One rule: which images, by what they are limited, and to how many."""

    which: tuple[str, ...]
    measure: str
    """`images`, or `days after …`."""
    limit: float
    deletes: bool = True


@dataclass(frozen=True)
class Shift:
    """One rule that changes, and whether less is kept by it."""

    sentence: Sentence
    shorter: bool


def rules(document: object) -> tuple[Rule, ...] | None:
    """The rules of a lifecycle document of ECR; None where it cannot be read."""
    try:
        found = json.loads(document) if isinstance(document, str) else document
        return tuple(_rule(one) for one in found["rules"]) if isinstance(found, dict) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def cleanup(policies: object) -> tuple[Rule, ...] | None:
    """The rules of Artifact Registry's `cleanupPolicies`; None where they cannot be read."""
    if policies is None:
        return ()
    if not isinstance(policies, list) or not all(isinstance(one, dict) for one in policies):
        return None
    return tuple(_cleanup(one) for one in policies)


def shifts(before: Sequence[Rule], after: Sequence[Rule]) -> Iterator[Shift]:
    """What changes between the two."""
    old = {(rule.which, rule.measure, rule.deletes): rule for rule in before}
    new = {(rule.which, rule.measure, rule.deletes): rule for rule in after}
    for key, rule in new.items():
        was = old.get(key)
        if was is None:
            yield Shift(say("{} are limited to {} from now on", _which(rule), _limit(rule)), shorter=rule.deletes)
        elif was.limit != rule.limit:
            words = "{} are limited to {}, and were to {}"
            yield Shift(say(words, _which(rule), _limit(rule), _limit(was)), shorter=rule.limit < was.limit)
    for key, rule in old.items():
        if key in new:
            continue
        protected = not rule.deletes or rule.limit >= _FOR_EVER
        reached = any(one.deletes and one.limit < _FOR_EVER for one in after)
        if protected and reached:
            yield Shift(say("{} are no longer kept for ever: other rules may reach them", _which(rule)), shorter=True)
        else:
            rest = ", and other rules may reach them" if reached else ""
            yield Shift(say("{} are no longer limited to {}" + rest, _which(rule), _limit(rule)), shorter=False)


def _rule(found: Mapping[str, Any]) -> Rule:
    selection = found["selection"]
    patterns = selection.get("tagPatternList") or [f"{one}*" for one in selection.get("tagPrefixList") or []]
    which = tuple(map(str, patterns)) or (f"#{selection['tagStatus']}",)
    measure = {
        "imageCountMoreThan": "images",
        "sinceImagePushed": "days after their push",
        "sinceImagePulled": "days after their last pull",
        "sinceImageTransitioned": "days in the archive",
    }.get(selection["countType"], str(selection["countType"]))
    archives = found.get("action", {}).get("type") == "transition"
    return Rule(which, measure + (" (then archived)" if archives else ""), float(selection["countNumber"]))


def _cleanup(found: Mapping[str, Any]) -> Rule:
    condition = found.get("condition") if isinstance(found.get("condition"), dict) else {}
    assert isinstance(condition, dict)
    newest = found.get("mostRecentVersions")
    prefixes = condition.get("tagPrefixes") or (newest or {}).get("packageNamePrefixes") or []
    which = tuple(f"{one}*" for one in prefixes) or (f"#{str(condition.get('tagState') or 'any').lower()}",)
    deletes = found.get("action") == "DELETE"
    if isinstance(newest, dict):
        return Rule(which, "images", float(newest.get("keepCount") or 0), deletes=False)
    age = _days(condition.get("olderThan") or condition.get("newerThan"))
    return Rule(which, "days after their push", age if age is not None else _FOR_EVER, deletes=deletes)


def _days(text: object) -> float | None:
    found = re.fullmatch(r"(\d+)([dhms])", str(text))
    return float(found.group(1)) * _UNITS[found.group(2)] if found else None


def _which(rule: Rule) -> Sentence:
    if rule.which[0].startswith("#"):
        status = rule.which[0][1:]
        return say({"any": "images that no other rule has", "untagged": "untagged images"}.get(status, "tagged images"))
    return say("images tagged {}", rule.which)


def _limit(rule: Rule) -> Sentence:
    if rule.limit >= _FOR_EVER:
        return say("no number")
    number = Own(f"{rule.limit:,.0f}" if rule.limit == int(rule.limit) else f"{rule.limit:,.2f}")
    if rule.measure == "images":
        return say("the newest {}", number)
    measure = rule.measure.replace("days", "day", 1) if rule.limit == 1 else rule.measure
    return say("{} {}", number, Own(measure))
