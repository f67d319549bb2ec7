"""What our own providers promise the engine: drift is an input with its reason, failure is a message."""

import traceback
from typing import Any

import pytest
from pulumi.dynamic import ConfigureRequest

from components._provided import Failed, Mistaken, Properties, Provider


class _Drifting(Provider):
    reason: str | None = None

    def drift(self, olds: Properties, news: Properties) -> str | None:
        return self.reason


class _Refusing(Provider):
    def drift(self, olds: Properties, news: Properties) -> str | None:
        raise Mistaken("port", "is taken")


def test_what_stands_keeps_its_mark_and_what_drifted_gets_the_next_with_the_reason() -> None:
    provider = _Drifting()
    made = provider.check({}, {"a": 1}).inputs
    assert made == {"a": 1, "since": "1: made"}
    assert provider.check(made, {"a": 1, "since": None}).inputs == made
    provider.reason = "it was gone"
    again = provider.check(made, {"a": 1}).inputs
    assert again["since"] == "2: it was gone"
    assert provider.check(again, {"a": 1}).inputs["since"] == "3: it was gone", (
        "the same reason twice is still a change"
    )


def test_inputs_that_cannot_work_are_named() -> None:
    (failure,) = _Refusing().check({}, {"port": 1}).failures
    assert (failure.property, failure.reason) == ("port", "is taken")


def test_a_foreseen_failure_ends_in_its_message_and_others_in_their_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traceback, "format_exc", traceback.format_exc)
    request: Any = ConfigureRequest
    _Drifting().configure(request)
    _Drifting().configure(request)

    def told(error: Exception) -> str:
        try:
            raise error
        except type(error):
            return traceback.format_exc()

    assert told(Failed("the port is taken\nmend: another")) == "the port is taken\nmend: another"
    assert "Traceback" in told(ValueError("unforeseen"))
