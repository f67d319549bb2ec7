"""Calls to an emulator of AWS on this machine, through boto3.

Owns: the connection, a client for each service, region and account, and the wording of what
goes wrong. Does not own: which calls a resource needs (`kind` and the services beside it).

The endpoint must be a loopback address, and the credentials are made up here, so that
nothing of the user's is sent to anybody.
"""

import ipaddress
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from tests.simulated.behaviour import CloudError
from tests.simulated.providers.aws.judge import RefusedError, judge
from tests.simulated.providers.aws.place import Place

_CONNECT_SECONDS = 3
_READ_SECONDS = 20
_ATTEMPTS = 3
_ACCOUNT_HEADER = "x-moto-account-id"
"""How moto is told whose account a call is in: the made-up credentials say nothing of it."""


def loopback(endpoint: str) -> str:
    """`endpoint` itself. Raises ValueError where it is not a plain address of this machine."""
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    try:
        inside = ipaddress.ip_address(host).is_loopback
    except ValueError:
        inside = host == "localhost"
    if parts.scheme != "http" or not inside or parts.username or parts.path not in ("", "/"):
        raise ValueError(
            f"the simulated AWS may speak to this machine only, not to {host or 'an endpoint without a host'}\n"
            "mend: set SNAPDEPLOY_SIMULATED_AWS_ENDPOINT to http://127.0.0.1:<port> of an emulator, or unset it"
        )
    return endpoint


class Emulator:
    """The emulator behind one endpoint. Raises ValueError for one that is not on this machine."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = loopback(endpoint)
        self._clients: dict[tuple[str, Place], Any] = {}
        # boto3's default session makes one client at a time; the clients then serve any thread.
        self._lock = threading.Lock()

    def client(self, service: str, place: Place) -> Any:
        """A client of `service` in `place`, which judges its arguments before it sends them."""
        with self._lock:
            if (service, place) not in self._clients:
                self._clients[service, place] = self._client(service, place)
            return self._clients[service, place]

    def _client(self, service: str, place: Place) -> Any:
        # Loaded when first used: half a second that no run without an emulator should wait for.
        import boto3
        from botocore.config import Config

        client: Any = boto3.client(
            service,  # type: ignore[call-overload,unused-ignore]  # only some services have stubs
            region_name=place.region,
            endpoint_url=self._endpoint,
            aws_access_key_id="simulated",
            aws_secret_access_key="simulated",
            config=Config(
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=_READ_SECONDS,
                # Standard mode: throttling, 5xx and lost connections, with jitter.
                retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
                parameter_validation=True,
            ),
        )

        def judged(params: dict[str, Any], model: Any, **_: Any) -> None:
            judge(service, model, params)

        def in_account(request: Any, **_: Any) -> None:
            request.headers[_ACCOUNT_HEADER] = place.account

        client.meta.events.register("before-parameter-build.*.*", judged)
        client.meta.events.register("before-sign.*.*", in_account)
        return client


@contextmanager
def worded(action: str) -> Iterator[None]:
    """The client's errors as the provider words them."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        told = error.response.get("Error", {})
        raise CloudError(f"{action}: {told.get('Code')}: {told.get('Message')}") from None
    except (BotoCoreError, RefusedError) as error:
        raise CloudError(f"{action}: {error}") from None


def code(error: Exception) -> str:
    """AWS's own name for what went wrong; empty where the error is not AWS's."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""
