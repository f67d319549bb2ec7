"""The stack's config file, read for one purpose: to say on which line a mistake is.

Owns: finding a key's line, keys written twice, and what is encrypted. Does not own the
values: those come from the engine, which has decrypted them and filled in defaults. The file
may be absent, or not the one in use (`--config-file`); then no line is given, never a wrong one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

NAMESPACE = "snapdeploy-registry"
"""Before each of the project's config keys; the engine adds it where the file leaves it out."""

Place = tuple[str, ...]
"""The keys that lead to a value, from the top: `("registries", "main", "port")`."""

# Some hundred times what a stack needs, and read in under a second.
_MAX_BYTES = 1 << 16
_TEXT = "tag:yaml.org,2002:str"


@dataclass(frozen=True)
class Twice:
    """A key that is written twice beside itself."""

    place: Place
    line: int
    first_line: int


@dataclass(frozen=True, eq=False)
class StackFile:
    """`Pulumi.<stack>.yaml` as a tree with line numbers."""

    name: str
    # Its representation would be the whole file, and a file may be nested deeper than Python can print.
    config: yaml.MappingNode = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> "StackFile | None":
        """The file at `path`, or None where it is absent or is not a YAML file with a `config`.

        What is wrong with the file as YAML is the engine's to report: it reads it first.
        """
        try:
            if path.stat().st_size > _MAX_BYTES:
                return None
            return cls.parse(path.name, path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            return None

    @classmethod
    def parse(cls, name: str, text: str) -> "StackFile | None":
        """`text` as a stack's file called `name`, or None where it is none."""
        try:
            # Not the C loader, which is faster but ends the process on a file that is nested deep enough.
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except (yaml.YAMLError, RecursionError, ValueError):
            return None
        config = _child(root, "config")
        return cls(name, config[1]) if config and isinstance(config[1], yaml.MappingNode) else None

    def line(self, place: Place) -> int | None:
        """The line of the key at `place`, or of the nearest key above it; None where not even the first is there."""
        line = None
        for key, _ in self._along(place):
            line = key.start_mark.line + 1
        return line

    def has(self, place: Place) -> bool:
        """Whether every key of `place` is written in the file."""
        return len(list(self._along(place))) == len(place)

    def is_secret(self, place: Place) -> bool:
        """Whether the value at `place` is encrypted in the file, itself or as part of a value that is."""
        return any(_encrypted(node) for _, node in self._along(place))

    def describes(self, raw: Mapping[str, object]) -> bool:
        """Whether the engine can have read `raw` from this file.

        Defaults and imported environments may add keys. Text has to be equal; numbers, dates
        and the like are not compared, since the engine writes them in its own way.
        """
        todo: list[tuple[yaml.Node, object]] = []
        for key, node in self.config.value:
            name = _bare(key)
            if name is not None and name not in raw:
                return False
            if name is not None:
                todo.append((node, raw[name]))
        while todo:
            node, value = todo.pop()
            if _encrypted(node) or _child(node, "<<"):
                continue
            if isinstance(node, yaml.MappingNode):
                if not isinstance(value, Mapping):
                    return False
                for key, child in node.value:
                    if not isinstance(key.value, str) or key.value not in value:
                        return False
                    todo.append((child, value[key.value]))
            elif node.tag == _TEXT and node.value != value:
                return False
        return True

    def twice(self) -> Iterator[Twice]:
        """Every key that is written twice in one mapping."""
        seen: set[int] = set()
        todo: list[tuple[Place, yaml.Node]] = [((), self.config)]
        while todo:
            place, node = todo.pop()
            if not isinstance(node, yaml.MappingNode) or id(node) in seen:
                continue
            seen.add(id(node))
            first: dict[str, int] = {}
            for key, value in node.value:
                name = key.value if place else _bare(key)
                if not isinstance(name, str):
                    continue
                line = key.start_mark.line + 1
                if name in first:
                    yield Twice((*place, name), line, first[name])
                first.setdefault(name, line)
                todo.append(((*place, name), value))

    def _along(self, place: Place) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        node: yaml.Node | None = self.config
        for depth, part in enumerate(place):
            found = _child(node, part) or (_child(node, f"{NAMESPACE}:{part}") if depth == 0 else None)
            if found is None:
                return
            yield found
            node = found[1]


def _child(node: yaml.Node | None, name: str) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == name:
                return key, value
    return None


def _bare(key: yaml.Node) -> str | None:
    """The project's own key that `key` stands for; None for another namespace's."""
    if not isinstance(key.value, str):
        return None
    namespace, colon, name = key.value.partition(":")
    if not colon:
        return namespace
    return name if namespace == NAMESPACE else None


def _encrypted(node: yaml.Node) -> bool:
    if not isinstance(node, yaml.MappingNode) or len(node.value) != 1:
        return False
    key, value = node.value[0]
    return key.value == "secure" and isinstance(value, yaml.ScalarNode)
