"""How Google's library asks Google: with limits in time and number, and an end that says who was silent.

Owns: time-outs, how often a connection is tried, and that neither a redirect nor a proxy in between sees what is meant
for the metadata server. Does not own what is asked. Imported where a token is fetched, and nowhere else: it loads
Google's library, whose reader of metadata needs `requests`, so `requests` carries the rest too.
"""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from google.auth import exceptions
from google.auth.transport.requests import Request

_CONNECT = 5.0
_READ = 20.0
_PAUSES = (0.2, 0.5)  # seconds before the second attempt to connect, and before the third
_METADATA = "metadata-flavor"


class Silent(Exception):
    """Nobody answered at `host`; `tls` where somebody did who could not be trusted."""

    def __init__(self, host: str, *, metadata: bool, tls: bool) -> None:
        super().__init__(host)
        self.host = host
        self.metadata = metadata
        """Whether it is the metadata server, which only Google's own machines have."""
        self.tls = tls


class Transport(Request):
    """What Google's library sends its requests with. Raises Silent, which that library hands through."""

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **kwargs: Any,
    ) -> Any:
        """The answer, whatever its status."""
        metadata = any(name.lower() == _METADATA for name in headers or {})
        tls = False
        # The metadata server is beside this machine: a proxy cannot reach it, and must not see its tokens.
        direct = {"proxies": {"http": "", "https": ""}} if metadata else {}
        send: Any = super().__call__  # the library's types are looser than what it takes
        for pause in (*_PAUSES, None):
            try:
                return send(
                    url,
                    method,
                    body=body,
                    headers=headers,
                    timeout=timeout or (_CONNECT, _READ),
                    allow_redirects=False,
                    **direct,
                    **kwargs,
                )
            except exceptions.TransportError as error:
                reason = error.args[0] if error.args else None
                tls = isinstance(reason, requests.exceptions.SSLError)
            # A time-out was patience enough, and TLS fails the next time as well.
            again = isinstance(reason, requests.ConnectionError) and not (tls or isinstance(reason, requests.Timeout))
            if pause is None or not again:
                break
            time.sleep(pause)
        # Outside the handler: what `requests` has raised holds the whole request.
        raise Silent(urlsplit(url).hostname or "", metadata=metadata, tls=tls)
