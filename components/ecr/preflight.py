"""What is looked at in the account before anything is declared.

Owns: the four questions whose wrong answer would be found too late: is it the right account, does an account-wide
configuration belong to somebody else, would a changed encryption replace repositories that hold images, may `latest`
move where it must not. Does not own what is then declared. It only reads.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

import pulumi
import pulumi_aws as aws

from components._base import Obstacle, Surroundings
from components.ecr.account_wide import Singleton, owners
from components.ecr.repositories import REPLACEABLE
from components.ecr.settings import EcrSettings, EncryptionSettings, EncryptionType
from contract.kinds import Environment

_LATEST = "latest"


def obstacles(
    name: str, settings: EcrSettings, surroundings: Surroundings, provider: aws.Provider
) -> Iterator[Obstacle]:
    """All that stands in the way of `settings`. Of a wrong account nothing more is asked."""
    options = pulumi.InvokeOptions(provider=provider)
    yield from movable_latest(settings, surroundings.environment)
    found = aws.get_caller_identity(opts=options).account_id
    if found != settings.account:
        yield Obstacle(
            ("account",),
            f"refusing to touch account {found}: the config says {settings.account}",
            f"use the credentials of account {settings.account} (AWS_PROFILE, or the role of the deployment);"
            f' or, if {found} is meant, write `account: "{found}"`',
            "the registry would be made in an account that nobody meant",
        )
        return
    yield from _owned_by_others(surroundings.owner(name), settings, options)
    yield from _replaced(settings, options)


def movable_latest(settings: EcrSettings, environment: Environment) -> Iterator[Obstacle]:
    """Whether `latest` may move in production without having been named."""
    if environment is not Environment.PROD:
        return
    chosen = settings.immutability
    patterns = [pattern for pattern in chosen.exclude if fnmatchcase(_LATEST, pattern)]
    if chosen.enabled and (not patterns or _LATEST in patterns):
        return
    how = f"by the pattern `{patterns[0]}`" if chosen.enabled else "since no tag is immutable"
    yield Obstacle(
        ("immutability", "exclude") if chosen.enabled else ("immutability", "enabled"),
        f"lets the tag `{_LATEST}` move in production, {how}",
        f"write `exclude: [buildcache]`; or, if it is meant, name `{_LATEST}` itself in `exclude`",
        "what runs could change without a deployment",
    )


def owned(settings: EcrSettings) -> dict[Singleton, tuple[str, ...]]:
    """The account-wide configurations that `settings` own, each with the regions."""
    wide = settings.account_wide
    copies = tuple(settings.replication.regions)
    found: dict[Singleton, tuple[str, ...]] = {}
    if wide.scanning is not None:
        found[Singleton.SCANNING] = (settings.region, *copies)
    if wide.replication:
        found[Singleton.REPLICATION] = (settings.region,)
    if wide.registry_policy:
        found[Singleton.REGISTRY_POLICY] = (settings.region,)
    if wide.settings is not None:
        found[Singleton.SETTINGS] = (settings.region,)
    return found


_KEYS = {
    Singleton.SCANNING: "scanning",
    Singleton.REPLICATION: "replication",
    Singleton.REGISTRY_POLICY: "registryPolicy",
    Singleton.SETTINGS: "settings",
}


def _owned_by_others(owner: str, settings: EcrSettings, options: pulumi.InvokeOptions) -> Iterator[Obstacle]:
    wanted = owned(settings)
    for region in sorted({region for regions in wanted.values() for region in regions}):
        holders = owners(region, options)
        for singleton, regions in wanted.items():
            holder = holders.get(singleton.mark)
            if region in regions and holder not in (None, owner):
                yield Obstacle(
                    ("accountWide", _KEYS[singleton]),
                    f"the account's {singleton} configuration in {region} belongs to {holder}",
                    f"delete it here; or give it up there first, which removes the parameter {singleton.mark}",
                    "there is one per account and region: this stack would overwrite the other's",
                )


def _replaced(settings: EcrSettings, options: pulumi.InvokeOptions) -> Iterator[Obstacle]:
    if not settings.repositories:
        return
    there = set(aws.ecr.get_repositories(region=settings.region, opts=options).names)
    lost: dict[str, int] = {}
    unprepared = []
    for app in settings.repositories:
        repository = f"{settings.namespace}/{app}"
        if repository not in there:
            continue
        standing = aws.ecr.get_repository(name=repository, region=settings.region, opts=options)
        if not _changes(settings.encryption, standing):
            continue
        images = aws.ecr.get_images(repository_name=repository, region=settings.region, opts=options)
        lost[repository] = len(images.image_ids)
        if REPLACEABLE not in standing.tags:
            unprepared.append(repository)
    if not lost:
        return
    count = sum(lost.values())
    which = ", ".join(f"{repository} ({images})" for repository, images in sorted(lost.items()))
    if settings.encryption.confirm_replacement != count:
        yield Obstacle(
            ("encryption",),
            f"a repository's encryption cannot be changed: {which} would be replaced, and {count} images would go",
            f"leave it as it is; or write `confirmReplacement: {count}` beside it, with the old encryption first",
            "every deployment that still names one of these images could not be pulled again",
        )
    elif unprepared:
        yield Obstacle(
            ("encryption",),
            f"{', '.join(unprepared)} still refuses to be deleted with images in it",
            f"run `pulumi up` once with `confirmReplacement: {count}` and the old encryption, which lifts the"
            " protection; then change the encryption",
            "the replacement would fail half way",
        )


def _changes(wanted: EncryptionSettings, standing: aws.ecr.GetRepositoryResult) -> bool:
    """Whether `wanted` is another encryption than that of a repository that exists."""
    found = standing.encryption_configurations[0] if standing.encryption_configurations else None
    type_ = found.encryption_type if found else "AES256"
    if (wanted.type is EncryptionType.KMS) != (type_ != "AES256"):
        return True
    # The ARN of a key of our own is not known here, and never changes.
    return found is not None and wanted.key is not None and wanted.key != found.kms_key
