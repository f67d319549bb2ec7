"""What the engine prints for `pulumi preview --json`, read into changes.

Owns: the digest's form, the engine's markers in it (secret, unknown, assets), and what is said of input that is no
digest. Does not own what a change means. The form is `PreviewDigest` of
https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/display/json.go (read 2026-11); it has no policy results
(`policies.py`), no outputs of what is still to be made, and leaves out what stays as it is unless the preview ran
with `--show-sames`.

More than 300 lines: the form and what is said of every other form belong together.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from contract.problem import Problem, Problems, printable

_TITLE = "The preview cannot be explained; nothing was written."
_MEND = "run `tools/pulumi preview -s <stack> --json > preview.json`, and give that file or its text"
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  (a marker of the engine's)
_OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_ASSETS = frozenset({"c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"})
UNKNOWNS = frozenset(
    {
        # What stands for a value that only the update finds out: one each for text, number, list, map, … in
        # https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/resource/plugin/rpc.go (read 2026-11).
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
_HIDDEN = "[secret]"
_LEAVES = (("disableOnDestroy", False), ("deletionPolicy", "ABANDON"))
"""By which of its properties a resource of Google's is left where it is when it is deleted here."""
_LEFT_ALONE = frozenset({"create-replacement", "delete-replaced", "import-replacement", "read-replacement"})


class Mark(StrEnum):
    """What stands in place of a value that is not in the preview."""

    SECRET = "(secret)"  # noqa: S105
    UNKNOWN = "known only after the update"
    FILE = "(a file)"


class Op(StrEnum):
    """What happens to a resource; the engine's other words are counted as they are, and told as `other`."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    SAME = "same"
    READ = "read"
    IMPORT = "import"
    REFRESH = "refresh"
    OTHER = "other"


@dataclass(frozen=True)
class State:
    """A resource before, or as it will be."""

    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""
    protect: bool = False
    retained: bool = False
    """Whether a deletion leaves it where it is, and only forgets it."""
    depends: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By property: the URNs that its value comes from."""

    def asked(self, name: str) -> Any:
        """What was asked for; what the cloud made of it does not count."""
        return self.inputs.get(name)

    def get(self, *names: str) -> Any:
        """The first of `names` that is there, among what was asked for and then what came of it."""
        for name in names:
            for values in (self.inputs, self.outputs):
                if values.get(name) is not None:
                    return values[name]
        return None


@dataclass(frozen=True)
class Change:
    """One resource and what happens to it."""

    op: Op
    urn: str
    type: str
    custom: bool
    old: State | None
    new: State | None
    reasons: tuple[str, ...] = ()
    """The properties that differ, as the engine names them."""
    replaced_for: tuple[str, ...] = ()
    """Those that cannot be changed in place."""

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.rsplit("::", 1)[-1]

    @property
    def chain(self) -> tuple[str, ...]:
        """The types of those that it belongs to, outermost first, and its own."""
        parts = self.urn.split("::")
        return tuple(parts[2].split("$")) if len(parts) >= 4 else (self.type,)

    @property
    def state(self) -> State:
        """As it will be, or else as it was."""
        return self.new or self.old or State()

    @property
    def given_up(self) -> bool:
        """Whether it is only forgotten, and stays where it is."""
        if self.op is not Op.DELETE or self.old is None:
            return False
        return self.old.retained or any(self.old.asked(name) == left for name, left in _LEAVES)

    @property
    def after(self) -> State | None:
        """As it is in the cloud afterwards, looked after or not."""
        return self.old if self.given_up else self.new

    @property
    def grouping(self) -> bool:
        """Whether it only holds others: a component of this project, a provider, the stack."""
        return self.type.startswith(("pulumi:", "snapdeploy:"))


@dataclass(frozen=True)
class Preview:
    """The whole digest."""

    stack: str
    project: str
    changes: tuple[Change, ...]
    counts: Mapping[str, int]
    """By the engine's word, as it counted."""
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    config: Mapping[str, str]
    corrupt: bool
    unseen: int
    """How many resources stay as they are and are not in the digest."""

    def block(self, name: str) -> Mapping[str, Any]:
        """One map of the stack's config, by its key without the project's name; empty where there is none."""
        for key, text in self.config.items():
            if key.rsplit(":", 1)[-1] == name:
                try:
                    found = json.loads(text)
                except (ValueError, RecursionError):
                    continue
                if isinstance(found, dict):
                    return found
        return {}

    @property
    def simulated(self) -> bool:
        """Whether the clouds in it are simulated."""
        return self._simulated

    _simulated: bool = False

    @property
    def whole_stack_is_new(self) -> bool:
        """Whether nothing of the stack was there before."""
        return all(change.old is None for change in self.changes) and not self.unseen

    @property
    def refreshed(self) -> bool:
        """Whether it compares with the clouds, and proposes no change to them."""
        return any(change.op is Op.REFRESH for change in self.changes)


def listed(value: Any) -> list[Any]:
    """`value` where it is a list; nothing where it is hidden, unknown or of another form."""
    return value if isinstance(value, list) else []


def read(text: str) -> Preview:
    """The preview in `text`. Raises Problems, which say what the text is instead where that can be told."""
    if not text.strip():
        raise _no("is empty", "a preview that failed before it began says why on its standard error; " + _MEND)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _not_json(text, error) from None
    if not isinstance(found, dict):
        raise _no(f"is a JSON {type(found).__name__}, and not the engine's digest", _MEND)
    if "sequence" in found and "timestamp" in found:
        raise _stream()
    if not any(name in found for name in ("steps", "diagnostics", "changeSummary")):
        raise _no("has none of `steps`, `diagnostics` and `changeSummary`, so it is not the engine's digest", _MEND)
    return _preview(found)


def _preview(found: dict[str, Any]) -> Preview:
    steps = _list(found, "steps")
    diagnostics = _list(found, "diagnostics")
    counts = found.get("changeSummary") or {}
    if not isinstance(counts, dict) or not all(type(count) is int and count >= 0 for count in counts.values()):
        raise _no("has a `changeSummary` that is not a count for each operation", _MEND)
    # The engine lists as it goes, in another order each time: the same preview is to read the same.
    changes = tuple(sorted(_changes(steps), key=lambda change: change.urn))
    first = next((change.urn for change in changes if change.urn.count("::") >= 3), "")
    _, stack, project = (["", "", ""] if not first else [*first.split("::")[0].rsplit(":", 1), first.split("::")[1]])[
        :3
    ]
    told = [_diagnostic(entry) for entry in diagnostics]
    same = sum(change.op in (Op.SAME, Op.READ, Op.REFRESH) for change in changes)
    counted = sum(counts.get(word, 0) for word in ("same", "read"))
    config = found.get("config") or {}
    return Preview(
        stack=stack,
        project=project,
        changes=changes,
        counts={str(word): count for word, count in counts.items()},
        errors=tuple(message for severity, message in told if severity == "error"),
        warnings=tuple(
            message for severity, message in told if severity == "warning" and " from $PATH at " not in message
        ),
        config={str(key): str(value) for key, value in config.items()} if isinstance(config, dict) else {},
        corrupt=found.get("maybeCorrupt") is True,
        unseen=max(counted - same, 0),
        _simulated=any(message.startswith("SIMULATED ") for _, message in told),
    )


def _changes(steps: Iterable[Any]) -> Iterable[Change]:
    read_steps = [_change(at, step) for at, step in enumerate(steps)]
    told = {change.urn for word, change in read_steps if word not in _LEFT_ALONE}
    halves: set[str] = set()
    for word, change in read_steps:
        if word not in _LEFT_ALONE:
            yield change
        elif change.urn not in told and change.urn not in halves:
            # The halves of a replacement without their whole: told once.
            halves.add(change.urn)
            yield Change(**{**vars(change), "op": Op.REPLACE})


def _change(at: int, step: Any) -> tuple[str, Change]:
    if not isinstance(step, dict) or not isinstance(step.get("urn"), str) or not isinstance(step.get("op"), str):
        raise _no(f"has a step (the {at + 1}th) without `op` and `urn`", _MEND)
    word, urn = step["op"], step["urn"]
    states = [step.get(name) for name in ("oldState", "newState")]
    if not all(state is None or isinstance(state, dict) for state in states):
        raise _no(f"has a step (the {at + 1}th, {printable(urn)}) whose state is not a JSON object", _MEND)
    any_state = states[1] or states[0] or {}
    op = Op(word) if word in Op._value2member_map_ else Op.OTHER
    return word, Change(
        op=op,
        urn=urn,
        type=str(any_state.get("type") or urn.split("::")[-2 if urn.count("::") >= 1 else 0].rsplit("$", 1)[-1]),
        custom=any_state.get("custom") is True,
        old=_state(states[0]) if op is not Op.CREATE else None,
        new=_state(states[1]) if op is not Op.DELETE else None,
        reasons=_texts(step.get("diffReasons")),
        replaced_for=_texts(step.get("replaceReasons")),
    )


def _state(found: dict[str, Any] | None) -> State | None:
    if found is None:
        return None
    hidden = frozenset(_texts(found.get("additionalSecretOutputs")))
    outputs = _plain(found.get("outputs") or {})
    inputs = _plain(found.get("inputs") or {})
    depends = found.get("propertyDependencies") or {}
    return State(
        inputs=inputs if isinstance(inputs, dict) else {},
        outputs={name: Mark.SECRET if name in hidden else value for name, value in outputs.items()}
        if isinstance(outputs, dict)
        else {},
        id=found["id"] if isinstance(found.get("id"), str) else "",
        protect=found.get("protect") is True,
        retained=found.get("retainOnDelete") is True,
        depends={name: _texts(urns) for name, urns in depends.items()} if isinstance(depends, dict) else {},
    )


def _plain(value: Any) -> Any:
    """`value` with the engine's markers made ours; nothing that was marked secret is left in it."""
    if isinstance(value, str):
        if value in UNKNOWNS:
            return Mark.UNKNOWN
        return Mark.SECRET if value == _HIDDEN else value
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    signature = value.get(_SIGNATURE)
    if signature is None:
        return {name: _plain(one) for name, one in value.items() if name != "__defaults"}
    if signature in _ASSETS:
        return _File(value.get("hash"))
    if signature == _OUTPUT_SIGNATURE and not value.get("secret"):
        return _plain(value["value"]) if "value" in value else Mark.UNKNOWN
    # Secrets, and every signature that a later engine may bring: shown to nobody.
    return Mark.SECRET


class _File:
    """A file's content, told apart by its hash and never shown."""

    def __init__(self, digest: Any) -> None:
        self.digest = digest

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _File) and self.digest == other.digest and self.digest is not None

    def __hash__(self) -> int:
        return hash(str(self.digest))

    def __str__(self) -> str:
        return str(Mark.FILE)


def _diagnostic(entry: Any) -> tuple[str, str]:
    if not isinstance(entry, dict):
        raise _no("has a diagnostic that is not a JSON object", _MEND)
    return str(entry.get("severity") or ""), str(entry.get("message") or "").strip()


def _list(found: dict[str, Any], name: str) -> list[Any]:
    value = found.get(name) or []
    if not isinstance(value, list):
        raise _no(f"has `{name}` that is not a list", _MEND)
    return value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _not_json(text: str, error: Exception) -> Problems:
    first = text.lstrip().split("\n", 1)[0]
    try:
        line = json.loads(first)
    except (ValueError, RecursionError):
        line = None
    if isinstance(line, dict) and "sequence" in line:
        return _stream()
    if isinstance(error, json.JSONDecodeError):
        where = f"line {error.lineno}, column {error.colno}: {error.msg}"
        hint = "" if text.lstrip().startswith("{") else "; it begins with " + repr(printable(first, 40))
        return _no(f"is not JSON ({where}){hint}", _MEND)
    return _no("is nested too deeply to be read", _MEND)


def _stream() -> Problems:
    return _no(
        "is the engine's stream of events, and not its digest",
        "unset PULUMI_ENABLE_STREAMING_JSON_PREVIEW and run the preview again; a stream may be given as --events, "
        "where only the policies' results are read",
    )


def _no(what: str, mend: str) -> Problems:
    return Problems(_TITLE, [Problem("the preview", what, mend)])
