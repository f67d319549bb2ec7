"""Delivery into AWS Secrets Manager: one JSON secret that holds all of the builder's variables.

Owns: the secret, its current value, its replicas, and who may read it. Does not own: the KMS
keys, which are given, or the readers' own IAM policies. One secret, because it is read in one
call and changes as a whole: a builder never sees the new address with the old password.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, ClassVar, Self

import pulumi
import pulumi_aws as aws
from pydantic import AfterValidator, Field, model_validator

from components._settings import MistakeError, Settings
from components.aws import documents
from components.aws.documents import By, Document, allow
from components.aws.place import KeyArn, Region, partition_of
from components.delivery._aws import AwsDeliverySettings, key_mistake, provider
from components.delivery._document import document
from components.delivery._interface import STACK, Context, Delivery
from components.delivery._recovery import recovery_days, recovery_mistake
from contract.kinds import Target

# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
_NAME = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
_PRINCIPAL = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):iam::(?P<account>[0-9]{12}):(?:root|(?:role|user)/[A-Za-z0-9+=,.@_/-]{1,576})"
)
_CURRENT = "AWSCURRENT"
_LONGEST_RECOVERY = 30


def _name(text: str) -> str:
    if _NAME.fullmatch(text.replace(STACK, "stack")) is None:
        raise MistakeError("is not a secret's name: 1 to 512 of A-Z, a-z, 0-9, '/', '_', '+', '=', '.', '@', '-'")
    return text


def _principal(text: str) -> str:
    if _PRINCIPAL.fullmatch(text) is None:
        raise MistakeError(
            "is not the ARN of a role, a user or an account's root",
            consequence="whom it lets read would be a guess" if "*" not in text else "it would let strangers read",
        )
    return text


def _recovery(days: int) -> int:
    if 0 < days < 7:
        raise MistakeError("is not 0 or a number from 7 to 30: AWS waits a week at least, or not at all")
    return days


class ReplicaSettings(Settings):
    """A copy of the secret in another region."""

    kms_key: KeyArn | None = Field(
        default=None,
        description="the KMS key in that region; left out: AWS's own for Secrets Manager",
        examples=["arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
    )


class SecretsManagerSettings(AwsDeliverySettings):
    """One secret in AWS Secrets Manager."""

    target: Target = Target.AWS_SECRETS_MANAGER
    name: Annotated[str, AfterValidator(_name)] = Field(
        default=f"snapdeploy/{STACK}/builder",
        description="the secret's name; `{stack}` in it is the stack's name",
        examples=["snapdeploy/prod/builder"],
    )
    kms_key: KeyArn | None = Field(
        default=None,
        description="the KMS key that encrypts it; left out: AWS's own for Secrets Manager",
        examples=["arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
    )
    replicas: Mapping[Region, ReplicaSettings] = Field(
        default={}, description="regions that hold a copy", examples=[{"eu-west-1": {}}]
    )
    readers: Mapping[str, Annotated[str, AfterValidator(_principal)]] = Field(
        default={},
        description="who may read it, by a name of yours: the ARN of a role, a user or an account's root",
        examples=[{"builder": "arn:aws:iam::123456789012:role/snapdeploy-builder"}],
    )
    recovery_days: Annotated[int, AfterValidator(_recovery)] | None = Field(
        default=None,
        ge=0,
        le=_LONGEST_RECOVERY,
        description="how long a deleted secret can be restored: 0 or 7 to 30; left out: 30 in production, else 0",
        examples=[30],
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        mistake = next(_disagreements(self), None)
        if mistake is not None:
            raise mistake
        return self

    def destination(self) -> str:
        """The secret's ARN without the six characters that AWS adds; the API takes it as it is."""
        return f"arn:{partition_of(self.region)}:secretsmanager:{self.region}:{self.account}:secret:{self.name}"


def _disagreements(settings: SecretsManagerSettings) -> Iterator[MistakeError]:
    keys = {settings.region: settings.kms_key, **{region: copy.kms_key for region, copy in settings.replicas.items()}}
    if settings.region in settings.replicas:
        yield MistakeError(
            f"wants a replica in {settings.region}, where the secret itself is", f"delete `{settings.region}` there"
        )
    for region, key in keys.items():
        if partition_of(region) != partition_of(settings.region):
            yield MistakeError(
                f"wants a replica in {region}, which is another partition than {settings.region}",
                f"delete `{region}` there, and declare a delivery of its own for it",
                "AWS replicates inside a partition only",
            )
        wrong = key_mistake(key, region) if key is not None else None
        if wrong is not None:
            yield wrong
    for name, reader in settings.readers.items():
        found = _PRINCIPAL.fullmatch(reader)
        if found is None:
            continue
        if found["partition"] != partition_of(settings.region):
            yield MistakeError(
                f"lets `{name}` read, who is in another partition than {settings.region}",
                f"write an ARN that begins with `arn:{partition_of(settings.region)}:`",
                "AWS would refuse the policy",
            )
        keyless = [region for region, key in keys.items() if key is None]
        if found["account"] != settings.account and keyless:
            yield MistakeError(
                f"lets `{name}` of account {found['account']} read, and gives no `kmsKey` for {', '.join(keyless)}",
                "write a `kmsKey` whose policy lets that account decrypt",
                "AWS's own key lets nobody of another account decrypt, so the secret could not be read",
            )


def readers_policy(readers: Iterable[str]) -> Document:
    """The secret's resource policy: `readers` (ARNs) may read it, and nothing else."""
    actions = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    # In a secret's own policy `*` is the secret itself, whichever six characters its ARN ends in.
    return documents.document(allow("ReadByName", actions, ["*"], principals={By.ACCOUNT: sorted(readers)}))


class SecretsManager(Delivery):
    """The builder's variables as one JSON secret."""

    TYPE = "snapdeploy:delivery:SecretsManager"
    Settings: ClassVar = SecretsManagerSettings

    @classmethod
    def objection(cls, settings: SecretsManagerSettings, context: Context) -> MistakeError | None:
        """In production a deleted secret can be restored."""
        return recovery_mistake(settings.recovery_days, context.environment, "a secret that is deleted")

    def deliver(
        self, settings: SecretsManagerSettings, variables: Mapping[str, pulumi.Output[str]], context: Context
    ) -> None:
        """The secret, its value as a Pulumi secret, and its policy where there are readers."""
        at = self.options(provider=provider(self, settings, context))
        secret = aws.secretsmanager.Secret(
            self.child("secret"),
            name=context.place(settings.name),
            description=f"What SnapDeploy's builder needs to push, delivered by stack {context.stack}",
            kms_key_id=settings.kms_key,
            recovery_window_in_days=recovery_days(settings.recovery_days, context.environment),
            replicas=[
                aws.secretsmanager.SecretReplicaArgs(region=region, kms_key_id=copy.kms_key)
                for region, copy in sorted(settings.replicas.items())
            ]
            or None,
            opts=at,
        )
        names = list(variables)
        value: pulumi.Output[str] = pulumi.Output.secret(
            pulumi.Output.all(*variables.values()).apply(lambda values: document(names, values))
        )
        aws.secretsmanager.SecretVersion(
            self.child("value"),
            secret_id=secret.id,
            secret_string=value,
            # Said, not left to AWS: else a value that somebody set by hand stays current, and no refresh tells.
            version_stages=[_CURRENT],
            opts=at,
        )
        if settings.readers:
            aws.secretsmanager.SecretPolicy(
                self.child("readers"),
                secret_arn=secret.arn,
                policy=json.dumps(readers_policy(settings.readers.values())),
                block_public_policy=True,
                opts=at,
            )
