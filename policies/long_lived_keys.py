"""A rule on keys that never end: they are a last resort, and seen as one.

Owns: access keys of IAM users. Does not own: whether such a key is marked secret (`plain_secrets`).
"""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies._props import Gap, printable, text
from policies._rule import Finding, Practice, Remark, Rule, Seen

_ACCESS_KEY = "aws:iam/accessKey:AccessKey"


def _flagged(seen: Seen) -> Iterator[Remark]:
    user = text(seen.props, "user")
    whose = "a user" if isinstance(user, Gap) else f"user `{printable(user)}`"
    yield Finding(f"access key {seen} of {whose} is valid until somebody deletes it")


RULES: tuple[Rule, ...] = (
    Rule(
        name="no-long-lived-access-keys",
        says="The builder acts as a role whose credential ends by itself; an access key of a user does not.",
        refuses="an access key of an IAM user",
        why="whoever has seen it once, in a log, a backup or a laptop, can push images from anywhere",
        mend="give the right to a role instead: `from: github`, `ec2`, `ecs`, `eks-pod-identity` or `irsa` under "
        "`access`; where none of them can be, rotate it: change the text of the other slot, deliver, clear the old",
        severity=Severity.HIGH,
        level=EnforcementLevel.ADVISORY,
        practices=(Practice.TOKENS, Practice.ROTATION),
        types=(_ACCESS_KEY,),
        judge=_flagged,
    ),
)
