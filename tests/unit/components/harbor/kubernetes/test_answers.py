"""Waiting for a Harbor to answer: over real TLS what counts as an answer, and by a clock of our own when it ends."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trustme

from components._provided import Failed
from components.harbor.kubernetes.answers import HEALTHY, AnswersProvider, Clock, ask, wait

WELL = {"status": "healthy", "components": [{"name": "core", "status": "healthy"}]}
ILL = {
    "status": "unhealthy",
    "components": [{"name": "core", "status": "healthy"}, {"name": "redis", "status": "unhealthy"}],
}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@contextmanager
def harbor(authority: trustme.CA, status: int, body: bytes, name: str = "localhost") -> Iterator[str]:
    """A server that answers everything alike; its host."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/api/v2.0/health" else 418)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, json.dumps(WELL), HEALTHY),
        (200, json.dumps(ILL), "not healthy: redis"),
        (200, "<html>welcome to nginx</html>", "is not Harbor's"),
        (200, "[]", "is not Harbor's"),
        (503, "", "status 503"),
    ],
)
def test_what_is_answered_is_said(authority: trustme.CA, status: int, body: str, words: str) -> None:
    with harbor(authority, status, body.encode()) as host:
        assert words in ask(host, authority.cert_pem.bytes().decode())


def test_only_a_certificate_that_is_trusted_is_an_answer(authority: trustme.CA) -> None:
    with harbor(authority, 200, json.dumps(WELL).encode()) as host:
        assert "not trusted" in ask(host, "")
    with harbor(authority, 200, json.dumps(WELL).encode(), name="another.example") as host:
        assert "not trusted" in ask(host, authority.cert_pem.bytes().decode())


def test_a_name_that_nobody_made_is_told_from_a_host_that_is_down() -> None:
    assert "in no DNS" in ask("harbor.invalid", "")
    assert "cannot be reached" in ask("127.0.0.1:1", "")


class Passing:
    """Time that passes by sleeping only."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def clock(self) -> Clock:
        return Clock(lambda: self.seconds, self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.seconds += seconds


def test_it_is_waited_for_and_each_change_is_told_once() -> None:
    answers = iter(["its name is in no DNS", "its name is in no DNS", "it answers with status 503", HEALTHY])
    told: list[str] = []
    wait("images.example.com", lambda: next(answers), 15, clock=Passing().clock(), tell=told.append)
    assert [line.split(": ")[1].split(" (")[0] for line in told] == [
        "its name is in no DNS",
        "it answers with status 503",
    ]


def test_it_ends_with_what_was_in_the_way() -> None:
    passing = Passing()
    with pytest.raises(Failed, match="status 503") as failed:
        wait("images.example.com", lambda: "status 503", 15, clock=passing.clock(), tell=lambda _: None)
    assert 15 * 60 <= passing.seconds < 16 * 60
    assert "mend:" in str(failed.value)


@pytest.mark.parametrize(("version", "refused"), [("2.15.2", False), ("2.15.0", True), ("2.19.0", True)])
def test_a_step_that_harbor_cannot_take_is_refused_in_the_preview(version: str, refused: bool) -> None:
    told = {"host": "images.example.com", "ca": "", "occasion": "x", "minutes": 15}
    provider = AnswersProvider()
    if refused:
        failures = provider.check({**told, "asked": "2.15.1"}, {**told, "asked": version}).failures
        assert [failure.property for failure in failures] == ["asked"]
    else:
        assert provider.drift({**told, "asked": "2.15.1"}, {**told, "asked": version}) is None


def test_nothing_is_refused_where_nothing_was() -> None:
    assert AnswersProvider().drift({}, {"asked": "2.15.1"}) is None
