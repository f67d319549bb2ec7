"""Credentials that end soon, as the stack knew at its last update.

Owns: reading `expires_at` of each registry and comparing it with now. The outputs of the update that is previewed are
not in a preview, so a credential that is renewed by it is still told by its old end.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from contract.outputs import RegistryOutput, StackOutput
from ops.explain.digest import Preview
from ops.explain.point import Danger, Point
from ops.explain.sentence import Own, say


def expiring(preview: Preview, now: datetime, within: timedelta) -> tuple[Point, ...]:
    """The credentials that end within `within`, or have ended."""
    return tuple(_points(preview, now, within))


def _points(preview: Preview, now: datetime, within: timedelta) -> Iterator[Point]:
    for change in preview.changes:
        if change.type != "pulumi:pulumi:Stack" or change.old is None:
            continue
        registries = change.old.outputs.get(StackOutput.REGISTRIES)
        for name, told in registries.items() if isinstance(registries, Mapping) else ():
            text = told.get(RegistryOutput.EXPIRES_AT) if isinstance(told, Mapping) else None
            end = _moment(text)
            if end is None or end > now + within:
                continue
            facts: dict[str, object] = {"registry": name, "expires_at": end.isoformat()}
            day = Own(f"{end:%Y-%m-%d}")
            if end <= now:
                words = "The credential of registry {} has ended on {}: the builder cannot push with it"
                yield Point(say(words, name, day), change.urn, Danger.EXPIRED, facts)
            else:
                words = "The credential of registry {} ends on {}, in {} days"
                yield Point(say(words, name, day, (end - now).days), change.urn, Danger.EXPIRED, facts)


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found
