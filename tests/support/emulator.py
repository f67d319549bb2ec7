"""AWS, emulated on this machine: a moto server that the simulated provider and a test's own client speak to.

Owns: the server on a free loopback port, its emptying before each test, and clients of it
in any account and region. Does not own: what the simulated provider makes of it
(`tests/simulated/providers/aws`).

Import the fixtures into the conftest that needs them: `from tests.support.emulator import emulator, emulator_server`.
"""

import logging
import os
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import boto3
import pytest
from botocore.config import Config
from moto.server import ThreadedMotoServer

from tests.simulated.providers.aws import ACCOUNT, ENDPOINT

_CONNECT_SECONDS = 5
_READ_SECONDS = 20
_ACCOUNT_HEADER = "x-moto-account-id"


class Emulator:
    """An emulated AWS, and what somebody else sees of it."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    @property
    def environment(self) -> dict[str, str]:
        """What sends the simulated provider here."""
        return {ENDPOINT: self.endpoint}

    def client(self, service: str, region: str = "us-east-1", account: str = ACCOUNT) -> Any:
        """A client of one service, as a person with boto3 would have it."""
        client: Any = boto3.client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(connect_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS),
        )

        def in_account(request: Any, **_: Any) -> None:
            request.headers[_ACCOUNT_HEADER] = account

        client.meta.events.register("before-sign.*.*", in_account)
        return client

    def reset(self) -> None:
        """Empties every account."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        request = urllib.request.Request(f"{self.endpoint}/moto-api/reset", method="POST")
        with opener.open(request, timeout=_READ_SECONDS):
            pass


@contextmanager
def emulating() -> Iterator[Emulator]:
    """A server of its own, for as long as the block lasts."""
    # It runs as a thread of this process: no proxy may stand between it and a client here.
    with mock.patch.dict(os.environ, {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}):
        # A line for each call would bury what a failing test has to say.
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        try:
            host, port = server.get_host_and_port()
            yield Emulator(f"http://{host}:{port}")
        finally:
            server.stop()


@pytest.fixture(scope="session")
def emulator_server() -> Iterator[Emulator]:
    """One server for the whole run; `emulator` is what a test takes."""
    with emulating() as server:
        yield server


@pytest.fixture
def emulator(emulator_server: Emulator) -> Emulator:
    """The emulator with nothing in it."""
    emulator_server.reset()
    return emulator_server
