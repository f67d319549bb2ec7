"""What a generated password is made of."""

from collections.abc import Iterator

import pytest

from components import _password

WHOLE = "aB3-_xYz"


def test_it_is_made_anew_until_it_has_upper_case_lower_case_and_a_digit(monkeypatch: pytest.MonkeyPatch) -> None:
    made: Iterator[str] = iter(["nodigitHere", "NODIGIT3LOWER", "noupper3", WHOLE, "never asked"])
    monkeypatch.setattr("secrets.token_urlsafe", lambda _bytes: next(made))
    assert _password._PasswordProvider().create({"rotation": None}).outs == {"rotation": None, "value": WHOLE}


def test_a_rotation_makes_another() -> None:
    provider = _password._PasswordProvider()
    first = provider.create({"rotation": "1"}).outs or {}
    second = provider.update("password", first, {"rotation": "2"}).outs or {}
    assert first["value"] != second["value"]
    assert len(first["value"]) == 32
