"""From what was delivered to GitHub's API: whose packages, with which token.

Owns: the choice of the token, and what is wrong with it. Does not own any question (`packages.py`, `prune.py`).
GITHUB_TOKEN comes before the delivered one, which can push and should not be able to delete.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from contract.image import Registry
from contract.problem import Problem, Problems
from contract.variables import Name
from github import address, names, packages
from github.client import Client
from github.errors import GitHubError
from github.names import HOST, OwnerKind
from github.packages import Owner
from ops.delivered import Delivered

_TITLE = "The packages cannot be looked at"

Connect = Callable[[str, str], Client]
"""From a token and an address to a client."""


@dataclass(frozen=True)
class Access:
    """A namespace on GHCR, and a way to ask for it."""

    client: Client
    owner: Owner
    prefix: str
    """What a package's name begins with; empty where the namespace is the owner."""
    token: str = field(repr=False)

    def holds(self, package: str) -> bool:
        """Whether `package` is in the namespace."""
        return not self.prefix or package.startswith(f"{self.prefix}/")


def open_access(delivered: Delivered, environ: Mapping[str, str], connect: Connect | None = None) -> Access:
    """Whose packages were delivered, and a client for them. Raises Problems, GitHubError."""
    registry = _registry(delivered)
    login, _, prefix = registry.namespace.partition("/")
    mistake = names.login_mistake(login)
    if mistake is not None:
        raise Problems(_TITLE, [Problem(delivered.place(Name.DOCKER_REGISTRY), f"{login} {mistake}", _DELIVER)])
    token = environ.get("GITHUB_TOKEN") or delivered.values.get(Name.DOCKER_REGISTRY_PASSWORD, "")
    if not token:
        mend = f"set GITHUB_TOKEN to a classic token with read:packages: {names.CLASSIC_PAGE}"
        raise Problems(_TITLE, [Problem("environment variable GITHUB_TOKEN", "is not set", mend)])
    try:
        api = address.api(environ)
    except ValueError as error:
        raise Problems(_TITLE, [Problem(f"environment variable {address.DOUBLE}", str(error), "unset it")]) from None
    if api is None:
        what = "is 1, and nothing stands in for GitHub's API"
        raise Problems(_TITLE, [Problem(f"environment variable {address.SIMULATED}", what, "unset it")])
    client = connect(token, api) if connect is not None else Client(token, address=api)
    kind = packages.owner_kind(client, login)
    return Access(client, Owner(login, kind, own=kind is OwnerKind.USER and _is_own(client, login)), prefix, token)


def _is_own(client: Client, login: str) -> bool:
    try:
        return packages.describe_token(client).login.lower() == login.lower()
    except GitHubError:
        return False  # The workflow's own token is nobody's, and may not ask who it is.


def _registry(delivered: Delivered) -> Registry:
    where = delivered.place(Name.DOCKER_REGISTRY)
    try:
        registry = Registry.parse(delivered.values.get(Name.DOCKER_REGISTRY, ""))
    except ValueError as error:
        raise Problems(_TITLE, [Problem(where, str(error), _DELIVER)]) from None
    if registry.host != HOST:
        raise Problems(_TITLE, [Problem(where, f"is on {registry.host}, not on {HOST}", "use this verb for GHCR only")])
    return registry


_DELIVER = "run `pulumi up`, which delivers it, or name another file by --env-file"
