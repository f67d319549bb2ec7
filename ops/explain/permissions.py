"""Which principal gains or loses what, computed from the documents and grants on both sides of the preview.

Owns: gathering grants before and after over all resources, so that a right that only moves to another document is no
change, and saying the difference. Does not own reading them (`iam.py`, `google.py`, `github.py`), comparing them
(`grants.py`) or words (`rights.py`).

What stays as it is counts where the preview has it (`--show-sames`); else a right that an unseen document gives too
is told as gained or lost. That is on the safe side.

More than 300 lines: gathering, comparing and saying have one thing to be right about, that nothing gained is left out.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ops.explain import cel, federation, github, google, iam, rights
from ops.explain.digest import Change, Mark, Op, Preview, State
from ops.explain.grants import EVERYTHING, Condition, Grant, Set, difference
from ops.explain.point import Danger, Point
from ops.explain.sentence import Own, Sentence, say


@dataclass(frozen=True)
class _Seen:
    """What is known of the others in the preview, to tell of one."""

    named: Mapping[str, str]
    """By URN: what people call it."""
    known: Mapping[str, str]
    """By URN: the principal that a service account or a service's own identity of Google's is."""
    accounts: Mapping[str, str]
    """By its name in the program: the address of a service account of Google's."""
    providers: Mapping[bool, tuple[federation.Provider, ...]]
    """Those of Google's pools that take GitHub's tokens, before (False) and after (True)."""


def permissions(preview: Preview) -> tuple[Point, ...]:
    """What is gained, what is lost, and what cannot be known yet; dangers are marked."""
    seen = _seen(preview)
    before: dict[Grant, str] = {}
    after: dict[Grant, str] = {}
    unclear: list[Point] = []
    hidden: set[str] = set()
    for change in preview.changes:
        unclear += _side(change, change.old, before, seen, new=False)
        unclear += _side(change, change.after, after, seen, new=True)
        unclear += _provider(change)
        if google.gives(change) and change.after is not None and _late(change.after, seen):
            hidden.add(change.urn)
    made = _roles(preview, new=True) - _roles(preview, new=False)
    found = difference(before, after)
    hidden |= {point.urn for point in unclear}
    # What a document gave that cannot be read yet may stay: it is not lost, as far as anybody can tell.
    lost = tuple(grant for grant in found.lost if before[grant] not in hidden)
    gains, losses = (_Side(side, seen.providers[new], seen.accounts) for side, new in ((after, True), (before, False)))
    points = [
        *_points(found.gained, found.had, gains, _Judge(made, _new(preview), _own(preview)), gained=True),
        *_points(lost, found.kept, losses, _Judge(made, frozenset(), frozenset()), gained=False),
    ]
    if preview.whole_stack_is_new:
        points = [replace(point, danger=None) if point.danger is Danger.WIDENED else point for point in points]
    return (*points, *unclear)


def _seen(preview: Preview) -> _Seen:
    members = {change.urn: who for change in preview.changes if (who := google.identity(change)) is not None}
    return _Seen(
        named={change.urn: google.name_of(change) or iam.name_of(change) for change in preview.changes},
        known=members,
        accounts={
            change.name: address
            for change in preview.changes
            if change.urn in members and (address := google.name_of(change)) is not None
        },
        providers={
            new: tuple(
                one
                for change in preview.changes
                if (state := change.after if new else change.old) is not None
                and (one := _readable(change, state)) is not None
            )
            for new in (False, True)
        },
    )


def _readable(change: Change, state: State) -> federation.Provider | None:
    try:
        return federation.provider(change, state)
    except cel.UnreadableError:
        return None


def _late(state: State, seen: _Seen) -> bool:
    """Whether one of those to whom it gives is known only after the update."""
    return any(who.startswith("member:?") for who in google.members(state, seen.named, seen.known))


def _roles(preview: Preview, *, new: bool) -> frozenset[str]:
    """What is there to be acted as: AWS's roles and Google's service accounts."""
    sides = [(change, change.new if new else change.old) for change in preview.changes]
    return frozenset(
        google.identity(change) or f"role:{iam.name_of(change, state)}"
        for change, state in sides
        if state is not None and (change.type == "aws:iam/role:Role" or google.identity(change) is not None)
    )


def _new(preview: Preview) -> frozenset[str]:
    return frozenset(change.urn for change in preview.changes if change.old is None)


def _own(preview: Preview) -> frozenset[str]:
    """The accounts that the registries and deliveries are in; not those that the config lets in."""
    blocks = [preview.block(name) for name in ("registries", "delivery")]
    told = [one.get("account") for block in blocks for one in block.values() if isinstance(one, dict)]
    return frozenset(account for account in told if isinstance(account, str))


def _side(change: Change, state: State | None, into: dict[Grant, str], seen: _Seen, *, new: bool) -> Iterator[Point]:
    if state is None:
        return
    named = seen.named
    for held in iam.documents(change, state, named):
        if isinstance(held.document, Mark):
            if new and change.op is not Op.SAME:
                yield _unknown(change)
            continue
        if held.document is None:
            continue
        try:
            into.update(dict.fromkeys(iam.grants(held), change.urn))
        except iam.UnreadableError:
            if new and change.op is not Op.SAME:
                words = "The document of {} is not one that can be read: look at what it gives yourself"
                yield Point(say(words, change.name), change.urn, Danger.WIDENED)
    into.update(dict.fromkeys(iam.attached(change, state, named), change.urn))
    into.update(dict.fromkeys(github.grants(change, state), change.urn))
    if google.gives(change):
        into.update(dict.fromkeys(_google(change, state, seen, new=new), change.urn))
        # Nothing better can be said of it than that.
        if new and change.op is not Op.SAME and (google.unknown(state) or _nobody(state, seen)):
            yield _unknown(change)
    for one in seen.providers[new]:
        if one.change is change:
            into.update(dict.fromkeys(federation.own(one, seen.accounts), change.urn))


def _nobody(state: State, seen: _Seen) -> bool:
    return "member:?" in google.members(state, seen.named, seen.known)


def _google(change: Change, state: State, seen: _Seen, *, new: bool) -> Iterator[Grant]:
    """What a grant of Google's gives; a pool's member is told job by job, where its provider is there to be read."""
    on = google.on_what(state, seen.named)
    for grant in google.grants(state, seen.named, seen.known):
        jobs = federation.through(state, change, grant.who, on, seen.providers[new])
        if jobs is not None:
            yield from jobs
        elif grant.who != "member:?":
            yield grant


def _unknown(change: Change) -> Point:
    words = "What {} gives to whom is known only after the update"
    return Point(say(words, change.name), change.urn, Danger.UNSEEN if change.old is not None else None)


def _provider(change: Change) -> Iterator[Point]:
    """Who may sign in from outside, where the provider's condition is not one that can be read as GitHub's jobs."""
    if change.type != federation.PROVIDER or change.new is None or change.op is Op.SAME:
        return
    sides = [change.new, *([change.old] if change.old is not None else [])]
    try:
        read = [federation.provider(change, state) for state in sides]
        if all(one is not None and one.leads_to is not None for one in read):
            return
    except cel.UnreadableError:
        read = []
    old, new = (state.asked("attributeCondition") if state is not None else None for state in (change.old, change.new))
    look = ": who that is cannot be read from it, look yourself"
    if change.old is None:
        if not read:
            words = "Who may sign in through {} is what its condition {} says" + look
            yield Point(say(words, change.name, new), change.urn, Danger.WIDENED)
        return
    if all(change.old.asked(name) == change.new.asked(name) for name in _TRUST):
        return
    if new is None and old is not None:
        words = "Whoever has a token of its issuer may sign in through {}: its condition {} is gone"
        yield Point(say(words, change.name, old), change.urn, Danger.WIDENED)
    elif old != new:
        words = "Who may sign in through {} changes: its condition was {} and becomes {}" + ("" if read else look)
        yield Point(say(words, change.name, old, new), change.urn, Danger.WIDENED)
    else:
        words = "Who may sign in through {} changes: it reads tokens in another way" + look
        yield Point(say(words, change.name), change.urn, Danger.WIDENED)


_TRUST = ("attributeCondition", "attributeMapping", "oidc", "disabled")
"""What of a provider says whom it lets in."""


@dataclass(frozen=True)
class _Side:
    """All grants of one side, and what else is known there of what they lead to."""

    grants: Mapping[Grant, str]
    """By grant: the URN of what gives it."""
    providers: Sequence[federation.Provider]
    accounts: Mapping[str, str]

    def leads(self) -> Mapping[str, Sequence[str]]:
        """By service account: what the registry's own of them may do, where its grants are not in the preview."""
        return {
            self.accounts.get(found[1], found[1]): federation.may(one)
            for one in self.providers
            if (found := one.leads_to) is not None
        }


def _points(
    changed: Sequence[Grant],
    others: Mapping[Grant, Sequence[Grant]],
    whole: _Side,
    judge: "_Judge",
    *,
    gained: bool,
) -> Iterator[Point]:
    grouped: dict[tuple[str, Set, tuple[Condition, ...], bool], list[Grant]] = defaultdict(list)
    for grant in changed:
        grouped[grant.who, grant.on, grant.conditions, grant.denied].append(grant)
    side, leads = whole.grants, whole.leads()
    roles = _by_role(side)
    for (who, on, conditions, denied), found in grouped.items():
        actions = [one for grant in found for one in grant.may.patterns if not grant.may.but]
        but = [one for grant in found for one in grant.may.patterns if grant.may.but]
        person = rights.who(who, conditions)
        subject = str(person).startswith(("jobs of", "jobs whose"))
        condition = rights.under(conditions, shown_subject=subject, everybody=who == "*")
        danger = judge.danger(found[0], side[found[0]], denied=denied, gained=gained)
        sentence = _sentence(
            person,
            _deeds(actions, but),
            rights.on(on, acting=True),
            condition,
            verb=_verb(who, actions, gained=gained, denied=denied),
            rest=_rest(found, others, gained=gained),
            through=_through(on, actions, roles, leads),
        )
        facts: dict[str, object] = {
            "who": who,
            "gains" if gained != denied else "loses": sorted(actions) or [f"everything but {one}" for one in but],
            "on": list(on.patterns) if not on.but else [f"everything but {one}" for one in on.patterns],
            "conditions": {f"{one.operator} {one.key}": list(one.values) for one in conditions},
        }
        yield Point(sentence, side[found[0]], danger, facts)


def _verb(who: str, actions: Sequence[str], *, gained: bool, denied: bool) -> str:
    if rights.named_policies(actions) and actions:
        return "gets the policy" if gained else "no longer has the policy"
    if denied:
        return "is now denied to" if gained else "is NO LONGER DENIED to"
    if who.startswith("policy:"):
        return "may now" if gained else "may no longer"
    return "may now" if gained else "may no longer"


def _deeds(actions: Sequence[str], but: Sequence[str]) -> object:
    if but:
        return say("do everything but {}", tuple(but))
    return rights.deeds(actions)


def _sentence(
    who: Sentence,
    deeds: object,
    on: Sentence,
    condition: Sentence | None,
    *,
    verb: str,
    rest: Sentence | None,
    through: Sentence | None,
) -> Sentence:
    joint = " " if str(on).startswith(("as ", "environment ", "variable ")) else " on "
    place: tuple[object, ...] = () if "policy" in verb or _only_a_token(deeds) else (on,)
    words = "{} " + verb + " {}" + (joint + "{}" if place else "")
    values: list[object] = [who, deeds, *place]
    for more in (condition, through, rest):
        if more is not None:
            words += "{}"
            values.append(more)
    return say(words, *values)


def _only_a_token(deeds: object) -> bool:
    """Whether it is the token alone, which is on nothing in particular."""
    return isinstance(deeds, tuple) and [str(one) for one in deeds] == [rights.TOKEN]


def _through(
    on: Set, actions: Sequence[str], roles: Mapping[str, Sequence[Grant]], leads: Mapping[str, Sequence[str]]
) -> Sentence | None:
    """What acting as a role or service account leads to, where that is in the preview or known of our own."""
    acting = google.ACT | {"sts:*", "*"}
    if not any(one.lower().startswith("sts:assumerole") or one in acting for one in actions):
        return None
    held = [grant for name in on.patterns for grant in roles.get(name, ()) if not grant.denied and not grant.may.but]
    if not held and len(on.patterns) == 1 and (known := leads.get(on.patterns[0].partition(":")[2])):
        return say(", and by that {}", tuple(map(Own, known)))
    places: dict[Set, list[str]] = defaultdict(list)
    for grant in held:
        if grant.may.patterns != ("ecr:GetAuthorizationToken",):
            places[grant.on].extend(grant.may.patterns)
    told = tuple(say("{} on {}", rights.deeds(may), rights.on(place)) for place, may in list(places.items())[:3])
    if not told:
        return None
    left = len(places) - len(told)
    more = Own(f", and more on {left:,} other {'thing' if left == 1 else 'things'}") if left else Own("")
    return say(", and by that " + "; ".join("{}" for _ in told) + "{}", *told, more)


def _rest(found: Sequence[Grant], others: Mapping[Grant, Sequence[Grant]], *, gained: bool) -> Sentence | None:
    """What it was before, where a right only became wider or narrower."""
    parts = dict.fromkeys(part for grant in found for part in others.get(grant, ()))
    if not parts:
        return None
    places: dict[tuple[Set, tuple[Condition, ...]], list[str]] = defaultdict(list)
    for part in parts:
        places[part.on, part.conditions].extend(_actions(part))
    told = tuple(
        say("{} on {}{}", rights.deeds(may), rights.on(on), rights.under(way, shown_subject=False) or Own(""))
        for (on, way), may in places.items()
    )
    return say(" (before only: {})" if gained else " (what stays: {})", told)


def _actions(grant: Grant) -> list[str]:
    return [f"everything but {one}" if grant.may.but else one for one in grant.may.patterns]


@dataclass(frozen=True)
class _Judge:
    """Which gain is a danger: one by somebody, or on something, that is there already, or by somebody from outside."""

    roles: frozenset[str]
    """Roles that are made in this preview: what they may is told by who may act as them."""
    made: frozenset[str]
    """The URNs of things that are made in it."""
    own: frozenset[str]
    """The accounts that the config names."""

    def danger(self, grant: Grant, urn: str, *, denied: bool, gained: bool) -> Danger | None:
        """None where nobody has to stop for it."""
        if denied:
            return None if gained else Danger.WIDENED
        if not gained:
            return None
        if _public(grant):
            return Danger.PUBLIC
        if grant.who in self.roles:
            all_of_it = {"*"} & set(grant.may.patterns) and grant.on == EVERYTHING
            return Danger.WIDENED if all_of_it or google.BASIC & set(grant.may.patterns) else None
        if grant.who.startswith(("service:", "agent:")):
            return None if urn in self.made else Danger.WIDENED
        at_home = grant.who.removeprefix("account:") in self.own or (grant.who == "*" and self._of_ours(grant))
        return None if at_home and urn in self.made else Danger.WIDENED

    def _of_ours(self, grant: Grant) -> bool:
        return any(
            one.key.lower() in ("kms:calleraccount", "aws:principalaccount") and set(one.values) <= self.own
            for one in grant.conditions
        )


def _public(grant: Grant) -> bool:
    if grant.who == "member:allAuthenticatedUsers":
        return True
    if grant.who == "*" or grant.who.startswith("but:"):
        # Whose account, organization or thing it is, is what makes `*` less than everybody.
        return not any(
            one.key.lower().startswith(("aws:principal", "aws:source", "kms:calleraccount", "kms:viaservice"))
            for one in grant.conditions
        )
    if grant.who == federation.JOBS:
        return not any(map(federation.pins, grant.conditions))
    return grant.who.startswith("federated:") and not any(one.key.endswith(":sub") for one in grant.conditions)


def _by_role(side: Mapping[Grant, str]) -> Mapping[str, list[Grant]]:
    found: dict[str, list[Grant]] = defaultdict(list)
    for grant in side:
        if grant.who.startswith("role:"):
            found[grant.who].append(grant)
        elif grant.who.startswith("member:serviceAccount:"):
            found[grant.who.replace("member:serviceAccount:", "service account:", 1)].append(grant)
    return found
