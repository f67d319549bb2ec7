"""What a registry on Docker Hub may be told in the stack's config.

Owns: the rules of its values. Does not own whether a token is right: the preflight asks the Hub.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, Strict, model_validator

from components._settings import MistakeError, Namespace, RegistrySettings, Settings, Text
from components.docker_hub.plans import Plan, limits
from contract.image import VERIFY_APP
from contract.kinds import Kind

# https://docs.docker.com/reference/api/hub/latest/#tag/repositories/operation/CreateRepository
_NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_SHORTEST, _LONGEST = 2, 255


def _namespace(text: str) -> str:
    if "/" in text:
        raise MistakeError(
            "has more than one part; Docker Hub knows `<namespace>/<app>` and nothing deeper",
            consequence="every push would be refused",
        )
    if "." in text or text == "localhost":
        raise MistakeError(
            "looks like a host; on Docker Hub it is a user's or an organization's name",
            consequence="an image would be looked for at that host",
        )
    return text


def _name(text: str) -> str:
    if _NAME.fullmatch(text) is None or not _SHORTEST <= len(text) <= _LONGEST:
        raise MistakeError("is not a repository's name: 2 to 255 of a-z, 0-9 and single '.', '_', '-' inside")
    return text


def _date(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise MistakeError("is not a date like `2027-02-01`") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class RepositorySettings(Settings):
    """One repository of the namespace."""

    private: bool | None = Field(
        default=None, description="whether only those who may can see it; left out: as `private`", examples=[True]
    )


class DockerHubSettings(RegistrySettings):
    """A namespace of Docker Hub."""

    kind: Kind = Kind.DOCKER_HUB
    namespace: Annotated[Namespace, AfterValidator(_namespace)] = Field(
        description="the user or organization on Docker Hub that the images belong to", examples=["acme"]
    )
    username: Text = Field(
        description="who logs in: the user of a personal token, or the organization of an organization's token",
        examples=["acme-ci"],
    )
    token: SecretStr = Field(
        description="an access token that may push and pull; it is delivered to the builder",
        examples=["dckr_pat_…"],
    )
    admin_token: SecretStr | None = Field(
        default=None,
        description="an access token of the same user that may manage repositories, never delivered; left out: `token`",
        examples=["dckr_pat_…"],
    )
    token_expires: Annotated[str, AfterValidator(_date)] | None = Field(
        default=None,
        description="when the token ends, which the Hub does not tell; left out: never",
        examples=["2027-02-01"],
    )
    private: bool = Field(
        default=True, description="whether repositories are private where they do not say", examples=[True]
    )
    repositories: Mapping[Annotated[str, AfterValidator(_name)], RepositorySettings] = Field(
        default={},
        description="the apps whose repositories are made before their first push, by name",
        examples=[{"shop": {}}],
    )
    verify_repository: bool = Field(
        default=True,
        description=f"whether `{VERIFY_APP}`, which the smoke test pushes to, is made private as well",
        examples=[True],
    )
    delete_repositories: bool = Field(
        default=False,
        description="whether repositories that this stack made are deleted with it, images and all",
        examples=[False],
    )
    plan: Annotated[Plan, Strict(False)] | None = Field(
        default=None,
        description="the plan of the user or organization, to compare with and report its limits",
        examples=["team"],
    )

    @model_validator(mode="after")
    def _within_the_plan(self) -> Self:
        included = limits(self.plan).private_repositories if self.plan is not None else None
        count = sum(self.visibilities().values())
        if included is not None and count > included:
            raise MistakeError(
                f"declares {count} private repositories (with `{VERIFY_APP}`, unless `verifyRepository` is false), and "
                f"the plan `{self.plan}` includes {included}",
                "declare fewer, choose another plan, or write `verifyRepository: false` and switch the smoke test off",
                "Docker Hub would refuse to make the next one private",
            )
        return self

    def visibilities(self) -> dict[str, bool]:
        """Every repository that is settled, and whether it is private."""
        return visibilities(
            {name: told.private for name, told in self.repositories.items()},
            private=self.private,
            verify=self.verify_repository,
        )


def visibilities(told: Mapping[str, bool | None], *, private: bool, verify: bool) -> dict[str, bool]:
    """Every repository that is settled, and whether it is private: `told` says, or else `private`."""
    settled = {name: private if own is None else own for name, own in told.items()}
    return {VERIFY_APP: True, **settled} if verify and private else settled
