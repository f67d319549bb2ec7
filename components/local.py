"""A real OCI registry on this machine: the embedded default, which needs no account.

Owns: the generated password, and the registry's process over its whole life. Does not own:
how the process is run (`_distribution.py`), delivering the credentials, or proving them.

One user, who may push and pull: the server's htpasswd knows users but no rights, so a
pull-only user would be one in name alone.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

import pulumi
from pulumi.dynamic import CreateResult, ReadResult, Resource, UpdateResult

from components._base import Registry
from components._password import Password
from components._provided import Failed, Mistaken, Properties, Provider, known
from components._settings import LocalSettings
from contract.image import LOOPBACK
from contract.kinds import Auth, Environment, Kind
from contract.variables import Name

if TYPE_CHECKING:
    from components._distribution import Distribution

_STATE = Path(".state") / "registry"


class LocalArgs(TypedDict):
    """What the local registry is told. Every field has a default."""

    namespace: NotRequired[pulumi.Input[str]]
    """The path before every image's name. Default: `snapdeploy-apps`."""
    port: NotRequired[pulumi.Input[int]]
    """The loopback port. Default: the first free one from 5000 on, which is then kept."""
    tls: NotRequired[bool]
    """Whether to serve HTTPS under an authority made for it, which is then delivered too. Default: false."""
    username: NotRequired[pulumi.Input[str]]
    """The user that pushes. Default: `builder`."""
    password_rotation: NotRequired[pulumi.Input[str]]
    """Any text; a changed one makes a new password."""
    environment: NotRequired[pulumi.Input[str]]
    """What is at stake, see `contract.kinds.Environment`. Default: `local`."""
    tags: NotRequired[Mapping[str, str]]
    """The stack's tags. Nothing here can carry one."""
    work_dir: NotRequired[pulumi.Input[str]]
    """BUILDER_WORK_DIR."""
    log_dir: NotRequired[pulumi.Input[str]]
    """BUILDER_LOG_DIR."""


class Local(Registry):
    """A CNCF distribution registry with a user and a password, on loopback."""

    TYPE = "snapdeploy:registry:Local"
    Settings = LocalSettings

    def __init__(self, name: str, args: LocalArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        tls = args.get("tls", False)
        username = args.get("username", "builder")
        super().__init__(
            name,
            kind=Kind.LOCAL,
            auth=Auth.STATIC,
            address=LOOPBACK,
            tls=tls,
            environment=args.get("environment", Environment.LOCAL),
            opts=opts,
        )
        password = Password(self.child("password"), args.get("password_rotation"), self.options())
        process = RegistryProcess(
            self.child("process"),
            {
                # Relative: a checkout that is moved is the same checkout.
                "folder": str(_STATE / f"{pulumi.get_stack()}-{name}"),
                "username": username,
                "password": password.value,
                "port": args.get("port"),
                "tls": tls,
            },
            self.options(),
        )
        self.usable_after = (process,)
        self.occasion = process.since
        trust: dict[str, pulumi.Input[str]] = {Name.DOCKER_REGISTRY_CA_FILE: process.ca_file} if tls else {}
        self.settle(
            host=process.host,
            namespace=args.get("namespace", "snapdeploy-apps"),
            credential={
                Name.DOCKER_REGISTRY_USERNAME: pulumi.Output.from_input(username),
                Name.DOCKER_REGISTRY_PASSWORD: password.value,
                **trust,
            },
            work_dir=args.get("work_dir"),
            log_dir=args.get("log_dir"),
        )


class RegistryProcessProvider(Provider):
    """Starts, watches, restarts and stops one registry."""

    def drift(self, olds: Properties, news: Properties) -> str | None:
        if not all(known(news[name]) for name in ("username", "tls", "folder")):
            return None
        served = _distribution(news)
        port = news.get("port")
        if port is not None and known(port) and (holder := served.stranger_on(int(port))):
            raise Mistaken(
                "port",
                f"{LOOPBACK}:{int(port)} is taken by {holder}, so the registry cannot listen there. "
                "Mend: stop it, or write another port in the stack's config, or none: a free one is then found",
            )
        if not olds:
            return None
        if served.folder != _distribution(olds).folder:
            return "its folder was changed"
        actual = next((found for p in served.processes() if (found := served.port_of(p))), None)
        if actual is None:
            return "the registry's process was gone"
        password = news["password"] if known(news["password"]) and news["password"] == olds["password"] else None
        return served.ailment(actual, password) if olds.get("tls") == news.get("tls") else None

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult(str(props["folder"]), self._serve(props, keep=None))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        if _olds["folder"] != _news["folder"]:
            _distribution(_olds).remove()
        return UpdateResult(self._serve(_news, keep=int(str(_olds["host"]).rpartition(":")[2])))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        running = next(_distribution(props).processes(), None) is not None
        return ReadResult(id_, {**props, "running": running})

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        _distribution(_props).remove()

    def _serve(self, props: Properties, keep: int | None) -> dict[str, Any]:
        from components._distribution import NotServing, PortTaken, binary

        served = _distribution(props)
        port = props.get("port")
        try:
            actual = served.serve(binary(), props["password"], port=None if port is None else int(port), keep=keep)
        except PortTaken as holder:
            raise Failed(f"{LOOPBACK}:{port} is taken by {holder}\nmend: stop it, or configure another port") from None
        except NotServing as failure:
            raise Failed(str(failure)) from None
        except OSError as error:
            raise Failed(
                f"the registry's folder {served.folder} cannot be used: {error.strerror}: {error.filename}\n"
                "mend: make it writable for this user, or remove it"
            ) from None
        return {
            **props,
            "host": f"{LOOPBACK}:{actual}",
            "running": True,
            "ca_file": str(served.certificate.authority) if served.tls else "",
        }


def _distribution(props: Properties) -> "Distribution":
    # In here and in `_serve`: only the provider's process runs registries, and the program should not load what that
    # takes, an HTTP client and a maker of certificates.
    from components._distribution import Distribution

    return Distribution(Path(props["folder"]).absolute(), username=props["username"], tls=bool(props["tls"]))


class RegistryProcess(Resource, module="snapdeploy", name="RegistryProcess"):
    """The registry as it runs. Destroying it ends the process and keeps the images."""

    host: pulumi.Output[str]
    """Address and port."""
    ca_file: pulumi.Output[str]
    """The authority to trust; empty without TLS."""
    since: pulumi.Output[str]
    """Which start this is, and why it was needed."""

    def __init__(self, name: str, props: dict[str, Any], opts: pulumi.ResourceOptions) -> None:
        promised = {"host": None, "ca_file": None, "running": None, "since": None}
        super().__init__(RegistryProcessProvider(), name, {**props, **promised}, opts)
