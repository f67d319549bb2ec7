"""Conditions in CEL, read into ways to pass them.

Owns: the part of the language that a provider of a workload identity pool is written in here and by most: claims that
are, begin with, match or are among texts, with `&&`, `||`, `!` and `has`. Everything else is refused, and never
guessed: the caller then says that it cannot be read. Does not own who they mean (`federation.py`). Pure.

Sources, read 2026-11: https://github.com/google/cel-spec/blob/master/doc/langdef.md, and the texts of RE2 that
`matches` takes: https://github.com/google/re2/wiki/Syntax.
"""

import re
from collections.abc import Callable, Mapping
from itertools import product

from ops.explain.grants import Condition

LET_IN = ((),)
"""The ways of an expression that lets everybody in: one, on no condition."""

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>[rR]?(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"))(?!['"])"""
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>&&|\|\||==|!=|[!().,\[\]]))"
)
_LONGEST = 4096
"""How many characters Google takes of a condition."""
_MOST_WAYS = 200
_DEEPEST = 60
_ANY = ".*"
_LITERAL = re.compile(r"[A-Za-z0-9_/@#=,% :-]")
_NOT = {
    "StringEquals": "StringNotEquals",
    "StringLike": "StringNotLike",
    "Matches": "NotMatches",
    "Contains": "NotContains",
    "Has": "HasNot",
}
Way = tuple[Condition, ...]
_Node = Callable[[bool], list[Way]]
"""The ways to pass it; with True, the ways not to."""


class UnreadableError(Exception):
    """An expression with something in it that this reader does not know."""


def ways(expression: str, mapping: Mapping[str, str]) -> tuple[Way, ...]:
    """The ways to pass `expression`, each some conditions on claims; `mapping` has what attributes are made of.

    None at all where it lets nobody in. Raises UnreadableError.
    """
    if len(expression) > _LONGEST:
        raise UnreadableError
    found = _Reader(expression, mapping).whole()(False)
    return tuple(dict.fromkeys(_plain(way) for way in found))


def constant(expression: str) -> str | None:
    """The text that an expression is; None where it is anything else."""
    found = _TOKEN.fullmatch(expression.strip())
    return _text(found["text"]) if found and found["text"] else None


def claim(expression: str) -> str | None:
    """The claim that an expression is; None where it is anything else."""
    found = re.fullmatch(r"\s*assertion\.([A-Za-z_][A-Za-z0-9_]*)\s*", expression)
    return found[1] if found else None


class _Reader:
    """One expression, from its first sign to its last."""

    def __init__(self, expression: str, mapping: Mapping[str, str]) -> None:
        self._mapping = mapping
        self._depth = 0
        self._at = 0
        self._tokens: list[tuple[str, str]] = []
        place = 0
        expression = expression.rstrip()
        while place < len(expression):
            found = _TOKEN.match(expression, place)
            if found is None or found.lastgroup is None:
                raise UnreadableError
            self._tokens.append((found.lastgroup, found[found.lastgroup]))
            place = found.end()

    def whole(self) -> _Node:
        """All of it. Raises UnreadableError."""
        node = self._any()
        if self._at != len(self._tokens):
            raise UnreadableError
        return node

    def _any(self) -> _Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UnreadableError
        nodes = [self._all()]
        while self._took("||"):
            nodes.append(self._all())
        self._depth -= 1
        return _either(nodes)

    def _all(self) -> _Node:
        nodes = [self._one()]
        while self._took("&&"):
            nodes.append(self._one())
        return _both(nodes)

    def _one(self) -> _Node:
        negated = False
        while self._took("!"):
            negated = not negated
        node = self._bare()
        return (lambda no: node(not no)) if negated else node

    def _bare(self) -> _Node:
        if self._took("("):
            node = self._any()
            self._need(")")
            return node
        kind, word = self._next()
        if kind == "text":
            self._at += 1
            sign = self._sign("==", "!=")
            return _is(self._claim(), "StringEquals", _text(word), no=sign == "!=")
        if word in ("true", "false"):
            self._at += 1
            return _fixed(word == "true")
        if word == "has":
            self._at += 1
            self._need("(")
            name = self._claim()
            self._need(")")
            return _is(name, "Has", "")
        return self._about(self._claim())

    def _about(self, name: str) -> _Node:
        if self._took("."):
            kind, method = self._next()
            self._at += 1
            self._need("(")
            told = self._literal()
            self._need(")")
            if kind == "name" and method in _METHODS:
                operator, value = _METHODS[method](told)
                return _is(name, operator, value)
            raise UnreadableError
        if self._took("in"):
            self._need("[")
            values = [self._literal()]
            while self._took(","):
                values.append(self._literal())
            self._need("]")
            return _either([_is(name, "StringEquals", value) for value in values])
        sign = self._sign("==", "!=")
        return _is(name, "StringEquals", self._literal(), no=sign == "!=")

    def _claim(self) -> str:
        """The claim that is named next; an attribute is what it is mapped from."""
        kind, root = self._next()
        self._at += 1
        self._need(".")
        part, name = self._next()
        self._at += 1
        if kind != "name" or part != "name":
            raise UnreadableError
        if root == "assertion":
            return name
        found = claim(self._mapping.get(f"{root}.{name}", "")) if root in ("attribute", "google") else None
        if found is None:
            raise UnreadableError
        return found

    def _literal(self) -> str:
        kind, word = self._next()
        self._at += 1
        if kind != "text":
            raise UnreadableError
        return _text(word)

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise UnreadableError
        return self._tokens[self._at]

    def _took(self, word: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] in (("sign", word), ("name", word)):
            self._at += 1
            return True
        return False

    def _need(self, sign: str) -> None:
        if not self._took(sign):
            raise UnreadableError

    def _sign(self, *signs: str) -> str:
        for sign in signs:
            if self._took(sign):
                return sign
        raise UnreadableError


def _is(name: str, operator: str, value: str, *, no: bool = False) -> _Node:
    def node(negated: bool) -> list[Way]:
        told = _NOT[operator] if negated != no else operator
        return [(Condition(told, name, (value,) if value else ()),)]

    return node


def _fixed(passes: bool) -> _Node:
    return lambda negated: [()] if passes != negated else []


def _either(nodes: list[_Node]) -> _Node:
    if len(nodes) == 1:
        return nodes[0]
    return lambda negated: _product(nodes, True) if negated else [way for node in nodes for way in node(False)]


def _both(nodes: list[_Node]) -> _Node:
    if len(nodes) == 1:
        return nodes[0]
    return lambda negated: [way for node in nodes for way in node(True)] if negated else _product(nodes, False)


def _product(nodes: list[_Node], negated: bool) -> list[Way]:
    sides = [node(negated) for node in nodes]
    many = 1
    for side in sides:
        many *= len(side)
    if many > _MOST_WAYS:
        raise UnreadableError
    return [tuple(one for part in parts for one in part) for parts in product(*sides)]


def _plain(way: Way) -> Way:
    """The way in one order, without a `has` that another condition on the claim needs anyway."""
    read = {one.key for one in way if one.operator not in ("Has", "HasNot")}
    kept = {one for one in way if one.operator != "Has" or one.key not in read}
    return tuple(sorted(kept, key=lambda one: (one.key, one.operator, one.values)))


def _begins(text: str) -> tuple[str, str]:
    # A `*` of the text's own would be read as anything.
    return ("Matches", "^" + re.escape(text)) if set("*?") & set(text) else ("StringLike", f"{text}*")


def _ends(text: str) -> tuple[str, str]:
    return ("Matches", re.escape(text) + "$") if set("*?") & set(text) else ("StringLike", f"*{text}")


def _matches(pattern: str) -> tuple[str, str]:
    """A regular expression as a pattern with `*`, where it is no more than one."""
    if not (pattern.startswith("^") and pattern.endswith("$")):
        return "Matches", pattern
    found, rest = "", pattern[1:-1]
    while rest:
        bracket = re.match(r"\[([^\]\\^*?])\]|\\([^A-Za-z0-9*?])", rest)
        if rest.startswith(_ANY):
            found, rest = found + "*", rest[len(_ANY) :]
        elif bracket:
            found, rest = found + (bracket[1] or bracket[2]), rest[bracket.end() :]
        elif _LITERAL.match(rest):
            found, rest = found + rest[0], rest[1:]
        else:
            return "Matches", pattern
    return ("StringLike" if "*" in found else "StringEquals"), found


_METHODS: Mapping[str, Callable[[str], tuple[str, str]]] = {
    "startsWith": _begins,
    "endsWith": _ends,
    "matches": _matches,
    "contains": lambda text: ("Contains", text),
}


def _text(literal: str) -> str:
    """What a literal says. Raises UnreadableError where it escapes anything but quotes and backslashes."""
    if literal[0] in "rR":
        return literal[2:-1]
    if re.search(r"\\[^\\'\"]", re.sub(r"\\\\", "", literal[1:-1])):
        raise UnreadableError
    return re.sub(r"\\(.)", r"\1", literal[1:-1])
