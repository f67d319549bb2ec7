"""From retention rules to Artifact Registry's cleanup policies.

Owns: the translation, what Google cannot do of it, and the rules in words. Does not own: the rules (`_retention.py`).
Pure.

What Google does, from https://docs.cloud.google.com/artifact-registry/docs/repositories/cleanup-policy-overview and
`cleanup-policy` beside it, read 2026-11:
- an image goes that any policy deletes and no policy keeps: there is no order. A rule that is heard before a wider one
  and takes longer therefore needs a second policy, which keeps its images until their own days have passed;
- a tag is compared by its beginning only, and one policy takes any of its prefixes: so a rule is one policy;
- the most recent versions are counted for each image's name over all its versions, and kept from every policy that
  deletes. Other rules beside that would not do what they say: they are refused;
- nothing is known of pulls, and there is no archive;
- at most ten policies a repository; they run about once a day;
- where tags are immutable, no image that has one can be deleted, by whomever (gcloud's own help on `--immutable-tags`,
  https://docs.cloud.google.com/sdk/gcloud/reference/artifacts/repositories/update): only untagged images can go.

An image with several tags goes as soon as the rule for one of them says, unless another keeps it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, NotRequired, TypedDict

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

_MOST_POLICIES = 10
_DAY = 24 * 60 * 60
_YOUNGER = "-kept-until-its-own-days-have-passed"  # longer than a rule's name may be, so that it is nobody's


class Condition(TypedDict):
    """Which images a policy is about."""

    tag_state: str
    tag_prefixes: NotRequired[list[str]]
    older_than: NotRequired[str]
    newer_than: NotRequired[str]


class Policy(TypedDict):
    """One cleanup policy, as the repository takes it."""

    id: str
    action: str
    condition: NotRequired[Condition]
    most_recent_versions: NotRequired[dict[str, int]]


def policies(rules: Mapping[str, AnyRule]) -> list[Policy]:
    """The cleanup policies that do what `rules` say; none where there are none, and nothing ever goes."""
    heard = claims(rules)
    written: list[Policy] = []
    for name in dict.fromkeys(claim.name for claim in heard):
        written += _written(name, [claim for claim in heard if claim.name == name], heard)
    return written


def of_cached(days: int) -> list[Policy]:
    """The policy of a cache: what was fetched `days` ago goes, to be fetched anew when it is pulled again."""
    return [{"id": "expire", "action": "DELETE", "condition": {"tag_state": "ANY", "older_than": seconds(days)}}]


def seconds(days: int) -> str:
    """`days` as the API writes a span of time."""
    return f"{days * _DAY}s"


def words(rules: Mapping[str, AnyRule], *, dry_run: bool) -> str:
    """What `rules` do, in the order in which they claim images; `none` where there are none."""
    said = [_said(name, rules[name]) for name in dict.fromkeys(claim.name for claim in claims(rules))]
    if not said:
        return "none"
    return ("only logged, nothing goes yet: " if dry_run else "") + "; ".join(said)


def check(rules: dict[str, AnyRule], at: tuple[str, ...] = ()) -> dict[str, AnyRule]:
    """`rules` where Google can do all of them, for a validator of the map.

    Raises ValidationError with each mistake at its own place. `at` is where the map is, for a validator of the model
    around it.
    """
    refuse(_refused(rules), at)
    return rules


def stopped(rules: Mapping[str, AnyRule]) -> Iterator[Refusal]:
    """What `rules` would remove, and cannot where tags are immutable: each at its place in the map."""
    for name, rule in rules.items():
        if isinstance(rule, ExpireOlder | KeepNewest):
            mistake = MistakeError(
                "would remove images that have a tag, and Google deletes none of these while tags are immutable",
                "write `rule: expire-untagged`, and let tagged images stay; or"
                " `immutability: {enabled: false, tagsMayMove: true}`, and let tags move",
                "it would never do anything for them: they would stay, and be paid for",
            )
            yield Refusal((name, "rule"), str(rule.rule), mistake)


Retention = Annotated[dict[RuleName, RetentionRule], AfterValidator(check)]
"""The rules by name, as the settings have them: each can do something, and Google can do each."""


def _refused(rules: Mapping[str, AnyRule]) -> Iterator[Refusal]:
    yield from pointless(rules)
    beyond = list(_beyond(rules))
    yield from beyond
    if beyond:
        return  # what cannot be said at all makes no policies to count
    yield from _torn(claims(rules))
    count = len(policies(rules))
    if count > _MOST_POLICIES:
        mistake = MistakeError(
            f"makes {count} cleanup policies, and Google takes {_MOST_POLICIES}",
            "join rules of the same `days` by listing their `tags` in one; or let wider rules take no fewer days, which"
            " saves each narrower rule its second policy",
        )
        yield Refusal((), rules, mistake)


def _beyond(rules: Mapping[str, AnyRule]) -> Iterator[Refusal]:
    """What Google has no words for, rule by rule."""
    others = [name for name, rule in rules.items() if not isinstance(rule, KeepNewest)]
    for name, rule in rules.items():
        match rule:
            case ExpireUnpulled() | ArchiveUnpulled():
                mistake = MistakeError(
                    "is about pulls, of which Google's cleanup policies know nothing, and there is no archive",
                    f"write `rule: expire-older`, with the days since the push; or delete `{name}`",
                )
                yield Refusal((name, "rule"), str(rule.rule), mistake)
            case KeepNewest() if rule.tags is not None:
                mistake = MistakeError(
                    "counts images of some tags, and Google counts all versions of an image's name",
                    "write `rule: expire-older` with `days` for them; or delete `tags`",
                )
                yield Refusal((name, "tags"), list(rule.tags), mistake)
            case KeepNewest() if others:
                mistake = MistakeError(
                    "stands beside other rules, and Google keeps the newest from all of them and counts theirs too",
                    f"write `rule: expire-older` with `days` instead; or delete {' and '.join(map(_quoted, others))}",
                    "images would stay that another rule removes, or go since others were counted",
                )
                yield Refusal((name, "rule"), str(rule.rule), mistake)
            case _:
                pass
        for pattern in () if isinstance(rule, ExpireUntagged) else rule.tags or ():
            if (wanted := _by_prefix(pattern)) != pattern:
                mistake = MistakeError(
                    "is a pattern that Google cannot compare: it knows the beginning of a tag, and nothing after it",
                    f"write `{wanted}`, which takes every tag that begins so",
                )
                yield Refusal((name, "tags"), pattern, mistake)


def _quoted(name: str) -> str:
    return f"`{name}`"


def _by_prefix(pattern: str) -> str:
    """The pattern next to `pattern` that says how a tag begins, and no more."""
    return f"{pattern.partition('*')[0]}*"


@dataclass(frozen=True)
class _Expiry:
    """A claim that removes images after so many days."""

    claim: Claim
    days: int


def _expiries(heard: Sequence[Claim]) -> list[_Expiry]:
    return [_Expiry(claim, claim.rule.days) for claim in heard if isinstance(claim.rule, ExpireUntagged | ExpireOlder)]


def _is_within(narrow: Claim, wide: Claim) -> bool:
    """Whether every image that `narrow` is about is one that `wide` would be about too."""
    if wide.reach is Reach.ANY:
        return narrow.reach is not Reach.ANY
    return narrow.reach is wide.reach is Reach.TAGS and covers(wide.pattern, narrow.pattern)


def _outlives(claim: Claim, heard: Sequence[Claim]) -> list[_Expiry]:
    """The claims heard after `claim` that would take its images before their days have passed."""
    own = _expiries([claim])
    later = heard[heard.index(claim) + 1 :]
    return [one for one in _expiries(later) if own and one.days < own[0].days and _is_within(claim, one.claim)]


def _torn(heard: Sequence[Claim]) -> Iterator[Refusal]:
    """Claims that need to be kept from a wider one, and would be so from a narrower one as well."""
    for claim in heard:
        wider = _outlives(claim, heard)
        if not wider:
            continue
        days = _expiries([claim])[0].days
        before = _expiries(heard[: heard.index(claim)])
        narrower = next((one for one in before if one.days < days and _is_within(one.claim, claim)), None)
        if narrower is not None:
            yield Refusal(
                (claim.name, "days"),
                days,
                MistakeError(
                    f"is longer than in `{narrower.claim.name}`, which is narrower, and in `{wider[0].claim.name}`,"
                    " which is wider: with Google, what keeps an image beats what removes it",
                    f"write at most {wider[0].days} days, or as many in `{narrower.claim.name}`",
                    f"the images of `{narrower.claim.name}` would stay {days} days",
                ),
            )


def _written(name: str, own: Sequence[Claim], heard: Sequence[Claim]) -> Iterator[Policy]:
    """The policies that Google needs for the rule `name`, whose claims are `own`."""
    rule = own[0].rule
    match rule:
        case Keep():
            yield {"id": name, "action": "KEEP", "condition": _select(own)}
        case KeepNewest():
            yield {"id": name, "action": "KEEP", "most_recent_versions": {"keep_count": rule.count}}
            yield {"id": f"{name}-others", "action": "DELETE", "condition": {"tag_state": "ANY"}}
        case ExpireUntagged() | ExpireOlder():
            days = seconds(rule.days)
            yield {"id": name, "action": "DELETE", "condition": {**_select(own), "older_than": days}}
            if outliving := [claim for claim in own if _outlives(claim, heard)]:
                younger: Condition = {**_select(outliving), "newer_than": days}
                yield {"id": f"{name}{_YOUNGER}", "action": "KEEP", "condition": younger}
        case ExpireUnpulled() | ArchiveUnpulled():
            raise AssertionError(f"{rule.rule} was refused")


def _select(own: Sequence[Claim]) -> Condition:
    reach = own[0].reach
    if reach is not Reach.TAGS:
        return {"tag_state": "ANY" if reach is Reach.ANY else "UNTAGGED"}
    prefixes = [claim.pattern.removesuffix("*") for claim in own]
    # Every tag: the state alone says so, where an empty prefix is none.
    return {"tag_state": "TAGGED"} if "" in prefixes else {"tag_state": "TAGGED", "tag_prefixes": prefixes}


def _said(name: str, rule: AnyRule) -> str:
    match rule:
        case Keep():
            what = f"keeps images tagged {', '.join(rule.tags)}"
        case KeepNewest():
            what = f"keeps the {rule.count} newest versions of each image"
        case ExpireUntagged():
            what = f"expires untagged images {_days(rule.days)} after their push"
        case ExpireOlder():
            images = f"images tagged {', '.join(rule.tags)}" if rule.tags else "other images"
            what = f"expires {images} {_days(rule.days)} after their push"
        case ExpireUnpulled() | ArchiveUnpulled():
            raise AssertionError(f"{rule.rule} was refused")
    return f"{name}: {what}"


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
