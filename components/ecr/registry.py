"""AWS ECR: a production registry in one account and region, for any number of apps.

Owns: the order in which its parts are made, and the contract. Does not own: the parts themselves, one a file beside
this one; the builder's token, which lives twelve hours and is fetched, never stored; or delivering the variables.

The settings shape what is declared and the documents in it, so they are plain and checked as a whole
(`EcrSettings`); only a cache's token is secret.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from components._base import Obstacle, Registry, Surroundings
from components.aws.place import Endpoint, Place
from components.aws.provider import aws_provider
from components.ecr import lifecycle, preflight, rights
from components.ecr.access import Access
from components.ecr.account_wide import AccountSettings, RegistryPolicy, Scanning
from components.ecr.args import EcrArgs
from components.ecr.cache import PullThroughCache
from components.ecr.key import OwnKey
from components.ecr.protection import Protection
from components.ecr.replication import Replication
from components.ecr.repositories import Repositories
from components.ecr.settings import EcrSettings, EncryptionType
from components.ecr.settings_access import AccountPrincipal, OrganizationPrincipal
from components.ecr.template import Occasion, Template
from components.ecr.template_role import TemplateRole
from components.ecr.watch.component import Watch
from contract.kinds import Auth, Environment, Kind
from contract.variables import Name

_OF_THE_STACK = frozenset({"environment", "tags", "work_dir", "log_dir"})


class Ecr(Registry):
    """Repositories that the first push makes, protected as the settings say, and who may use them."""

    TYPE = "snapdeploy:registry:Ecr"
    Settings = EcrSettings

    asked_of_others: pulumi.Output[dict[str, str]]
    """By account, the registry policy that it has to set so that copies are taken there."""

    def __init__(self, name: str, args: EcrArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        settings = EcrSettings.model_validate({key: value for key, value in args.items() if key not in _OF_THE_STACK})
        environment = Environment(args.get("environment", Environment.PROD))
        around = Surroundings(pulumi.get_stack(), environment, args.get("tags", {}))
        place = Place(settings.account, settings.region, settings.endpoint)
        super().__init__(
            name, kind=Kind.ECR, auth=Auth.ECR, address=place.host, tls=True, environment=environment, opts=opts
        )
        owner, names = around.owner(name), _names(name, around)
        provider = _provider(self.child("aws"), settings, around.tags, self.options(), account=settings.account)
        parts = self.options(providers=[provider])
        protected = environment is Environment.PROD if settings.protect is None else settings.protect
        places = {region: place.elsewhere(region=region) for region in settings.replication.regions}
        places = {settings.region: place, **places}
        protection = _protection(settings, place, around.tags)
        prefixes = {label: cache.prefix or label for label, cache in settings.cache.items()}

        keys = self._keys(settings, places, protect=protected, opts=parts)
        role = None
        if keys or around.tags:
            role = TemplateRole(
                self.child("template-role"),
                places=list(places.values()),
                prefixes=[settings.namespace, *prefixes.values()],
                keys=list(keys.values()),
                role_name=f"{names}-template",
                opts=parts,
            ).arn
        templates = [
            Template(
                self._in(region, "template", settings),
                prefix=settings.namespace,
                occasions=list(Occasion),
                protection=protection,
                key=keys.get(region),
                role=role,
                region=region,
                opts=parts,
            )
            for region in places
        ]
        repositories = Repositories(
            self.child("repositories"),
            namespace=settings.namespace,
            declared=settings.repositories,
            protection=protection,
            key=keys.get(settings.region),
            protect=protected,
            replaceable=settings.encryption.confirm_replacement is not None,
            opts=parts,
        )
        for label, cache in settings.cache.items():
            PullThroughCache(
                self.child(f"cache-{label}"),
                cache,
                prefix=prefixes[label],
                stack=around.stack,
                protection=protection.of_cached(cache.expire_days),
                key=keys.get(settings.region),
                role=role,
                region=settings.region,
                opts=parts,
            )
        access = Access(
            self.child("access"),
            settings.access,
            place=place,
            namespace=settings.namespace,
            caches=tuple(prefixes.values()),
            prefix=names,
            opts=parts,
        )
        wide = self._account_wide(settings, places, tuple(prefixes.values()), owner, parts)
        asked: Mapping[str, str] = {}
        if settings.replication.regions or settings.replication.accounts:
            asked = Replication(
                self.child("replication"),
                settings.replication,
                namespace=settings.namespace,
                place=place,
                owner=owner,
                ready=[*templates, *wide],
                opts=parts,
            ).asked_of_others
        self._asked = dict(asked)
        self.asked_of_others = pulumi.Output.from_input(self._asked)
        if settings.watch is not None:
            Watch(
                self.child("watch"),
                namespace=settings.namespace,
                account=settings.account,
                region=settings.region,
                partition=place.partition,
                repositories=repositories.names,
                settings=settings.watch,
                tags=around.tags,
                replicas=sorted(settings.replication.regions),
                opts=parts,
            )
        self.usable_after = (*templates, access)
        self.settle(
            host=place.host,
            namespace=settings.namespace,
            credential={
                Name.AWS_REGION: settings.region,
                Name.AWS_ACCOUNT_ID: settings.account,
                **access.variables,
            },
            work_dir=args.get("work_dir"),
            log_dir=args.get("log_dir"),
            scan=_scan_in_words(settings),
            retention=lifecycle.words(settings.retention),
            immutable=settings.immutability.enabled,
        )

    def report(self) -> dict[str, Any]:
        """The contract, and what other accounts have to allow where copies go to them."""
        return {**super().report(), **({"asked_of_others": self.asked_of_others} if self._asked else {})}

    @classmethod
    def preflight(cls, name: str, settings: EcrSettings, surroundings: Surroundings) -> Iterable[Obstacle]:
        """The account, the owners of what there is only one of, and what a change would lose."""
        # Beside the component's own, which does not exist before it is known that it may.
        provider = _provider(f"{name}-preflight", settings, surroundings.tags, None)
        return preflight.obstacles(name, settings, surroundings, provider)

    def _in(self, region: str, role: str, settings: EcrSettings) -> str:
        """The name of the child that plays `role` in `region`."""
        return self.child(role if region == settings.region else f"{role}-{region}")

    def _keys(
        self, settings: EcrSettings, places: Mapping[str, Place], *, protect: bool, opts: pulumi.ResourceOptions
    ) -> dict[str, pulumi.Output[str]]:
        """The KMS key of each region; none where AWS keeps the keys."""
        if settings.encryption.type is not EncryptionType.KMS:
            return {}
        given = {settings.region: settings.encryption.key} | {
            region: chosen.key for region, chosen in settings.replication.regions.items()
        }
        keys = {}
        for region, place in places.items():
            key = given[region]
            keys[region] = (
                pulumi.Output.from_input(key)
                if key is not None
                else OwnKey(
                    self._in(region, "key", settings),
                    alias=f"{settings.namespace}-images",
                    place=place,
                    protect=protect,
                    opts=opts,
                ).arn
            )
        return keys

    def _account_wide(
        self,
        settings: EcrSettings,
        places: Mapping[str, Place],
        caches: tuple[str, ...],
        owner: str,
        opts: pulumi.ResourceOptions,
    ) -> list[pulumi.Resource]:
        """What there is only one of, where the settings own it."""
        wide, place = settings.account_wide, places[settings.region]
        made: list[pulumi.Resource] = []
        if wide.scanning is not None:
            made += [
                Scanning(
                    self._in(region, "scanning", settings),
                    wide.scanning,
                    namespace=settings.namespace,
                    owner=owner,
                    region=region,
                    opts=opts,
                )
                for region in places
            ]
        if wide.settings is not None:
            made.append(
                AccountSettings(self.child("account"), wide.settings, owner=owner, region=place.region, opts=opts)
            )
        policy = rights.registry(
            place,
            settings.namespace,
            sources=settings.replication.sources,
            importers=_accounts(settings),
            caches=caches,
        )
        if wide.registry_policy and policy is not None:
            made.append(
                RegistryPolicy(self.child("policy"), json.dumps(policy), owner=owner, region=place.region, opts=opts)
            )
        return made


def _names(name: str, around: Surroundings) -> str:
    """What the names of IAM's resources begin with: they are the account's, so the stack and the registry stand in."""
    return f"snapdeploy-{around.stack}-{name}"


def _provider(
    name: str,
    settings: EcrSettings,
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions | None,
    account: str | None = None,
) -> aws.Provider:
    # The preflight's has no `account`: it is to find out which one this is, and to refuse another in its own words.
    return aws_provider(
        name,
        region=settings.region,
        account=account,
        tags=tags,
        fips=settings.endpoint is Endpoint.FIPS,
        dual_stack=settings.endpoint is Endpoint.DUAL_STACK,
        opts=opts,
    )


def _protection(settings: EcrSettings, place: Place, tags: Mapping[str, str]) -> Protection:
    pullers = rights.repository(place, _accounts(settings), _organizations(settings))
    return Protection(
        immutable=settings.immutability.enabled,
        movable_tags=settings.immutability.exclude,
        encryption=settings.encryption.type,
        lifecycle=lifecycle.document(settings.retention),
        repository_policy=json.dumps(pullers) if pullers else None,
        tags=tags,
    )


def _accounts(settings: EcrSettings) -> list[str]:
    """The other accounts that may pull."""
    return [who.account for who in settings.access.pull.values() if isinstance(who, AccountPrincipal)]


def _organizations(settings: EcrSettings) -> list[str]:
    """The organizations whose accounts may pull."""
    return [who.id for who in settings.access.pull.values() if isinstance(who, OrganizationPrincipal)]


def _scan_in_words(settings: EcrSettings) -> str:
    scanning = settings.account_wide.scanning
    if scanning is not None:
        return (
            f"{scanning.type}, "
            + ", ".join(f"{each.frequency} of {each.pattern}" for each in scanning.filters.values())
            if scanning.filters
            else f"{scanning.type}, scan-on-push of {settings.namespace}/*"
        )
    if settings.repositories:
        return "scan-on-push of the declared repositories; others as the account scans them"
    return "as the account scans it: this stack does not own its scanning configuration"
