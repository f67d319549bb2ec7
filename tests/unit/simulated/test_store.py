"""The simulated cloud's file: whole, private, shared, and free of secrets."""

import os
import threading
from pathlib import Path

import pytest

from tests.simulated.store import UNREADABLE, Key, Store
from tests.simulated.wire import UNKNOWN, Blob, Properties, Reference, Secret

KEY = Key("aws:x/y:Y", "account/region", "one")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "simulated", "aws")


def test_what_is_put_in_comes_out(store: Store) -> None:
    properties: Properties = {
        "text": "x",
        "list": [1.5, True, {"a": "b"}],
        "empty": {},
        "like a mark": {"$secret": "not one", "$map": "neither"},
        "other": Reference("urn:…", "id"),
        "file": Blob("c44067f5952c0a294b673a41bacd8c17", {"text": "x"}),
    }
    assert store.add(KEY, properties)
    assert store.get(KEY, {}) == properties
    assert Store(store.file.parent, "aws").get(KEY, {}) == properties


def test_a_key_is_taken_once_and_only_within_its_type_and_scope(store: Store) -> None:
    assert store.add(KEY, {"a": "first"})
    assert not store.add(KEY, {"a": "second"})
    assert store.get(KEY, {}) == {"a": "first"}
    assert store.add(Key(KEY.token, "another region", KEY.id), {})
    assert store.add(Key("aws:x/z:Z", KEY.scope, KEY.id), {})


def test_what_is_not_there_is_not_changed_into_being(store: Store) -> None:
    assert store.get(KEY, {}) is None
    assert not store.put(KEY, {"a": "x"})
    assert not store.drop(KEY)
    assert store.held() == []
    with pytest.raises(KeyError):
        store.drift(KEY, {"a": "x"})


def test_drift_changes_and_takes_away(store: Store) -> None:
    store.add(KEY, {"a": "x", "b": "y"})
    store.drift(KEY, {"a": "changed", "b": None, "c": "new"})
    assert store.get(KEY, {}) == {"a": "changed", "c": "new"}


def test_a_secret_is_not_in_the_file_and_comes_back_only_to_who_knows_it(store: Store) -> None:
    kept: Properties = {"a": Secret("canary"), "b": {"c": [Secret({"d": "canary"})]}, "e": "plain"}
    store.add(KEY, kept)
    for file in store.file.parent.iterdir():
        assert b"canary" not in file.read_bytes()
    assert store.get(KEY, kept) == kept
    # One that the engine does not hold as a secret, or any more, is one all the same.
    assert store.get(KEY, {**kept, "a": "canary"}) == kept
    assert store.get(KEY, {**kept, "a": Secret("another")}) == {**kept, "a": Secret(UNREADABLE)}
    assert store.get(KEY, {}) == {"a": Secret(UNREADABLE), "b": {"c": [Secret(UNREADABLE)]}, "e": "plain"}


def test_a_fingerprint_says_nothing_in_another_folder(store: Store, tmp_path: Path) -> None:
    other = Store(tmp_path / "another", "aws")
    for each in (store, other):
        each.add(KEY, {"a": Secret("canary")})
    assert store.file.read_text() != other.file.read_text()


def test_an_unknown_cannot_be_kept(store: Store) -> None:
    with pytest.raises(TypeError, match="not known"):
        store.add(KEY, {"a": [UNKNOWN]})
    assert store.held() == []


def test_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = Store(tmp_path / "simulated", "aws")
        store.add(KEY, {"a": Secret("x")})
    finally:
        os.umask(before)
    assert store.file.parent.stat().st_mode & 0o777 == 0o700
    modes = {file.name: oct(file.stat().st_mode & 0o777) for file in store.file.parent.iterdir()}
    assert modes == dict.fromkeys(["aws.json", "aws.lock", "fingerprint.key"], "0o600")


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    """Each thread with a store of its own, as each provider process has."""

    def write(number: int) -> None:
        store = Store(tmp_path / "simulated", "aws")
        for place in range(5):
            store.add(Key("t", "", f"{number}-{place}"), {"a": Secret(str(number))})

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    store = Store(tmp_path / "simulated", "aws")
    assert len(store.held()) == 40
    for number in range(8):
        assert store.get(Key("t", "", f"{number}-4"), {"a": Secret(str(number))}) == {"a": Secret(str(number))}
    assert not [file for file in store.file.parent.iterdir() if file.name.startswith(".")]


def test_a_failed_change_leaves_the_file_as_it_was(store: Store) -> None:
    store.add(KEY, {"a": "x"})
    before = store.file.read_bytes()
    with pytest.raises(TypeError):
        store.put(KEY, {"a": UNKNOWN})
    assert store.file.read_bytes() == before


@pytest.mark.parametrize("damage", ["", "{", "[]", "{}", '{"resources": '])
def test_a_damaged_file_is_named_with_the_mend_and_left_alone(store: Store, damage: str) -> None:
    store.file.write_text(damage)
    with pytest.raises(ValueError, match=r"(?s)aws\.json is damaged.*mend: delete the file"):
        store.add(KEY, {})
    assert store.file.read_text() == damage
