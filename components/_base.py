"""What every component shares, and the contract that every registry ends in.

Owns: type tokens, the names and options of children, the typed outputs of a registry.
Does not own: anything of one kind of registry. Nothing downstream of `Registry` knows a
kind's inner parts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Optional, cast

import pulumi

from contract.kinds import Auth, Environment, Kind
from contract.variables import DEFAULT_LOG_DIR, DEFAULT_WORK_DIR, SECRET_NAMES, Name, in_order


class Component(pulumi.ComponentResource):
    """A component whose children are named after their role and belong to it alone."""

    TYPE = ""
    """The type token, `snapdeploy:<room>:<Name>`; it stands in every state, so it never changes."""

    def __init__(self, name: str, facts: Mapping[str, Any], opts: pulumi.ResourceOptions | None) -> None:
        """`facts` are what the policy pack may judge by: plain, known before anything is made, never secret."""
        super().__init__(self.TYPE, name, dict(facts), opts)
        self._name = name

    def child(self, role: str) -> str:
        """The name of the child that plays `role`."""
        return f"{self._name}-{role}"

    def options(self, **options: Any) -> pulumi.ResourceOptions:
        """Options for a child, fresh: the caller's aliases, imports and protection are the component's own."""
        return pulumi.ResourceOptions(parent=self, **options)


@dataclass(frozen=True)
class Surroundings:
    """What a registry is told of the stack that it is in."""

    stack: str
    environment: Environment
    tags: Mapping[str, str]
    simulated: bool = False
    """Whether nothing real may be asked or touched."""

    def owner(self, name: str) -> str:
        """Who the registry `name` of this stack is, in words that no other stack has."""
        return f"{pulumi.get_organization()}/{pulumi.get_project()}/{self.stack}/{name}"


@dataclass(frozen=True)
class Obstacle:
    """Something outside the config that is in the way of it: the account is another, a name belongs to somebody."""

    inside: tuple[str, ...]
    """The key in the registry's block that it is about."""
    what: str
    mend: str
    consequence: str = ""
    whole_stack: bool = False
    """Whether `inside` is a key of the whole config instead: the stack's tags, which a kind may not be able to use."""


class Registry(Component):
    """A place that images are pushed to, whatever its kind: what is known of it, and how one gets in.

    Each kind names what the stack's config may say of it as `Settings`, a `RegistrySettings`. Neither that nor the type
    token is annotated: what a component class annotates is its outputs, and from them its schema is made.
    """

    kind: pulumi.Output[str]
    """Which component made it, see `contract.kinds.Kind`."""
    host: pulumi.Output[str]
    """What `docker login` takes."""
    registry: pulumi.Output[str]
    """DOCKER_REGISTRY: host and namespace. An image is `<registry>/<app>:<tag>`."""
    auth: pulumi.Output[str]
    """How to get a credential now, see `contract.kinds.Auth`."""
    scan: pulumi.Output[str]
    """What scans pushed images; `none` where nothing does."""
    retention: pulumi.Output[str]
    """What removes old images, in words; `none` where nothing does."""
    immutable: pulumi.Output[bool]
    """Whether a pushed tag can never point to anything else."""
    expires_at: Optional[pulumi.Output[str]]  # noqa: UP045  # the form that the SDK's analyzer reads
    """When the credential ends, RFC 3339; None: never."""

    def __init__(
        self,
        name: str,
        *,
        kind: Kind,
        auth: Auth,
        address: pulumi.Input[str],
        tls: pulumi.Input[bool],
        environment: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None,
    ) -> None:
        facts = {"kind": kind, "auth": auth, "address": address, "tls": tls, "environment": environment}
        super().__init__(name, facts, opts)
        self.variables: Mapping[str, pulumi.Output[str]] = {}
        """The builder's variables in the contract's order; those that are secret are secret outputs."""
        self.usable_after: tuple[pulumi.Resource, ...] = ()
        """What has to be there before the registry can be used."""
        self.provable = True
        """Whether an update has what it takes to push and pull; not where only the builder ever has a credential."""
        self.occasion: pulumi.Input[str] = ""
        """Changes when the registry was made again, so that it has to be proven again."""
        self.kind = pulumi.Output.from_input(str(kind))
        self.auth = pulumi.Output.from_input(str(auth))

    @classmethod
    def preflight(cls, name: str, settings: Any, surroundings: Surroundings) -> Iterable[Obstacle]:  # noqa: ARG003
        """What stands in the way of `settings`, looked up before anything is declared. Reads, and changes nothing."""
        return ()

    def settle(
        self,
        *,
        host: pulumi.Input[str],
        namespace: pulumi.Input[str],
        credential: Mapping[str, pulumi.Input[str]],
        work_dir: pulumi.Input[str] | None,
        log_dir: pulumi.Input[str] | None,
        scan: str = "none",
        retention: str = "none",
        immutable: pulumi.Input[bool] = False,
        expires_at: pulumi.Input[str | None] = None,
    ) -> None:
        """Sets the contract's outputs from what the kind knows, and registers them. The last call of `__init__`."""
        self.host = pulumi.Output.from_input(host)
        self.registry = pulumi.Output.concat(host, "/", namespace)
        self.scan = pulumi.Output.from_input(scan)
        self.retention = pulumi.Output.from_input(retention)
        self.immutable = pulumi.Output.from_input(immutable)
        self.expires_at = cast("pulumi.Output[str]", pulumi.Output.from_input(expires_at))
        values: dict[str, pulumi.Input[str]] = {
            Name.DOCKER_REGISTRY: self.registry,
            **credential,
            Name.BUILDER_WORK_DIR: work_dir or DEFAULT_WORK_DIR,
            Name.BUILDER_LOG_DIR: log_dir or DEFAULT_LOG_DIR,
        }
        self.variables = {name: _as_marked(name, values[name]) for name in in_order(values)}
        self.register_outputs(self.report())

    def report(self) -> dict[str, Any]:
        """The contract as one value, for the stack's outputs: secret where a variable is, plain elsewhere."""
        return {
            "kind": self.kind,
            "host": self.host,
            "registry": self.registry,
            "auth": self.auth,
            "builder_env": dict(self.variables),
            "scan": self.scan,
            "retention": self.retention,
            "immutable": self.immutable,
            "expires_at": self.expires_at,
        }


def _as_marked(name: str, value: pulumi.Input[str]) -> pulumi.Output[str]:
    """`value` as the contract marks `name`: a secret stays one even where a caller hands it over in plain."""
    return pulumi.Output.secret(value) if name in SECRET_NAMES else pulumi.Output.from_input(value)


def once(value: pulumi.Output[Any], *there: pulumi.Output[Any]) -> pulumi.Output[Any]:
    """`value`, known only once all of `there` are: a role when its policy is attached, a secret when it is filled."""
    return pulumi.Output.all(value, *there).apply(_first)


def _first(values: list[Any]) -> Any:
    return values[0]
