"""Harbor as the registry that the builder pushes to: a server or a cluster, what is inside, and who watches.

Owns: the order in which its parts are made, the passwords that are generated, and the contract. Does not own: the
server (`ec2/`, `gce/`), the chart (`kubernetes/`), what is inside (`inside/`), the watch (`watch/`), waiting
(`ready.py`), or delivering the variables. The administrator's password is in the server's secret store and in the
state, as a secret; the builder never gets it.
"""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from components._base import Component, Obstacle, Registry, Surroundings
from components._password import Password
from components._slug import slug
from components.harbor import preflight, wanted
from components.harbor.args import HarborArgs
from components.harbor.inside.inside import Door, Inside
from components.harbor.ready import HarborReady
from components.harbor.server import Server, ServerArgs
from components.harbor.settings import HarborSettings
from components.harbor.settings_parts import Mode
from components.harbor.settings_tls import Challenge, Internal, LetsEncrypt
from contract.kinds import Auth, Environment, Kind
from contract.variables import Name

_OF_THE_STACK = frozenset({"environment", "tags", "work_dir", "log_dir"})


@dataclass(frozen=True)
class _Running:
    """A Harbor that answers."""

    ca: pulumi.Output[str]
    """PEM of the authority to trust; empty: one that the world trusts."""
    after: tuple[pulumi.Resource, ...]
    occasion: pulumi.Input[str]
    told: Mapping[str, Any]
    """What the stack's outputs say of it beside the contract."""


class Harbor(Registry):
    """A Harbor of one's own, in which the builder has a robot on one project."""

    TYPE = "snapdeploy:registry:Harbor"
    Settings = HarborSettings

    def __init__(self, name: str, args: HarborArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        settings = HarborSettings.model_validate(
            {key: value for key, value in args.items() if key not in _OF_THE_STACK}
        )
        environment = Environment(args.get("environment", Environment.PROD))
        around = Surroundings(pulumi.get_stack(), environment, args.get("tags", {}))
        super().__init__(
            name,
            kind=Kind.HARBOR,
            auth=Auth.STATIC,
            address=settings.host,
            tls=True,
            environment=environment,
            opts=opts,
        )
        admin = Password(self.child("admin"), None, self.options()).value
        own_database = (
            Password(self.child("database"), None, self.options()).value if settings.database is None else None
        )
        secrets = wanted.secrets(settings, admin=admin, database=own_database)
        build = self._on_a_server if settings.mode is Mode.VM else self._on_a_cluster
        running = build(settings, around, secrets)
        inside = Inside(
            self.child("inside"),
            settings,
            Door(
                url=f"https://{settings.host}",
                admin_password=admin,
                ca=running.ca,
                private_ca=isinstance(settings.tls, Internal),
            ),
            namespace=settings.namespace,
            owner=around.owner(name),
            protect=environment is Environment.PROD,
            tags=around.tags,
            after=running.after,
            admin_login=settings.admin_login,
            opts=self.options(),
        )
        self._told = running.told
        self.occasion = running.occasion
        self.usable_after = inside.ready
        trust: dict[str, pulumi.Input[str]] = (
            {Name.DOCKER_REGISTRY_CA: running.ca.apply(_packed)} if isinstance(settings.tls, Internal) else {}
        )
        self.settle(
            host=settings.host,
            namespace=settings.namespace,
            credential={
                Name.DOCKER_REGISTRY_USERNAME: inside.username,
                Name.DOCKER_REGISTRY_PASSWORD: inside.password,
                **trust,
            },
            work_dir=args.get("work_dir"),
            log_dir=args.get("log_dir"),
            scan=inside.scan,
            retention=inside.retention,
            immutable=settings.immutability.enabled,
            expires_at=inside.expires_at,
        )

    def report(self) -> dict[str, Any]:
        """The contract, where the administrator's password lies, where backups go, and what a person has to do."""
        return {**super().report(), **self._told}

    @classmethod
    def preflight(cls, name: str, settings: HarborSettings, surroundings: Surroundings) -> Iterable[Obstacle]:
        """The certificate, where one is given, and the account or project that the server would stand in."""
        yield from preflight.obstacles(name, settings, surroundings)

    def _on_a_server(
        self, settings: HarborSettings, around: Surroundings, secrets: Mapping[str, pulumi.Output[str]]
    ) -> _Running:
        label = f"{around.stack}/{self._name}"
        server = _server(
            self.child("server"),
            settings,
            ServerArgs(
                host=settings.host,
                owner=around.owner(self._name),
                slug=_slug(around.stack, self._name),
                tags=around.tags,
                environment=around.environment,
                protect=around.environment is Environment.PROD,
                wanted=wanted.wanted(settings, registry=label),
                storage=wanted.storage(settings),
                backup=wanted.backup(settings),
                secrets=wanted.document(secrets),
                http_challenge=_challenges(settings, Challenge.HTTP),
                dns_challenge=_challenges(settings, Challenge.DNS),
                metrics_push=settings.watched_by_cloud,
            ),
            self.options(),
        )
        ready = HarborReady(
            self.child("ready"),
            server.report,
            host=settings.host,
            wanted=server.digest,
            asked=settings.version,
            serial=server.serial,
            minutes=settings.timeout_minutes,
            opts=self.options(depends_on=list(server.there)),
        )
        if settings.watched_by_cloud:
            _watch(self.child("watch"), settings, server, label, self.options())
        told: dict[str, Any] = {"administrator": server.secret, "backups": server.backups, "version": ready.version}
        if server.by_hand:
            told |= {"by_hand": list(server.by_hand), "address": server.address}
        return _Running(ca=ready.ca, after=(ready,), occasion=server.serial, told=told)

    def _on_a_cluster(
        self, settings: HarborSettings, around: Surroundings, secrets: Mapping[str, pulumi.Output[str]]
    ) -> _Running:
        from components.harbor.kubernetes.release import HarborRelease, ReleaseArgs

        assert settings.kubernetes is not None
        release = HarborRelease(
            self.child("release"),
            settings.kubernetes,
            ReleaseArgs(
                host=settings.host,
                version=settings.version,
                tls=wanted.tls(settings),
                storage=wanted.storage(settings),
                database=wanted.database(settings) or {},
                redis=wanted.redis(settings) or {},
                secrets=secrets,
                protect=around.environment is Environment.PROD,
                tags=around.tags,
                minutes=settings.timeout_minutes,
            ),
            self.options(),
        )
        told = {"admin_secret": release.secret, "version": settings.version}
        return _Running(ca=release.ca, after=release.there, occasion="", told=told)


def _server(name: str, settings: HarborSettings, args: ServerArgs, opts: pulumi.ResourceOptions) -> Server:
    """The server in its cloud, whose library alone is loaded."""
    assert settings.vm is not None
    if settings.vm.kind == "ec2":
        from components.harbor.ec2.server import Ec2Server

        return Ec2Server(name, settings.vm, args, opts)
    from components.harbor.gce.server import ComputeEngineServer

    return ComputeEngineServer(name, settings.vm, args, opts)


def _watch(name: str, settings: HarborSettings, server: Server, label: str, opts: pulumi.ResourceOptions) -> Component:
    assert settings.vm is not None
    assert settings.watch is not None
    if settings.vm.kind == "ec2":
        from components.harbor.watch.aws import AwsWatch

        return AwsWatch(name, settings.watch, server, registry=label, opts=opts)
    from components.harbor.watch.google import GoogleWatch

    return GoogleWatch(name, settings.watch, server, registry=label, opts=opts)


def _challenges(settings: HarborSettings, challenge: Challenge) -> bool:
    return isinstance(settings.tls, LetsEncrypt) and settings.tls.challenge is challenge


def _slug(stack: str, name: str) -> str:
    # Another character than those of a slug, so that a stack `a_b` is marked apart from a stack `a-b`.
    return slug(f"{stack}-{name}".replace("_", "."))


def _packed(pem: str | None) -> str:
    # Under simulation there is no server that has an authority.
    return base64.b64encode((pem or "").encode()).decode("ascii")
