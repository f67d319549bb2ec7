"""What a token of GitHub's is, as far as it can be told: by its first letters, and by GitHub itself.

Owns: which kinds can push to the container registry, and reading the headers that describe a
token. Does not own asking (`client.py`). A token is never part of a message.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from github.names import CLASSIC_PAGE

SCOPES_HEADER = "x-oauth-scopes"
EXPIRY_HEADER = "github-authentication-token-expiration"
WRITE = "write:packages"
DELETE = "delete:packages"
READ = "read:packages"
WARN_BEFORE = timedelta(days=14)
"""How long before its end a token is worth a warning."""

_OLD_CLASSIC = re.compile(r"[0-9a-f]{40}")
_SHAPE = re.compile(r"[A-Za-z0-9_]{20,255}")
_MAKE_ONE = f"make a classic token at {CLASSIC_PAGE}"
# What pushing needs, and what it brings with it.
_NEEDED = frozenset({WRITE, READ})


class TokenKind(StrEnum):
    """The kinds of token, by what GitHub calls them."""

    CLASSIC = "classic personal access token"
    FINE_GRAINED = "fine-grained personal access token"
    INSTALLATION = "token of an app's installation"
    USER_TO_SERVER = "token of an app that acts for a user"
    OAUTH = "token of an OAuth app"
    REFRESH = "refresh token"
    UNKNOWN = "unknown"


# https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
_PREFIXES: Mapping[str, TokenKind] = {
    "ghp_": TokenKind.CLASSIC,
    "github_pat_": TokenKind.FINE_GRAINED,
    "ghs_": TokenKind.INSTALLATION,
    "ghu_": TokenKind.USER_TO_SERVER,
    "gho_": TokenKind.OAUTH,
    "ghr_": TokenKind.REFRESH,
}
_REASONS: Mapping[TokenKind, str] = {
    TokenKind.FINE_GRAINED: "the container registry does not take these: a login fails, whatever they may do elsewhere",
    TokenKind.INSTALLATION: "it ends within the hour, and the registry lets it log in and then denies private packages",
    TokenKind.USER_TO_SERVER: "it ends within hours, and the registry does not let it push",
    TokenKind.OAUTH: "it belongs to the app that made it, which can end it at any time (`gh auth login` makes one)",
    TokenKind.REFRESH: "it only serves to get another token",
}


@dataclass(frozen=True)
class Mistake:
    """Why a token cannot be what the builder logs in with."""

    what: str
    """Continues a sentence that begins with the token's place."""
    mend: str
    consequence: str = ""


@dataclass(frozen=True)
class TokenFacts:
    """What GitHub says of a token that it takes."""

    login: str
    """Whose it is."""
    scopes: frozenset[str]
    """What it may do; empty for kinds that have no scopes."""
    expires_at: datetime | None
    """When it ends; None: never."""

    @property
    def can_push(self) -> bool:
        """Whether it may push to the container registry."""
        return WRITE in self.scopes

    @property
    def excess(self) -> frozenset[str]:
        """The scopes that pushing does not need."""
        return self.scopes - _NEEDED

    def days_left(self, now: datetime) -> int | None:
        """Whole days until it ends; None where it does not."""
        return None if self.expires_at is None else (self.expires_at - now).days


def kind_of(token: str) -> TokenKind:
    """The kind that `token` is by its first letters. Classic ones from before 2021 have none."""
    for prefix, kind in _PREFIXES.items():
        if token.startswith(prefix):
            return kind
    return TokenKind.CLASSIC if _OLD_CLASSIC.fullmatch(token) else TokenKind.UNKNOWN


def mistake(token: str) -> Mistake | None:
    """Why `token` cannot push to the container registry, told from the token alone; None where it may be able to."""
    kind = kind_of(token)
    if kind in _REASONS:
        return Mistake(f"is a {kind}, which cannot be used here", _MAKE_ONE, _REASONS[kind])
    if kind is TokenKind.UNKNOWN:
        return Mistake(
            "is not a token of GitHub's: a classic personal access token begins with `ghp_`",
            _MAKE_ONE,
            "a login at ghcr.io takes nothing else, a password of the account least of all",
        )
    if _SHAPE.fullmatch(token) is None:
        return Mistake(
            "has a space, a line break or another character that no token of GitHub's has",
            "set it again; a copied token often ends in a line break",
        )
    return None


def facts(login: str, headers: Mapping[str, str]) -> TokenFacts:
    """What an answer's `headers` (lower-case names) say of the token that it was given for.

    Raises ValueError for an end that cannot be read: taken for "never", it would hide a token that ends.
    """
    scopes = frozenset(scope.strip() for scope in headers.get(SCOPES_HEADER, "").split(",") if scope.strip())
    ends = headers.get(EXPIRY_HEADER)
    return TokenFacts(login, scopes, None if ends is None else _moment(ends))


def rfc3339(moment: datetime) -> str:
    """`moment` as the contract writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(text: str) -> datetime:
    """`2027-01-31 12:00:00 UTC` or with an offset, as GitHub writes it in the header."""
    try:
        return datetime.strptime(text.strip().replace("UTC", "+0000"), "%Y-%m-%d %H:%M:%S %z")
    except ValueError:
        raise ValueError(f"the end of the token cannot be read: {EXPIRY_HEADER} has an unknown form") from None
