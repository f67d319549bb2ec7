"""GitHub's expressions (`${{ … }}`), as far as this project's workflows use them; anything else is an error.

https://docs.github.com/en/actions/reference/workflows-and-actions/expressions, read 2026-11.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<word>[A-Za-z_][\w-]*(?:\.[\w-]+)*)|(?P<sign>==|!=|&&|\|\||!|\(|\)|,))"
)
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
STATUS = ("always", "cancelled", "success", "failure")

Contexts = Mapping[str, Any]
Functions = Mapping[str, Callable[..., Any]]


def filled(value: Any, contexts: Contexts, functions: Functions | None = None) -> Any:
    """`value` with its expressions worked out; text that is one expression becomes its value, of whatever type."""
    if isinstance(value, dict):
        return {key: filled(inner, contexts, functions) for key, inner in value.items()}
    if not isinstance(value, str):
        return value
    whole = _EXPRESSION.fullmatch(value.strip())
    if whole is not None:
        return evaluate(whole[1], contexts, functions)
    return _EXPRESSION.sub(lambda found: as_text(evaluate(found[1], contexts, functions)), value)


def holds(condition: str | None, contexts: Contexts, *, well: bool, cancelled: bool = False) -> bool:
    """Whether an `if:` holds, where all went `well` so far; without a word on the status it asks for that too."""
    text = "success()" if condition is None else condition.strip().removeprefix("${{").removesuffix("}}")
    asked = any(f"{name}(" in text for name in STATUS)
    status = {
        "always": lambda: True,
        "cancelled": lambda: cancelled,
        "success": lambda: well,
        "failure": lambda: not well,
    }
    return bool(evaluate(text, contexts, status)) and (asked or well)


def evaluate(text: str, contexts: Contexts, functions: Functions | None = None) -> Any:
    """The value of one expression; raises AssertionError for what is not known here."""
    return _Reader(text, contexts, {"fromJSON": json.loads, **(functions or {})}).whole()


def as_text(value: Any) -> str:
    """A value inside of text."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


class _Reader:
    def __init__(self, text: str, contexts: Contexts, functions: Functions) -> None:
        self._tokens: list[tuple[str, str]] = []
        self._contexts, self._functions = contexts, functions
        position, text = 0, text.rstrip()
        while position < len(text):
            found = _TOKEN.match(text, position)
            assert found is not None, f"not an expression that this double knows: {text[position:]!r}"
            self._tokens.append((found.lastgroup or "", found[found.lastgroup or 0]))
            position = found.end()

    def whole(self) -> Any:
        value = self._either()
        assert not self._tokens, f"left over in an expression: {self._tokens}"
        return value

    def _taken(self, *signs: str) -> str | None:
        if self._tokens and self._tokens[0][0] == "sign" and self._tokens[0][1] in signs:
            return self._tokens.pop(0)[1]
        return None

    def _either(self) -> Any:
        value = self._both()
        while self._taken("||"):
            other = self._both()
            value = value or other
        return value

    def _both(self) -> Any:
        value = self._compared()
        while self._taken("&&"):
            other = self._compared()
            value = value and other
        return value

    def _compared(self) -> Any:
        value = self._one()
        while sign := self._taken("==", "!="):
            other = self._one()
            # Nothing equals the empty text; texts are compared without regard to case.
            same = as_text(value).lower() == as_text(other).lower()
            value = same if sign == "==" else not same
        return value

    def _one(self) -> Any:
        if self._taken("!"):
            return not self._one()
        if self._taken("("):
            value = self._either()
            assert self._taken(")"), "a bracket is not closed"
            return value
        kind, text = self._tokens.pop(0)
        if kind == "text":
            return text[1:-1].replace("''", "'")
        assert kind == "word", f"unexpected {text!r}"
        if self._taken("("):
            return self._called(text)
        if text in ("true", "false"):
            return text == "true"
        found: Any = self._contexts
        first, *rest = text.split(".")
        assert first in found, f"no context {first!r}"
        for part in (first, *rest):
            found = found.get(part) if isinstance(found, Mapping) else None
        return found

    def _called(self, name: str) -> Any:
        assert name in self._functions, f"no function {name!r}"
        arguments = []
        while not self._taken(")"):
            arguments.append(self._either())
            self._taken(",")
        return self._functions[name](*arguments)
