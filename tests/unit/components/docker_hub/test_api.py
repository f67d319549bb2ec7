"""Docker Hub's API as it is spoken to: what is sent, what is tried again, and what never shows a token."""

import traceback
from collections.abc import Callable

import httpx
import pytest

from components.docker_hub.api import API_VARIABLE, Hub, api_address
from oci import errors
from oci.retry import Retry
from tests.support.hub import Answer, FakeHub, limited

TOKEN = "dckr_pat_canary-4e1a77"
Connect = Callable[[FakeHub], Hub]


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def connect(pauses: list[float]) -> Connect:
    def make(fake: FakeHub, token: str = TOKEN) -> Hub:
        fake.tokens.setdefault("acme-ci", [TOKEN])
        retry = Retry(attempts=4, longest_wait=65.0, sleep=pauses.append)
        return Hub("acme", "acme-ci", token, transport=fake.transport(), retry=retry)

    return make


def test_repositories_are_listed_page_by_page(connect: Connect) -> None:
    fake = FakeHub(repositories={f"app-{number:03}": number % 2 == 0 for number in range(250)})
    with connect(fake) as hub:
        hub.log_in()
        assert hub.visibilities() == fake.repositories
    assert [path for method, path in fake.asked if method == "GET"] == ["/v2/namespaces/acme/repositories"] * 3


def test_they_are_made_changed_and_deleted(connect: Connect) -> None:
    fake = FakeHub(repositories={"old": False})
    with connect(fake) as hub:
        hub.log_in()
        hub.create("new", private=True)
        hub.set_private("old", private=True)
        assert hub.visibilities() == {"new": True, "old": True}
        hub.delete("old")
        hub.delete("old")
    assert fake.repositories == {"new": True}
    assert fake.unknown == []


@pytest.mark.parametrize(
    "busy",
    [lambda: limited(30), lambda: (429, {"Retry-After": "30"}, {"detail": "Rate limit exceeded"})],
    ids=["the Hub's own header", "the standard's"],
)
def test_the_hub_is_waited_for_as_long_as_it_asks(
    connect: Connect, pauses: list[float], busy: Callable[[], Answer]
) -> None:
    # The Hub names a moment, so the answer is made when it is given.
    fake = FakeHub(busy=[busy()])
    with connect(fake) as hub:
        hub.log_in()
    (pause,) = pauses
    assert 25 <= pause <= 31


def test_more_patience_than_a_minute_is_not_had(connect: Connect, pauses: list[float]) -> None:
    with connect(FakeHub(busy=[limited(600)])) as hub, pytest.raises(errors.RateLimitedError, match="asks to wait"):
        hub.log_in()
    assert pauses == []


def test_a_busy_hub_is_asked_again_and_not_for_ever(connect: Connect, pauses: list[float]) -> None:
    fake = FakeHub(busy=[(503, {}, {})] * 10)
    with connect(fake) as hub, pytest.raises(errors.UnavailableError):
        hub.log_in()
    assert (len(fake.asked), len(pauses)) == (4, 3)


def test_a_creation_whose_fate_is_unknown_is_not_repeated(connect: Connect) -> None:
    fake = FakeHub()
    with connect(fake) as hub:
        hub.log_in()
        fake.busy = [(503, {}, {})]
        with pytest.raises(errors.UnavailableError):
            hub.create("new", private=True)
    assert fake.changes() == [("POST", "/v2/namespaces/acme/repositories")]


@pytest.mark.parametrize(
    ("fake", "name", "mend"),
    [
        (FakeHub(readers={TOKEN}), "new", "adminToken"),
        (FakeHub(most_private=0), "new", "see the plan's number of private repositories"),
        (FakeHub(namespace="somebody"), "new", "compare `namespace`"),
        (FakeHub(repositories={"new": False}), "new", "see what the Hub says"),
    ],
)
def test_a_refusal_says_what_to_do(connect: Connect, fake: FakeHub, name: str, mend: str) -> None:
    with connect(fake) as hub:
        hub.log_in()
        with pytest.raises(errors.RegistryError, match=mend):
            hub.create(name, private=True)


@pytest.mark.parametrize(
    "answer",
    [{}, [], {"access_token": 5}, {"access_token": "two words"}, {"access_token": "a\r\nX-Forged: 1"}],
)
def test_an_answer_without_a_token_is_none(connect: Connect, answer: object) -> None:
    with (
        connect(FakeHub(busy=[(200, {}, answer)])) as hub,
        pytest.raises(errors.ProtocolError, match="without a token"),
    ):
        hub.log_in()


@pytest.mark.parametrize(
    "answer",
    [{}, {"results": [{"name": "a"}]}, {"results": [{"name": "a", "is_private": "yes"}]}, {"results": ["a"]}],
)
def test_a_list_that_does_not_tell_is_no_list(connect: Connect, answer: object) -> None:
    fake = FakeHub()
    with connect(fake) as hub:
        hub.log_in()
        fake.busy = [(200, {}, answer)]
        with pytest.raises(errors.ProtocolError):
            hub.visibilities()


def test_pages_without_an_end_are_left(connect: Connect) -> None:
    fake = FakeHub()
    with connect(fake) as hub:
        hub.log_in()
        fake.busy = [(200, {}, {"results": [], "next": "x"})] * 500
        with pytest.raises(errors.ProtocolError, match="do not end"):
            hub.visibilities()


def test_an_answer_without_end_is_cut_off(connect: Connect) -> None:
    fake = FakeHub()
    with connect(fake) as hub:
        hub.log_in()
        fake.busy = [(200, {}, {"results": "x" * (5 << 20)})]
        with pytest.raises(errors.ProtocolError, match="longer than"):
            hub.visibilities()


def test_a_hub_that_echoes_the_token_does_not_get_it_into_the_error(connect: Connect) -> None:
    with connect(FakeHub(busy=[(401, {}, {"message": f"no: {TOKEN}", "error": TOKEN})])) as hub:
        try:
            hub.log_in()
        except errors.AuthenticationError as caught:
            shown = "".join(traceback.format_exception(caught)) + repr(caught) + repr(vars(caught)) + repr(caught.args)
        else:
            pytest.fail("was let in")
    assert "***" in shown
    assert TOKEN not in shown


def test_no_answer_at_all_is_told_without_the_request() -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("Name or service not known", request=request)

    retry = Retry(attempts=2, sleep=lambda _: None)
    hub = Hub("acme", "acme-ci", TOKEN, transport=httpx.MockTransport(broken), retry=retry)
    with hub, pytest.raises(errors.UnreachableError, match="not known") as caught:
        hub.log_in()
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "address",
    [
        "https://hub.example.com",
        "http://127.0.0.1.example.com",
        "http://user:pass@127.0.0.1:5000",
        "ftp://127.0.0.1",
        "127.0.0.1:5000",
        "http://[::1",
    ],
)
def test_another_address_than_the_hubs_must_be_on_this_machine(address: str) -> None:
    with pytest.raises(ValueError, match="was not sent there"):
        api_address({API_VARIABLE: address})


def test_the_hubs_own_address_is_the_default() -> None:
    assert api_address({}) == api_address({API_VARIABLE: ""}) == "https://hub.docker.com"
    assert api_address({API_VARIABLE: "http://127.0.0.1:5000/"}) == "http://127.0.0.1:5000"
