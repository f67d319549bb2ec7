"""What the access to a registry is made of, whatever the cloud: three rights, one builder, keys in two slots.

Owns: these words of the config and their rules. Does not own: the kinds of principal, of which each cloud has its own
(`ecr/settings_access.py`, `artifact_registry/settings_access.py`). Pure.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Protocol, TypeVar

from pydantic import Field, Strict, model_validator

from components._settings import MistakeError, Settings, Text, like

_KUBERNETES = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")

KubernetesName = Annotated[str, like(_KUBERNETES, "is not a name in Kubernetes: a-z, 0-9, '.', '-'")]
"""A namespace or a service account of Kubernetes."""

_Who_co = TypeVar("_Who_co", covariant=True)


class Right(StrEnum):
    """What somebody may do with the images."""

    PUSH = "push"
    PULL = "pull"
    CLEAN = "clean"


class Slot(StrEnum):
    """One of two keys."""

    A = "a"
    B = "b"


class TwoSlots(Settings):
    """Two slots of keys, so that the new one can be delivered and proven before the old one goes."""

    active: Annotated[Slot, Strict(False)] = Field(default=Slot.A, description="which key is delivered", examples=["a"])
    a: Text | None = Field(default=None, description="any text; a changed text makes a new key", examples=["2026-11"])
    b: Text | None = Field(default=None, description="any text; a changed text makes a new key", examples=["2026-12"])

    @model_validator(mode="after")
    def _has_its_active_key(self) -> "TwoSlots":
        if (self.a if self.active is Slot.A else self.b) is None:
            raise MistakeError(
                f"delivers the key in slot `{self.active}`, which is empty",
                f'write for example `{self.active}: "2026-11"`',
                "there would be nothing to deliver",
            )
        return self

    def texts(self) -> dict[Slot, str]:
        """The text of each slot that has one."""
        return {slot: text for slot, text in ((Slot.A, self.a), (Slot.B, self.b)) if text is not None}


class _Access(Protocol[_Who_co]):
    """Who may do what, by name."""

    @property
    def push(self) -> Mapping[str, _Who_co]: ...
    @property
    def pull(self) -> Mapping[str, _Who_co]: ...
    @property
    def clean(self) -> Mapping[str, _Who_co]: ...


def principals(settings: _Access[_Who_co]) -> dict[tuple[Right, str], _Who_co]:
    """All principals by their right and name."""
    groups = {Right.PUSH: settings.push, Right.PULL: settings.pull, Right.CLEAN: settings.clean}
    return {(right, who): principal for right, group in groups.items() for who, principal in group.items()}


def builder_of(push: Mapping[str, object], named: str | None) -> str | None:
    """The name of the principal that is the builder; None where nobody may push."""
    return named or next(iter(push), None)


def check_builder(push: Mapping[str, object], named: str | None, delivered: str) -> None:
    """Raises MistakeError where nobody can tell who of `push` is the builder, whose `delivered` is handed on."""
    if named is not None and named not in push:
        raise MistakeError(
            "names a `builder` that is none of `push`",
            "write a name that stands under `push`",
        )
    if named is None and len(push) > 1:
        raise MistakeError(
            f"lets {len(push)} push, and does not say which of them is the builder",
            "write `builder:` and the name of one of them",
            f"whose {delivered} is delivered would be a guess",
        )
