"""From retention rules to Harbor's: which say what stays, where ours say what goes.

Owns: the translation, what Harbor cannot do of it, and the rules in words. Does not own: the rules (`_retention.py`).
Pure.

What Harbor does, read in its source at v2.15 (`src/pkg/retention`, `src/lib/selector/selectors/doublestar`):
- in a repository, an artifact stays that any rule retains, and everything else goes. There is no order: so what no
  claim is about needs a rule that retains it, and a wider rule has to leave out what a narrower one has claimed;
- a rule selects by one pattern of tags, which it matches or excludes; `{a,b}` is either. An excluding rule leaves
  artifacts without a tag out where `untagged` is true, and a matching one takes them in then: the word is about the
  pattern, not about the outcome;
- an artifact is one thing with all its tags: a matching rule selects it if any is like the pattern, an excluding one
  if any is not. So an image with several tags stays as long as the rule of one of them says so;
- an artifact never pulled was pulled in 1970: what is to go for want of pulls also needs a rule by its push;
- the newest are counted among what the rule selects, and at most 32,766 of them;
- an artifact with an immutable tag never goes;
- at most 15 rules.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator

from components._retention import (
    AnyRule,
    ArchiveUnpulled,
    Claim,
    ExpireOlder,
    ExpireUnpulled,
    ExpireUntagged,
    Keep,
    KeepNewest,
    Reach,
    Refusal,
    RetentionRule,
    RuleName,
    claims,
    covers,
    pointless,
    refuse,
)
from components._settings import MistakeError

_MOST_RULES = 15
_MOST_NEWEST = 32_766
_EVERY = "**"


class Template(StrEnum):
    """By what a rule of Harbor's retains, in the bridge's words."""

    ALWAYS = "always_retain"
    NEWEST = "most_recently_pushed"
    PUSHED = "n_days_since_last_push"
    PULLED = "n_days_since_last_pull"


@dataclass(frozen=True)
class Selection:
    """Which artifacts a rule of Harbor's is about."""

    pattern: str
    excludes: bool
    untagged: bool
    """As Harbor has it: about the pattern, so that with `excludes` it leaves untagged artifacts out."""


@dataclass(frozen=True)
class HarborRule:
    """One rule of Harbor's: what it retains of what it is about, in every repository."""

    selection: Selection
    template: Template
    number: int = 0
    """How many, or how many days; nothing with `ALWAYS`."""

    def arguments(self) -> dict[str, Any]:
        """As the bridge takes it."""
        return {
            "repo_matching": _EVERY,
            "tag_excluding" if self.selection.excludes else "tag_matching": self.selection.pattern,
            "untagged_artifacts": self.selection.untagged,
            str(self.template): True if self.template is Template.ALWAYS else self.number,
        }


def policy(rules: Mapping[str, AnyRule]) -> list[HarborRule]:
    """The rules of Harbor's that do what `rules` say; none where there are none, and nothing ever goes."""
    heard = claims(rules)
    if not heard:
        return []
    written: list[HarborRule] = []
    for name in dict.fromkeys(claim.name for claim in heard):
        written += _written([claim for claim in heard if claim.name == name], heard)
    return [*written, *_rest(heard)]


def words(rules: Mapping[str, AnyRule]) -> str:
    """What `rules` do, in the order in which they claim images; `none` where there are none."""
    said = [_said(name, rules[name]) for name in dict.fromkeys(claim.name for claim in claims(rules))]
    return "; ".join(said) or "none"


def check(rules: dict[str, AnyRule], at: tuple[str, ...] = ()) -> dict[str, AnyRule]:
    """`rules` where Harbor can do all of them, for a validator of the map.

    Raises ValidationError with each mistake at its own place. `at` is where the map is, for a validator of the model
    around it.
    """
    refuse(refused(rules), at)
    return rules


def stopped(rules: Mapping[str, AnyRule], movable: Sequence[str]) -> Iterator[Refusal]:
    """What `rules` would remove, and cannot where all tags but those like `movable` are immutable."""
    for name, rule in rules.items():
        if isinstance(rule, Keep | ExpireUntagged):
            continue
        patterns = rule.tags or ("*",)
        if not all(any(covers(wide, pattern) for wide in movable) for pattern in patterns):
            yield Refusal(
                (name, "rule"),
                str(rule.rule),
                MistakeError(
                    "would remove images whose tags are immutable, and Harbor deletes none of these",
                    "write `rule: expire-untagged`, and let tagged images stay; or name the tags under "
                    "`immutability: {exclude: …}`; or write `immutability: {enabled: false}`",
                    "it would never do anything for them: they would stay, and fill the disk",
                ),
            )


Retention = Annotated[dict[RuleName, RetentionRule], AfterValidator(check)]
"""The rules by name, as the settings have them: each can do something, and Harbor can do each."""


def refused(rules: Mapping[str, AnyRule]) -> Iterator[Refusal]:
    """What of `rules` could do nothing, or is beyond Harbor: each at its place in the map."""
    yield from pointless(rules)
    for name, rule in rules.items():
        if isinstance(rule, ArchiveUnpulled):
            mistake = MistakeError(
                "is about an archive, and Harbor has none",
                f"write `rule: expire-unpulled`, which removes them; or delete `{name}`",
            )
            yield Refusal((name, "rule"), str(rule.rule), mistake)
        if isinstance(rule, KeepNewest) and rule.count > _MOST_NEWEST:
            mistake = MistakeError(f"is more than Harbor counts, which is {_MOST_NEWEST}", "write fewer")
            yield Refusal((name, "count"), rule.count, mistake)
    yield from _torn(claims(rules))
    count = len(policy(rules))
    if count > _MOST_RULES:
        mistake = MistakeError(
            f"makes {count} rules of Harbor's, and it takes {_MOST_RULES}",
            "join rules of the same `days` by listing their `tags` in one; `expire-unpulled` makes two, and"
            " `keep-newest` one for each pattern",
        )
        yield Refusal((), rules, mistake)


def _torn(heard: Sequence[Claim]) -> Iterator[Refusal]:
    """Claims whose images a later one would retain, or count, without a way to leave them out."""
    for index, later in enumerate(heard):
        if later.reach is not Reach.TAGS or _is_every(later):
            continue  # what is about everything can exclude what others have claimed
        for first in heard[:index]:
            if first.reach is not Reach.TAGS or not _overlap(first.pattern, later.pattern):
                continue
            if isinstance(later.rule, KeepNewest):
                what = "counts the newest among images that it claims too"
            elif not _stays_within(later.rule, first.rule):
                what = "removes what this one would let stay longer"
            else:
                continue
            yield Refusal(
                (later.name, "tags"),
                later.pattern,
                MistakeError(
                    f"has tags in common with `{first.pattern}` in another rule (`{first.rule.rule}`), and that {what}:"
                    " with Harbor, what any rule retains stays",
                    "write patterns that have no tag in common"
                    + ("" if isinstance(later.rule, KeepNewest) else "; or at most as many `days` as there")
                    + "; or `*` for the wider one",
                    "images would stay, or go, against one of the two",
                ),
            )
            break


def _stays_within(later: AnyRule, first: AnyRule) -> bool:
    """Whether whatever `later` retains, `first` retains as well."""
    match first, later:
        case Keep(), _:
            return True
        case ExpireUnpulled(), ExpireUnpulled() | ExpireOlder():
            return later.days <= first.days
        case ExpireOlder(), ExpireOlder():
            return later.days <= first.days
        case _:
            return False


@cache
def _overlap(one: str, other: str) -> bool:
    """Whether some tag is like both patterns."""
    if not one or not other:
        return not (one + other).strip("*")
    if one[0] == "*":
        return _overlap(one[1:], other) or _overlap(one, other[1:])
    if other[0] == "*":
        return _overlap(other, one)
    return one[0] == other[0] and _overlap(one[1:], other[1:])


def _is_every(claim: Claim) -> bool:
    return claim.reach is Reach.ANY or (claim.reach is Reach.TAGS and not claim.pattern.strip("*"))


def _written(own: Sequence[Claim], heard: Sequence[Claim]) -> Iterator[HarborRule]:
    """The rules that Harbor needs for one rule of ours, whose claims are `own`."""
    rule = own[0].rule
    match rule:
        case Keep():
            yield HarborRule(_select(own, heard), Template.ALWAYS)
        case KeepNewest():
            for claim in own:
                yield HarborRule(_select([claim], heard), Template.NEWEST, rule.count)
        case ExpireUntagged() | ExpireOlder():
            for some in _joined(own):
                yield HarborRule(_select(some, heard), Template.PUSHED, rule.days)
        case ExpireUnpulled() | ArchiveUnpulled():
            for some in _joined(own):
                yield HarborRule(_select(some, heard), Template.PULLED, rule.days)
                yield HarborRule(_select(some, heard), Template.PUSHED, rule.days)


def _joined(own: Sequence[Claim]) -> Iterator[list[Claim]]:
    """`own` in as few selections as can be: what excludes others stands alone."""
    some = [claim for claim in own if not _is_every(claim)]
    if some:
        yield some
    for claim in own:
        if _is_every(claim):
            yield [claim]


def _select(own: Sequence[Claim], heard: Sequence[Claim]) -> Selection:
    first = own[0]
    if first.reach is Reach.UNTAGGED:
        return Selection(_EVERY, excludes=True, untagged=False)
    if isinstance(first.rule, Keep) or not _is_every(first):
        return Selection(either(claim.pattern for claim in own), excludes=False, untagged=False)
    before = [claim for claim in heard[: heard.index(first)] if claim.reach is Reach.TAGS]
    untagged = first.reach is Reach.ANY and not any(claim.reach is Reach.UNTAGGED for claim in heard)
    return _all_but([claim.pattern for claim in before], untagged=untagged)


def _rest(heard: Sequence[Claim]) -> Iterator[HarborRule]:
    """What no claim is about stays."""
    if any(claim.reach is Reach.ANY for claim in heard):
        return
    patterns = [claim.pattern for claim in heard if claim.reach is Reach.TAGS]
    untagged = not any(claim.reach is Reach.UNTAGGED for claim in heard)
    if untagged or not any(not pattern.strip("*") for pattern in patterns):
        yield HarborRule(_all_but(patterns, untagged=untagged), Template.ALWAYS)


def _all_but(patterns: Sequence[str], *, untagged: bool) -> Selection:
    """Artifacts with a tag like none of `patterns`; and, where `untagged` is true, those without any tag."""
    if not patterns:
        return Selection(_EVERY, excludes=False, untagged=untagged)
    # Excluding turns the word round: true leaves them out.
    return Selection(either(patterns), excludes=True, untagged=not untagged)


def either(patterns: Iterable[str]) -> str:
    """The pattern that is like each of `patterns`; empty where there are none."""
    found = list(dict.fromkeys(patterns))
    return "{" + ",".join(found) + "}" if len(found) > 1 else "".join(found)


def _said(name: str, rule: AnyRule) -> str:
    tags = () if isinstance(rule, ExpireUntagged) else rule.tags or ()
    images = f"images tagged {', '.join(tags)}" if tags else "other images"
    match rule:
        case Keep():
            what = f"keeps {images}"
        case KeepNewest():
            each = " of each pattern" if len(tags) > 1 else ""
            what = f"keeps the {rule.count} newest{each} of {images if tags else 'all images'}"
        case ExpireUntagged():
            what = f"expires untagged images {_days(rule.days)} after their push"
        case ExpireOlder():
            what = f"expires {images} {_days(rule.days)} after their push"
        case ExpireUnpulled() | ArchiveUnpulled():
            what = f"expires {images} {_days(rule.days)} after their last pull"
    return f"{name}: {what}"


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
