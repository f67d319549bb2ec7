"""What GitHub says of the credential and of the packages, before anything is declared.

Owns: the questions whose wrong answer a builder would meet later: can this token push, whose is it, when does it end,
is something open to everybody that must not be. Does not own the connection (`github/client.py`). It only reads.

Where GitHub is simulated and no double of its API answers, only what the token itself shows is judged.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from components._base import Obstacle
from components.ghcr.settings import GhcrSettings
from contract.kinds import Environment
from github import address, names, packages, token
from github.client import Client
from github.errors import GitHubError, Why
from github.names import OwnerKind, Visibility
from github.packages import Owner
from github.token import TokenFacts, TokenKind

_MOST_SHOWN = 10
_OPENNESS = {Visibility.PRIVATE: 0, Visibility.INTERNAL: 1, Visibility.PUBLIC: 2}
_TOKEN = ("credential", "token")
_NEW = f"make a new one at {names.CLASSIC_PAGE} and set it"

Connect = Callable[[str, str], Client]
"""From a token and an address to a client."""


@dataclass(frozen=True)
class Look:
    """What was seen."""

    obstacles: tuple[Obstacle, ...]
    warnings: tuple[str, ...]
    """What is right today and worth a word."""
    expires_at: str | None
    """When the builder's credential ends; None: never, or there is none."""


def look(
    settings: GhcrSettings,
    environment: Environment,
    environ: Mapping[str, str],
    *,
    connect: Connect | None = None,
    now: datetime | None = None,
) -> Look:
    """Everything that is in the way of `settings`, and when the credential ends. Never raises for what GitHub says."""
    try:
        api = address.api(environ)
    except ValueError as error:
        return Look((Obstacle((), f"cannot be looked at: {error}", f"unset {address.DOUBLE}"),), (), None)
    secret = settings.credential.token.get_secret_value() if settings.credential else ""
    if secret and (mistake := _offline(secret, simulated=environ.get(address.SIMULATED) == "1")) is not None:
        return Look((mistake,), (), None)
    reader = secret or environ.get("GITHUB_TOKEN", "")
    if api is None or not reader:
        return Look((), _unseen(environment, settings) if api is not None else (), None)
    open_client = connect or (lambda held, at: Client(held, address=at))
    with open_client(reader, api) as client:
        return _ask(client, settings, environment, now or datetime.now(UTC))


def _offline(secret: str, *, simulated: bool) -> Obstacle | None:
    if simulated and token.kind_of(secret) is TokenKind.UNKNOWN:
        return None  # A simulated run is never told the real token.
    mistake = token.mistake(secret)
    return None if mistake is None else Obstacle(_TOKEN, mistake.what, mistake.mend, mistake.consequence)


def _ask(client: Client, settings: GhcrSettings, environment: Environment, now: datetime) -> Look:
    facts: TokenFacts | None = None
    obstacles: list[Obstacle] = []
    warnings: list[str] = []
    try:
        if settings.credential is not None:
            facts = packages.describe_token(client)
            obstacles += _of_token(settings, facts, now)
            warnings += _about_token(facts, now)
            kind = packages.owner_kind(client, settings.owner)
            if kind is not settings.owner_kind:
                obstacles.append(_other_kind(settings, kind))
        if environment is Environment.PROD and not obstacles:
            own = facts is not None and facts.login.lower() == settings.owner
            obstacles += _too_open(client, settings, own=own)
    except GitHubError as failure:
        obstacles, warnings = _unanswered(settings, failure, obstacles, warnings)
    expires_at = token.rfc3339(facts.expires_at) if facts is not None and facts.expires_at is not None else None
    return Look(tuple(obstacles), tuple(warnings), expires_at)


def _unanswered(
    settings: GhcrSettings, failure: GitHubError, obstacles: list[Obstacle], warnings: list[str]
) -> tuple[list[Obstacle], list[str]]:
    """What a failure means: nobody vouches for the credential; without one, nobody has looked at the packages."""
    if settings.credential is None:
        unseen = f"whether packages are open to everybody is not known: GitHub did not {failure.what}: {failure.reason}"
        return obstacles, [*warnings, f"{unseen}. Mend: {failure.mend}"]
    if failure.why is Why.UNAUTHORIZED:
        wrong = Obstacle(
            _TOKEN, "is not taken by GitHub: it is wrong, was revoked, or has ended", _NEW, "the builder could not push"
        )
    else:
        wrong = Obstacle(
            _TOKEN,
            f"could not be looked at: GitHub did not {failure.what}: {failure.reason}",
            failure.mend,
            "whether the builder can push would be a guess",
        )
    return [*obstacles, wrong], warnings


def _of_token(settings: GhcrSettings, facts: TokenFacts, now: datetime) -> Iterator[Obstacle]:
    if not facts.can_push:
        yield Obstacle(
            _TOKEN,
            f"lacks the scope {token.WRITE}",
            f"tick {token.WRITE} on the token's page, or {_NEW}",
            "the builder could log in and not push",
        )
    if facts.expires_at is not None and facts.expires_at <= now:
        yield Obstacle(_TOKEN, f"has ended at {token.rfc3339(facts.expires_at)}", _NEW, "the builder could not push")
    assert settings.credential is not None
    if facts.login.lower() != settings.credential.username.lower():
        yield Obstacle(
            ("credential", "username"),
            f"is not whose token it is: that is {facts.login}",
            f"write `username: {facts.login}`, or set that user's token",
            "who the builder is would be told wrong in every log",
        )
    if settings.owner_kind is OwnerKind.USER and facts.login.lower() != settings.owner:
        yield Obstacle(
            ("namespace",),
            f"is of the user {settings.owner}, and the token of {facts.login}",
            f"write `namespace: {facts.login.lower()}`, or set a token of {settings.owner}",
            "nobody can make packages under another user's name",
        )


def _about_token(facts: TokenFacts, now: datetime) -> Iterator[str]:
    if facts.expires_at is not None and now < facts.expires_at <= now + token.WARN_BEFORE:
        yield (
            f"the token ends in {facts.days_left(now)} days, at {token.rfc3339(facts.expires_at)}; the builder cannot "
            f"push from then on. Mend: {_NEW}"
        )
    if facts.excess:
        yield (
            f"the token may do more than push: {', '.join(sorted(facts.excess))}. Whoever reads it may do that too. "
            f"Mend: {_NEW}"
        )


def _other_kind(settings: GhcrSettings, kind: OwnerKind) -> Obstacle:
    return Obstacle(
        ("ownerKind",),
        f"is {settings.owner_kind}, but {settings.owner} is a{'n' if kind is OwnerKind.ORGANIZATION else ''} {kind}",
        f"write `ownerKind: {kind}`",
        "its packages could not be found",
    )


def _too_open(client: Client, settings: GhcrSettings, *, own: bool) -> Iterator[Obstacle]:
    """The packages under the namespace that more people can pull than they should."""
    owner = Owner(settings.owner, settings.owner_kind, own=own)
    allowed = _OPENNESS[settings.visibility]
    shown = 0
    for visibility in (one for one in Visibility if _OPENNESS[one] > allowed):
        for package in packages.packages(client, owner, visibility):
            if settings.prefix and not package.name.startswith(f"{settings.prefix}/"):
                continue
            shown += 1
            if shown > _MOST_SHOWN:
                return
            yield _open_package(owner, package.name, visibility, settings.visibility)


def _open_package(owner: Owner, name: str, found: Visibility, wanted: Visibility) -> Obstacle:
    page = packages.settings_page(owner, name)
    if found is Visibility.PUBLIC:
        # https://docs.github.com/en/packages/learn-github-packages/configuring-a-packages-access-control-and-visibility
        mend = (
            f"open {page}, and under 'Danger Zone' click 'Delete this package', then push it again, which makes it "
            f"private: GitHub makes no public package private again. If it is meant, write `visibility: {found}`"
        )
    else:
        mend = (
            f"open {page}, and under 'Danger Zone' click 'Change visibility', choose '{wanted.capitalize()}' and type "
            f"the package's name. If it is meant, write `visibility: {found}`"
        )
    who = "everybody" if found is Visibility.PUBLIC else "everybody in the enterprise"
    return Obstacle(("visibility",), f"is {wanted}, but the package {name} is {found}", mend, f"{who} can pull it")


def _unseen(environment: Environment, settings: GhcrSettings) -> tuple[str, ...]:
    if environment is not Environment.PROD or settings.visibility is Visibility.PUBLIC:
        return ()
    unseen = "whether packages are open to everybody was not looked at: there is no token to ask with"
    return (f"{unseen}. Mend: set GITHUB_TOKEN for the deployment to a classic token with {token.READ}",)
