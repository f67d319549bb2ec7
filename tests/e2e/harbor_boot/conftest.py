"""A server's machine for each test of its scripts, and a Harbor that answers on it."""

import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.e2e.harbor_boot import release
from tests.e2e.harbor_boot.clouds import Cloud
from tests.e2e.harbor_boot.machine import Machine, machine
from tests.support.debian import needs
from tests.support.http_double import serving

Make = Callable[..., Machine]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Make]:
    """Makes the test's machine, with a cloud that has a release."""
    needs("jq", "curl", "openssl", "e2fsprogs", "python3-yaml")
    cloud = Cloud({}, release.SECRET, files=release.files())
    with serving(cloud.respond) as server:

        def make(*, kind: str = "ec2", real: tuple[str, ...] = (), **wanted: object) -> Machine:
            cloud.wanted = release.wanted(server, **wanted)
            return machine(tmp_path / "m", server, cloud, kind=kind, real=real)

        yield make


@pytest.fixture
def harbor(made: Make) -> Iterator[Machine]:
    """A machine on which a Harbor that is healthy answers, with the certificate that is on the disk."""
    here = made()

    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b'{"status": "healthy"}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    class Server(ThreadingHTTPServer):
        def get_request(self) -> tuple[ssl.SSLSocket, tuple[str, int]]:
            raw, address = super().get_request()
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(here.tls / "chain.pem", here.tls / "key.pem")
            return context.wrap_socket(raw, server_side=True), address

    server = Server(("127.0.0.1", 0), Health)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    here.environment["HARBOR_ADDRESS"] = f"127.0.0.1:{server.server_address[1]}"
    yield here
    server.shutdown()
    server.server_close()
