"""The container packages of one owner: what they are, their versions, deleting and restoring.

Owns: addresses and shapes of that part of the API, as its description has them. Does not own
what may be deleted (`retention.py`). The API tells neither a package's size nor its last pull,
and it changes neither visibility nor access: those are pages (`names.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from github import names, token
from github.client import Client, document
from github.errors import GitHubError, Why
from github.names import OwnerKind, Visibility
from github.token import TokenFacts

_PAGE = "100"


@dataclass(frozen=True)
class Owner:
    """Whose packages are meant, and how the API is asked for them."""

    login: str
    kind: OwnerKind
    own: bool = False
    """Whether the token is this user's own: then its private packages are listed too."""

    @property
    def path(self) -> str:
        """Where the owner's packages begin."""
        if self.kind is OwnerKind.ORGANIZATION:
            return f"/orgs/{self.login}/packages"
        return "/user/packages" if self.own else f"/users/{self.login}/packages"


@dataclass(frozen=True)
class Package:
    """One container image, by its name below the owner."""

    name: str
    visibility: Visibility
    repository: str
    """The linked repository, `owner/name`; empty where there is none."""
    versions: int
    updated_at: datetime


@dataclass(frozen=True)
class Version:
    """One manifest of a package: an image, an index, an attestation."""

    id: int
    digest: str
    tags: tuple[str, ...]
    created_at: datetime


def describe_token(client: Client) -> TokenFacts:
    """What the client's token is. Raises GitHubError."""
    what = "say whose token it is"
    response = client.get("/user", what)
    found = document(response, what)
    try:
        return token.facts(str(found["login"]), {name.lower(): value for name, value in response.headers.items()})
    except (KeyError, TypeError):
        raise _unexpected(what) from None
    except ValueError as error:
        raise GitHubError(Why.UNEXPECTED, what, str(error), "report this to us, with the form of the header") from None


def owner_kind(client: Client, login: str) -> OwnerKind:
    """Whether `login` is an organization or a user. Raises GitHubError."""
    what = f"say who {login} is"
    found = document(client.get(f"/users/{login}", what), what)
    kinds = {"Organization": OwnerKind.ORGANIZATION, "User": OwnerKind.USER}
    try:
        return kinds[found["type"]]
    except (KeyError, TypeError):
        raise _unexpected(what) from None


def packages(client: Client, owner: Owner, visibility: Visibility | None = None) -> Iterator[Package]:
    """The container packages that the token may see, of one visibility or all. Raises GitHubError."""
    what = f"list the packages of {owner.login}"
    wanted = {} if visibility is None else {"visibility": str(visibility)}
    for entry in client.pages(owner.path, what, package_type="container", per_page=_PAGE, **wanted):
        try:
            yield Package(
                name=str(entry["name"]),
                visibility=Visibility(entry["visibility"]),
                repository=str((entry.get("repository") or {}).get("full_name", "")),
                versions=int(entry.get("version_count", 0)),
                updated_at=_moment(entry["updated_at"]),
            )
        except (KeyError, TypeError, ValueError):
            raise _unexpected(what) from None


def versions(client: Client, owner: Owner, package: str) -> Iterator[Version]:
    """Every version of `package`, the newest first. Raises GitHubError."""
    what = f"list the versions of {package}"
    # Of another user's, the API's description knows no size of a page.
    size = {"per_page": _PAGE} if owner.kind is OwnerKind.ORGANIZATION or owner.own else {}
    for entry in client.pages(f"{_at(owner, package)}/versions", what, **size):
        try:
            yield Version(
                id=int(entry["id"]),
                digest=str(entry["name"]),
                tags=tuple(str(tag) for tag in _tags(entry)),
                created_at=_moment(entry["created_at"]),
            )
        except (KeyError, TypeError, ValueError):
            raise _unexpected(what) from None


def delete_version(client: Client, owner: Owner, package: str, version: int) -> None:
    """Deletes one version; it can be restored for 30 days. Raises GitHubError."""
    client.send("DELETE", f"{_at(owner, package)}/versions/{version}", f"delete version {version} of {package}")


def restore_version(client: Client, owner: Owner, package: str, version: int) -> None:
    """Restores a version that was deleted within 30 days. Raises GitHubError."""
    client.send("POST", f"{_at(owner, package)}/versions/{version}/restore", f"restore version {version} of {package}")


def settings_page(owner: Owner, package: str) -> str:
    """Where the package's visibility and access are set by hand."""
    return names.package_settings(owner.login, owner.kind, package)


def _at(owner: Owner, package: str) -> str:
    return f"{owner.path}/container/{quote(package, safe='')}"


def _tags(entry: dict[str, Any]) -> list[Any]:
    found = ((entry.get("metadata") or {}).get("container") or {}).get("tags", [])
    return found if isinstance(found, list) else []


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone")
    return moment


def _unexpected(what: str) -> GitHubError:
    return GitHubError(
        Why.UNEXPECTED, what, "the answer has another form than the API's description", "try again later"
    )
