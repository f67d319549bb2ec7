"""Rules on what is written down: who did what, for how long, and where it can be read.

Owns: CloudTrail, CloudWatch logs, Google's audit configuration. Does not own: alarms, which are the watch's.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pulumi_policy import EnforcementLevel, Severity

from policies import google_registry
from policies._props import Gap, flag, groups, number, printable, read, text, words
from policies._rule import Finding, Practice, Remark, Rule, Seen, StackRule

TRAIL = "aws:cloudtrail/trail:Trail"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
AUDIT = "gcp:projects/iAMAuditConfig:IAMAuditConfig"
_TOPIC = "aws:sns/topic:Topic"
_SERVICES = ("allServices", "artifactregistry.googleapis.com")
_WRITES, _READS = "DATA_WRITE", "DATA_READ"


def _whole(seen: Seen) -> Iterator[Remark]:
    on, everywhere = flag(seen.props, "enableLogging"), flag(seen.props, "isMultiRegionTrail")
    sealed = flag(seen.props, "enableLogFileValidation")
    if Gap.UNKNOWN in (on, everywhere, sealed):
        yield Gap.UNKNOWN
    if on is False:
        yield Finding(f"trail {seen} is off: `enableLogging` is false")
    if everywhere not in (True, Gap.UNKNOWN):
        yield Finding(f"trail {seen} sees one region: `isMultiRegionTrail` is not true")
    if sealed not in (True, Gap.UNKNOWN):
        yield Finding(f"what trail {seen} wrote can be changed unseen: `enableLogFileValidation` is not true")


def _kept(seen: Seen) -> Iterator[Remark]:
    days = number(seen.props, "retentionInDays")
    least = float(seen.settings["days"])
    if days is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    elif isinstance(days, Gap) or days == 0:
        yield Finding(f"log {seen} is kept for ever: `retentionInDays` is missing")
    elif days < least:
        yield Finding(f"log {seen} is kept for {days:.0f} days")


def _exempted(seen: Seen) -> Iterator[Remark]:
    service = text(seen.props, "service")
    if service is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    if service not in _SERVICES:
        return
    configs = groups(seen.props, "auditLogConfigs")
    for one in configs if isinstance(configs, list) else [configs]:
        members = one if isinstance(one, Gap) else words(one, "exemptedMembers")
        if members is Gap.UNKNOWN:
            yield Gap.UNKNOWN
        elif isinstance(members, list) and members:
            yield Finding(f"audit configuration {seen} does not write down what `{printable(str(members[0]))}` does")


def _audited(resources: list[Seen], settings: Mapping[str, Any]) -> Iterator[Remark]:
    """A project with a registry writes down who writes to it, and where that is asked for, who reads it."""
    if settings["auditedElsewhere"]:
        return
    needed = (_WRITES, _READS) if settings["reads"] else (_WRITES,)
    kinds: dict[object, set[object]] = {}
    for one in resources:
        if one.type != AUDIT:
            continue
        service, configs, where = text(one.props, "service"), groups(one.props, "auditLogConfigs"), _project(one)
        found = kinds.setdefault(where, set())
        if Gap.UNKNOWN in (service, configs):
            found.add(Gap.UNKNOWN)
        elif service in _SERVICES and isinstance(configs, list):
            found.update(each if isinstance(each, Gap) else text(each, "logType") for each in configs)
    for one in resources:
        if one.type != google_registry.REPOSITORY:
            continue
        where = _project(one)
        there = kinds.get(where, set())
        missing = [kind for kind in needed if kind not in there]
        if missing and (Gap.UNKNOWN in there or where is Gap.UNKNOWN or Gap.UNKNOWN in kinds):
            yield Gap.UNKNOWN
        elif missing:
            yield Finding(
                f"not all that is done to {one} is written down: no audit log of {' and '.join(missing)}", one.urn
            )


def _project(one: Seen) -> str | Gap:
    """The project that a resource is in: its own, else its provider's."""
    own = text(one.props, "project")
    return text(one.provider.props, "project") if own is Gap.MISSING and one.provider is not None else own


def _encrypted(seen: Seen) -> Iterable[Remark]:
    # A key that is not made yet is one all the same.
    if read(seen.props, "kmsMasterKeyId") is Gap.MISSING:
        yield Finding(f"topic {seen} is not encrypted: `kmsMasterKeyId` is missing")


RULES: tuple[Rule, ...] = (
    Rule(
        name="audit-trail-is-whole",
        says="The trail of the account's API is on, sees every region, and cannot be changed unseen.",
        refuses="a trail with `enableLogging: false`, of one region, or without `enableLogFileValidation: true`",
        why="who pushed, or let somebody in, cannot be told after the fact",
        mend="write `isMultiRegionTrail: true`, `enableLogFileValidation: true`, and leave `enableLogging` out",
        severity=Severity.HIGH,
        checks=("CKV_AWS_67", "CKV_AWS_36"),
        practices=(Practice.AUDIT,),
        types=(TRAIL,),
        judge=_whole,
    ),
    Rule(
        name="logs-are-kept-for-a-time",
        says="Logs are kept long enough to be needed, and not for ever.",
        refuses="a log group without `retentionInDays`, or with fewer than the setting `days`",
        why="what is needed after an incident is gone, or is paid for in all years to come",
        mend="leave it to `registries.<name>.watch`, or write `retentionInDays: 90`",
        severity=Severity.LOW,
        checks=("CKV_AWS_66",),
        practices=(Practice.AUDIT,),
        settings={"days": {"type": "number", "default": 14, "description": "the fewest days that a log is kept"}},
        types=(LOG_GROUP,),
        judge=_kept,
    ),
    Rule(
        name="google-audit-exempts-nobody",
        says="The audit log of Artifact Registry leaves nobody out.",
        refuses="`exemptedMembers` in an audit configuration of Artifact Registry or all services",
        why="what that account does, or whoever has its key, is written down nowhere",
        mend="leave it to `registries.<name>.watch: {auditLogs: own}` (remove `exemptedMembers`)",
        severity=Severity.HIGH,
        practices=(Practice.AUDIT,),
        types=(AUDIT,),
        judge=_exempted,
    ),
    StackRule(
        name="google-registry-is-audited",
        says="A project with a registry writes down who pushes to it.",
        refuses="an Artifact Registry repository without an audit log of DATA_WRITE in the stack, or of DATA_READ where"
        " the setting asks for it",
        why="who pushed what, or tried to, cannot be told after the fact: Google does not write it down unless asked",
        mend="write `registries.<name>.watch: {auditLogs: own}` (IAMAuditConfig for "
        "`artifactregistry.googleapis.com`, with `logType: DATA_WRITE`), or `auditedElsewhere` in the pack's config "
        "where the organization does it",
        severity=Severity.MEDIUM,
        level=EnforcementLevel.ADVISORY,
        practices=(Practice.AUDIT,),
        settings={
            "auditedElsewhere": {
                "type": "boolean",
                "default": False,
                "description": "whether another stack, or the organization, turns the audit logs on",
            },
            "reads": {
                "type": "boolean",
                "default": False,
                "description": "whether pulls have to be written down too: an entry for each layer, which `auditLogs: "
                "own` does not switch on",
            },
        },
        over=_audited,
    ),
    Rule(
        name="alerts-are-encrypted",
        says="Alerts are encrypted where they wait.",
        refuses="an SNS topic without `kmsMasterKeyId`",
        why="findings and names of images stand readable to whoever operates the service",
        mend="leave the topic to `registries.<name>.watch` (`kmsMasterKeyId`)",
        severity=Severity.LOW,
        checks=("CKV_AWS_26",),
        practices=(Practice.AUDIT,),
        types=(_TOPIC,),
        judge=_encrypted,
    ),
)
