"""How the tests of retention write rules and images, whatever the kind of registry.

Owns: neither what the rules mean nor what a registry does with them, which each kind's tests have from its vendor.
"""

from dataclasses import dataclass

from pydantic import TypeAdapter

from components._retention import AnyRule, RetentionRule

_RULES: TypeAdapter[dict[str, AnyRule]] = TypeAdapter(dict[str, RetentionRule])


def rules(**blocks: object) -> dict[str, AnyRule]:
    """The rules as they stand in YAML, unchecked among themselves. `_` in a name is `-` there."""
    written = {name.replace("_", "-"): block for name, block in blocks.items()}
    return _RULES.validate_python(written, by_alias=True, by_name=False)


@dataclass(frozen=True)
class Image:
    """An image in a repository. Days are days ago."""

    tags: frozenset[str]
    pushed: int
    pulled: int | None = None
    archived: int | None = None
