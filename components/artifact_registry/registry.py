"""Google Artifact Registry: a production registry in one project and location, for any number of apps.

Owns: the order in which its parts are made, and the contract. Does not own: the parts themselves, one a file beside
this one; the builder's token, which lives an hour and is fetched, never stored; or delivering the variables.

The settings shape what is declared and the documents in it, so they are plain and checked as a whole
(`ArtifactRegistrySettings`); only a cache's token is secret.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pulumi
import pulumi_gcp as gcp

from components._access import Right, principals
from components._base import Obstacle, Registry, Surroundings
from components.artifact_registry import access, cache, cleanup, key, preflight
from components.artifact_registry.access import Access
from components.artifact_registry.agent import Agent
from components.artifact_registry.apis import Apis
from components.artifact_registry.args import ArtifactRegistryArgs
from components.artifact_registry.cache import Cache, Front
from components.artifact_registry.key import Key
from components.artifact_registry.repository import Repository
from components.artifact_registry.settings import VIRTUAL, ArtifactRegistrySettings, EncryptionType
from components.artifact_registry.watch import component as watch
from components.artifact_registry.watch.component import Watch
from components.gcp.labels import labels
from components.gcp.provider import gcp_provider
from contract.kinds import Environment, Kind

_OF_THE_STACK = frozenset({"environment", "tags", "work_dir", "log_dir"})
_SCANNING_API = "containerscanning.googleapis.com"


class ArtifactRegistry(Registry):
    """One repository for every app's images, protected as the settings say, and who may use it."""

    TYPE = "snapdeploy:registry:ArtifactRegistry"
    Settings = ArtifactRegistrySettings

    pull_registry: pulumi.Output[str]
    """Host and path for pulls: the registry's own images first, then those of its caches. Takes no push."""

    def __init__(self, name: str, args: ArtifactRegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        settings = ArtifactRegistrySettings.model_validate(
            {key: value for key, value in args.items() if key not in _OF_THE_STACK}
        )
        environment = Environment(args.get("environment", Environment.PROD))
        around = Surroundings(pulumi.get_stack(), environment, args.get("tags", {}))
        place = settings.place
        super().__init__(
            name,
            kind=Kind.ARTIFACT_REGISTRY,
            auth=settings.builder_auth(),
            address=place.host,
            tls=True,
            environment=environment,
            opts=opts,
        )
        prefix = _names(name, around)
        provider = _provider(self.child("google"), settings, around.tags, self.options())
        parts = self.options(providers=[provider])
        protected = environment is Environment.PROD if settings.protect is None else settings.protect

        apis = Apis(self.child("apis"), _apis(settings), project=settings.project, opts=parts)
        agent = None
        if settings.encryption.type is EncryptionType.KMS or any(each.token for each in settings.cache.values()):
            agent = Agent(self.child("agent"), project=settings.project, after=apis.all, opts=parts).member
        key_name = None
        if settings.encryption.type is EncryptionType.KMS:
            assert agent is not None
            key_name = Key(
                self.child("key"),
                place=place,
                prefix=prefix,
                given=settings.encryption.key,
                agent=agent,
                # It outlives the stack anyway; under a replacement that is confirmed it may leave the state.
                protect=protected and settings.encryption.confirm_replacement is None,
                after=apis.all,
                opts=parts,
            ).key_name
        repository = Repository(
            self.child("repository"), settings, key=key_name, protect=protected, after=apis.all, opts=parts
        )
        caches = {
            label: Cache(
                self.child(f"cache-{label}"),
                label,
                settings,
                secret_id=f"{prefix}-cache-{label}",
                agent=agent,
                key=key_name,
                after=apis.all,
                opts=parts,
            )
            for label in settings.cache
        }
        pulled = {
            "standard": repository.repository_id,
            **{f"cache-{label}": each.repository_id for label, each in caches.items()},
        }
        if caches:
            pulled["front"] = Front(
                self.child("front"),
                settings,
                standard=repository.full_name,
                caches={label: each.full_name for label, each in caches.items()},
                opts=parts,
            ).repository_id
        only_standard = {"standard": repository.repository_id}
        allowed = Access(
            self.child("access"),
            settings.access,
            place=place,
            repositories={Right.PUSH: only_standard, Right.PULL: pulled, Right.CLEAN: only_standard},
            prefix=prefix,
            after=apis.all,
            opts=parts,
        )
        if settings.watch is not None:
            Watch(
                self.child("watch"),
                place=place,
                namespace=settings.namespace,
                repositories=[settings.namespace, *(settings.cache_repository(label) for label in caches)],
                settings=settings.watch,
                labels=around.tags,
                owner=around.owner(name),
                after=apis.all,
                opts=parts,
            )
        front = settings.cache_repository(VIRTUAL) if caches else settings.namespace
        self.pull_registry = pulumi.Output.from_input(f"{place.host}/{place.path(front)}")
        self._has_caches = bool(caches)
        self.usable_after = (repository, allowed)
        self.settle(
            host=place.host,
            namespace=place.path(settings.namespace),
            credential=allowed.variables,
            work_dir=args.get("work_dir"),
            log_dir=args.get("log_dir"),
            scan=_scan_in_words(settings),
            retention=cleanup.words(settings.retention, dry_run=settings.retention_dry_run),
            immutable=settings.immutability.enabled,
            expires_at=allowed.expires_at,
        )

    def report(self) -> dict[str, Any]:
        """The contract, and where pulls may go where there are caches."""
        return {**super().report(), **({"pull_registry": self.pull_registry} if self._has_caches else {})}

    @classmethod
    def preflight(cls, name: str, settings: ArtifactRegistrySettings, surroundings: Surroundings) -> Iterable[Obstacle]:
        """The project, the stack's tags, names that Google takes, and what a change would lose."""
        # Beside the component's own, which does not exist before it is known that it may.
        provider = _provider(f"{name}-preflight", settings, {}, None)
        return preflight.obstacles(name, settings, surroundings, provider, prefix=_names(name, surroundings))


def _names(name: str, around: Surroundings) -> str:
    """What the names begin with that are the project's, so that the stack and the registry stand in them."""
    return f"snapdeploy-{around.stack}-{name}"


def _provider(
    name: str, settings: ArtifactRegistrySettings, tags: Mapping[str, str], opts: pulumi.ResourceOptions | None
) -> gcp.Provider:
    location = None if settings.place.is_multi_region else settings.location
    return gcp_provider(name, project=settings.project, location=location, labels=labels(tags), opts=opts)


def _apis(settings: ArtifactRegistrySettings) -> list[str]:
    """The APIs of the parts that are switched on."""
    needed = []
    if settings.encryption.type is EncryptionType.KMS:
        needed.append(key.API)
    if any(each.token for each in settings.cache.values()):
        needed.append(cache.API)
    if settings.scanning is not None and settings.scanning.enabled:
        needed.append(_SCANNING_API)
    if principals(settings.access):
        needed += access.APIS
    if settings.watch is not None:
        needed += watch.apis(settings.watch)
    return needed


def _scan_in_words(settings: ArtifactRegistrySettings) -> str:
    if settings.scanning is None:
        return "as the project scans it: this stack does not own its scanning"
    return "on push, by Artifact Analysis" if settings.scanning.enabled else "none"
