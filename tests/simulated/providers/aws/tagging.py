"""How one AWS service lists, adds and takes away tags: the same everywhere, and named differently each time.

Owns: those names. Does not own: which tags a resource should have (`place.all_tags`).
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Tagging:
    """The calls of one service."""

    which: str
    """The argument that names the resource."""
    by: str = "arn"
    """The property that is its value; `id` for the id."""
    given: str = "Tags"
    """The argument, and the field of the answer, that has the tags."""
    keys: str = "TagKeys"
    name: str = "Key"
    value: str = "Value"
    mapped: bool = False
    """Tags are a map and not a list of pairs."""
    add: str = "tag_resource"
    take: str = "untag_resource"
    listing: str = "list_tags_for_resource"
    listed: str = ""
    """The field of the answer, where it is not `given`; with dots where it lies deeper."""
    beside: tuple[tuple[str, str], ...] = ()
    """Arguments that are always the same."""

    def argument(self, tags: dict[str, str]) -> dict[str, Any]:
        """`tags` as the argument of a call that makes the resource; nothing where there are none."""
        return {self.given: self._pairs(tags)} if tags else {}

    def read(self, aws: Any, resource: dict[str, Any]) -> dict[str, str]:
        """The tags that `resource` has."""
        found: Any = getattr(aws, self.listing)(**self._of(resource))
        for step in (self.listed or self.given).split("."):
            found = found.get(step) or []
        return dict(found) if self.mapped else {pair[self.name]: pair[self.value] for pair in found}

    def write(self, aws: Any, resource: dict[str, Any], tags: dict[str, str]) -> None:
        """Makes the tags of `resource` those of `tags`."""
        before = self.read(aws, resource)
        strays = sorted(before.keys() - tags.keys())
        if strays:
            getattr(aws, self.take)(**self._of(resource), **{self.keys: strays})
        if before != tags and tags:
            getattr(aws, self.add)(**self._of(resource), **{self.given: self._pairs(tags)})

    def _of(self, resource: dict[str, Any]) -> dict[str, Any]:
        return {self.which: resource[self.by], **dict(self.beside)}

    def _pairs(self, tags: dict[str, str]) -> Any:
        return dict(tags) if self.mapped else [{self.name: key, self.value: tags[key]} for key in sorted(tags)]
