"""The rules between what a Harbor is told: what needs what, and what cannot be had together.

Owns: these rules. Does not own: the keys (`settings.py`), or what each room's own model refuses. Pure.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from components._retention import Refusal
from components._settings import MistakeError
from components.harbor import versions
from components.harbor.settings_parts import DiskStorage, GcsStorage, Mode, S3Storage
from components.harbor.settings_tls import Challenge, LetsEncrypt

if TYPE_CHECKING:
    from components.harbor.settings import HarborSettings


def mistakes(settings: "HarborSettings") -> Iterator[Refusal]:
    """Everything that does not go together, each with the key that it is about."""
    yield from _mode_mistakes(settings)
    yield from _installer_mistakes(settings)
    yield from _place_mistakes(settings)
    yield from _login_mistakes(settings)


def _mode_mistakes(settings: "HarborSettings") -> Iterator[Refusal]:
    """Exactly the block that `mode` speaks of."""
    other = Mode.KUBERNETES if settings.mode is Mode.VM else Mode.VM
    own_block = settings.vm if settings.mode is Mode.VM else settings.kubernetes
    if own_block is None:
        example = "{kind: ec2, …}" if settings.mode is Mode.VM else "{…}"
        yield _at(
            "mode",
            str(settings.mode),
            f"has no `{settings.mode}` block to go with it",
            f"write `{settings.mode}: {example}`",
            "there would be nothing to run on",
        )
    if (settings.kubernetes if settings.mode is Mode.VM else settings.vm) is not None:
        yield _at(
            other,
            {},
            f"stands here, but `mode` is `{settings.mode}`",
            f"delete it, or write `mode: {other}`",
            "it would be ignored",
        )


def _login_mistakes(settings: "HarborSettings") -> Iterator[Refusal]:
    if not settings.admin_login and settings.oidc is None:
        yield _at(
            "adminLogin",
            False,
            "shuts the one login that there is: without `oidc` nobody has another",
            "write `oidc: {issuer: …, clientId: …, clientSecret: …}`, or delete `adminLogin`",
            "nobody could look into Harbor",
        )


def _installer_mistakes(settings: "HarborSettings") -> Iterator[Refusal]:
    """A server's installer is known again by its sum; a cluster pulls no installer."""
    if settings.mode is Mode.KUBERNETES:
        if settings.sha256 is not None:
            yield _at("sha256", settings.sha256, "is of an installer, which no cluster uses", "delete it")
        return
    known = versions.release(settings.version)
    if not settings.installer_sha256:
        yield _at(
            "version",
            settings.version,
            "has no known checksum, and `sha256` is missing",
            f"download {known.url}, verify it as docs/harbor.md says, and write `sha256:` with what `sha256sum` "
            f"prints; or write `version: {versions.default()}`",
            "whatever is downloaded would be run as root",
        )
    elif settings.sha256 is not None and known.sha256 not in ("", settings.sha256):
        yield _at(
            "sha256",
            settings.sha256,
            f"is not the checksum of Harbor {settings.version}, which is known: {known.sha256}",
            "delete `sha256`; if yours is right, the download was replaced, so ask why before you go on",
        )


def _place_mistakes(settings: "HarborSettings") -> Iterator[Refusal]:
    """What can be had where Harbor runs."""
    if settings.mode is Mode.KUBERNETES:
        yield from _cluster_mistakes(settings)
        return
    if settings.vm is None:
        return
    cloud = settings.vm.kind
    for kind, needed in ((S3Storage, "ec2"), (GcsStorage, "compute-engine")):
        if isinstance(settings.storage, kind) and cloud != needed:
            yield Refusal(
                ("storage", "kind"),
                settings.storage.kind,
                MistakeError(
                    f"is entered by a role of `kind: {needed}`, and the server is `{cloud}`",
                    f"write `{'gcs' if cloud == 'compute-engine' else 's3'}` or `disk`",
                    "a key that never ends would have to lie on the server",
                ),
            )
    if isinstance(settings.tls, LetsEncrypt) and settings.tls.challenge is Challenge.DNS and settings.vm.dns is None:
        yield Refusal(
            ("tls", "challenge"),
            str(settings.tls.challenge),
            MistakeError(
                "needs a zone that the server may write to, and `vm.dns` names none",
                "write the zone under `vm: dns:`, or `challenge: http`",
                "Let's Encrypt could not be shown that the host is yours",
            ),
        )


def _cluster_mistakes(settings: "HarborSettings") -> Iterator[Refusal]:
    """Whatever holds data is outside of the cluster, and what only a server has is not told."""
    if settings.kubernetes is not None:
        yield from settings.kubernetes.mistakes(settings.version, str(settings.tls.mode), settings.storage.kind)
    for key in ("database", "redis"):
        if getattr(settings, key) is None:
            yield _at(
                key,
                None,
                "is missing, and the chart's own is one pod with a disk",
                f"write `{key}: {{host: …, password: …}}` of a managed service",
                "it would be lost with its node, and no second replica could share it",
            )
    if isinstance(settings.storage, DiskStorage) or settings.storage.bucket is None:
        yield _at(
            "storage",
            dict.fromkeys(settings.storage.model_fields_set),
            "is not object storage with a bucket that exists, which a cluster needs",
            "write `storage: {kind: s3, bucket: …, region: …}`, or `{kind: gcs, bucket: …}`",
            "two replicas cannot share a disk, and no bucket is made for a cluster",
        )
    elif isinstance(settings.storage, S3Storage) and settings.storage.region is None:
        yield Refusal(
            ("storage", "region"), None, MistakeError("is missing: a cluster is in no region", "write the bucket's")
        )
    if settings.backup is not None:
        yield _at(
            "backup",
            {},
            "is a server's; with `mode: kubernetes` the managed database and the bucket have backups of their own",
            "delete it, and switch those on",
            "it would be ignored",
        )
    if settings.watch is not None:
        yield _at(
            "watch",
            {},
            "is a server's; with `mode: kubernetes` Prometheus reads the measurements: docs/harbor-kubernetes.md",
            "delete it",
            "it would be ignored",
        )


def _at(key: str, found: object, what: str, mend: str, consequence: str = "") -> Refusal:
    return Refusal((key,), found, MistakeError(what, mend, consequence))
