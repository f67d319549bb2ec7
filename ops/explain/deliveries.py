"""What the builder is handed anew: which variable, from what to what, and where.

Owns: recognizing a delivery's places (AWS, Google, GitHub, Kubernetes, a file) and saying what changes in them, by
name. Never a secret value: what the preview hides stays hidden, and so does a variable that is secret by the contract,
whatever the preview says of it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract.variables import SECRET_NAMES, Name
from ops.explain import names
from ops.explain.digest import Change, Mark, Op, Preview, State
from ops.explain.point import Point
from ops.explain.sentence import Sentence, say

_VARIABLES = frozenset(str(name) for name in Name)
_CONTENT = re.compile(r"value|secret|data|plain|content", re.IGNORECASE)
_MADE_ANEW = {
    "pulumi-python:dynamic/snapdeploy:Password": "The password {} is made anew",
    "aws:iam/accessKey:AccessKey": "The access key {} is made anew",
    "gcp:serviceaccount/key:Key": "The key {} of a service account is made anew",
}


@dataclass(frozen=True)
class _Place:
    """One variable (or all of them in one secret) in one place."""

    variable: str
    where: Sentence
    old: Any
    new: Any
    op: Op
    urn: str


def deliveries(preview: Preview) -> tuple[Point, ...]:
    """What is delivered for the first time, redelivered, or taken back."""
    held = _names(preview)
    places = [place for change in preview.changes for place in _places(change, held)]
    grouped: dict[tuple[str, str, str], list[_Place]] = defaultdict(list)
    for place in places:
        grouped[place.variable, repr(place.old), repr(place.new)].append(place)
    points = [_point(found) for found in grouped.values()]
    return (*_first(points, grouped), *(point for change in preview.changes for point in _anew(change)))


def _places(change: Change, held: tuple[str, ...]) -> Iterator[_Place]:
    if not change.chain[0].startswith("snapdeploy:delivery:") or change.op not in (
        Op.CREATE,
        Op.UPDATE,
        Op.REPLACE,
        Op.DELETE,
    ):
        return
    where = _where(change)
    if where is None:
        return
    for variable, (old, new) in _values(change, held).items():
        if change.op is Op.UPDATE and old == new and (old is not Mark.SECRET or not _touched(change)):
            continue
        yield _Place(variable, where, old, new, change.op, change.urn)


def _touched(change: Change) -> bool:
    """Whether it is the value that differs, where the preview hides it on both sides."""
    return not change.reasons or any(_CONTENT.search(reason) for reason in change.reasons)


def _values(change: Change, held: tuple[str, ...]) -> Mapping[str, tuple[Any, Any]]:
    """By variable: before and after."""
    old, new = change.old, change.new
    one = change.state.get("variableName", "secretName")
    kind = change.type
    if kind == "aws:ssm/parameter:Parameter":
        variable = str(change.state.get("name")).rsplit("/", 1)[-1]
        return {variable: _pair(variable, old, new, "insecureValue", "value")} if variable in _VARIABLES else {}
    if one is not None and kind.startswith("github:"):
        return {str(one): _pair(str(one), old, new, "value", "plaintextValue", "encryptedValue")}
    if kind.endswith(":EnvFile"):
        return _file(old, new)
    before, after = (Mark.SECRET if state is not None else None for state in (old, new))
    return {", ".join(held): (before, after)} if held else {"": (before, after)}


def _pair(variable: str, old: State | None, new: State | None, *keys: str) -> tuple[Any, Any]:
    def value(state: State | None) -> Any:
        if state is None:
            return None
        found = next((state.asked(key) for key in keys if state.asked(key) is not None), None)
        return Mark.SECRET if variable in SECRET_NAMES and found is not None else found

    return value(old), value(new)


def _file(old: State | None, new: State | None) -> Mapping[str, tuple[Any, Any]]:
    found: dict[str, list[Any]] = defaultdict(lambda: [None, None])
    for at, state in enumerate((old, new)):
        for part in ("plain", "secret"):
            block = state.asked(part) if state is not None else None
            for name, value in block.items() if isinstance(block, Mapping) else ():
                hidden = part == "secret" or name in SECRET_NAMES
                found[name][at] = Mark.SECRET if hidden else value
            if block is Mark.SECRET:
                found["its secrets"][at] = Mark.SECRET
    return {name: (pair[0], pair[1]) for name, pair in found.items()}


def _where(change: Change) -> Sentence | None:
    state, kind = change.state, change.type
    if kind == "aws:ssm/parameter:Parameter":
        return say("parameter {}", state.get("name"))
    if kind in ("aws:secretsmanager/secretVersion:SecretVersion", "gcp:secretmanager/secretVersion:SecretVersion"):
        return say("the secret of delivery {}", change.name.removesuffix("-value").removesuffix("-version"))
    if kind.startswith("github:index/actionsEnvironment"):
        return say("environment {} of {}", state.get("environment"), state.get("repository"))
    if kind.startswith("github:index/actionsOrganization"):
        return say("the organization (delivery {})", change.name)
    if kind.startswith(("github:index/actions", "github:index/dependabot")) and state.get("repository") is not None:
        return say("repository {}", state.get("repository"))
    if kind == "kubernetes:core/v1:Secret":
        told = state.get("metadata")
        block = told if isinstance(told, Mapping) else {}
        return say("pull secret {} in namespace {}", block.get("name"), block.get("namespace"))
    return say("the file {}", state.get("path")) if kind.endswith(":EnvFile") else None


def _point(found: list[_Place]) -> Point:
    first = found[0]
    places = tuple(dict.fromkeys(place.where for place in found))
    urn = first.urn if len(found) == 1 else ""
    facts: dict[str, object] = {"variable": first.variable, "places": [str(place) for place in places]}
    whole = not first.variable or ", " in first.variable
    variable = say("the builder's {}", tuple(first.variable.split(", "))) if first.variable else say("the variables")
    secret = Mark.SECRET in (first.old, first.new) or whole
    if first.op is Op.DELETE:
        return Point(
            say("{} no longer delivered to {}", say("{} is" if not whole else "{} are", variable), places),
            urn,
            None,
            facts,
        )
    if first.op is Op.CREATE:
        told = say("") if secret else say(" ({})", first.new)
        return Point(
            say("{}{} " + ("are" if whole else "is") + " delivered to {} for the first time", variable, told, places),
            urn,
            None,
            facts,
        )
    if secret:
        return Point(
            say(
                "{} "
                + ("are" if whole else "is")
                + " redelivered to {} ("
                + ("the values are" if whole else "its value is")
                + " secret)",
                variable,
                places,
            ),
            urn,
            None,
            facts,
        )
    if first.new is Mark.UNKNOWN:
        words = "{} changes from {} to what is known only after the update: redelivered to {}"
        return Point(say(words, variable, first.old, places), urn, None, facts)
    facts |= {"before": str(first.old), "after": str(first.new)}
    return Point(
        say("{} changes from {} to {}: redelivered to {}", variable, first.old, first.new, places), urn, None, facts
    )


def _first(points: list[Point], grouped: Mapping[tuple[str, str, str], list[_Place]]) -> Iterator[Point]:
    """What changes before what is only new: an address that moves is why most people look."""
    ranks = {Op.UPDATE: 0, Op.REPLACE: 0, Op.CREATE: 1, Op.DELETE: 2}
    ranked = sorted(zip(points, grouped.values(), strict=True), key=lambda pair: ranks.get(pair[1][0].op, 3))
    yield from (point for point, _ in ranked)


def _anew(change: Change) -> Iterator[Point]:
    words = _MADE_ANEW.get(change.type)
    if words is not None and change.op in (Op.REPLACE, Op.UPDATE):
        yield Point(say(words + ": what was delivered before it ends with it", names.address(change)), change.urn)


def _names(preview: Preview) -> tuple[str, ...]:
    """The variables that the stack had at its last update: what a secret with all of them in it holds."""
    for change in preview.changes:
        if change.type == "pulumi:pulumi:Stack" and change.old is not None:
            found = change.old.outputs.get("builder_env")
            if isinstance(found, Mapping):
                return tuple(name for name in found if name in _VARIABLES)
    return ()
