"""A rule on keys that never end: they are a last resort, and seen as one.

Owns: access keys of IAM users. Does not own: whether such a key is marked secret (`plain_secrets`).
"""

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
)

from policies._props import Gap, message, printable, text

_ACCESS_KEY = "aws:iam/accessKey:AccessKey"


def _flagged(args: ResourceValidationArgs, report: ReportViolation) -> None:
    if args.resource_type != _ACCESS_KEY:
        return
    user = text(args.props, "user")
    whose = "a user" if isinstance(user, Gap) else f"user `{printable(user)}`"
    report(
        message(
            f"access key '{printable(args.name)}' of {whose} is valid until somebody deletes it",
            "whoever has seen it once, in a log, a backup or a laptop, can push images from anywhere",
            "give the right to a role instead: `from: github`, `ec2`, `ecs`, `eks-pod-identity` or `irsa` under "
            "`access`; where none of them can be, rotate it: change the text of the other slot, deliver, clear the old",
        ),
        None,
    )


RULES: tuple[Policy, ...] = (
    ResourceValidationPolicy(
        name="no-long-lived-access-keys",
        description="The builder acts as a role whose credential ends by itself; an access key of a user does not.",
        validate=_flagged,
        enforcement_level=EnforcementLevel.ADVISORY,
        severity=Severity.HIGH,
        remediation_steps="Name a role's principal under `access` in place of `from: user`.",
    ),
)
