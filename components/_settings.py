"""What a registry or a delivery may be told in the stack's config: the base models, and the first two kinds'.

Owns: the habits that every settings model shares (frozen, strict, no unknown key, camelCase
in YAML) and the rules of single values. Does not own: rules between several values, line
numbers, or the wording of a report (`stack/settings.py`), nor Pulumi resources: a model is
read by its component and never declares anything.

A field states its meaning (`description`) and a value that works (`examples`): the report of
a mistake tells people what to write from them. A field that holds a secret is a `SecretStr`:
its value is then never shown. Inputs from YAML are lists and text, which strict models do
not turn into tuples and enums: annotate such a field with `pydantic.Strict(False)`.
"""

import re
from abc import ABC, abstractmethod
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from contract.image import namespace_mistake
from contract.kinds import Auth, Kind, Target

_PATH = re.compile(r"[\w .+@=/-]+")
_USERNAME = re.compile(r"[a-z0-9._-]{1,32}")
_MAX_PATH = 1024
_AUTHS = {Kind.ECR: Auth.ECR, Kind.ARTIFACT_REGISTRY: Auth.GOOGLE}


class MistakeError(ValueError):
    """A value that breaks a rule. Raised inside a model's validator; the report adds the place and the value.

    `what` continues the sentence that begins with the value. Neither text repeats the value,
    which may be a secret. An empty `mend` means: write something like the field's example.
    """

    def __init__(self, what: str, mend: str = "", consequence: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend
        self.consequence = consequence


class Settings(BaseModel):
    """The base of all settings: what is not declared is refused, and what is read does not change."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_alias=True,
        validate_by_name=True,
        hide_input_in_errors=True,
    )


def like(pattern: re.Pattern[str], what: str) -> AfterValidator:
    """The rule that a text is wholly like `pattern`; `what` continues the sentence about one that is not."""

    def check(text: str) -> str:
        if pattern.fullmatch(text) is None:
            raise MistakeError(what)
        return text

    return AfterValidator(check)


def _printable(text: str) -> str:
    if not text.isprintable():
        raise MistakeError("has control characters")
    if text != text.strip():
        raise MistakeError("begins or ends with a space")
    return text


def _path(text: str) -> str:
    _printable(text)
    if text and _PATH.fullmatch(text) is None:
        raise MistakeError("has characters that a shell or a file of variables would read as something else")
    return text


def _namespace(text: str) -> str:
    mistake = namespace_mistake(text)
    if mistake is not None:
        raise MistakeError(mistake)
    return text


Text = Annotated[str, AfterValidator(_printable), Field(min_length=1, max_length=256)]
"""One line of visible characters."""

PathText = Annotated[str, AfterValidator(_path), Field(min_length=1, max_length=_MAX_PATH)]
"""A path that is the same path in a shell, in a file of variables and in Go."""

Namespace = Annotated[str, AfterValidator(_namespace)]
"""The path before every image's name."""


class RegistrySettings(Settings):
    """What every kind of registry is told."""

    kind: Kind
    namespace: Namespace = Field(
        description="the path before every image's name: <host>/<namespace>/<app>:<tag>", examples=["snapdeploy-apps"]
    )

    def builder_auth(self) -> Auth:
        """How the builder gets in. A kind that offers several ways says here which one it was told."""
        return _AUTHS.get(self.kind, Auth.STATIC)


class DeliverySettings(Settings, ABC):
    """What every delivery target is told."""

    target: Target
    registry: str = Field(
        description="which of the stack's registries is delivered; left out: the primary", examples=["main"]
    )

    @abstractmethod
    def destination(self) -> str:
        """What is written to, in a form in which two deliveries to the same thing are equal."""

    def obstacle(self, root: Path) -> MistakeError | None:  # noqa: ARG002 (most targets are not on this machine)
        """What in the project's folder `root` is in the way; None where nothing is. Reads, never writes."""
        return None

    def refusal(self, auth: Auth) -> MistakeError | None:  # noqa: ARG002 (most targets can hold whatever there is)
        """Why a registry that is entered by `auth` cannot be delivered here; None where it can."""
        return None


# --- kind: local ---


def _username(text: str) -> str:
    if _USERNAME.fullmatch(text) is None:
        raise MistakeError("is not a user name: 1 to 32 of a-z, 0-9, '.', '_', '-'")
    return text


class LocalSettings(RegistrySettings):
    """A real registry on this machine; every key has a default."""

    kind: Kind = Kind.LOCAL
    namespace: Namespace = Field(
        default="snapdeploy-apps",
        description="the path before every image's name: <host>/<namespace>/<app>:<tag>",
        examples=["snapdeploy-apps"],
    )
    port: int | None = Field(
        default=None,
        ge=1024,
        le=65535,
        description="the loopback port to listen on; left out: the first free one, which is then kept",
        examples=[5000],
    )
    tls: bool = Field(
        default=False,
        description="whether to serve HTTPS, under a certificate authority made for it",
        examples=[False],
    )
    username: Annotated[str, AfterValidator(_username)] = Field(
        default="builder", description="the user that pushes; its password is generated", examples=["builder"]
    )
    password_rotation: Text | None = Field(
        default=None,
        description="any text; a changed text makes a new password",
        examples=["2026-11"],
    )


# --- target: dotenv ---

_NOT_OURS_TO_WRITE = frozenset({".git", ".state", ".venv"})
_SAMPLES = (".example", ".sample", ".template")


def _env_path(text: str) -> str:
    """A relative path to a file that, by its name, holds environment variables.

    The name is held to `.env`, `.env.<what>` and `<what>.env` because no source file of the
    project is called so, which a list of its files could not promise for long.
    """
    path = PurePosixPath(text)
    if path.is_absolute():
        raise MistakeError("is not a path relative to the project's folder")
    if ".." in path.parts:
        raise MistakeError("leaves its folder by `..`; the file has to lie inside the project")
    name = path.name
    if text.endswith(("/", "/.")) or not name:
        raise MistakeError("is a folder, not a file")
    if path.parts[0].casefold() in _NOT_OURS_TO_WRITE:
        raise MistakeError("lies in a folder that other tools keep")
    if name.endswith(_SAMPLES):
        raise MistakeError("is the name of a sample that goes into git", consequence="the password would be committed")
    if name != ".env" and not name.startswith(".env.") and not name.endswith(".env"):
        raise MistakeError(
            "is not the name of an environment file: `.env`, `.env.<what>` or `<what>.env`",
            consequence="it could overwrite a source file",
        )
    return str(path)


class DotenvSettings(DeliverySettings):
    """A file of environment variables inside the project, readable by its owner only."""

    target: Target = Target.DOTENV
    path: Annotated[PathText, AfterValidator(_env_path)] = Field(
        default=".env",
        description="the file, relative to the project's folder",
        examples=[".env"],
    )

    def destination(self) -> str:
        """The path, without regard to case: some file systems have none."""
        return self.path.casefold()

    def obstacle(self, root: Path) -> MistakeError | None:
        """A folder of that name, or a link that leads out of the project."""
        file = root / self.path
        if not file.resolve().is_relative_to(root.resolve()):
            return MistakeError("leads out of the project through a symbolic link", "write a path without links")
        if file.is_dir():
            return MistakeError("is a folder that exists", f"write `path: {self.path}.env`, or remove the folder")
        return None
