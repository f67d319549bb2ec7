"""Every change, part by part: what is made, changed, replaced and deleted in each registry and delivery.

Owns: which part of the stack a resource belongs to, and the sentence for a change that no other file has a better one
for. A document's text is never shown: what it gives is told by `permissions.py`. A value is, unless the preview hides
it or its name says that it is secret.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract.variables import SECRET_NAMES
from ops.explain import names
from ops.explain.digest import Change, Mark, Op, Preview
from ops.explain.point import Point
from ops.explain.sentence import Own, Sentence, say

_SECRET = re.compile(
    r"(password|passwd|passphrase|secret|secretstring|token|privatekey|accesskey|apikey|pat)$", re.IGNORECASE
)
_VALUE = re.compile(r"(^|\.)(value|plaintextValue|insecureValue|encryptedValue)$")
_RIGHTS = frozenset({"attributeCondition", "attributeMapping"})
"""Who comes in by them is told by `permissions.py`."""
_DEPTH = 3
_KINDS = {
    "Ecr": "AWS ECR",
    "ArtifactRegistry": "Google Artifact Registry",
    "Ghcr": "GHCR",
    "DockerHub": "Docker Hub",
    "Local": "on this machine",
    "Dotenv": "a file",
    "SecretsManager": "AWS Secrets Manager",
    "SsmParameters": "AWS Parameter Store",
    "GoogleSecretManager": "Google Secret Manager",
    "GithubActions": "GitHub Actions",
    "Kubernetes": "Kubernetes",
}
_TOLD = {
    Op.CREATE: "The {} {{}} is made",
    Op.IMPORT: "The {} {{}} is taken over as it stands",
    Op.REPLACE: "The {} {{}} is replaced",
    Op.DELETE: "The {} {{}} is deleted",
    Op.OTHER: "The {} {{}} is treated in a way that this version does not know",
}


@dataclass(frozen=True)
class Part:
    """A registry, a delivery, or what belongs to neither."""

    title: Sentence
    points: tuple[Point, ...]

    def as_dict(self) -> dict[str, object]:
        """For `--format json`."""
        return {"title": str(self.title), "changes": [point.as_dict() for point in self.points]}


def parts(preview: Preview) -> tuple[Part, ...]:
    """The parts in which something changes, in the order of the preview."""
    known = _known(preview)
    found: dict[tuple[str, str, str], list[Point]] = defaultdict(list)
    for change in preview.changes:
        if change.grouping or change.op in (Op.SAME, Op.READ, Op.REFRESH):
            continue
        family, kind = names.part(change)
        found[family, kind, _owner(change, known.get(family, ()))].append(Point(_sentence(change), change.urn))
    return tuple(Part(_title(*key), tuple(points)) for key, points in found.items())


def _sentence(change: Change) -> Sentence:
    kind, name = names.kind(change.type), names.address(change)
    if change.given_up:
        return say(f"The {kind} {{}} is given up", name)
    if change.op is not Op.UPDATE:
        return say(_TOLD[change.op].format(kind), name)
    changed = tuple(_changed(change))
    if not changed:
        return say(f"The {kind} {{}} changes in what the preview does not show", name)
    return say(f"The {kind} {{}} changes: {{}}", name, changed)


def _changed(change: Change) -> Iterator[Sentence]:
    old = change.old.inputs if change.old else {}
    new = change.new.inputs if change.new else {}
    variable = str(change.state.get("variableName", "secretName", "name") or "").rsplit("/", 1)[-1]
    for path, was, will in _differences("", old, new, 0):
        if _hidden(path) or (variable in SECRET_NAMES and _VALUE.search(path)):
            yield say("{} (the value is secret)", path)
        elif path.split(".")[0] in _RIGHTS or _document(was) or _document(will):
            yield say("{}", path)
        elif was is None:
            yield say("{} becomes {}", path, will)
        elif will is None:
            yield say("{} was {} and is no longer set", path, was)
        else:
            yield say("{} from {} to {}", path, was, will)
    for name in change.reasons:
        if old.get(name) is Mark.SECRET and new.get(name) is Mark.SECRET:
            yield say("{} (the value is secret)", name)


def _differences(path: str, old: Any, new: Any, depth: int) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping) and depth < _DEPTH:
        for key in dict.fromkeys((*old, *new)):
            yield from _differences(f"{path}.{key}" if path else str(key), old.get(key), new.get(key), depth + 1)
    elif old != new or (isinstance(old, Mark) != isinstance(new, Mark)):
        yield path, _shown(old), _shown(new)


def _shown(value: Any) -> Any:
    """A block with something hidden in it by its name has that taken out."""
    if isinstance(value, Mapping):
        return {key: Mark.SECRET if _hidden(str(key)) else _shown(one) for key, one in value.items()}
    return [_shown(one) for one in value] if isinstance(value, list) else value


def _hidden(path: str) -> bool:
    last = path.rsplit(".", 1)[-1]
    return last in SECRET_NAMES or bool(_SECRET.search(last.replace("_", "").replace("-", "")))


def _document(value: Any) -> bool:
    """Whether it is a text of JSON, or too long to be compared by eye."""
    if not isinstance(value, str) or isinstance(value, Mark):
        return False
    if len(value) > 300 or "\n" in value:
        return True
    if not value.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return False
    return True


def _known(preview: Preview) -> Mapping[str, tuple[str, ...]]:
    """The names of registries and deliveries in the stack's config, the longest first."""
    return {
        family: tuple(sorted(map(str, preview.block(key)), key=len, reverse=True))
        for family, key in (("registry", "registries"), ("delivery", "delivery"))
    }


def _owner(change: Change, known: tuple[str, ...]) -> str:
    return next((name for name in known if change.name == name or change.name.startswith(f"{name}-")), "")


def _title(family: str, kind: str, owner: str) -> Sentence:
    if family == "other":
        return say("Everything else")
    if kind == "Handover":
        return say("The record of the deliveries")
    word = "Registry" if family == "registry" else "Delivery"
    told: object = Own(_KINDS[kind]) if kind in _KINDS else kind
    return say(f"{word} {{}} ({{}})", owner, told) if owner else say(f"{word} of kind {{}}", told)
