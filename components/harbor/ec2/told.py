"""What the server is told, and where it answers: two parameters and a secret.

Owns: the parameter that the wanted document lies in, the one that the server writes its report to, and the secret.
Does not own: what the documents say (`wanted.py`), or who reads them (`rights.py`).
"""

import pulumi
import pulumi_aws as aws

from components._base import Component

_NO_REPORT = "{}"
_RECOVERY_DAYS = 7
_CURRENT = "AWSCURRENT"


class Told(Component):
    """The server's parameters and its secret."""

    TYPE = "snapdeploy:harbor:Ec2Told"

    def __init__(
        self,
        name: str,
        *,
        wanted: str,
        report: str,
        secret: str,
        text: str,
        secrets: pulumi.Input[str],
        key: str | None,
        host: str,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`wanted`, `report` and `secret` are the names; `text` and `secrets` what is in the first and the last."""
        super().__init__(name, {"wanted": wanted, "report": report, "kept": secret}, opts)
        aws.ssm.Parameter(
            self.child("wanted"),
            name=wanted,
            description=f"What the server of {host} should be",
            type="String",
            # `value` would be hidden, and what changes here should be seen in a review.
            insecure_value=text,
            opts=self.options(),
        )
        aws.ssm.Parameter(
            self.child("report"),
            name=report,
            description=f"What the server of {host} says of itself",
            type="String",
            insecure_value=_NO_REPORT,
            # The server's from then on; ours only so that it goes when the server goes.
            opts=self.options(ignore_changes=["value", "insecure_value"]),
        )
        kept = aws.secretsmanager.Secret(
            self.child("secret"),
            name=secret,
            description=f"What the server of {host} must keep to itself",
            kms_key_id=key,
            # Without protection a stack is made and destroyed at will, and a name that can be restored is taken.
            recovery_window_in_days=_RECOVERY_DAYS if protect else 0,
            opts=self.options(protect=protect),
        )
        aws.secretsmanager.SecretVersion(
            self.child("secret-value"),
            secret_id=kept.id,
            secret_string=pulumi.Output.secret(secrets),
            # Said, not left to AWS: else a value that somebody set by hand stays current, and no refresh tells.
            version_stages=[_CURRENT],
            opts=self.options(),
        )
        self.register_outputs({})
