"""What a simulated provider is: the words in which a module under `providers/` describes it.

Owns: the description and finding it by name. Does not own: serving it (`service`).
"""

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tests.simulated.behaviour import Behaviour, Stored
from tests.simulated.store import Store
from tests.simulated.wire import Properties

_NAME = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True)
class Invoke:
    """One function that the provider answers."""

    answer: Callable[[Properties, Properties], Properties]
    """From the provider's configuration and the arguments. May raise CloudError."""
    arguments: frozenset[str] = frozenset()
    """The arguments that it takes; any other is an error."""


@dataclass(frozen=True)
class Lookup:
    """One function whose answer depends on what there is."""

    find: Callable[[Store, Properties, Properties], Properties]
    """From the store, the provider's configuration and the arguments. May raise CloudError."""
    arguments: frozenset[str] = frozenset()
    """The arguments that it takes; any other is an error."""


def _as_it_is(config: Properties) -> Properties:
    return config


def _no_scope(config: Properties, properties: Properties) -> str:
    return ""


@dataclass(frozen=True)
class Provider:
    """One simulated provider."""

    name: str
    """As in `pulumi-resource-<name>`."""
    package: str | None
    """The SDK's Python package, whose types are the truth; None where there is none to check against."""
    behaviours: Mapping[str, Behaviour] = field(default_factory=lambda: MappingProxyType({}))
    """By type token. A type of the SDK that is not here is kept by `fallback`."""
    invokes: Mapping[str, Invoke | Lookup] = field(default_factory=lambda: MappingProxyType({}))
    """By function token. A function that is not here is an error: no answer is made up."""
    fallback: Behaviour = field(default_factory=Stored)
    complete: Callable[[Properties], Properties] = _as_it_is
    """The configuration with what the provider assumes. May raise CloudError."""
    scope: Callable[[Properties, Properties], str] = _no_scope
    """Within what an id is unique, from the configuration and a resource's properties."""


def load(name: str) -> Provider:
    """The provider `name`, from its module's `provider()`. Raises ModuleNotFoundError where there is none."""
    if _NAME.fullmatch(name) is None:
        raise ModuleNotFoundError(f"{name!r} is no provider's name")
    module = importlib.import_module(f"tests.simulated.providers.{name.replace('-', '_')}")
    described: Provider = module.provider()
    return described
