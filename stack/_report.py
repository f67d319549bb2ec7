"""Collects every mistake of a config before anything is declared, and says where each one is.

Owns: the place of a problem (file, line, path), what may be shown of a value, and the order of
the report. Does not own any rule: those are in the models and in `_checks.py`.
"""

from collections.abc import Collection

from contract.problem import Problem, Problems, printable
from stack._file import Place, StackFile
from stack._words import HIDDEN, dotted, shown


class Report:
    """The mistakes found so far in one stack's config.

    `secret_keys` are the top-level keys that the engine marked as secret, because they are or
    contain an encrypted value. Of these, no value is shown, and only those names that the
    file itself holds in plain or that belong to the project's own vocabulary.
    """

    def __init__(self, *, stack: str, file: StackFile | None, secret_keys: Collection[str]) -> None:
        self._stack = printable(stack)
        self._file = file
        self._secret_keys = frozenset(secret_keys)
        self._vocabulary: set[str] = set()
        self._found: list[tuple[Place, int | None, Problem]] = []

    def add(self, place: Place, what: str, mend: str, consequence: str = "") -> None:
        """Notes one mistake at `place`. Whatever the texts hold of the config comes through `value` or `name`."""
        line = self._file.line(place) if self._file else None
        self._found.append((place, line, Problem(self._where(place, line), what, mend, consequence)))

    def add_elsewhere(self, problem: Problem) -> None:
        """Notes a mistake that is not in the config, such as one in the environment."""
        self._found.append(((), None, problem))

    def knows(self, words: Collection[str]) -> None:
        """Tells that `words` are the project's own keys, which are never secret."""
        self._vocabulary.update(words)

    def value(self, place: Place, found: object, *, secret: bool = False) -> str:
        """`found` at `place` in words; only that there is one, where it is or may be secret."""
        return "the value (secret, not shown)" if secret or self.hides(place) else shown(found)

    def hides(self, place: Place) -> bool:
        """Whether nothing of the value at `place` may be shown."""
        if place and place[0] in self._secret_keys:
            return True
        return self._file is not None and self._file.is_secret(place)

    def name(self, place: Place) -> str:
        """The last key of `place` in words."""
        return printable(self._open(place)[-1])

    def dotted(self, place: Place) -> str:
        """`place` as it is written in the file."""
        return dotted(self._open(place))

    def where(self, place: Place) -> str:
        """Where `place` is: the file and the line as far as they are known, and the path."""
        return self._where(place, self._file.line(place) if self._file else None)

    def wrong_at(self, place: Place) -> bool:
        """Whether a mistake at `place` itself is already noted."""
        return any(noted == place for noted, _, _ in self._found)

    def raise_if_any(self) -> None:
        """Raises Problems with all mistakes, in the order of the file; does nothing where there is none."""
        if not self._found:
            return
        ordered = sorted(self._found, key=lambda noted: (noted[1] is None, noted[1] or 0))
        count = "1 mistake" if len(ordered) == 1 else f"{len(ordered)} mistakes"
        raise Problems(
            f"The config of stack {self._stack} has {count}; nothing was changed.",
            (problem for _, _, problem in ordered),
        )

    def _where(self, place: Place, line: int | None) -> str:
        if self._file is None:
            return f"stack {self._stack}: {self.dotted(place)}"
        position = f":{line}" if line else ""
        return f"{printable(self._file.name)}{position} {self.dotted(place)}"

    def _open(self, place: Place) -> Place:
        """`place` with the names that may be secret left out."""
        if not place or place[0] not in self._secret_keys:
            return place
        return (
            place[0],
            *(
                part if part in self._vocabulary or self._in_plain(place[: depth + 1]) else HIDDEN
                for depth, part in enumerate(place[1:], start=1)
            ),
        )

    def _in_plain(self, place: Place) -> bool:
        return self._file is not None and self._file.has(place)
