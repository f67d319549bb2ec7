"""Delivery into Google Secret Manager: one secret, each of whose versions holds all of the builder's variables.

Owns: the API being on, the secret, its current version, where its copies lie, who may read it, and, where a topic or
keys are given, the right of Secret Manager's own identity to use these. Does not own: the topic and the KMS keys, which
are given, or anybody who acts on a message. One secret, because it is read in one call and changes as a whole: a
builder never sees the new address with the old password. A new version is made before the old one goes.

Read 2026-11: https://docs.cloud.google.com/secret-manager/docs/secret-rotation and
https://docs.cloud.google.com/secret-manager/docs/delay-destruction-of-secret-versions.
"""

import datetime
from collections.abc import Mapping
from typing import ClassVar

import pulumi
import pulumi_gcp as gcp

from components._settings import MistakeError
from components.delivery._document import document
from components.delivery._google import provider, tags_mistake
from components.delivery._google_secret_settings import GoogleSecretManagerSettings, keys_of
from components.delivery._google_version import FOLLOWS, follows, newest
from components.delivery._interface import Context, Delivery
from components.delivery._recovery import recovery_days, recovery_mistake
from contract.kinds import Environment

API = "secretmanager.googleapis.com"

_READER = "roles/secretmanager.secretAccessor"
_PUBLISHER = "roles/pubsub.publisher"
_CRYPTER = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
_DAY = 86_400  # seconds


def is_protected(settings: GoogleSecretManagerSettings, environment: Environment) -> bool:
    """Whether the secret refuses to be deleted. Google restores no secret: with it every version is gone at once."""
    return settings.protect if settings.protect is not None else environment is Environment.PROD


def first_rotation(now: datetime.datetime, period_days: int) -> str:
    """When a new value is asked for first, as Google writes moments."""
    return f"{(now + datetime.timedelta(days=period_days)).astimezone(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"


def replication(settings: GoogleSecretManagerSettings) -> gcp.secretmanager.SecretReplicationArgs:
    """Where the copies lie, each with its key."""
    if not settings.regions:
        return gcp.secretmanager.SecretReplicationArgs(
            auto=gcp.secretmanager.SecretReplicationAutoArgs(
                customer_managed_encryption=gcp.secretmanager.SecretReplicationAutoCustomerManagedEncryptionArgs(
                    kms_key_name=settings.kms_key
                )
                if settings.kms_key is not None
                else None
            )
        )
    return gcp.secretmanager.SecretReplicationArgs(
        user_managed=gcp.secretmanager.SecretReplicationUserManagedArgs(
            replicas=[
                gcp.secretmanager.SecretReplicationUserManagedReplicaArgs(
                    location=region,
                    customer_managed_encryption=_encryption(copy.kms_key) if copy.kms_key is not None else None,
                )
                for region, copy in sorted(settings.regions.items())
            ]
        )
    )


def _encryption(key: str) -> gcp.secretmanager.SecretReplicationUserManagedReplicaCustomerManagedEncryptionArgs:
    return gcp.secretmanager.SecretReplicationUserManagedReplicaCustomerManagedEncryptionArgs(kms_key_name=key)


class GoogleSecretManager(Delivery):
    """The builder's variables as one JSON secret."""

    TYPE = "snapdeploy:delivery:GoogleSecretManager"
    Settings: ClassVar = GoogleSecretManagerSettings

    @classmethod
    def objection(cls, settings: GoogleSecretManagerSettings, context: Context) -> MistakeError | None:
        """The stack's tags have to be labels; and in production an old value can be restored."""
        mistake = recovery_mistake(settings.recovery_days, context.environment, "a value that is replaced")
        return mistake or tags_mistake(context)

    def deliver(
        self, settings: GoogleSecretManagerSettings, variables: Mapping[str, pulumi.Output[str]], context: Context
    ) -> None:
        """The secret, its value as a Pulumi secret, and a grant for each reader."""
        google = provider(self, settings, context)
        names = list(variables)
        value: pulumi.Output[str] = pulumi.Output.secret(
            pulumi.Output.all(*variables.values()).apply(lambda values: document(names, values))
        )
        there = newest(settings.project, context.place(settings.name), pulumi.InvokeOptions(provider=google))
        after = follows(there, value)
        secret = self._secret(settings, context, google, after)
        # From the secret itself, which keeps it where nobody could look: a trigger that is missing once is forgotten.
        followed = secret.annotations.apply(_followed)
        # What goes with the secret is not taken away before it: where that is held back, the value stays whole.
        gcp.secretmanager.SecretVersion(
            self.child("value"),
            secret=secret.id,
            secret_data=value,
            # Else a value that somebody added by hand stays `latest`, and no refresh tells.
            opts=self.options(provider=google, deleted_with=secret, replacement_trigger=followed),
        )
        for name, member in settings.readers.items():
            gcp.secretmanager.SecretIamMember(
                self.child(f"reader-{name}"),
                secret_id=secret.id,
                role=_READER,
                member=member,
                opts=self.options(provider=google, deleted_with=secret),
            )

    def _secret(
        self,
        settings: GoogleSecretManagerSettings,
        context: Context,
        google: gcp.Provider,
        after: pulumi.Output[str] | None,
    ) -> gcp.secretmanager.Secret:
        """The secret, after the API is on and Secret Manager may use what is given."""
        api = gcp.projects.Service(
            self.child("api"),
            service=API,
            # Others in the project keep secrets as well.
            disable_on_destroy=False,
            opts=self.options(provider=google),
        )
        protected = is_protected(settings, context.environment)
        days = recovery_days(settings.recovery_days, context.environment)
        rotation = settings.rotation
        return gcp.secretmanager.Secret(
            self.child("secret"),
            secret_id=context.place(settings.name),
            annotations={
                "description": f"What SnapDeploy's builder needs to push, delivered by stack {context.stack}",
                **({FOLLOWS: after} if after is not None else {}),
            },
            replication=replication(settings),
            topics=[gcp.secretmanager.SecretTopicArgs(name=rotation.topic)] if rotation else None,
            rotation=gcp.secretmanager.SecretRotationArgs(
                next_rotation_time=first_rotation(datetime.datetime.now(datetime.UTC), rotation.period_days),
                rotation_period=f"{rotation.period_days * _DAY}s",
            )
            if rotation
            else None,
            version_destroy_ttl=f"{days * _DAY}s" if days else None,
            deletion_protection=protected,
            opts=self.options(
                provider=google,
                depends_on=[api, *self._grants(settings, google, api)],
                protect=protected,
                ignore_changes=[
                    # 2026-11: Google moves it on after each message.
                    *(["rotation.nextRotationTime"] if rotation else []),
                    # 2026-11: who could not look must not change what was seen.
                    *(["annotations"] if after is None else []),
                ],
            ),
        )

    def _grants(
        self, settings: GoogleSecretManagerSettings, google: gcp.Provider, api: pulumi.Resource
    ) -> list[pulumi.Resource]:
        """What Secret Manager's own identity needs of the topic and the keys: Google refuses the secret without."""
        keys = keys_of(settings)
        if not keys and settings.rotation is None:
            return []
        agent = gcp.projects.ServiceIdentity(
            self.child("agent"), service=API, opts=self.options(provider=google, depends_on=[api])
        )
        at = self.options(provider=google)
        grants: list[pulumi.Resource] = [
            gcp.kms.CryptoKeyIAMMember(
                self.child(f"key-{location}"), crypto_key_id=key, role=_CRYPTER, member=agent.member, opts=at
            )
            for location, key in keys.items()
        ]
        if settings.rotation is not None:
            grants.append(
                gcp.pubsub.TopicIAMMember(
                    self.child("topic"), topic=settings.rotation.topic, role=_PUBLISHER, member=agent.member, opts=at
                )
            )
        return grants


def _followed(annotations: Mapping[str, str] | None) -> str | None:
    return (annotations or {}).get(FOLLOWS)
