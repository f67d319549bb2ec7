"""A password that the engine generates and keeps: secret in the state, made anew when told to.

Here, and not from pulumi-random, because the embedded default has to work where no provider
can be downloaded.
"""

import secrets
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, Resource, UpdateResult

from components._provided import Provider

_BYTES = 24  # 32 characters, 192 bits; bcrypt reads no more than 72 bytes


def _generated() -> str:
    """A new password. It has what registries ask for, Harbor for one: upper case, lower case and a digit."""
    while True:
        made = secrets.token_urlsafe(_BYTES)
        if (
            any(each.isupper() for each in made)
            and any(each.islower() for each in made)
            and any(map(str.isdigit, made))
        ):
            return made


class _PasswordProvider(Provider):
    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult("password", {**props, "value": _generated()})

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        return UpdateResult({**_news, "value": _generated()})


class Password(Resource, module="snapdeploy", name="Password"):
    """A random password of 32 URL-safe characters."""

    value: pulumi.Output[str]
    """The password, always secret."""

    def __init__(self, name: str, rotation: pulumi.Input[str] | None, opts: pulumi.ResourceOptions) -> None:
        """A changed `rotation` makes a new password in the same update."""
        own = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(additional_secret_outputs=["value"]))
        super().__init__(_PasswordProvider(), name, {"rotation": rotation, "value": None}, own)
