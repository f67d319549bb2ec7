"""Which credential is spent: told when all of a new one is delivered, kept until the next, and never guessed."""

from datetime import UTC, datetime
from typing import Any

from components.handover import ReceiptProvider, revocable

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NOTHING = "nothing older was delivered by this stack"


def props(credentials: dict[str, str], *, proven: bool = True, places: float = 2.0, **told: Any) -> dict[str, Any]:
    return {"credentials": credentials, "proven": dict.fromkeys(credentials, proven), "places": places, **told}


def test_the_first_delivery_spends_nothing() -> None:
    made = ReceiptProvider().create(props({"main": "aa"})).outs
    assert made is not None
    assert made["revocable"] == {"main": NOTHING}


def test_a_new_credential_spends_the_one_before_and_says_so_until_the_next() -> None:
    olds = props({"main": "aa", "other": "cc"}, revocable={"main": NOTHING, "other": NOTHING})
    news = props({"main": "bb", "other": "cc"})
    told = revocable(olds, news, NOW)
    assert told == {
        "main": "the credential in use until 2026-11-24T12:00:00Z can be revoked: its successor is proven and "
        "delivered in 2 places",
        "other": NOTHING,
    }
    assert revocable({**news, "revocable": told}, props({"main": "bb", "other": "cc"}, places=3.0), NOW) == told


def test_what_was_not_proven_is_not_called_proven() -> None:
    olds = props({"main": "aa"}, revocable={"main": NOTHING})
    told = revocable(olds, props({"main": "bb"}, proven=False, places=1.0), NOW)["main"]
    assert told.endswith("its successor is delivered, but not proven, in 1 place")


def test_a_registry_that_is_new_has_nothing_before_it() -> None:
    olds = props({"main": "aa"}, revocable={"main": NOTHING})
    assert revocable(olds, props({"other": "bb"}), NOW) == {"other": NOTHING}
