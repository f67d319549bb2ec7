"""What a registry of kind `ghcr` may be told.

Owns: its keys and their rules. Does not own what GitHub itself says about them (`preflight.py`). Pure.
"""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, Strict, model_validator

from components._settings import MistakeError, RegistrySettings, Settings
from contract.image import namespace_mistake
from contract.kinds import Auth, Kind
from github.names import OwnerKind, Visibility, login_mistake

_MOST_DAYS = 3650
_MOST_VERSIONS = 10_000


def _namespace(text: str) -> str:
    """`Acme/Apps` as `acme/apps`: GitHub's names have no case, and image names are lower case."""
    lowered = text.lower()
    mistake = login_mistake(lowered.partition("/")[0])
    if mistake is not None:
        raise MistakeError(f"begins with what {mistake}", "begin with the owner's name, as in github.com/<owner>")
    mistake = namespace_mistake(lowered)
    if mistake is not None:
        raise MistakeError(mistake)
    return lowered


def _login(text: str) -> str:
    mistake = login_mistake(text)
    if mistake is not None:
        raise MistakeError(mistake)
    return text


GhcrNamespace = Annotated[str, AfterValidator(_namespace)]
"""The owner on GitHub, and what stands before every image's name after it."""

Login = Annotated[str, AfterValidator(_login)]
"""A name on GitHub."""


class CredentialSettings(Settings):
    """What a builder outside of GitHub Actions logs in with."""

    username: Login = Field(description="whose token it is, as in github.com/<name>", examples=["acme-bot"])
    token: SecretStr = Field(
        description="a classic personal access token with the scope write:packages", examples=["ghp_…"]
    )


class RetentionSettings(Settings):
    """What the tool's `prune` is to remove; GHCR removes nothing by itself."""

    keep_newest: Annotated[int, Field(ge=1, le=_MOST_VERSIONS)] = Field(
        default=50, description="how many tagged images of each package stay, the newest first", examples=[50]
    )
    untagged_days: Annotated[int, Field(ge=1, le=_MOST_DAYS)] = Field(
        default=14, description="after how many days what no image needs any more goes", examples=[14]
    )


class GhcrSettings(RegistrySettings):
    """A namespace of GitHub's container registry."""

    kind: Kind = Kind.GHCR
    namespace: GhcrNamespace = Field(
        description="the owner on GitHub, and what stands before every image's name: ghcr.io/<owner>[/<prefix>]/<app>",
        examples=["acme/apps"],
    )
    owner_kind: Annotated[OwnerKind, Strict(False)] = Field(
        default=OwnerKind.ORGANIZATION,
        description="whether the owner is an organization or a user",
        examples=["organization"],
    )
    credential: CredentialSettings | None = Field(
        default=None,
        description="for a builder outside of GitHub Actions; left out: workflows push with their own GITHUB_TOKEN",
        examples=[{"username": "acme-bot", "token": "ghp_…"}],
    )
    visibility: Annotated[Visibility, Strict(False)] = Field(
        default=Visibility.PRIVATE,
        description="who may pull; in production a package that is open to more than these is refused",
        examples=["private"],
    )
    retention: RetentionSettings | None = Field(
        default=None,
        description="what `snapdeploy-registry prune` is to remove; left out: nothing is removed",
        examples=[{"keepNewest": 50, "untaggedDays": 14}],
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.owner_kind is OwnerKind.USER and self.visibility is Visibility.INTERNAL:
            raise MistakeError(
                "wants `visibility: internal` of a user's packages",
                "write `visibility: private`, or an organization's name",
                "only packages of an organization can be internal to its enterprise",
            )
        return self

    def builder_auth(self) -> Auth:
        """The workflow's own token, unless one was given."""
        return Auth.GITHUB_TOKEN if self.credential is None else Auth.STATIC

    @property
    def owner(self) -> str:
        """The owner on GitHub."""
        return self.namespace.partition("/")[0]

    @property
    def prefix(self) -> str:
        """What stands before every package's name; empty where nothing does."""
        return self.namespace.partition("/")[2]
