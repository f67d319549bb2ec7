"""What one type of resource does: the interface, and the generic one over the store.

Owns: what a provider module may implement. Does not own: what is the same for every
resource, such as the check, the diff, previews and secrets (`lifecycle`).

A type is simulated in one of three ways: not at all declared (`Stored` as it is, with
made-up outputs), by a subclass of `Stored` that says how the cloud names, defaults and
computes, or by a `Behaviour` that keeps nothing here and talks to an emulator.
"""

import secrets
import typing
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from tests.simulated.checker import LISTS, MAPS, Mistake
from tests.simulated.sdk import ResourceTypes
from tests.simulated.store import Key, Store
from tests.simulated.wire import Properties


class CloudError(Exception):
    """The cloud refuses; the message is worded as the cloud and its provider word it."""


@dataclass(frozen=True)
class Call:
    """What a behaviour is told about the resource at hand."""

    token: str
    name: str
    """The logical name in the program; empty where the engine does not say, as in an import."""
    config: Properties
    """The provider's configuration, completed with what the provider assumes."""
    scope: str
    """Within what the id is unique."""
    types: ResourceTypes | None
    """None for a provider without an SDK, such as that of dynamic resources."""
    store: Store


@dataclass(frozen=True)
class State:
    """A resource that exists."""

    id: str
    properties: Properties
    """Everything that can be known of it: what was set, what the cloud filled in, what it computed."""


class Behaviour(ABC):
    """One type of resource. Every method but `defaults` may raise CloudError."""

    replace_on_change: frozenset[str] = frozenset()
    """Properties that an existing resource cannot change, or paths of parts of them: `remoteConfig.url`."""
    stable: frozenset[str] = frozenset()
    """Computed properties that an update leaves as they are, so that a preview knows them."""
    write_only: frozenset[str] = frozenset()
    """Properties that the cloud does not give back; a refresh keeps what was set."""
    documents: frozenset[str] = frozenset()
    """Properties that are JSON in a text, and compared by what it means."""
    filled: frozenset[str] = frozenset()
    """Paths of properties that the cloud fills where nobody sets them, each time with what it likes: no drift."""
    named_by: str | None = None
    """The property that the provider fills with a name of its own making where the program sets none."""

    def defaults(self, call: Call) -> Properties:
        """What the cloud takes for the properties that are not set."""
        return {}

    def mistakes(self, inputs: Properties) -> list[Mistake]:
        """What the provider refuses in `inputs`, right by their types, before anything is asked of the cloud."""
        return []

    def outdated(self, call: Call, olds: Properties) -> frozenset[str]:
        """Outputs that are not what they would become, though no input changes: an update sets them again."""
        return frozenset()

    def replacing(self, call: Call) -> frozenset[str]:
        """`replace_on_change`, where the provider's configuration has a say in it."""
        return self.replace_on_change

    @abstractmethod
    def create(self, call: Call, inputs: Properties) -> State:
        """Makes the resource."""

    @abstractmethod
    def read(self, call: Call, id_: str, known: Properties) -> Properties | None:
        """All properties of the resource as it is now, or None. `known` is what the engine had, empty in an import."""

    @abstractmethod
    def update(self, call: Call, id_: str, olds: Properties, inputs: Properties) -> Properties:
        """Makes the resource what `inputs` say; returns all properties."""

    @abstractmethod
    def delete(self, call: Call, id_: str, olds: Properties) -> None:
        """Takes the resource away; one that is not there is no error."""


class Stored(Behaviour):
    """A resource in the store. As it is, it gives an id and outputs that are plainly made up."""

    def identity(self, call: Call, inputs: Properties) -> str:
        """The id that the cloud gives: the resource's physical name, where it has one."""
        return f"simulated-{call.name}-{secrets.token_hex(4)}"

    def computed(self, call: Call, id_: str, properties: Properties) -> Properties:
        """The outputs that nobody sets, from everything else."""
        computed = call.types.computed if call.types else {}
        return {name: made_up(kinds, f"simulated-{id_}-{name}") for name, kinds in computed.items()}

    def taken(self, call: Call, id_: str) -> str:
        """What the cloud says to a second resource with the same id."""
        return f"creating {call.token} ({id_}): already exists"

    def missing(self, call: Call, id_: str) -> str:
        """What the cloud says to an update of a resource that is not there."""
        return f"updating {call.token} ({id_}): not found"

    def create(self, call: Call, inputs: Properties) -> State:
        id_ = self.identity(call, inputs)
        properties = self._whole(call, id_, inputs)
        if not call.store.add(self._key(call, id_), properties):
            raise CloudError(self.taken(call, id_))
        return State(id_, properties)

    def read(self, call: Call, id_: str, known: Properties) -> Properties | None:
        return call.store.get(self._key(call, id_), known)

    def update(self, call: Call, id_: str, olds: Properties, inputs: Properties) -> Properties:
        properties = self._whole(call, id_, inputs)
        if not call.store.put(self._key(call, id_), properties):
            raise CloudError(self.missing(call, id_))
        return properties

    def delete(self, call: Call, id_: str, olds: Properties) -> None:
        call.store.drop(self._key(call, id_))

    def _whole(self, call: Call, id_: str, inputs: Properties) -> Properties:
        properties = {**self.defaults(call), **inputs}
        return {**properties, **self.computed(call, id_, properties)}

    def _key(self, call: Call, id_: str) -> Key:
        return Key(call.token, call.scope, id_)


class Unsimulated(Behaviour):
    """A type that a provider has and its simulation does not: refused, so that no answer is made up."""

    def __init__(self, where: str) -> None:
        self._where = where

    def create(self, call: Call, inputs: Properties) -> State:
        raise self._refusal(call)

    def read(self, call: Call, id_: str, known: Properties) -> Properties | None:
        raise self._refusal(call)

    def update(self, call: Call, id_: str, olds: Properties, inputs: Properties) -> Properties:
        raise self._refusal(call)

    def delete(self, call: Call, id_: str, olds: Properties) -> None:
        raise self._refusal(call)

    def _refusal(self, call: Call) -> CloudError:
        return CloudError(f"{call.token} is not simulated: teach {self._where}")


def made_up(kinds: tuple[Any, ...], text: str) -> Any:
    """A value of the first of `kinds`: `text` where it is text, else the emptiest there is."""
    kind = kinds[0] if kinds else str
    origin = typing.get_origin(kind) or kind
    if origin in LISTS:
        return []
    if origin in MAPS:
        return {}
    plain: Mapping[Any, Any] = {str: text, bool: False, int: 0, float: 0.0}
    if kind in plain:
        return plain[kind]
    return next(iter(kind)).value if isinstance(kind, type) and issubclass(kind, Enum) else None
