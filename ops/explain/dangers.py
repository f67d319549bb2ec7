"""What a reviewer has to see first, of one resource.

Owns: which change of which property lifts a protection, shortens what is kept, or loses data. Does not own permissions
(`permissions.py`). A property that is not in the tables is told with the rest, and not as a danger.

More than 300 lines: it is one list of what a reviewer stops for, and is read as one.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ops.explain import names, retention
from ops.explain.digest import Change, Mark, Op, Preview, State, listed
from ops.explain.point import Danger, Point
from ops.explain.sentence import Own, Sentence, say

_MUST_STAY_TRUE = {
    "deletionProtection": "its protection from deletion",
    "deletionProtectionEnabled": "its protection from deletion",
    "enableKeyRotation": "the yearly rotation of the key",
    "preventSelfReview": "the guard that nobody approves their own deployment",
    "encrypted": "its encryption",
    "enabled": "its working state",
    "isEnabled": "its working state",
    "actionsEnabled": "that anybody is told",
}
_MUST_STAY_FALSE = {
    "forceDelete": "the guard that it is deleted only when empty",
    "forceDestroy": "the guard that it is deleted only when empty",
    "bypassPolicyLockoutSafetyCheck": "the check that nobody is locked out of the key",
    "canAdminsBypass": "the guard that administrators, too, wait for the reviewers",
    "insecure": "the check of certificates",
}
_MUST_NOT_SHRINK = {
    "recoveryWindowInDays": ("days in which it can be brought back", Danger.LIFTED),
    "deletionWindowInDays": ("days in which its deletion can be stopped", Danger.LIFTED),
    "retentionInDays": ("days that it is kept", Danger.SHORTENED),
    "waitTimer": ("minutes that a deployment waits", Danger.LIFTED),
    "messageRetentionSeconds": ("seconds that messages are kept", Danger.SHORTENED),
}
_MUST_STAY_LONG = {
    "versionDestroyTtl": "in which a version of it can be brought back",
    "destroyScheduledDuration": "in which the end of a version of it can be stopped",
}
_KEYS = ("encryptionConfigurations", "encryptionConfiguration", "kmsKeyName", "kmsMasterKeyId", "kmsKeyId", "kmsKey")
_MUTABLE = frozenset({"MUTABLE", "MUTABLE_WITH_EXCLUSION"})


def dangers(preview: Preview) -> tuple[Point, ...]:
    """Of each resource whatever belongs before all the rest."""
    lost = _confirmed(preview)
    points: list[Point] = []
    for change in preview.changes:
        if change.type.startswith("pulumi:") or change.op in (Op.SAME, Op.READ, Op.REFRESH, Op.OTHER):
            continue
        points += _gone(change, lost)
        points += _made(change)
        if change.old is not None and change.new is not None:
            points += _lifted(_About(change, change.old, change.new))
    return (*points, *_sorts(preview))


def _sorts(preview: Preview) -> Iterator[Point]:
    """What goes or is replaced and can be made again: one point for all of a kind."""
    found: dict[tuple[Op, str, tuple[str, ...]], list[Change]] = defaultdict(list)
    for change in preview.changes:
        if _replaceable(change):
            found[change.op, names.kind(change.type), change.replaced_for].append(change)
    for (op, kind, because), same in found.items():
        told = tuple(names.address(change) for change in same)
        one = len(same) == 1
        subject = f"The {kind}" if one else f"{len(same):,} {names.plural(kind)}"
        verb = ("is " if one else "are ") + ("deleted" if op is Op.DELETE else "replaced")
        cause = say(", because {} cannot be changed in place", because) if because else say("")
        danger = Danger.DELETED if op is Op.DELETE else Danger.REPLACED
        words = f"{subject} {{}} {verb}{{}}" if one else f"{subject} {verb}{{}}: {{}}"
        values: tuple[object, ...] = (told, cause) if one else (cause, told)
        yield Point(say(words, *values), same[0].urn if one else "", danger, {"urns": [change.urn for change in same]})


def _replaceable(change: Change) -> bool:
    going = change.op in (Op.DELETE, Op.REPLACE) and not change.grouping
    return going and not change.given_up and names.holds(change) is None and not names.told_elsewhere(change)


def _gone(change: Change, lost: Mapping[str, int]) -> Iterator[Point]:
    if change.grouping or change.op not in (Op.DELETE, Op.REPLACE):
        return
    what, name = names.kind(change.type), names.address(change)
    holds = names.holds(change)
    if change.given_up:
        words = f"The {what} {{}} is given up: it stays where it is, and nothing looks after it"
        yield Point(say(words, name), change.urn)
        return
    if holds is None:
        return
    if change.op is Op.DELETE:
        yield Point(say(f"The {what} {{}} is deleted, and with it {holds}", name), change.urn, Danger.LOST)
        return
    because = tuple(change.replaced_for)
    cause = say(", because {} cannot be changed in place", because) if because else say("")
    registry = re.split(r"-repositor(?:ies|y)-", change.name)[0]
    count = lost.get(registry) if holds == "images in it" else None
    if count is not None:
        words = f"The {what} {{}} is replaced{{}}: {holds} would be lost, {{}} of them as the config confirms"
        yield Point(say(words, name, cause, Own(f"{count:,}")), change.urn, Danger.LOST, {"images_lost": count})
    else:
        unknown = ", how many the preview does not tell" if "images" in holds else ""
        words = f"The {what} {{}} is replaced{{}}: {holds} would be lost{unknown}"
        yield Point(say(words, name, cause), change.urn, Danger.LOST)


def _made(change: Change) -> Iterator[Point]:
    """What is dangerous even where it is new."""
    new = change.new
    if new is None:
        return
    if _public(new) and not (change.old is not None and _public(change.old)):
        yield Point(say("Everybody can see {}", names.address(change)), change.urn, Danger.PUBLIC)
    old_open, new_open = _seen(change.old), _seen(new)
    for name in sorted(new_open - old_open):
        yield Point(say("Everybody can see the repository {}", name), change.urn, Danger.PUBLIC)
    if change.op is Op.CREATE and "long-lived" in (what := names.kind(change.type)):
        user = new.get("user", "serviceAccountId")
        user = user.rsplit("/", 1)[-1] if type(user) is str else user
        yield Point(
            say(f"A {what} is made for {{}}: it works until somebody deletes it", user), change.urn, Danger.LONG_LIVED
        )


@dataclass(frozen=True)
class _About:
    """One resource that stays, before and after."""

    change: Change
    old: State
    new: State

    @property
    def what(self) -> str:
        return "component" if self.change.grouping else names.kind(self.change.type)

    @property
    def name(self) -> str:
        return names.address(self.change)

    def point(self, danger: Danger | None, words: str, *values: object) -> Point:
        """A point on it; `WHAT` in the words is what it is."""
        return Point(say(words.replace("WHAT", self.what), *values), self.change.urn, danger)

    def both(self, key: str) -> tuple[Any, Any]:
        return self.old.asked(key), self.new.asked(key)

    def within(self, outer: str, inner: str) -> tuple[Any, Any]:
        blocks = self.both(outer)
        old, new = (block.get(inner) if isinstance(block, Mapping) else None for block in blocks)
        return old, new


def _lifted(about: _About) -> Iterator[Point]:
    old, new, name = about.old, about.new, about.name
    if old.protect and not new.protect:
        yield about.point(Danger.LIFTED, "The WHAT {} is no longer protected: the next update may delete it", name)
    if old.retained and not new.retained:
        yield about.point(Danger.LIFTED, "A deletion of the WHAT {} would now really delete it", name)
    for key, meaning in _MUST_STAY_TRUE.items():
        was, will = about.both(key)
        if was is True and will is not True and will is not Mark.UNKNOWN:
            yield about.point(Danger.LIFTED, f"The WHAT {{}} loses {meaning}", name)
    for key, meaning in _MUST_STAY_FALSE.items():
        was, will = about.both(key)
        if not was and will is True:
            yield about.point(Danger.LIFTED, f"The WHAT {{}} loses {meaning}", name)
    for key, (meaning, danger) in _MUST_NOT_SHRINK.items():
        was, will = about.both(key)
        if _number(was) and _number(will) and was and (0 < will < was or (will == 0 and key == "waitTimer")):
            yield about.point(danger, f"The WHAT {{}} has fewer {meaning}: {{}}, and before {{}}", name, will, was)
        elif was == 0 and _number(will) and will and key == "retentionInDays":
            yield about.point(danger, "The WHAT {} was kept for ever, and is for {} days", name, will)
    if old.asked("permissionsBoundary") is not None and new.asked("permissionsBoundary") is None:
        yield about.point(Danger.LIFTED, "The WHAT {} loses its permissions boundary", name)
    for look in (_google, _durations, _audited, _tags, _scanning, _encryption, _kept, _reviewers):
        yield from look(about)


def _google(about: _About) -> Iterator[Point]:
    was, will = about.both("deletionPolicy")
    if was == "PREVENT" and will not in ("PREVENT", Mark.UNKNOWN):
        yield about.point(Danger.LIFTED, "The WHAT {} loses its protection from deletion", about.name)
    was, will = about.both("cleanupPolicyDryRun")
    if was is True and will is not True and will is not Mark.UNKNOWN:
        words = "The cleanup of WHAT {} is no rehearsal any more: from now on images really go"
        yield about.point(Danger.LIFTED, words, about.name)


def _durations(about: _About) -> Iterator[Point]:
    """Google's spans of time, which are texts of seconds."""
    for key, meaning in _MUST_STAY_LONG.items():
        was, will = map(_days, about.both(key))
        if was is not None and about.new.asked(key) is not Mark.UNKNOWN and (will is None or will < was):
            words = f"The WHAT {{}} has fewer days {meaning}: {{}}, and before {{}}"
            yield about.point(Danger.LIFTED, words, about.name, Own(f"{will or 0:g}"), Own(f"{was:g}"))
    was, will = map(_days, about.both("rotationPeriod"))
    if was is not None and about.new.asked("rotationPeriod") is not Mark.UNKNOWN and (will is None or will > was):
        how = say(", but each {} days", Own(f"{will:g}")) if will is not None else say("")
        words = "The WHAT {} is no longer rotated each {} days{}"
        yield about.point(Danger.LIFTED, words, about.name, Own(f"{was:g}"), how)


def _audited(about: _About) -> Iterator[Point]:
    before, after = (
        {str(one.get("logType")) for one in listed(value) if isinstance(one, Mapping)}
        for value in about.both("auditLogConfigs")
    )
    if (gone := sorted(before - after)) and not isinstance(about.new.asked("auditLogConfigs"), Mark):
        words = "Nothing writes down {} of {} any more"
        yield about.point(Danger.LIFTED, words, tuple(gone), about.name)


def _days(value: object) -> float | None:
    found = re.fullmatch(r"(\d{1,12})(?:\.\d+)?s", value) if type(value) is str else None
    return int(found[1]) / 86400 if found else None


def _tags(about: _About) -> Iterator[Point]:
    was, will = about.both("imageTagMutability")
    frozen = was is not None and was not in _MUTABLE
    before, after = (_filters(state) for state in (about.old, about.new))
    immutable = about.within("dockerConfig", "immutableTags")
    if (frozen and (will in _MUTABLE or will is None)) or (immutable[0] is True and immutable[1] is not True):
        yield about.point(Danger.LIFTED, "Tags in WHAT {} can be moved to other images from now on", about.name)
    elif frozen and (more := sorted(after - before)):
        yield about.point(
            Danger.LIFTED, "Tags like {} in WHAT {} can be moved to other images", tuple(more), about.name
        )


def _scanning(about: _About) -> Iterator[Point]:
    was, will = about.within("imageScanningConfiguration", "scanOnPush")
    states = about.within("vulnerabilityScanningConfig", "enablementConfig")
    if (was is True and will is not True) or (states[0] != "DISABLED" and states[1] == "DISABLED"):
        yield about.point(Danger.LIFTED, "Images pushed to WHAT {} are no longer scanned", about.name)
    if about.both("scanType") == ("ENHANCED", "BASIC"):
        yield about.point(
            Danger.LIFTED, "The WHAT {} has the basic scanner, and no longer the enhanced one", about.name
        )
    if "scanType" in about.old.inputs and (gone := sorted(_scanned(about.old) - _scanned(about.new))):
        yield about.point(
            Danger.LIFTED, "Images in {} are no longer scanned by the account's configuration", tuple(gone)
        )


def _encryption(about: _About) -> Iterator[Point]:
    for key in _KEYS:
        was, will = about.both(key)
        if was is None or was == will or (will is Mark.UNKNOWN and about.change.op is not Op.REPLACE):
            continue
        if will is None:
            yield about.point(Danger.ENCRYPTION, "The WHAT {} is no longer encrypted by {}", about.name, _key(was))
        else:
            words = "The WHAT {} is encrypted by {}, and was by {}"
            yield about.point(Danger.ENCRYPTION, words, about.name, _key(will), _key(was))


def _kept(about: _About) -> Iterator[Point]:
    for before, after in _rules(about):
        for shift in retention.shifts(before, after):
            danger = Danger.SHORTENED if shift.shorter else None
            yield about.point(danger, "In {}: {}", about.name, shift.sentence)


def _rules(about: _About) -> Iterator[tuple[Sequence[retention.Rule], Sequence[retention.Rule]]]:
    kind = about.change.type
    texts = about.both("policy" if kind == "aws:ecr/lifecyclePolicy:LifecyclePolicy" else "lifecyclePolicy")
    policies = about.both("cleanupPolicies")
    if kind.startswith("aws:ecr/") and texts[0] != texts[1] and not isinstance(texts[1], Mark):
        read = [retention.rules(text) if text is not None else () for text in texts]
    elif policies[0] != policies[1] and not isinstance(policies[1], Mark):
        read = [retention.cleanup(one) for one in policies]
    else:
        return
    if read[0] is not None and read[1] is not None:
        yield read[0], read[1]


def _reviewers(about: _About) -> Iterator[Point]:
    before, after = _people(about.old), _people(about.new)
    place = _place(about.old, about.name)
    if before and not after:
        yield about.point(Danger.LIFTED, "Nobody has to approve a deployment to {} any more", place)
    elif gone := sorted(before - after):
        yield about.point(Danger.LIFTED, "{} no longer approve deployments to {}", tuple(gone), place)
    if more := sorted(after - before):
        words = "{} may approve deployments to {} too" if before else "{} have to approve deployments to {} from now on"
        yield about.point(Danger.WIDENED if before else None, words, tuple(more), place)


def _people(state: State) -> set[str]:
    found = state.asked("reviewers")
    blocks = found if isinstance(found, list) else []
    return {
        f"{kind[:-1]} {one}"
        for block in blocks
        if isinstance(block, dict)
        for kind in ("users", "teams")
        for one in (block.get(kind) or [] if isinstance(block.get(kind), list) else [])
    }


def _place(state: State, name: str) -> Sentence:
    told = state.get("environment")
    return say("environment {} of {}", told, state.get("repository")) if told is not None else say("{}", name)


def _public(state: State) -> bool:
    return state.asked("visibility") == "public" or state.asked("publiclyAccessible") is True


def _seen(state: State | None) -> set[str]:
    """Repositories of Docker Hub that everybody sees: by name, whether they are private."""
    found = state.asked("repositories") if state is not None else None
    return {name for name, private in found.items() if private is False} if isinstance(found, Mapping) else set()


def _confirmed(preview: Preview) -> Mapping[str, int]:
    """By registry: how many images the config says may be lost."""
    found: dict[str, int] = {}
    for name, told in preview.block("registries").items():
        encryption = told.get("encryption") if isinstance(told, dict) else None
        count = encryption.get("confirmReplacement") if isinstance(encryption, dict) else None
        if type(count) is int:
            found[name] = count
    return found


def _filters(state: State) -> set[str]:
    found = state.asked("imageTagMutabilityExclusionFilters")
    return {str(one.get("filter")) for one in found if isinstance(one, dict)} if isinstance(found, list) else set()


def _scanned(state: State) -> set[str]:
    found = state.asked("rules")
    return {
        str(one.get("filter"))
        for rule in listed(found)
        if isinstance(rule, dict)
        for one in listed(rule.get("repositoryFilters"))
        if isinstance(one, dict)
    }


def _key(value: object) -> object:
    """What encrypts, in words: the cloud's own key, or ours by name."""
    if value is Mark.UNKNOWN:
        return say("a key that is known only after the update")
    block = value[0] if isinstance(value, list) and value else value
    if isinstance(block, Mapping):
        if block.get("kmsKey"):
            return _key(block["kmsKey"])
        return say("a key of AWS's") if block.get("encryptionType") == "AES256" else say("AWS's key for ECR in KMS")
    return value


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
