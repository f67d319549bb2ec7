"""Which versions of a package may go, and which are needed by one that stays. Pure.

Owns: the graph. A version without a tag can be one platform of a tagged image, its attestation, or a signature's
subject: deleted by its looks, it breaks the image that needs it. So what stays is worked out first, with everything
that it leads to and everything that is about it, and only the rest is judged by age. Does not own fetching manifests
or deleting anything.

What is about an image: a manifest whose `subject` it is, and a tag `sha256-<digest>[.sig|.att|.sbom|…]`, as cosign and
the referrers' tag schema write it (https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from github.packages import Version

_ABOUT = re.compile(r"sha256-(?P<hex>[0-9a-f]{64})(?:\.[A-Za-z0-9_.-]+)?")


class Why(StrEnum):
    """Why a version stays or goes."""

    NEWEST = "among the newest"
    NAMED = "kept by its tag"
    YOUNG = "too young"
    NEEDED = "part of one that stays"
    ABOUT = "about one that stays"
    UNKNOWN = "a manifest is not known, and with it what is needed"
    OLD = "older than the newest"
    UNTAGGED = "no tag, and nothing that stays needs it"


@dataclass(frozen=True)
class Manifest:
    """What a manifest leads to."""

    children: tuple[str, ...] = ()
    """The digests that it lists, where it is an index."""
    subject: str | None = None
    """The digest of what it is about."""

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Manifest":
        """Reads the JSON of one. Raises ValueError for what is none: taken for a leaf, its parts would be deleted."""
        children = document.get("manifests", [])
        subject = document.get("subject")
        if not isinstance(children, list) or "schemaVersion" not in document:
            raise ValueError("is no manifest")
        try:
            digests = tuple(str(child["digest"]) for child in children)
            return cls(digests, None if subject is None else str(subject["digest"]))
        except (KeyError, TypeError):
            raise ValueError("is no manifest: a descriptor in it has no digest") from None


@dataclass(frozen=True)
class Rules:
    """What may be removed."""

    keep_newest: int
    """How many images with tags stay, the newest first."""
    untagged: timedelta
    """How old something without a tag has to be."""
    keep: tuple[str, ...] = ()
    """Patterns of tags that always stay."""


@dataclass(frozen=True)
class Judged:
    """One version, and what becomes of it."""

    version: Version
    removed: bool
    why: Why


@dataclass(frozen=True)
class Plan:
    """What would become of every version."""

    judged: tuple[Judged, ...]
    """Those that go first, in the order in which they have to: an index before its parts."""
    blind: tuple[str, ...] = ()
    """Digests of versions whose manifest is not known: where there are some, nothing goes."""

    @property
    def removed(self) -> tuple[Version, ...]:
        """What goes, in order."""
        return tuple(one.version for one in self.judged if one.removed)


def plan(versions: Iterable[Version], manifests: Mapping[str, Manifest], rules: Rules, now: datetime) -> Plan:
    """What may go by `rules`: nothing, where the manifest of even one version is missing."""
    found = sorted(versions, key=lambda one: (one.created_at, one.id), reverse=True)
    kept = _roots(found, rules, now)
    _close(kept, found, manifests)
    # One that cannot be read could be about anything and need anything.
    blind = tuple(one.digest for one in found if one.digest not in manifests)
    gone = [one for one in found if one.digest not in kept] if not blind else []
    staying = [one for one in found if one not in gone]
    return Plan(
        (
            *(Judged(one, True, Why.OLD if _names(one) else Why.UNTAGGED) for one in _parents_first(gone, manifests)),
            *(Judged(one, False, kept.get(one.digest, Why.UNKNOWN)) for one in staying),
        ),
        blind,
    )


def _roots(found: Sequence[Version], rules: Rules, now: datetime) -> dict[str, Why]:
    """What stays for its own sake; `found` the newest first."""
    kept: dict[str, Why] = {}
    named = [one for one in found if _names(one)]
    for one in named[: max(rules.keep_newest, 0)]:
        kept[one.digest] = Why.NEWEST
    for one in found:
        if any(fnmatchcase(tag, pattern) for tag in _names(one) for pattern in rules.keep):
            kept.setdefault(one.digest, Why.NAMED)
        # A push brings the parts before the index that needs them.
        if not _names(one) and now - one.created_at < rules.untagged:
            kept.setdefault(one.digest, Why.YOUNG)
    return kept


def _close(kept: dict[str, Why], found: Sequence[Version], manifests: Mapping[str, Manifest]) -> None:
    """Adds to `kept` what it leads to and what is about it, until nothing is added."""
    there = {one.digest for one in found}
    todo = list(kept)
    about: dict[str, list[str]] = {}
    for one in found:
        for subject in _subjects(one, manifests):
            about.setdefault(subject, []).append(one.digest)
    while todo:
        digest = todo.pop()
        parts = manifests.get(digest, Manifest()).children
        for other, why in (
            *((part, Why.NEEDED) for part in parts),
            *((one, Why.ABOUT) for one in about.get(digest, ())),
        ):
            if other in there and other not in kept:
                kept[other] = why
                todo.append(other)


def _subjects(one: Version, manifests: Mapping[str, Manifest]) -> set[str]:
    """The digests that `one` is about."""
    subject = manifests.get(one.digest, Manifest()).subject
    tagged = {f"sha256:{match['hex']}" for tag in one.tags if (match := _ABOUT.fullmatch(tag))}
    return tagged | ({subject} if subject else set())


def _names(one: Version) -> list[str]:
    """The tags that a person gave: those of signatures and of referrers are not."""
    return [tag for tag in one.tags if _ABOUT.fullmatch(tag) is None]


def _parents_first(gone: Sequence[Version], manifests: Mapping[str, Manifest]) -> list[Version]:
    """Broken off in the middle, a removal leaves parts without their index, and never an index without its parts."""
    by_digest = {one.digest: one for one in gone}
    ordered: dict[str, Version] = {}

    def visit(one: Version, path: frozenset[str]) -> None:
        for part in manifests.get(one.digest, Manifest()).children:
            if part in by_digest and part not in path and part not in ordered:
                visit(by_digest[part], path | {part})
        ordered[one.digest] = one

    for one in gone:
        if one.digest not in ordered:
            visit(one, frozenset({one.digest}))
    return list(reversed(ordered.values()))
