"""Docker Hub as the registry that the builder pushes to: `docker.io/<namespace>`.

Owns: the credential that is delivered, and the visibility of the declared repositories. Does not
own the token's making: a personal token cannot make another where single sign-on is enforced, so
a new one is made on the Hub's page and written into the config; then `pulumi up` proves it,
delivers it, and says when the old one can be revoked.

A first push under a name that is not declared makes a repository with the account's default
visibility, which is public unless its owner has changed it. No API changes that default.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
from pydantic import SecretStr

from components._base import Obstacle, Registry, Surroundings
from components.docker_hub.plans import Plan, limits
from components.docker_hub.preflight import obstacles
from components.docker_hub.repositories import Repositories
from components.docker_hub.settings import DockerHubSettings, visibilities
from contract.kinds import Auth, Environment, Kind
from contract.outputs import RegistryOutput
from contract.variables import Name

HOST = "docker.io"


class DockerHubRepositoryArgs(TypedDict):
    """One repository of the namespace."""

    private: NotRequired[bool]
    """Whether only those who may can see it. Default: as the registry's `private`."""


class DockerHubArgs(TypedDict):
    """What a registry on Docker Hub is told."""

    namespace: pulumi.Input[str]
    """The user or organization that the images belong to."""
    username: pulumi.Input[str]
    """Who logs in: a personal token's user, or an organization's name."""
    token: pulumi.Input[str]
    """An access token that may push and pull, delivered to the builder."""
    admin_token: NotRequired[pulumi.Input[str]]
    """An access token that may manage repositories, never delivered. Default: `token`."""
    token_expires: NotRequired[pulumi.Input[str]]
    """When the token ends, RFC 3339. Default: never."""
    private: NotRequired[bool]
    """Whether repositories are private where they do not say. Default: true."""
    repositories: NotRequired[Mapping[str, DockerHubRepositoryArgs]]
    """The apps whose repositories are made before their first push, by name."""
    verify_repository: NotRequired[bool]
    """Whether the repository that the smoke test pushes to is made private as well. Default: true."""
    delete_repositories: NotRequired[bool]
    """Whether repositories that this component made are deleted with it. Default: false."""
    plan: NotRequired[Plan]
    """The plan, whose limits are then reported."""
    environment: NotRequired[pulumi.Input[str]]
    """What is at stake, see `contract.kinds.Environment`. Default: `dev`."""
    tags: NotRequired[Mapping[str, str]]
    """The stack's tags. Nothing here can carry one."""
    work_dir: NotRequired[pulumi.Input[str]]
    """BUILDER_WORK_DIR."""
    log_dir: NotRequired[pulumi.Input[str]]
    """BUILDER_LOG_DIR."""


class DockerHub(Registry):
    """A namespace of Docker Hub, with its declared repositories as they should be seen."""

    TYPE = "snapdeploy:registry:DockerHub"
    Settings = DockerHubSettings

    def __init__(self, name: str, args: DockerHubArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(
            name,
            kind=Kind.DOCKER_HUB,
            auth=Auth.STATIC,
            address=HOST,
            tls=True,
            environment=args.get("environment", Environment.DEV),
            opts=opts,
        )
        private = args.get("private", True)
        settled = visibilities(
            {app: told.get("private") for app, told in args.get("repositories", {}).items()},
            private=private,
            verify=args.get("verify_repository", True),
        )
        token = _secret(args["token"])
        self._report: dict[str, Any] = {}
        if settled:
            repositories = Repositories(
                self.child("repositories"),
                {
                    "namespace": args["namespace"],
                    "username": args["username"],
                    "token": _secret(args["admin_token"]) if "admin_token" in args else token,
                    "repositories": settled,
                    "private": private,
                    "delete": args.get("delete_repositories", False),
                },
                self.options(),
            )
            self.usable_after = (repositories,)
            self._report[RegistryOutput.PUBLIC_REPOSITORIES] = repositories.public
        if "plan" in args:
            self._report[RegistryOutput.LIMITS] = limits(args["plan"]).report()
        self.settle(
            host=HOST,
            namespace=args["namespace"],
            credential={
                Name.DOCKER_REGISTRY_USERNAME: args["username"],
                Name.DOCKER_REGISTRY_PASSWORD: token,
            },
            work_dir=args.get("work_dir"),
            log_dir=args.get("log_dir"),
            expires_at=args.get("token_expires"),
        )

    @classmethod
    def preflight(cls, name: str, settings: Any, surroundings: Surroundings) -> Iterable[Obstacle]:  # noqa: ARG003
        """The tokens: their form, their end, and whether the Hub knows them."""
        return () if surroundings.simulated else obstacles(settings)

    def report(self) -> dict[str, Any]:
        """The contract, and what is particular here: the plan's limits and what else is public."""
        return {**super().report(), **self._report}


def _secret(value: pulumi.Input[str] | SecretStr) -> pulumi.Output[str]:
    """`value` as a secret output; settings hand one over that hides itself."""
    return pulumi.Output.secret(value.get_secret_value() if isinstance(value, SecretStr) else value)
