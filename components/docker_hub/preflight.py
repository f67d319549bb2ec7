"""What stands in the way of a registry on Docker Hub, looked up before anything is declared.

Owns: the form of the tokens, their end, and whether the Hub knows them. Reads, and changes nothing.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pulumi
from pydantic import SecretStr

from components._base import Obstacle
from components.docker_hub.settings import DockerHubSettings

_ORGANIZATIONS = "dckr_oat_"
_TOKEN = re.compile(r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{8,}")
_SOON = timedelta(days=14)
_MAKE_ONE = "make one at https://app.docker.com/settings/personal-access-tokens, or in the organization's own settings"


def obstacles(settings: DockerHubSettings, now: datetime | None = None) -> Iterator[Obstacle]:
    """Everything in the way; asks the Hub only where the rest is right."""
    found = [*_form(settings), *_end(settings, now or datetime.now(UTC))]
    yield from found
    if not found:
        yield from _login(settings)


def _form(settings: DockerHubSettings) -> Iterator[Obstacle]:
    for key, token in _tokens(settings):
        value = token.get_secret_value()
        if _TOKEN.fullmatch(value) is None:
            yield Obstacle(
                (key,),
                "is no access token of Docker Hub: these begin with `dckr_pat_` or `dckr_oat_` and are one word",
                f"{_MAKE_ONE}; write it with `pulumi config set --secret`",
                "a password opens the whole account, and is refused where single sign-on is enforced",
            )
        elif value.startswith(_ORGANIZATIONS) and settings.username != settings.namespace:
            yield Obstacle(
                ("username",),
                f"is not `{settings.namespace}`, but `{key}` is an organization's token",
                f"write `username: {settings.namespace}`",
                "an organization's token goes with the organization's name",
            )


def _end(settings: DockerHubSettings, now: datetime) -> Iterator[Obstacle]:
    if settings.token_expires is None:
        return
    left = datetime.fromisoformat(settings.token_expires) - now
    if left <= timedelta(0):
        yield Obstacle(
            ("tokenExpires",),
            f"says that the token ended on {settings.token_expires}",
            f"{_MAKE_ONE}, and write its end here",
            "the builder could not push",
        )
    elif left < _SOON:
        pulumi.log.warn(f"the token for docker.io/{settings.namespace} ends in {left.days} days: make another one now")


def _login(settings: DockerHubSettings) -> Iterator[Obstacle]:
    from components.docker_hub.api import Hub
    from oci.errors import RegistryError

    for key, token in _tokens(settings):
        try:
            with Hub(settings.namespace, settings.username, token.get_secret_value()) as hub:
                hub.log_in()
        except RegistryError as failure:
            status = "" if failure.status is None else f" (HTTP {failure.status})"
            what = f"does not open Docker Hub: {failure.reason}{status}"
            yield Obstacle((key,), what, failure.advice or "see https://www.dockerstatus.com and the network's proxy")
        except ValueError as mistake:
            what, _, mend = str(mistake).partition("; mend: ")
            yield Obstacle((key,), f"was not tried: {what}", mend)


def _tokens(settings: DockerHubSettings) -> Iterator[tuple[str, SecretStr]]:
    yield "token", settings.token
    if settings.admin_token is not None:
        yield "adminToken", settings.admin_token
