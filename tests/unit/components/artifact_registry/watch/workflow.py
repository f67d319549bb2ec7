"""A small runner of Google Workflows: as much of the language as `findings.yaml` uses.

It knows `assign`, `switch` with `condition` and `return`, `call: http.get` and `call: sys.log`, `try` with `retry` and
`except`, `raise` and `return`, and expressions of names, `+`, `==`, `!=`, `and`, `or`, `not`, `in` and functions of
the standard library. It raises on everything else. Reference: https://docs.cloud.google.com/workflows/docs/reference/
syntax, read 2026-11. What it does not show: rights, retries, quotas, and whether Google takes the text.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import yaml

Get = Callable[[str], dict[str, Any]]
"""Answers a GET of an address with a body. Raises HttpError."""


class HttpError(Exception):
    """An answer that is an error."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.error = {"message": "why"} if code is None else {"message": "why", "code": code}


class WorkflowError(Exception):
    """The execution failed."""


class _Map(dict[str, Any]):
    """A map whose values are found by a dot; a key that is not there is an error, as Workflows has it."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise WorkflowError(f"KeyError: {name}") from None


@dataclass
class Execution:
    """What came of one."""

    returned: Any = None
    logged: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


def run(source: str, event: Mapping[str, Any], variables: Mapping[str, str], get: Get) -> Execution:
    """One execution with `event`. Raises WorkflowError where it fails, ValueError on what the runner does not know."""
    main = yaml.safe_load(source)["main"]
    done = Execution()
    (parameter,) = main["params"]
    _Runner(done, dict(variables), get, {parameter: _wrapped(event)}).steps(main["steps"])
    return done


class _Runner:
    def __init__(self, done: Execution, variables: dict[str, str], get: Get, names: dict[str, Any]) -> None:
        self._done, self._get, self._names = done, get, names
        self._library = {
            "json": SimpleNamespace(decode=lambda text: _wrapped(json.loads(text))),
            "base64": SimpleNamespace(decode=base64.b64decode),
            "text": SimpleNamespace(
                match_regex=lambda text, pattern: re.search(pattern, text) is not None,
                split=lambda text, mark: text.split(mark),
            ),
            "sys": SimpleNamespace(get_env=lambda name: variables[name]),
            "http": SimpleNamespace(default_retry=None),
        }

    def steps(self, steps: Sequence[Mapping[str, Any]]) -> bool:
        """Whether the workflow returned within them."""
        return any(self._step(step) for named in steps for step in named.values())

    def _step(self, step: Mapping[str, Any]) -> bool:
        match sorted(step):
            case ["assign"]:
                for assignment in step["assign"]:
                    self._names |= {name: self._value(value) for name, value in assignment.items()}
            case ["switch"]:
                for case in step["switch"]:
                    _known(case, {"condition", "return"})
                    if self._value(case["condition"]):
                        self._done.returned = case["return"]
                        return True
            case ["return"]:
                self._done.returned = self._value(step["return"])
                return True
            case ["raise"]:
                raise WorkflowError(self._value(step["raise"]))
            case ["except", "retry", "try"]:
                return self._try(step)
            case ["args", "call"] | ["args", "call", "result"]:
                self._call(step)
            case other:
                raise ValueError(f"not understood: {other}")
        return False

    def _try(self, step: Mapping[str, Any]) -> bool:
        if step["retry"] != "${http.default_retry}":
            raise ValueError(f"not understood: {step['retry']}")
        try:
            return self._step(step["try"])
        except HttpError as error:
            _known(step["except"], {"as", "steps"})
            self._names[step["except"]["as"]] = _wrapped(error.error)
            return self.steps(step["except"]["steps"])

    def _call(self, step: Mapping[str, Any]) -> None:
        given = {name: self._value(value) for name, value in step["args"].items()}
        if step["call"] == "sys.log":
            _known(given, {"severity", "json"})
            self._done.logged.append(given)
        elif step["call"] == "http.get":
            _known(given, {"url", "timeout", "auth"})
            self._done.asked.append(given["url"])
            self._names[step["result"]] = _Map(body=_wrapped(self._get(given["url"])))
        else:
            raise ValueError(f"not understood: {step['call']}")

    def _value(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: self._value(child) for key, child in value.items()}
        if isinstance(value, str) and value.startswith("${"):
            return eval(value[2:-1], {"__builtins__": {}}, self._library | self._names)
        return value


def _known(given: Mapping[str, Any], names: set[str]) -> None:
    if set(given) - names:
        raise ValueError(f"not understood: {sorted(set(given) - names)}")


def _wrapped(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _Map({key: _wrapped(child) for key, child in value.items()})
    return value
