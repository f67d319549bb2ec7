"""A namespace of GitHub's container registry, and how the builder gets into it.

Owns: what the contract says of it. Does not own: packages, which a push makes and no API does; their
visibility and access, which only a page can change (`preflight.py` checks and says so); the workflow's
own token, which GitHub makes for each run.
"""

import os
from collections.abc import Iterable
from typing import Any, ClassVar, NotRequired, TypedDict

import pulumi
from pydantic import SecretStr

from components._base import Obstacle, Registry, Surroundings
from components.ghcr.settings import GhcrSettings
from contract.kinds import Auth, Environment, Kind
from contract.variables import Name
from github.names import HOST


class CredentialArgs(TypedDict):
    """What a builder outside of GitHub Actions logs in with."""

    username: pulumi.Input[str]
    """Whose token it is."""
    token: pulumi.Input[str]
    """A classic personal access token with the scope write:packages."""


class RetentionArgs(TypedDict):
    """What the tool's `prune` is to remove."""

    keep_newest: int
    """How many tagged images of each package stay."""
    untagged_days: int
    """After how many days what no image needs any more goes."""


class GhcrArgs(TypedDict):
    """What the registry is told."""

    namespace: str
    """The owner on GitHub, in lower case, and what stands before every image's name after it."""
    owner_kind: NotRequired[str]
    """`organization` (the default) or `user`."""
    credential: NotRequired[CredentialArgs]
    """Left out: workflows push with their own GITHUB_TOKEN."""
    visibility: NotRequired[str]
    """Who may pull: `private` (the default), `internal` or `public`."""
    retention: NotRequired[RetentionArgs]
    """Left out: nothing is removed."""
    environment: NotRequired[pulumi.Input[str]]
    """What is at stake, see `contract.kinds.Environment`. Default: `dev`."""
    tags: NotRequired[dict[str, str]]
    """The stack's tags. Nothing here can carry one."""
    work_dir: NotRequired[pulumi.Input[str]]
    """BUILDER_WORK_DIR."""
    log_dir: NotRequired[pulumi.Input[str]]
    """BUILDER_LOG_DIR."""


class Ghcr(Registry):
    """`ghcr.io/<owner>[/<prefix>]`."""

    TYPE = "snapdeploy:registry:Ghcr"
    Settings = GhcrSettings

    _ends: ClassVar[dict[str, str | None]] = {}
    """When the credential of each registry ends, by its name, as the preflight has seen it."""

    def __init__(self, name: str, args: GhcrArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        credential = args.get("credential")
        super().__init__(
            name,
            kind=Kind.GHCR,
            auth=Auth.GITHUB_TOKEN if credential is None else Auth.STATIC,
            address=HOST,
            tls=True,
            environment=args.get("environment", Environment.DEV),
            opts=opts,
        )
        # The workflow's token is made for its run alone, so that an update has nothing to log in with.
        self.provable = credential is not None
        self.settle(
            host=HOST,
            namespace=args["namespace"],
            credential={} if credential is None else _delivered(credential),
            work_dir=args.get("work_dir"),
            log_dir=args.get("log_dir"),
            retention=_retention_in_words(args.get("retention")),
            expires_at=self._ends.get(name),
        )

    @classmethod
    def preflight(cls, name: str, settings: GhcrSettings, surroundings: Surroundings) -> Iterable[Obstacle]:
        """The token's kind, scope, owner and end; in production, what is open to more than it should be."""
        # In here: a stack of another kind should not load an HTTP client.
        from components.ghcr.preflight import look

        seen = look(settings, surroundings.environment, os.environ)
        for warning in seen.warnings:
            pulumi.log.warn(f"registries.{name}: {warning}")
        cls._ends[name] = seen.expires_at
        return seen.obstacles


def _delivered(credential: CredentialArgs) -> dict[str, pulumi.Input[Any]]:
    token = credential["token"]
    return {
        Name.DOCKER_REGISTRY_USERNAME: credential["username"],
        Name.DOCKER_REGISTRY_PASSWORD: pulumi.Output.secret(
            token.get_secret_value() if isinstance(token, SecretStr) else token
        ),
    }


def _retention_in_words(told: RetentionArgs | None) -> str:
    if told is None:
        return "none"
    return (
        f"by `snapdeploy-registry prune --keep-newest {told['keep_newest']} "
        f"--untagged-days {told['untagged_days']} --delete`, where that is run"
    )
