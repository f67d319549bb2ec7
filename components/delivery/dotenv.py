"""Delivery into a `.env` file: for a builder that runs on this machine.

Owns: our block of the file, kept as it was delivered. Does not own: the file's other lines,
or how the block is laid out (`_dotenv_file.py`).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pulumi
from pulumi.dynamic import CreateResult, Resource, UpdateResult

from components._provided import Failed, Properties, Provider, known
from components._settings import DotenvSettings
from components.delivery import _dotenv_file as dotenv_file
from components.delivery._interface import Context, Delivery
from contract.variables import SECRET_NAMES, in_order


class Dotenv(Delivery):
    """The builder's variables in a file of this project, which only its owner can read."""

    TYPE = "snapdeploy:delivery:Dotenv"
    Settings: ClassVar = DotenvSettings

    def deliver(
        self,
        settings: DotenvSettings,
        variables: Mapping[str, pulumi.Output[str]],
        context: Context,  # noqa: ARG002 (a file has no tags)
    ) -> None:
        EnvFile(
            self.child("file"),
            {
                "path": settings.path,
                # Apart: a map with one secret in it would be hidden whole.
                "plain": {name: value for name, value in variables.items() if name not in SECRET_NAMES},
                "secret": {name: value for name, value in variables.items() if name in SECRET_NAMES},
            },
            self.options(),
        )


class EnvFileProvider(Provider):
    """Writes the block, notices when it was changed or lost, takes it out again."""

    def drift(self, olds: Properties, news: Properties) -> str | None:
        if not olds or olds["path"] != news["path"]:
            return None
        if not all(known(value) for value in _values(olds).values()):
            return None
        file = Path(news["path"])
        try:
            standing = dotenv_file.current_block(dotenv_file.read(file))
            if not standing:
                return "the variables were gone from the file" if file.exists() else "the file was gone"
            if standing != dotenv_file.block(_values(olds)):
                return "the variables in the file were changed by hand"
            if file.stat().st_mode & 0o077:
                return "others could read the file"
        except (OSError, dotenv_file.Unwritable):
            return "the file could not be read"
        return None

    def create(self, props: dict[str, Any]) -> CreateResult:
        _deliver(props)
        return CreateResult(str(props["path"]), dict(props))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        _deliver(_news)
        if _olds["path"] != _news["path"]:
            _take_out(_olds)
        return UpdateResult(dict(_news))

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        _take_out(_props)


class EnvFile(Resource, module="snapdeploy", name="EnvFile"):
    """Our block of one file."""

    def __init__(self, name: str, props: dict[str, Any], opts: pulumi.ResourceOptions) -> None:
        super().__init__(EnvFileProvider(), name, {**props, "since": None}, opts)


def _values(props: Properties) -> dict[str, str]:
    both = {**props["plain"], **props["secret"]}
    return {name: both[name] for name in in_order(both)}


def _deliver(props: Properties) -> None:
    file = Path(props["path"])
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        text = dotenv_file.read(file)
        dotenv_file.write(file, dotenv_file.with_block(text, dotenv_file.block(_values(props))))
    except dotenv_file.Unwritable as reason:
        raise Failed(f"nothing was delivered to {file}: {reason}\nmend: use another value, or another target") from None
    except OSError as error:
        raise Failed(
            f"nothing was delivered to {file}: {error.strerror}: {error.filename}\nmend: make it writable for this user"
        ) from None


def _take_out(props: Properties) -> None:
    file = Path(props["path"])
    text = dotenv_file.read(file)
    rest = dotenv_file.without_block(text)
    if rest == text:
        return
    if rest.strip():
        dotenv_file.write(file, rest)
    else:
        file.unlink()
