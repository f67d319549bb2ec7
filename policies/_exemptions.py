"""Who is excused from a rule, by whom, why, and until when.

Owns: the setting `exemptions` that every rule has, and what becomes of a violation under it.
Does not own: the moment it is applied, which is when a rule has spoken (`_sdk.py`).

    {"<rule>": {"exemptions": {"<urn or name, with * and ?>": {
        "reason": "…", "owner": "…", "expires": "2027-01-31"}}}}

One that matches turns a violation into advice that names the owner and the date. On the day
after `expires` the violation is one again, and says that it was excused. One that matches no
resource is told, so that nobody is excused in advance.
"""

import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from policies._props import printable

SETTING = "exemptions"
_MANDATORY = ("reason", "owner", "expires")

SCHEMA: dict[str, Any] = {
    "type": "object",
    "default": {},
    "description": "resources that are excused, by URN or name: each with `reason`, `owner` and the date `expires`",
    "additionalProperties": {
        "type": "object",
        "required": list(_MANDATORY),
        "additionalProperties": False,
        "properties": {
            "reason": {"type": "string", "minLength": 1},
            "owner": {"type": "string", "minLength": 1},
            "expires": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        },
    },
}
"""What the engine checks of it by itself."""


@dataclass(frozen=True)
class Exemption:
    """One excuse: of one rule, for what its pattern names."""

    rule: str
    pattern: str
    reason: str
    owner: str
    expires: date
    """The last day on which it holds."""

    def names(self, urn: str) -> bool:
        """Whether it is about the resource of that URN."""
        return any(fnmatch.fnmatchcase(told, self.pattern) for told in (urn, urn.rpartition("::")[2]))

    def __str__(self) -> str:
        return (
            f"exemption `{printable(self.pattern)}` of {printable(self.owner)}, "
            f"until {self.expires.isoformat()} ({printable(self.reason)})"
        )


def read(config: Mapping[str, object]) -> tuple[list[Exemption], list[str]]:
    """The exemptions in a pack's config, and a sentence for each that is not whole."""
    found: list[Exemption] = []
    mistakes: list[str] = []
    for rule, given in config.items():
        told = given.get(SETTING) if isinstance(given, Mapping) else None
        if not isinstance(told, Mapping):
            continue
        for pattern, excuse in told.items():
            wrong = list(_mistakes(str(pattern), excuse))
            mistakes += [f"{rule}: {SETTING}: {str(pattern)!r} {mistake}" for mistake in wrong]
            if not wrong:
                reason, owner, expires = (str(excuse[name]).strip() for name in _MANDATORY)
                found.append(Exemption(rule, str(pattern), reason, owner, date.fromisoformat(expires)))
    return found, mistakes


def _mistakes(pattern: str, excuse: object) -> Iterator[str]:
    if not pattern.strip("*? :"):
        yield 'excuses everything; mend: name resources, or write "disabled" for the rule, which a review sees'
    if not isinstance(excuse, Mapping):
        yield f"says nothing; mend: give it {', '.join(_MANDATORY)}"
        return
    for name in _MANDATORY:
        told = excuse.get(name)
        if not isinstance(told, str) or not told.strip():
            yield f"has no {name}; mend: write one, nobody is excused without"
        elif name == "expires" and not _is_date(told):
            yield f"expires on {told!r}, which is no date; mend: write it like 2027-01-31"
    for name in excuse:
        if name not in _MANDATORY:
            yield f"has an unknown {str(name)!r}; mend: remove it"


def _is_date(told: str) -> bool:
    try:
        return date.fromisoformat(told).isoformat() == told
    except ValueError:
        return False


@dataclass(frozen=True)
class Ruling:
    """What becomes of one violation."""

    excused: bool = False
    """Whether it is advice only."""
    note: str = ""
    """What is said below it; empty where nobody asked for an exemption."""


_NONE = Ruling()


class Exemptions:
    """The exemptions of one run, and which of them were needed."""

    def __init__(self, exemptions: Iterable[Exemption], today: date) -> None:
        by_rule: dict[str, list[Exemption]] = {}
        for exemption in exemptions:
            by_rule.setdefault(exemption.rule, []).append(exemption)
        self._by_rule: Mapping[str, list[Exemption]] = MappingProxyType(by_rule)
        self._today = today
        self._used: set[Exemption] = set()

    def rule_on(self, rule: str, urn: str) -> Ruling:
        """What becomes of a violation of `rule` by the resource of that URN."""
        about = [exemption for exemption in self._by_rule.get(rule, ()) if exemption.names(urn)]
        self._used.update(about)
        for exemption in about:
            if self._today <= exemption.expires:
                return Ruling(True, f"excused: {exemption}")
        if about:
            ended = max(about, key=lambda exemption: exemption.expires)
            return Ruling(
                False,
                f"no longer excused: {ended} has ended; mend the resource, "
                f"or have {printable(ended.owner)} give it a new date and reason",
            )
        return _NONE

    def leftovers(self, urns: Iterable[str], finished: bool) -> Iterator[tuple[Exemption, bool, str]]:
        """Those that excused nothing, whether that is a violation, and what to say, at the end of a run.

        `urns` are the stack's resources. Only a `finished` run, in which every value was
        known, can say of one whose resource is there that it is needed no more.
        """
        there = list(urns)
        for exemption in (one for many in self._by_rule.values() for one in many):
            if exemption in self._used:
                continue
            if self._today > exemption.expires:
                yield exemption, True, f"{exemption} has ended; mend: remove it from the pack's config"
            elif not any(exemption.names(urn) for urn in there):
                yield exemption, False, f"{exemption} matches no resource; mend: correct its pattern, or remove it"
            elif finished:
                yield exemption, False, f"{exemption} excuses nothing any more; mend: remove it"
