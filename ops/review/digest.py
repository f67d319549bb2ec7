"""One value for all that a preview would do: equal where two previews would do the same. Pure.

Owns: which parts of `pulumi preview --json` say what is done. Left out is what changes from run to run and changes
nothing: the order of the steps, dependencies, times, and names that a provider makes up (`__defaults`). A value that is
not known yet is the engine's mark for that, always the same one. Secrets are masked in the JSON: a changed one shows by
its name alone.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contract.problem import Problem, Problems

_NOTHING = frozenset({"same", "refresh", "read"})
_TITLE = "The preview cannot be read"


@dataclass(frozen=True)
class Digest:
    """What a preview comes to."""

    value: str
    """`sha256:` and 64 digits."""
    steps: int
    """How many resources change."""


def parse(text: str, where: str) -> Mapping[str, Any]:
    """The document that `pulumi … --json` wrote; raises Problems where it is none."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("steps", []), list):
        mend = "see what the engine said; run it with --json, its standard output alone in the file"
        raise Problems(_TITLE, [Problem(where, "is not what `pulumi preview --json` writes", mend)])
    return found


def changes(preview: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The steps that change something."""
    return [step for step in preview.get("steps", []) if step.get("op") not in _NOTHING]


def digest(preview: Mapping[str, Any]) -> Digest:
    """The digest of what `preview` would do."""
    steps = sorted(json.dumps(_essence(step), sort_keys=True) for step in changes(preview))
    return Digest(f"sha256:{hashlib.sha256(json.dumps(steps).encode()).hexdigest()}", len(steps))


def _essence(step: Mapping[str, Any]) -> dict[str, Any]:
    new = step.get("newState") or {}
    return {
        "op": step.get("op"),
        "urn": step.get("urn"),
        "inputs": _settled(new.get("inputs")),
        "protect": bool(new.get("protect")),
        "differences": sorted(step.get("diffReasons") or ()),
        "replaces": sorted(step.get("replaceReasons") or ()),
    }


def _settled(value: object) -> object:
    if isinstance(value, Mapping):
        made_up = value.get("__defaults")
        left_out = {"__defaults", *(made_up if isinstance(made_up, list) else ())}
        return {key: _settled(inner) for key, inner in value.items() if key not in left_out}
    if isinstance(value, list):
        return [_settled(inner) for inner in value]
    return value
