"""The stack's config as the engine hands it over: a flat map of text, in which objects are JSON.

Owns: the project's own keys, decoded, and which of them are secret. Does not own their meaning.
"""

import json
from collections.abc import Callable, Iterable, Mapping

from contract.problem import Problem, printable
from stack._file import NAMESPACE
from stack._words import nearest

TEXT_KEYS = ("environment", "primary")
OBJECT_KEYS = ("registries", "delivery", "builder", "smokeTest", "tags")
KEYS = (*TEXT_KEYS, *OBJECT_KEYS)
"""Every key that the project's config may have, as `Pulumi.yaml` declares them."""


def decode(config: Mapping[str, object]) -> dict[str, object]:
    """The project's keys without their namespace, objects decoded.

    What cannot be decoded stays text, so that the mistake is reported at its key.
    """
    prefix = f"{NAMESPACE}:"
    return {
        full.removeprefix(prefix): _value(full.removeprefix(prefix), value)
        for full, value in config.items()
        if full.startswith(prefix)
    }


def secret_keys(keys: Iterable[str], is_secret: Callable[[str], bool]) -> frozenset[str]:
    """Those of `keys` that the engine marked, itself or for something encrypted inside."""
    return frozenset(key for key in keys if is_secret(f"{NAMESPACE}:{key}"))


def misspelt_namespaces(config: Iterable[str]) -> list[Problem]:
    """Keys whose namespace is nearly the project's: the engine keeps them, and nothing would read them."""
    found = []
    for full in config:
        namespace, colon, key = full.partition(":")
        if colon and namespace != NAMESPACE and nearest(namespace, [NAMESPACE], cutoff=0.85):
            found.append(
                Problem(
                    where=printable(full),
                    what=f"begins with `{printable(namespace)}:`, which is nobody's",
                    mend=f"write `{NAMESPACE}:{printable(key)}`",
                    consequence="it would be ignored",
                )
            )
    return found


def _value(key: str, value: object) -> object:
    if key not in OBJECT_KEYS or not isinstance(value, str):
        return value
    try:
        decoded: object = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return decoded
