"""The verb `drift`: what was changed behind a stack's back, kept in one issue a stack.

Owns: reading `pulumi refresh --preview-only --json`, and the issue's text. Does not own GitHub's issues
(`github/notes.py`). Names of properties are told and never values: the state masks what it knows to be secret, and a
stranger's change is not known to be anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contract.problem import printable
from github.notes import Done, Notes
from ops.review.digest import changes

MARK = "<!-- snapdeploy-registry:drift:{environment} -->"
_MOST = 200
_WORDS = {"update": "changed", "delete": "gone"}


@dataclass(frozen=True)
class Drifted:
    """One resource that is not as it was left."""

    name: str
    type: str
    how: str
    properties: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {"name": self.name, "type": self.type, "how": self.how, "properties": list(self.properties)}


def drifted(refreshed: Mapping[str, Any]) -> list[Drifted]:
    """What a refresh would change in the state."""
    found = []
    for step in changes(refreshed):
        urn = str(step.get("urn", ""))
        paths = set(step.get("diffReasons") or ()) | set(step.get("detailedDiff") or ())
        type_ = urn.split("::")[2].rpartition("$")[2] if urn.count("::") >= 3 else ""
        how = _WORDS.get(str(step.get("op")), str(step.get("op")))
        found.append(Drifted(urn.rpartition("::")[2], type_, how, tuple(sorted(paths))))
    return sorted(found, key=lambda one: (one.type, one.name))


def report(notes: Notes, environment: str, found: list[Drifted], *, repository: str, page: str) -> Done:
    """Opens, edits or closes the issue; raises GitHubError. `page` is that of the run."""
    mark = MARK.format(environment=environment)
    if not found:
        return notes.close_issue(mark, f"{environment} is as declared again: [the run that saw it]({page}).")
    one = "1 resource is" if len(found) == 1 else f"{len(found)} resources are"
    text = _TEXT.format(
        mark=mark, one=one, environment=environment, rows=_rows(found), repository=repository, page=page
    )
    return notes.write_issue(f"Drift in {environment}: {one} not as declared", text)


def _rows(found: list[Drifted]) -> str:
    rows = [
        f"| {_cell(one.name)} | {_cell(one.type)} | {one.how} | {_cells(one.properties)} |" for one in found[:_MOST]
    ]
    rest = len(found) - _MOST
    return "\n".join(rows) + (f"\n\nand {rest} more" if rest > 0 else "")


def _cells(texts: tuple[str, ...]) -> str:
    shown = ", ".join(_cell(text) for text in texts[:20])
    return f"{shown}, …" if len(texts) > 20 else shown


def _cell(text: str) -> str:
    """As code in a table, whatever it holds: a backtick would end the code, a bar the cell."""
    return f"`{printable(text, 120).replace('`', chr(39)).replace('|', '¦')}`"


_TEXT = """\
{mark}
{one} not as stack `{environment}` has left it: changed by hand, by another program, or by the cloud itself.

| resource | type | how | properties |
|---|---|---|---|
{rows}

**If the change is not wanted**, have it put back. The deploy stops, shows what it would do, and prints the command \
that says you have read it:

```sh
gh workflow run deploy.yml --repo {repository} -f stack={environment}
```

**If it is wanted**, declare it in `Pulumi.{environment}.yaml` and propose that: the next preview shows that nothing \
is left to do.

[The run that found it]({page}). The issue is edited each night and closes itself.
"""
