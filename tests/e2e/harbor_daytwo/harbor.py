"""What Harbor says about itself and its garbage, over TLS: as much of its API as the day-two scripts call.

Owns: those three requests, each checked. Does not own: the containers (`bin/docker`).
"""

import json
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme

HOST = "registry.example.com"


class Harbor:
    """The double; `run` is the folder of the machine whose stand-ins run it."""

    def __init__(self, certificate: bytes, password: str) -> None:
        self.certificate = certificate
        self.address = ""
        self.run: Path | None = None
        self.collected: Path | None = None
        self.status = "Success"
        self.login = "Basic " + b64encode(f"admin:{password}".encode()).decode()
        self.polls = 0

    def health(self) -> tuple[int, object]:
        assert self.run is not None
        try:
            version = (self.run / "up").read_text(encoding="utf-8")
        except FileNotFoundError:
            return 502, {}
        sick = (self.run / "sick").exists() and (self.run / "sick").read_text(encoding="utf-8") == version
        return 200, {"status": "unhealthy" if sick else "healthy"}

    def collect(self, wish: dict[str, object]) -> tuple[int, object]:
        if set(wish) != {"schedule", "parameters"} or wish["schedule"] != {"type": "Manual"}:
            return 400, {}
        assert isinstance(wish["parameters"], dict)
        if not wish["parameters"]["dry_run"] and self.collected is not None:
            self.collected.unlink()
        self.polls = 0
        return 201, None

    def job(self) -> tuple[int, object]:
        self.polls += 1
        status = "Running" if self.polls == 1 else self.status
        parameters = json.dumps({"delete_untagged": True, "freed_space": 4096})
        return 200, {"id": 7, "job_status": status, "job_parameters": parameters}


def _handler(harbor: Harbor) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/api/v2.0/health":
                self.answer(*harbor.health())
            elif self.path == "/api/v2.0/system/gc/7" and self.admitted():
                self.answer(*harbor.job())
            else:
                self.answer(404, {})

        def do_POST(self) -> None:
            wish = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path == "/api/v2.0/system/gc/schedule" and self.admitted():
                self.answer(*harbor.collect(wish), location="/api/v2.0/system/gc/7")
            else:
                self.answer(404, {})

        def admitted(self) -> bool:
            return self.headers["Authorization"] == harbor.login

        def answer(self, code: int, body: object, location: str = "") -> None:
            content = b"" if body is None else json.dumps(body).encode()
            self.send_response(code)
            if location and code == 201:
                self.send_header("Location", location)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
            """Nothing: a test's own output says what matters."""

    return Handler


@contextmanager
def serving(password: str) -> Iterator[Harbor]:
    """Harbor for as long as the block lasts, on a free port of loopback, with a certificate for `HOST`."""
    leaf = trustme.CA().issue_cert(HOST)
    harbor = Harbor(b"".join(part.bytes() for part in leaf.cert_chain_pems), password)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(harbor))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    harbor.address = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield harbor
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
