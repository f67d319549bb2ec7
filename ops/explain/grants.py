"""Who may do what on what, as facts that can be compared.

Owns: patterns with `*` and `?` and which of two says more, grants, conditions, and what is gained and lost between
two sets of them. Does not own reading documents (`iam.py`, `google.py`, `github.py`) or words for them (`rights.py`).
Pure. It errs on one side only: where it cannot tell that a right was there before, it says that it is gained.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Any

_ALTERNATIVES = frozenset({"StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"})
_PATTERNS = frozenset({"StringLike", "ArnEquals", "ArnLike"})
_MOST_ALTERNATIVES = 200
_LONGEST = 2048
"""What is longer is compared as it stands: no cloud takes a pattern of that length, and comparing two takes time."""


@dataclass(frozen=True)
class Set:
    """What a pattern matches, or where `but` is set, everything that none of the patterns matches."""

    patterns: tuple[str, ...]
    but: bool = False

    @property
    def folded(self) -> "Set":
        """The same for names whose case does not count, as that of IAM's actions does not."""
        return Set(tuple(one.lower() for one in self.patterns), self.but)

    def covers(self, other: "Set") -> bool:
        """Whether all that `other` matches is matched here; False also where that cannot be told."""
        if not self.but and "*" in self.patterns:
            return True
        if not self.but and not other.but:
            return all(any(covers(mine, one) for mine in self.patterns) for one in other.patterns)
        if self.but and not other.but:
            return not any(meet(mine, one) for mine in self.patterns for one in other.patterns)
        if self.but and other.but:
            return all(any(covers(theirs, mine) for theirs in other.patterns) for mine in self.patterns)
        return False


EVERYTHING = Set(("*",))


@dataclass(frozen=True)
class Condition:
    """One restriction; all of a grant's have to hold."""

    operator: str
    key: str
    values: tuple[str, ...]

    def covers(self, other: "Condition") -> bool:
        """Whether whatever passes `other` passes this one."""
        if self == other:
            return True
        if self.key.lower() != other.key.lower() or other.operator not in _ALTERNATIVES:
            return False
        if self.operator in _PATTERNS:
            return all(any(covers(mine, one) for mine in self.values) for one in other.values)
        return self.operator == other.operator and set(other.values) <= set(self.values)


@dataclass(frozen=True)
class Grant:
    """One right: who, may do what, on what, on which conditions."""

    who: str
    may: Set
    on: Set
    conditions: tuple[Condition, ...] = ()
    denied: bool = False
    """Whether it takes a right away, whatever else gives it."""

    def covers(self, other: "Grant") -> bool:
        """Whether it gives (or denies) all that `other` does."""
        return (
            self.denied == other.denied
            and self.who in (other.who, "*")
            and self.may.folded.covers(other.may.folded)
            and self.on.covers(other.on)
            and all(any(mine.covers(theirs) for theirs in other.conditions) for mine in self.conditions)
        )


@dataclass(frozen=True)
class Difference:
    """What changes between two sets of grants."""

    gained: tuple[Grant, ...]
    lost: tuple[Grant, ...]
    kept: Mapping[Grant, tuple[Grant, ...]] = field(default_factory=dict)
    """By what is lost: what of it stays, where it was narrowed."""
    had: Mapping[Grant, tuple[Grant, ...]] = field(default_factory=dict)
    """By what is gained: what of it was there before, where it was widened."""


def difference(before: Iterable[Grant], after: Iterable[Grant]) -> Difference:
    """What `after` gives that `before` did not, and the other way round."""
    old, new = tuple(dict.fromkeys(before)), tuple(dict.fromkeys(after))
    was, will = _by_who(old), _by_who(new)
    known_old, known_new = set(old), set(new)
    gained = tuple(g for g in new if g not in known_old and not any(o.covers(g) for o in _of(was, g)))
    lost = tuple(o for o in old if o not in known_new and not any(g.covers(o) for g in _of(will, o)))
    return Difference(
        gained,
        lost,
        kept={o: parts for o in lost if (parts := tuple(g for g in _of(will, o) if o.covers(g)))},
        had={g: parts for g in gained if (parts := tuple(o for o in _of(was, g) if g.covers(o)))},
    )


def conditions(found: Any) -> tuple[tuple[Condition, ...], ...]:
    """The `Condition` of a statement, one for each way to pass it: alternatives in a list are ways of their own."""
    if not isinstance(found, dict) or not found:
        return ((),)
    ways: list[list[Condition]] = []
    for operator, block in sorted(found.items()):
        if not isinstance(block, dict):
            ways.append([Condition(str(operator), "", (json.dumps(block, sort_keys=True),))])
            continue
        for key, value in sorted(block.items()):
            values = tuple(map(str, value)) if isinstance(value, list) else (str(value),)
            split = operator in _ALTERNATIVES and len(values) > 1
            ways.append(
                [Condition(operator, key, (one,)) for one in values] if split else [Condition(operator, key, values)]
            )
    many = 1
    for way in ways:
        many *= len(way)
    if many > _MOST_ALTERNATIVES:
        return (tuple(Condition(way[0].operator, way[0].key, tuple(v for c in way for v in c.values)) for way in ways),)
    return tuple(product(*ways))


def _by_who(grants: Sequence[Grant]) -> Mapping[str, list[Grant]]:
    found: dict[str, list[Grant]] = defaultdict(list)
    for grant in grants:
        found[grant.who].append(grant)
    return found


def _of(grants: Mapping[str, list[Grant]], one: Grant) -> list[Grant]:
    """Those that can have to do with `one`: of the same, and of everybody."""
    everybody = grants.get("*", []) if one.who != "*" else []
    return [*grants.get(one.who, []), *everybody]


@lru_cache(maxsize=65536)
def covers(wide: str, narrow: str) -> bool:
    """Whether `wide` matches all that `narrow` does; exact where `narrow` has no wildcard, else on the safe side."""
    if wide in (narrow, "*"):
        return True
    if len(wide) + len(narrow) > _LONGEST:
        return False
    reached = {0}
    wide = _squeezed(wide)
    for symbol in _squeezed(narrow):
        reached = _closed(wide, reached)
        reached = {
            at if wide[at] == "*" else at + 1
            for at in reached
            if at < len(wide) and (wide[at] == "*" or (wide[at] == "?" and symbol != "*") or wide[at] == symbol)
        }
        if not reached:
            return False
    return len(wide) in _closed(wide, reached)


def _squeezed(pattern: str) -> str:
    while "**" in pattern:
        pattern = pattern.replace("**", "*")
    return pattern


def _closed(pattern: str, reached: set[int]) -> set[int]:
    """`reached` and what a `*` that matches nothing leads to."""
    found = set(reached)
    for at in sorted(reached):
        step = at
        while step < len(pattern) and pattern[step] == "*":
            step += 1
            found.add(step)
    return found


@lru_cache(maxsize=65536)
def meet(one: str, other: str) -> bool:
    """Whether something is matched by both."""
    if len(one) + len(other) > _LONGEST:
        return True
    open_, seen = [(0, 0)], set()
    while open_:
        here = open_.pop()
        if here in seen:
            continue
        seen.add(here)
        i, j = here
        if i == len(one) and j == len(other):
            return True
        left, right = one[i : i + 1], other[j : j + 1]
        if left == "*":
            open_.append((i + 1, j))
            if right:
                open_.append((i, j + 1))
        if right == "*":
            open_.append((i, j + 1))
            if left:
                open_.append((i + 1, j))
        if left and right and (left == right or "?" in (left, right)) and "*" not in (left, right):
            open_.append((i + 1, j + 1))
    return False
