"""The repositories of a namespace are settled as declared, compared, and never deleted unasked."""

from collections.abc import Iterator
from typing import Any

import pytest

from components._provided import Failed
from components.docker_hub.api import API_VARIABLE
from components.docker_hub.repositories import RepositoriesProvider, difference
from tests.support.hub import FakeHub

TOKEN = "dckr_pat_canary-77c0d2"


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    hub = FakeHub(tokens={"acme-ci": [TOKEN]})
    with hub.serving() as address:
        monkeypatch.setenv(API_VARIABLE, address)
        yield hub
    assert hub.unknown == []


def wanted(repositories: dict[str, bool], **options: Any) -> dict[str, Any]:
    told = {"namespace": "acme", "username": "acme-ci", "token": TOKEN, "private": True, "delete": False, **options}
    return {**told, "repositories": repositories, "public": None, "created": None}


def test_what_is_missing_is_made_and_what_is_otherwise_is_changed(fake: FakeHub) -> None:
    fake.repositories = {"old": False, "theirs": False, "right": True}
    made = RepositoriesProvider().create(wanted({"old": True, "right": True, "shop": True, "docs": False}))
    assert fake.repositories == {"old": True, "theirs": False, "right": True, "shop": True, "docs": False}
    assert made.outs is not None
    assert made.outs["created"] == ["docs", "shop"]


def test_what_is_right_already_is_left_alone(fake: FakeHub) -> None:
    fake.repositories = {"shop": True}
    RepositoriesProvider().create(wanted({"shop": True}))
    assert fake.changes() == []


def test_a_friendly_answer_is_no_proof(fake: FakeHub) -> None:
    fake.repositories = {"shop": False}
    fake.stubborn = {"shop"}
    with pytest.raises(Failed, match="yet these repositories are not as declared: shop"):
        RepositoriesProvider().create(wanted({"shop": True}))


def test_what_was_done_before_a_refusal_is_told(fake: FakeHub) -> None:
    fake.most_private = 1
    with pytest.raises(Failed, match=r"\(app-a had been made by then\).*private repository limit") as caught:
        RepositoriesProvider().create(wanted({"app-a": True, "app-b": True}))
    assert TOKEN not in str(caught.value)


def test_a_wrong_token_fails_without_showing_it(fake: FakeHub) -> None:
    with pytest.raises(Failed, match="compare username and token") as caught:
        RepositoriesProvider().create(wanted({"a": True}, token="dckr_pat_canary-other"))
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("delete", [False, True])
def test_only_what_was_made_here_is_deleted_and_only_when_told(fake: FakeHub, *, delete: bool) -> None:
    fake.repositories = {"theirs": True}
    provider = RepositoriesProvider()
    made = provider.create(wanted({"theirs": True, "ours": True, "more": True}, delete=delete)).outs
    assert made is not None
    updated = provider.update("acme", made, wanted({"ours": True}, delete=delete)).outs
    assert ("more" in fake.repositories) is not delete
    assert updated is not None
    provider.delete("acme", updated)
    assert ("ours" in fake.repositories) is not delete
    assert "theirs" in fake.repositories


def test_another_namespace_is_another_set(fake: FakeHub) -> None:
    provider = RepositoriesProvider()
    made = provider.create(wanted({"shop": True})).outs
    assert made is not None
    fake.namespace = "other"
    fake.repositories = {}
    moved = provider.update("acme", made, wanted({"shop": True}, namespace="other")).outs
    assert moved is not None
    assert moved["created"] == ["shop"]


def test_drift_is_told_in_words_and_so_is_what_nobody_declared(fake: FakeHub) -> None:
    provider = RepositoriesProvider()
    news = wanted({"shop": True, "docs": False})
    checked = provider.check({}, news)
    assert (checked.failures, checked.inputs["public"], checked.inputs["since"]) == ([], [], "1: made")
    provider.create(checked.inputs)
    assert provider.check(checked.inputs, news).inputs == checked.inputs

    fake.repositories |= {"shop": False, "pushed-first": False}
    drifted = provider.check(checked.inputs, news).inputs
    assert drifted["since"] == "2: shop was made public by somebody"
    assert drifted["public"] == ["pushed-first"]
    assert provider.check(checked.inputs, {**news, "private": False}).inputs["public"] == []


def test_a_hub_that_cannot_be_read_fails_the_preview_without_naming_the_token(fake: FakeHub) -> None:
    (failure,) = RepositoriesProvider().check({}, wanted({"a": True}, token="dckr_pat_canary-other")).failures
    assert failure.property == "namespace"
    assert "cannot be compared" in failure.reason
    assert "canary" not in failure.reason


def test_an_address_that_is_not_here_is_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(API_VARIABLE, "https://hub.example.com")
    (failure,) = RepositoriesProvider().check({}, wanted({"a": True})).failures
    assert "was not sent there" in failure.reason
    with pytest.raises(Failed, match="was not sent there"):
        RepositoriesProvider().create(wanted({"a": True}))


def test_many_are_told_by_their_first() -> None:
    told = difference({}, {f"app-{number}": True for number in range(9)})
    assert told == "app-0, app-1, app-2, app-3, app-4 and 4 more were gone"
    assert difference({"a": True, "b": True}, {"a": True, "b": False}) == "b was made private by somebody"
