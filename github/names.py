"""Names as GitHub takes them, and the pages that only a person can use. Pure.

Rules: https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication
(logins), https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/use-variables
(names of variables and secrets).
"""

import re
from enum import StrEnum
from urllib.parse import quote

# The part after `_` is the short code that an enterprise gives to accounts it manages.
_LOGIN = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*(?:_[A-Za-z0-9]+)?")
_REPOSITORY = re.compile(r"[A-Za-z0-9._-]{1,100}")
_ENVIRONMENT = re.compile(r"[^\x00-\x1f'\"`,;\\]{1,255}")
_MOST_LOGIN = 39

HOST = "ghcr.io"
"""Where GitHub keeps containers."""
CLASSIC_PAGE = "https://github.com/settings/tokens/new?scopes=write:packages&description=SnapDeploy"
"""Makes a classic token that may push and no more; without `scopes` the page adds `repo` as well."""


class OwnerKind(StrEnum):
    """Whose packages they are: GitHub keeps the two apart in every address."""

    ORGANIZATION = "organization"
    USER = "user"


class Visibility(StrEnum):
    """Who may pull a package."""

    PRIVATE = "private"
    """Who is named, and the repositories that were given access."""
    INTERNAL = "internal"
    """Everybody in the enterprise."""
    PUBLIC = "public"
    """Everybody, without a login."""


def login_mistake(login: str) -> str | None:
    """Why nobody on GitHub is called `login`, or None where somebody can be."""
    if len(login) > _MOST_LOGIN:
        return f"has {len(login)} characters; a name on GitHub has at most {_MOST_LOGIN}"
    if _LOGIN.fullmatch(login) is None:
        return "is not a name on GitHub: A-Z, a-z, 0-9 and single '-' between them"
    return None


def repository_mistake(name: str) -> str | None:
    """Why no repository is called `name`, or None where one can be."""
    if "/" in name:
        return "has a '/' in it; write the repository's name without its owner"
    if _REPOSITORY.fullmatch(name) is None or name in {".", ".."} or name.lower().endswith(".git"):
        return "is not a repository's name: up to 100 of A-Z, a-z, 0-9, '.', '_', '-', and not ending in `.git`"
    return None


def environment_mistake(name: str) -> str | None:
    """Why no deployment environment is called `name`, or None where one can be."""
    if _ENVIRONMENT.fullmatch(name) is None or name != name.strip():
        return "is not an environment's name: up to 255 visible characters without quotes, ',', ';' and '\\'"
    return None


def package_page(owner: str, kind: OwnerKind, package: str) -> str:
    """The page of one package."""
    room = "orgs" if kind is OwnerKind.ORGANIZATION else "users"
    return f"https://github.com/{room}/{owner}/packages/container/package/{quote(package, safe='')}"


def package_settings(owner: str, kind: OwnerKind, package: str) -> str:
    """The page on which a package's visibility and access are set; no API does either."""
    room = "orgs" if kind is OwnerKind.ORGANIZATION else "users"
    return f"https://github.com/{room}/{owner}/packages/container/{quote(package, safe='')}/settings"
