"""What a repository's cleanup policies may say. Pure.

Owns: the rules of the API for them. Does not own: what they would delete; nothing is ever cleaned up here.
https://docs.cloud.google.com/artifact-registry/docs/repositories/cleanup-policy and
https://docs.cloud.google.com/artifact-registry/quotas, read 2026-11. That a condition and a count exclude each other,
and what each action may have, follows from the first; the words in which the API refuses it are ours.
"""

import re
from typing import Any

from tests.simulated.checker import Mistake
from tests.simulated.providers.gcp.words import RefusedError, one_of, part, parts, text
from tests.simulated.wire import Properties

MOST = 10
"""Cleanup policies of one repository."""

# As `parseDurationAsSeconds` of the provider reads them: whole numbers of one unit.
_DURATION = re.compile(r"[0-9]+[smhd]")
_ID = 128


def mistakes(inputs: Properties) -> list[Mistake]:
    """What the provider refuses by itself."""
    found = []
    for place, policy in enumerate(parts(inputs, "cleanupPolicies")):
        here = f"cleanupPolicies[{place}]"
        found += one_of(policy, "action", ("DELETE", "KEEP", ""), f"{here}.action")
        condition = part(policy, "condition")
        found += one_of(condition, "tagState", ("TAGGED", "UNTAGGED", "ANY", ""), f"{here}.condition.tagState")
        for name in ("olderThan", "newerThan"):
            value = condition.get(name)
            if isinstance(value, str) and value and _DURATION.fullmatch(value) is None:
                found.append(Mistake(f"{here}.condition.{name}", f'"{value}" is no duration such as 86400s or 30d'))
    return found


def judge(properties: Properties) -> None:
    """Raises RefusedError where the API would not take the policies."""
    policies = parts(properties, "cleanupPolicies")
    if len(policies) > MOST:
        raise RefusedError(400, f"A repository can have at most {MOST} cleanup policies.")
    names = [text(policy, "id") for policy in policies]
    if len(set(names)) < len(names):
        raise RefusedError(400, "The ids of cleanup policies have to be unique within a repository.")
    if policies and properties.get("mode") == "VIRTUAL_REPOSITORY":
        raise RefusedError(400, "Cleanup policies cannot be set on a virtual repository.")
    for policy in policies:
        _judge_one(policy)


def _judge_one(policy: dict[str, Any]) -> None:
    name, action = text(policy, "id"), text(policy, "action")
    condition, recent = part(policy, "condition"), part(policy, "mostRecentVersions")
    if not name or len(name) >= _ID:
        raise RefusedError(400, f"The id of a cleanup policy has 1 to {_ID - 1} characters.")
    if not action:
        raise RefusedError(400, f"The cleanup policy {name} has no action.")
    if bool(condition) == bool(recent):
        raise RefusedError(400, f"The cleanup policy {name} needs either a condition or most_recent_versions.")
    if recent and action != "KEEP":
        raise RefusedError(400, f"The cleanup policy {name}: most_recent_versions can only be used with KEEP.")
    count = recent.get("keepCount")
    if recent and (not isinstance(count, int | float) or count < 1):
        raise RefusedError(400, f"The cleanup policy {name}: keep_count has to be at least 1.")
