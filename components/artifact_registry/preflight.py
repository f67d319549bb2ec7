"""What is looked at in the project before anything is declared.

Owns: the questions whose wrong answer would be found too late: is it the right project, are the stack's tags labels,
do names made of the stack's fit, would a changed encryption replace a repository that holds images, may tags move where
they must not. Does not own what is then declared, nor what its parts ask of their own (`access_preflight.py`,
`watch/preflight.py`). It only reads.
"""

import re
from collections.abc import Iterator

import pulumi
import pulumi_gcp as gcp

from components._base import Obstacle, Surroundings
from components.artifact_registry import access_preflight
from components.artifact_registry.apis import PROJECTS
from components.artifact_registry.key import own_key
from components.artifact_registry.repository import REPLACEABLE
from components.artifact_registry.settings import ArtifactRegistrySettings, EncryptionType
from components.artifact_registry.watch import preflight as watch_preflight
from components.gcp import labels
from components.gcp.lookups import is_off
from contract.kinds import Environment

# A key ring's name; a secret's may be longer: https://docs.cloud.google.com/kms/docs/resource-hierarchy, read 2026-11
_NAME = re.compile(r"[A-Za-z0-9_-]{1,63}")


def obstacles(
    name: str,
    settings: ArtifactRegistrySettings,
    surroundings: Surroundings,
    provider: gcp.Provider,
    *,
    prefix: str,
) -> Iterator[Obstacle]:
    """All that stands in the way of `settings`. Of a wrong project nothing more is asked.

    `prefix` begins the names that are the project's.
    """
    options = pulumi.InvokeOptions(provider=provider)
    yield from movable_tags(settings, surroundings.environment)
    yield from no_labels(surroundings)
    yield from _unfit_names(settings, prefix)
    yield from access_preflight.obstacles(prefix, settings.access, settings.place)
    wrong = _wrong_project(settings, options)
    if wrong is not None:
        yield wrong
        return
    yield from _standing(settings, prefix, options)
    if settings.watch is not None:
        yield from watch_preflight.obstacles(name, settings.watch, settings.place, options)


def movable_tags(settings: ArtifactRegistrySettings, environment: Environment) -> Iterator[Obstacle]:
    """Whether tags may move in production without its being said that this is meant."""
    chosen = settings.immutability
    if environment is Environment.PROD and not chosen.enabled and not chosen.tags_may_move:
        yield Obstacle(
            ("immutability", "enabled"),
            "lets every tag move in production, `latest` among them",
            "write `enabled: true`; or, if it is meant, `tagsMayMove: true` beside it",
            "what runs could change without a deployment",
        )


def no_labels(surroundings: Surroundings) -> Iterator[Obstacle]:
    """The stack's tags that Google does not take as labels."""
    for key, why in labels.mistakes(surroundings.tags):
        yield Obstacle(
            ("tags", key),
            why,
            "write it in lower case, with '-' or '_' for whatever else is in it",
            "nothing that Google bills or lists by it would carry what was written",
            whole_stack=True,
        )


def _unfit_names(settings: ArtifactRegistrySettings, prefix: str) -> Iterator[Obstacle]:
    """Names that are made of the stack's and the registry's, and that Google does not take."""
    own_key_wanted = settings.encryption.type is EncryptionType.KMS and settings.encryption.key is None
    credentials = [label for label, cache in settings.cache.items() if cache.token is not None]
    if _NAME.fullmatch(prefix) is None and (own_key_wanted or credentials):
        yield Obstacle(
            ("encryption",) if own_key_wanted else ("cache", credentials[0]),
            f"needs something called `{prefix}`, after the stack and the registry, where Google takes up to 63 letters,"
            " digits, '_' and '-'",
            "call the stack or the registry otherwise" + ("; or name a `key` of yours" if own_key_wanted else ""),
            "Google would refuse it half way through the update",
        )


def _wrong_project(settings: ArtifactRegistrySettings, options: pulumi.InvokeOptions) -> Obstacle | None:
    """Whether the project that the credentials reach by that name is not the one that is meant."""
    project = settings.project
    try:
        found = gcp.organizations.get_project(project_id=project, opts=options)
    except Exception as error:  # noqa: BLE001  # the SDK has one exception for every failure of a lookup
        if is_off(error):
            return Obstacle(
                ("project",),
                f"{project} cannot be looked up: its Resource Manager API is off",
                f"run once `gcloud services enable {PROJECTS} serviceusage.googleapis.com --project {project}`",
                "whether it is the right project could not be told",
            )
        return Obstacle(
            ("project",),
            f"{project} cannot be read with these credentials: {_first_line(str(error))}",
            "use credentials that reach it (`gcloud auth application-default login`, or the deployment's service"
            " account); or write the project that is meant",
            "the registry would be made in a project that nobody meant, or not at all",
        )
    if found.project_id != project:
        return Obstacle(
            ("project",),
            f"refusing to touch project {found.project_id}: the config says {project}",
            f"use credentials for {project}; or, if {found.project_id} is meant, write `project: {found.project_id}`",
            "the registry would be made in a project that nobody meant",
        )
    if settings.project_number is not None and found.number != str(settings.project_number):
        return Obstacle(
            ("projectNumber",),
            f"refusing to touch project {project}: its number is {found.number}, and the config says"
            f" {settings.project_number}",
            f"write the project that is meant; or, if this is it, `projectNumber: {found.number}`",
            "a project's id can be given again to somebody else, its number never is",
        )
    return None


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "no reason was given")


def _standing(settings: ArtifactRegistrySettings, prefix: str, options: pulumi.InvokeOptions) -> Iterator[Obstacle]:
    """What the repository that is there already, if it is, would lose."""
    project, location, namespace = settings.project, settings.location, settings.namespace
    try:
        listed = gcp.artifactregistry.get_repositories(
            project=project, location=location, name_filter=namespace, opts=options
        ).repositories
    except Exception as error:
        if is_off(error):
            return  # nothing can stand where the API never was on
        raise
    if settings.place.resource(namespace) not in {each.id for each in listed}:
        return
    standing = gcp.artifactregistry.get_repository(
        project=project, location=location, repository_id=namespace, opts=options
    )
    wanted = _wanted_key(settings, prefix)
    if (standing.kms_key_name or "") == wanted:
        return
    images = gcp.artifactregistry.get_docker_images(
        project=project, location=location, repository_id=namespace, opts=options
    )
    count = len(images.docker_images)
    if settings.encryption.confirm_replacement != count:
        yield Obstacle(
            ("encryption",),
            f"a repository's encryption cannot be changed: {namespace} ({count}) would be replaced, and {count} images"
            " would go",
            f"leave it as it is; or write `confirmReplacement: {count}` beside it, with the old encryption first",
            "every deployment that still names one of these images could not be pulled again",
        )
    elif REPLACEABLE not in (standing.effective_labels or {}):
        yield Obstacle(
            ("encryption",),
            f"{namespace} still refuses to be deleted",
            f"run `pulumi up` once with `confirmReplacement: {count}` and the old encryption, which lifts the"
            " protection; then change the encryption",
            "the replacement would fail half way",
        )


def _wanted_key(settings: ArtifactRegistrySettings, prefix: str) -> str:
    """The full name of the key that the settings ask for; empty where Google keeps the keys."""
    if settings.encryption.type is not EncryptionType.KMS:
        return ""
    return settings.encryption.key or own_key(settings.place, prefix)
