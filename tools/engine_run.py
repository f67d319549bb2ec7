"""One run of the engine, read as the events that it streams, shown in few lines.

Owns: starting the engine so that Ctrl-C reaches it once, and turning its events into what a
person needs to know: what changes and why, what went wrong, what the stack then says.
Does not own: deciding what is run.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tools import places
from tools.engine import Engine
from tools.say import Failure, say

_VERBS = {
    "create": ("+", "create", "created"),
    "update": ("~", "update", "updated"),
    "delete": ("-", "delete", "deleted"),
    "replace": ("±", "replace", "replaced"),
    "create-replacement": ("±", "create anew", "created anew"),
    "delete-replaced": ("±", "delete the old", "deleted the old"),
}
_QUIET = "from $PATH at"  # the engine's remark on our own language host, at each start
_STACK = "pulumi:pulumi:Stack"


@dataclass
class Outcome:
    """What the engine did, or in a preview would do."""

    changes: dict[str, int] = field(default_factory=dict)
    """How many resources by operation: `create`, `update`, `same`, …"""
    outputs: Mapping[str, Any] = field(default_factory=dict)
    """The stack's outputs; secret values are masked."""
    succeeded: bool = False
    complained: bool = False
    """Whether the engine has said what went wrong."""

    @property
    def unchanged(self) -> bool:
        """Whether every resource stays as it is."""
        return not any(count for operation, count in self.changes.items() if operation not in ("same", "read"))

    def in_words(self) -> str:
        """`3 created, 5 unchanged`."""
        words = {"same": "unchanged"} | {name: verb[2] for name, verb in _VERBS.items()}
        return (
            ", ".join(f"{count} {words.get(name, name)}" for name, count in sorted(self.changes.items())) or "nothing"
        )


class Stopped(KeyboardInterrupt):
    """The user interrupted, and the engine has ended."""


def run(engine: Engine, environment: Mapping[str, str], verb: str, *options: str) -> Outcome:
    """Runs `pulumi <verb>` and shows what changes. Raises `Failure` with nothing more to say where it fails,
    and `Stopped` once the engine has ended after Ctrl-C.
    """
    preview = verb == "preview"
    arguments = [str(engine.pulumi), verb, "--json", "--non-interactive", *options]
    if not preview:
        arguments += ["--yes", "--skip-preview"]
    process = subprocess.Popen(
        arguments,
        cwd=places.ROOT,
        env={**environment, "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        # A group of its own: Ctrl-C then comes through us, once. The engine takes a second one for "drop everything".
        process_group=0,
    )
    outcome = Outcome()
    stopped = False

    def interrupt(*_: object) -> None:
        nonlocal stopped
        if not stopped:
            stopped = True
            say("stopping: the engine finishes the step it is in …")
            process.send_signal(signal.SIGINT)

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            _show(line, outcome, preview=preview)
        remarks = [text for text in process.stderr if _QUIET not in text and text.strip()]
        process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if stopped:
        raise Stopped
    outcome.succeeded = process.returncode == 0
    if not outcome.succeeded:
        if not outcome.complained:
            sys.stderr.writelines(remarks)
        raise Failure(f"pulumi {verb} did not succeed: the lines above say why")
    return outcome


def _show(line: str, outcome: Outcome, *, preview: bool) -> None:
    try:
        event = json.loads(line)
    except ValueError:
        if line.strip():
            say(line.rstrip())
        return
    if diagnostic := event.get("diagnosticEvent"):
        _diagnose(diagnostic, outcome)
    elif violation := event.get("policyEvent"):
        outcome.complained = True
        say(f"  policy {violation.get('policyName')} ({violation.get('enforcementLevel')}):")
        say(f"    {_plain(violation.get('message', '')).strip()}")
    elif summary := event.get("summaryEvent"):
        outcome.changes = {name: count for name, count in (summary.get("resourceChanges") or {}).items() if count}
    elif event.get("resourcePreEvent") and preview:
        _announce(event["resourcePreEvent"]["metadata"], tense=1)
    elif done := event.get("resOutputsEvent"):
        metadata = done["metadata"]
        if metadata["type"] == _STACK:
            outcome.outputs = (metadata.get("new") or {}).get("outputs") or {}
        if not preview:
            _announce(metadata, tense=2)


def _announce(metadata: Mapping[str, Any], *, tense: int) -> None:
    """A line for a resource of its own that changes; components and the stack only hold such."""
    verb = _VERBS.get(metadata["op"])
    if verb is None or metadata["type"].startswith(("snapdeploy:", _STACK)):
        return
    new = (metadata.get("new") or {}).get("inputs") or {}
    since = str(new.get("since", ""))
    reason = since.partition(": ")[2] if verb[0] == "~" and "since" in (metadata.get("diffs") or []) else ""
    name = metadata["urn"].rpartition("::")[2]
    say(f"  {verb[0]} {name:<24} {verb[tense]}{f': {reason}' if reason else ''}")


def _diagnose(diagnostic: Mapping[str, Any], outcome: Outcome) -> None:
    severity, message = diagnostic.get("severity"), _plain(diagnostic.get("message", "")).rstrip()
    if severity not in ("error", "warning", "info#err", "info") or _QUIET in message or not message:
        return
    if severity == "error":
        outcome.complained = True
    say(f"  {f'{severity}: ' if severity in ('error', 'warning') else ''}{message}")


def _plain(text: str) -> str:
    """Without the engine's own colour marks, `<{%fg 1%}>`."""
    while (start := text.find("<{%")) >= 0 and (end := text.find("%}>", start)) >= 0:
        text = text[:start] + text[end + 3 :]
    return text
