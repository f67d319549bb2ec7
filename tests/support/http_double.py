"""A small HTTP server on loopback for doubles of services: one function answers every request.

Owns: the socket and its end. Does not own any answer.
"""

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, Mapping[str, str], bytes]
"""Status, headers and body."""

Respond = Callable[[str, str, Mapping[str, str], bytes], Answer | None]
"""From method, path with query, headers (their names in lower case) and body; None: the connection just ends."""

_POLL = 0.02


@contextmanager
def serving(respond: Respond, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Answers by `respond`, several requests at once, behind `tls` where given; yields the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def parse_request(self) -> bool:
            # One function answers every method, so that none is missed.
            whole = super().parse_request()
            if whole:
                setattr(self, f"do_{self.command}", self._answer)
            return whole

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            lower = {name.lower(): value for name, value in self.headers.items()}
            answer = respond(self.command, self.path, lower, body)
            if answer is None:
                self.close_connection = True
                return
            status, headers, content = answer
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(_POLL,), daemon=True)
    thread.start()
    try:
        # A certificate is for a name.
        place = "http://127.0.0.1" if tls is None else "https://localhost"
        yield f"{place}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
