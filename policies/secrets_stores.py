"""Rules on stores of secrets and on keys: what is deleted by mistake can be had back, and keys turn over.

Owns: AWS Secrets Manager and KMS, Google Secret Manager and KMS. Does not own: who is let in (`iam.py`,
`google_iam.py`), or whether a value is marked secret (`plain_secrets.py`).
"""

import re
from collections.abc import Iterable, Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies._props import Gap, flag, number, read, text
from policies._rule import Finding, Practice, Remark, Rule, Seen, only

_AWS_SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105  # a type
_AWS_KEY = "aws:kms/key:Key"
_GOOGLE_KEY = "gcp:kms/cryptoKey:CryptoKey"
_SYMMETRIC = (Gap.MISSING, "SYMMETRIC_DEFAULT")
_LONGEST = 365 * 24 * 3600


def _recovers(seen: Seen) -> Iterable[Remark]:
    return only(
        number(seen.props, "recoveryWindowInDays"),
        lambda days: (
            f"secret {seen} is gone at once when it is deleted: `recoveryWindowInDays` is 0" if days == 0 else None
        ),
    )


def _own_key(seen: Seen) -> Iterator[Remark]:
    # A key that is not made yet is one all the same.
    if read(seen.props, "kmsKeyId") is Gap.MISSING:
        yield Finding(f"secret {seen} is encrypted with a key of AWS's: `kmsKeyId` is missing")


def _turns(seen: Seen) -> Iterator[Remark]:
    if seen.type == _GOOGLE_KEY:
        period, purpose = text(seen.props, "rotationPeriod"), text(seen.props, "purpose")
        if Gap.UNKNOWN in (period, purpose):
            yield Gap.UNKNOWN
        elif purpose in (Gap.MISSING, "ENCRYPT_DECRYPT") and not _within(period):
            yield Finding(f"key {seen} has no `rotationPeriod` of at most a year")
        return
    kind, usage = text(seen.props, "customerMasterKeySpec"), text(seen.props, "keyUsage")
    turns = flag(seen.props, "enableKeyRotation")
    if Gap.UNKNOWN in (kind, usage, turns):
        yield Gap.UNKNOWN
    elif kind in _SYMMETRIC and usage in (Gap.MISSING, "ENCRYPT_DECRYPT") and turns is not True:
        yield Finding(f"`enableKeyRotation` of key {seen} is not true")


def _within(period: object) -> bool:
    found = re.fullmatch(r"([0-9]+)(?:\.[0-9]+)?s", period) if isinstance(period, str) else None
    return found is not None and int(found[1]) <= _LONGEST


def _kept(seen: Seen) -> Iterable[Remark]:
    return only(
        number(seen.props, "deletionWindowInDays"),
        lambda days: f"key {seen} can be had back for {days:.0f} days only" if _is_short(days, seen) else None,
    )


def _is_short(days: object, seen: Seen) -> bool:
    return isinstance(days, float | int) and days < float(seen.settings["days"])


RULES: tuple[Rule, ...] = (
    Rule(
        name="secrets-can-be-recovered",
        says="A secret that is deleted by mistake can be had back.",
        refuses="a secret of AWS Secrets Manager with `recoveryWindowInDays: 0`",
        why="a `destroy` on the wrong stack, or a renamed resource, takes what the builder reads away for good",
        mend="write `delivery.<name>.recoveryDays`, 7 to 30 (`recoveryWindowInDays`)",
        severity=Severity.MEDIUM,
        types=(_AWS_SECRET,),
        judge=_recovers,
    ),
    Rule(
        name="secrets-have-own-key",
        says="Secrets are encrypted with a key of the account's own.",
        refuses="a secret of AWS Secrets Manager without `kmsKeyId`",
        why="AWS's own key encrypts it: whoever may read the secret may decrypt it, and another account never can",
        mend="write `delivery.<name>.kmsKey` (`kmsKeyId`)",
        severity=Severity.LOW,
        level=EnforcementLevel.ADVISORY,
        checks=("CKV_AWS_149",),
        types=(_AWS_SECRET,),
        judge=_own_key,
    ),
    Rule(
        name="keys-turn-over",
        says="Keys that encrypt are rotated by their service.",
        refuses="a symmetric KMS key without `enableKeyRotation: true`, and one of Google's without a "
        "`rotationPeriod` of at most a year",
        why="all that was ever encrypted hangs on one key, and a leak of it never ends",
        mend="leave the key to `registries.<name>.encryption: {type: kms}` (`enableKeyRotation: true`, "
        "`rotationPeriod`)",
        severity=Severity.MEDIUM,
        practices=(Practice.ROTATION,),
        types=(_AWS_KEY, _GOOGLE_KEY),
        judge=_turns,
    ),
    Rule(
        name="keys-can-be-recovered",
        says="A key that is deleted by mistake can be had back for long enough to notice.",
        refuses="a KMS key whose `deletionWindowInDays` is less than the setting `days`",
        why="with the key go all images and secrets that it encrypted, whoever has copies of them",
        mend="leave the key to `registries.<name>.encryption` (`deletionWindowInDays: 30`)",
        severity=Severity.MEDIUM,
        settings={
            "days": {
                "type": "number",
                "default": 7,
                "description": "how long a deleted key can be had back; AWS takes 7 to 30",
            }
        },
        types=(_AWS_KEY,),
        judge=_kept,
    ),
)
