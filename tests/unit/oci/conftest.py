"""Clients over handlers in memory: nothing here opens a socket."""

from collections.abc import Callable

import httpx
import pytest

from oci.client import Client
from oci.credential import Credential
from oci.retry import Retry

Handler = Callable[[httpx.Request], httpx.Response]
Connect = Callable[..., Client]

CREDENTIAL = Credential("builder", "canary-7c1e")


@pytest.fixture
def pauses() -> list[float]:
    """How long the client would have slept, each time."""
    return []


@pytest.fixture
def connect(pauses: list[float]) -> Connect:
    """Makes a client of a remote registry whose answers come from a handler."""

    def make(
        handler: Handler, credential: Credential | None = CREDENTIAL, host: str = "registry.example.com"
    ) -> Client:
        retry = Retry(sleep=pauses.append)
        return Client(host, credential, retry=retry, transport=httpx.MockTransport(handler))

    return make
