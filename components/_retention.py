"""Which images go, and when: typed rules that every kind of registry with a lifecycle of its own understands.

Owns: the rules, the order in which they claim images, and the mistakes that make a rule pointless or dangerous. Does
not own: how a kind writes them down (`components/ecr/lifecycle.py`), or what a kind cannot do. Pure.

The order is not that of the file, which a map does not keep: `keep` claims first, then patterns of tags, the more
specific before the wider, then untagged images, then whatever is left. An image that one rule has claimed is out of
reach for those after it, whatever the first does with it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, Strict, ValidationError
from pydantic_core import InitErrorDetails

from components._settings import MistakeError, Settings

_PATTERN = re.compile(r"[A-Za-z0-9._*-]{1,128}")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
_STARS = re.compile(r"\*+")
_MOST_DAYS = 3650
_MOST_IMAGES = 100_000  # as many as a repository of ECR holds by default
ARCHIVE_DAYS = 90
"""The least that an image stays archived: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_examples.html"""


class Rule(StrEnum):
    """What a rule does; its `rule` key."""

    KEEP = "keep"
    KEEP_NEWEST = "keep-newest"
    EXPIRE_UNTAGGED = "expire-untagged"
    EXPIRE_OLDER = "expire-older"
    EXPIRE_UNPULLED = "expire-unpulled"
    ARCHIVE_UNPULLED = "archive-unpulled"


def _pattern(text: str) -> str:
    if _PATTERN.fullmatch(text) is None:
        raise MistakeError("is not a pattern of tags: up to 128 of A-Z, a-z, 0-9, '_', '.', '-', and `*` for anything")
    if text.startswith((".", "-")):
        raise MistakeError("matches nothing: no tag begins with '.' or '-'")
    return text


def _rule_name(text: str) -> str:
    if _NAME.fullmatch(text) is None:
        raise MistakeError("is not a rule's name: a lower-case letter, then up to 30 of a-z, 0-9 and '-'")
    return text


TagPattern = Annotated[str, AfterValidator(_pattern)]
"""A tag, or with `*` in it all that are like it."""

_Patterns = Annotated[tuple[TagPattern, ...], Strict(False), Field(min_length=1)]
_Days = Annotated[int, Field(ge=1, le=_MOST_DAYS)]

_TAGS_MEANING = "the tags it is about, `*` for anything, each pattern on its own; left out: every image"
_TAGS_EXAMPLE = [["pr-*"]]


class Keep(Settings):
    """Images that no rule may ever touch, by one of their tags."""

    rule: Literal[Rule.KEEP]
    tags: _Patterns = Field(description="the tags that never go, `*` for anything", examples=[["v*"]])


class KeepNewest(Settings):
    """Only so many, the newest first."""

    rule: Literal[Rule.KEEP_NEWEST]
    count: Annotated[int, Field(ge=1, le=_MOST_IMAGES)] = Field(
        description="how many stay, counted for each pattern", examples=[200]
    )
    tags: _Patterns | None = Field(default=None, description=_TAGS_MEANING, examples=_TAGS_EXAMPLE)


class ExpireUntagged(Settings):
    """What no tag points to: the leftovers of tags that moved, and of failed pushes."""

    rule: Literal[Rule.EXPIRE_UNTAGGED]
    days: _Days = Field(description="days since the push", examples=[14])


class ExpireOlder(Settings):
    """Whatever was pushed too long ago."""

    rule: Literal[Rule.EXPIRE_OLDER]
    days: _Days = Field(description="days since the push", examples=[30])
    tags: _Patterns | None = Field(default=None, description=_TAGS_MEANING, examples=_TAGS_EXAMPLE)


class ExpireUnpulled(Settings):
    """Whatever nobody has pulled for long: archived first where the vendor asks for that, then removed."""

    rule: Literal[Rule.EXPIRE_UNPULLED]
    days: _Days = Field(description="days since the last pull, or since the push where there was none", examples=[90])
    archived_days: Annotated[int, Field(ge=ARCHIVE_DAYS, le=_MOST_DAYS)] = Field(
        default=ARCHIVE_DAYS, description="days in the archive before it is removed, at least 90", examples=[90]
    )
    tags: _Patterns | None = Field(default=None, description=_TAGS_MEANING, examples=_TAGS_EXAMPLE)


class ArchiveUnpulled(Settings):
    """Whatever nobody has pulled for long is archived, where it costs less and cannot be pulled until restored.

    At least 90 days of the archive are paid for, whenever the image goes.
    """

    rule: Literal[Rule.ARCHIVE_UNPULLED]
    days: _Days = Field(description="days since the last pull, or since the push where there was none", examples=[90])
    tags: _Patterns | None = Field(default=None, description=_TAGS_MEANING, examples=_TAGS_EXAMPLE)


AnyRule = Keep | KeepNewest | ExpireUntagged | ExpireOlder | ExpireUnpulled | ArchiveUnpulled
RetentionRule = Annotated[AnyRule, Field(discriminator="rule")]
"""One rule, told apart by its `rule` key."""

RuleName = Annotated[str, AfterValidator(_rule_name)]
"""What a rule is called; its key in the map."""


class Reach(StrEnum):
    """Which images a claim is about, in the order in which claims are heard."""

    TAGS = "tags"
    """Those with a tag like the claim's pattern."""
    UNTAGGED = "untagged"
    """Those without any."""
    ANY = "any"
    """All of them."""


@dataclass(frozen=True)
class Claim:
    """One rule on one set of images. A rule with several patterns makes a claim for each."""

    name: str
    rule: AnyRule
    reach: Reach
    pattern: str = ""
    """The tags, where `reach` is `tags`."""


def claims(rules: Mapping[str, AnyRule]) -> list[Claim]:
    """What `rules` claim, first come first served. The order depends on what they are, not on how they are written."""
    return sorted((claim for name, rule in rules.items() for claim in _claims_of(name, rule)), key=_turn)


def check_rules(rules: dict[str, AnyRule], at: tuple[str, ...] = ()) -> dict[str, AnyRule]:
    """`rules` where each of them can do something, for a validator of the map.

    Raises ValidationError with each pointless rule at its own place. `at` is where the map is, for a validator of the
    model around it.
    """
    refuse(pointless(rules), at)
    return rules


@dataclass(frozen=True)
class Refusal:
    """A mistake somewhere below the value that a validator looks at."""

    at: tuple[str | int, ...]
    found: object
    mistake: MistakeError


def pointless(rules: Mapping[str, AnyRule]) -> Iterator[Refusal]:
    """Each claim that an earlier one leaves nothing to."""
    heard: list[Claim] = []
    for claim in claims(rules):
        before = next((other for other in heard if _takes_all(other, claim)), None)
        if before is not None:
            yield _shadowed(claim, before)
        elif claim.reach is Reach.ANY and _all_taken(heard):
            yield Refusal(
                (claim.name, "rule"),
                str(claim.rule.rule),
                MistakeError(
                    "is about every image, but other rules claim all that are tagged and all that are not",
                    "delete this rule, or the pattern `*` of another",
                    "it would never do anything",
                ),
            )
        heard.append(claim)


def refuse(refusals: Iterator[Refusal], at: tuple[str, ...] = ()) -> None:
    """Raises ValidationError with all `refusals`, each at its place below `at`; does nothing where there is none."""
    errors: list[InitErrorDetails] = [
        {"type": "value_error", "loc": (*at, *one.at), "input": one.found, "ctx": {"error": one.mistake}}
        for one in refusals
    ]
    if errors:
        raise ValidationError.from_exception_data("rules", errors, hide_input=True)


def covers(wide: str, narrow: str) -> bool:
    """Whether every tag that is like `narrow` is like `wide` too."""
    # A `*` of the narrow pattern stands for anything, and only a `*` of the wide one can take it.
    return fnmatchcase(narrow, wide)


def _plain(pattern: str) -> str:
    return _STARS.sub("*", pattern)


def _claims_of(name: str, rule: AnyRule) -> Iterator[Claim]:
    if isinstance(rule, ExpireUntagged):
        yield Claim(name, rule, Reach.UNTAGGED)
    elif rule.tags is None:
        yield Claim(name, rule, Reach.ANY)
    else:
        for pattern in rule.tags:
            yield Claim(name, rule, Reach.TAGS, pattern)


def _turn(claim: Claim) -> tuple[Any, ...]:
    """When `claim` is heard. Of two patterns, one of which covers the other, the narrower always comes first."""
    pattern = _plain(claim.pattern)
    stars = pattern.count("*")
    kept = isinstance(claim.rule, Keep)
    return (not kept, list(Reach).index(claim.reach), stars - len(pattern), stars, pattern, claim.name)


def _takes_all(first: Claim, later: Claim) -> bool:
    if first.reach is not later.reach:
        return False
    return first.reach is not Reach.TAGS or covers(first.pattern, later.pattern)


def _all_taken(heard: list[Claim]) -> bool:
    tagged = any(claim.reach is Reach.TAGS and covers(claim.pattern, "*") for claim in heard)
    return tagged and any(claim.reach is Reach.UNTAGGED for claim in heard)


def _shadowed(claim: Claim, before: Claim) -> Refusal:
    if claim.reach is not Reach.TAGS:
        what = "every image" if claim.reach is Reach.ANY else "untagged images"
        return Refusal(
            (claim.name, "rule"),
            str(claim.rule.rule),
            MistakeError(
                f"is about {what}, as another rule is already (`{before.rule.rule}`)",
                "delete one of the two" + (", or give one of them `tags`" if claim.reach is Reach.ANY else ""),
                "it would never do anything: an image is taken by the first rule that is about it",
            ),
        )
    if before.name == claim.name:
        what, mend = "stands here twice", "delete one of the two"
    elif isinstance(before.rule, Keep) and not isinstance(claim.rule, Keep):
        what, mend = "is among the tags that another rule keeps for good", "delete the pattern, or narrow what is kept"
    else:
        what, mend = f"is claimed by another rule already (`{before.rule.rule}`)", "delete the pattern in one of them"
    return Refusal(
        (claim.name, "tags"),
        claim.pattern,
        MistakeError(what, mend, "the rule would never do anything for it"),
    )
