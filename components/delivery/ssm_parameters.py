"""Delivery into AWS Systems Manager's Parameter Store: a parameter for each variable, under one path.

Owns: the parameters. Does not own: the KMS key, which is given, or who may read them: that is
said in the readers' own IAM policies. A variable that is not secret is a String that a preview
may show; a secret one is a SecureString. How many there are depends on the registry's kind
alone, never on what is pushed to it.
"""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Self

import pulumi
import pulumi_aws as aws
from pydantic import AfterValidator, Field, model_validator

from components._settings import MistakeError
from components.aws.place import KeyArn, partition_of
from components.delivery._aws import AwsDeliverySettings, key_mistake, provider
from components.delivery._interface import STACK, Context, Delivery
from contract.kinds import Target
from contract.variables import SECRET_NAMES

# https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
_PATH = re.compile(r"(?:/[A-Za-z0-9_.-]+)+")
_MOST_LEVELS = 15
_LONGEST = 900  # a whole name has at most 1011 characters
_RESERVED = ("aws", "ssm")


def _path(text: str) -> str:
    if _PATH.fullmatch(text.replace(STACK, "stack")) is None or len(text) > _LONGEST:
        raise MistakeError("is not a path of parameters: `/` before each part, of A-Z, a-z, 0-9, '_', '.', '-'")
    parts = text.split("/")[1:]
    if len(parts) >= _MOST_LEVELS:
        raise MistakeError(f"has {len(parts)} levels; with the variable's name there may be {_MOST_LEVELS}")
    if parts[0].casefold().startswith(_RESERVED):
        raise MistakeError("begins with `aws` or `ssm`, which AWS keeps for itself")
    return text


class SsmParametersSettings(AwsDeliverySettings):
    """Parameters in AWS Systems Manager's Parameter Store."""

    target: Target = Target.AWS_SSM
    path: Annotated[str, AfterValidator(_path)] = Field(
        default=f"/snapdeploy/{STACK}/builder",
        description="the path before every variable's name; `{stack}` in it is the stack's name",
        examples=["/snapdeploy/prod/builder"],
    )
    kms_key: KeyArn | None = Field(
        default=None,
        description="the KMS key that encrypts secret variables; left out: AWS's own for parameters",
        examples=["arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        mistake = key_mistake(self.kms_key, self.region) if self.kms_key is not None else None
        if mistake is not None:
            raise mistake
        return self

    def destination(self) -> str:
        """The path's ARN, as a policy that lets somebody read below it begins."""
        return f"arn:{partition_of(self.region)}:ssm:{self.region}:{self.account}:parameter{self.path}"


class SsmParameters(Delivery):
    """The builder's variables as parameters, each called `<path>/<NAME>`."""

    TYPE = "snapdeploy:delivery:SsmParameters"
    Settings: ClassVar = SsmParametersSettings

    def deliver(
        self, settings: SsmParametersSettings, variables: Mapping[str, pulumi.Output[str]], context: Context
    ) -> None:
        """A parameter for each variable. One that somebody else has made is never overwritten."""
        at = self.options(provider=provider(self, settings, context))
        path = context.place(settings.path)
        for name, value in variables.items():
            secret = name in SECRET_NAMES
            hidden: pulumi.Output[str] = pulumi.Output.secret(value)
            aws.ssm.Parameter(
                self.child(name.lower().replace("_", "-")),
                name=f"{path}/{name}",
                description=f"{name} of SnapDeploy's builder, delivered by stack {context.stack}",
                type="SecureString" if secret else "String",
                # `value` is always hidden, and a plain variable's change should be seen in a review.
                value=hidden if secret else None,
                insecure_value=None if secret else value,
                key_id=settings.kms_key if secret else None,
                tier="Standard",
                opts=at,
            )
