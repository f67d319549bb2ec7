"""What is asked of a Harbor's own API, as its administrator.

Owns: the calls, their time-outs and retries, and what a refusal means. Does not own which robots there should be
(`robots.py`) or how Harbor should be set (`configuration.py`). No message carries a password. Loaded by the provider's
process only: the program should not pay for an HTTP client.

Source: https://github.com/goharbor/harbor/blob/v2.15.2/api/v2.0/swagger.yaml
"""

import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import httpx

from contract.image import is_loopback
from oci import errors
from oci.credential import Credential
from oci.retry import Retry, is_retryable, is_transient, retry_after

ADMINISTRATOR = "admin"
PURGE_PATH = "/system/purgeaudit/schedule"

_TIMEOUT = httpx.Timeout(20.0, connect=5.0)
_PATIENCE, _ONCE = Retry(attempts=4), Retry(attempts=1)
_LONGEST_ANSWER = 8 << 20
_PAGE = 100  # the most that one answer lists
_MOST_PAGES = 50
_OK, _CREATED, _NOT_FOUND = 200, 201, 404

_ADVICE = {
    401: "the administrator's password in the state is not Harbor's: see the runbook for a lost administrator password",
    403: "see whether somebody has taken the administrator's rights away",
    412: "see what Harbor says is in the way",
}


@dataclass(frozen=True)
class Robot:
    """A robot account, without its secret: that is told once, when it is made."""

    id: int
    name: str
    """With Harbor's prefix: `robot$<project>+<name>`."""
    description: str
    created: datetime
    expires_at: int
    """Unix time; -1: never."""
    disabled: bool
    document: Mapping[str, Any]
    """As Harbor has it."""


class HarborApi:
    """One Harbor. Raises `oci.errors.RegistryError`, or ValueError for an address that no password may be sent to."""

    def __init__(
        self,
        url: str,
        password: str,
        ca: str = "",
        *,
        patient: bool = True,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Not `patient`, each call is tried once: for what can go without an answer."""
        self._credential = Credential(ADMINISTRATOR, password)
        self._retry = _PATIENCE if patient else _ONCE
        address = _address(url)
        self._http = httpx.Client(
            base_url=f"{address}/api/v2.0",
            auth=httpx.BasicAuth(ADMINISTRATOR, password),
            verify=_trust(ca) if address.startswith("https") else False,
            timeout=_TIMEOUT,
            headers={"User-Agent": "snapdeploy-registry", "Accept": "application/json", "Accept-Encoding": "identity"},
            trust_env=not is_loopback(httpx.URL(address).netloc.decode("ascii")),
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def robot(self, name: str, project: int | None) -> Robot | None:
        """The robot of that whole name: of one project, or of the system; None where there is none."""
        what = f"look for the robot {name}"
        which = "Level=system" if project is None else f"Level=project,ProjectID={project}"
        for page in range(1, _MOST_PAGES + 1):
            path = f"/robots?q={which.replace('=', '%3D').replace(',', '%2C')}&page={page}&page_size={_PAGE}"
            listed = self._send("GET", path, what)
            if not isinstance(listed, list):
                raise errors.ProtocolError(what, "Harbor answered without a list")
            for entry in listed:
                found = _robot(what, entry)
                if found.name == name:
                    return found
            if len(listed) < _PAGE:
                return None
        raise errors.ProtocolError(what, f"Harbor's pages do not end, after {_MOST_PAGES}")

    def robot_by_id(self, number: int) -> Robot | None:
        """The robot of that number; None where there is none."""
        what = f"read the robot number {number}"
        found = self._send("GET", f"/robots/{number}", what, accept=frozenset({_OK, _NOT_FOUND}))
        return _robot(what, found) if isinstance(found, dict) and "id" in found else None

    def create_robot(self, body: Mapping[str, Any]) -> tuple[str, str, int]:
        """Makes a robot; answers its whole name, its secret and its end. Never sent twice, whatever happens."""
        what = f"make the robot {body['name']}"
        made = self._send("POST", "/robots", what, body, accept=frozenset({_CREATED}), idempotent=False)
        name, secret = _text(what, made, "name"), _text(what, made, "secret")
        return name, secret, _number(what, made, "expires_at")

    def refresh_secret(self, number: int, name: str) -> str:
        """A new secret for a robot that exists; its former one ends at once."""
        what = f"make a new secret for the robot {name}"
        return _text(what, self._send("PATCH", f"/robots/{number}", what, {"secret": ""}), "secret")

    def update_robot(self, robot: Robot, changes: Mapping[str, Any]) -> None:
        """Changes what is said of a robot that exists; its secret stays."""
        body = {**robot.document, **changes}
        self._send("PUT", f"/robots/{robot.id}", f"change the robot {robot.name}", body)

    def delete_robot(self, number: int, name: str) -> None:
        """Deletes a robot; done already counts as done."""
        accept = frozenset({_OK, _NOT_FOUND})
        self._send("DELETE", f"/robots/{number}", f"delete the robot {name}", accept=accept)

    def configuration(self) -> dict[str, Any]:
        """How Harbor is set, by key."""
        what = "read how Harbor is set"
        found = self._send("GET", "/configurations", what)
        if not isinstance(found, dict):
            raise errors.ProtocolError(what, "Harbor answered without a document")
        return {key: item["value"] for key, item in found.items() if isinstance(item, dict) and "value" in item}

    def configure(self, values: Mapping[str, Any]) -> None:
        """Sets what `values` say, and leaves everything else."""
        self._send("PUT", "/configurations", "set Harbor", values)

    def purge_schedule(self) -> dict[str, Any]:
        """When and what of the audit log goes; empty where nothing does."""
        found = self._send("GET", PURGE_PATH, "read when audit logs go")
        return found if isinstance(found, dict) else {}

    def set_purge_schedule(self, body: Mapping[str, Any], *, exists: bool) -> None:
        """Sets when and what of the audit log goes."""
        method, accept = ("PUT", _OK) if exists else ("POST", _CREATED)
        self._send(method, PURGE_PATH, "set when audit logs go", body, accept=frozenset({accept}), idempotent=exists)

    def _send(
        self,
        method: str,
        path: str,
        what: str,
        body: Mapping[str, Any] | None = None,
        *,
        accept: frozenset[int] = frozenset({_OK}),
        idempotent: bool = True,
    ) -> Any:
        attempt = 0
        while True:
            attempt += 1
            failure: errors.RegistryError
            try:
                with self._answer(method, path, body, what) as response:
                    if response.status_code in accept:
                        return _document(response)
                    failure = errors.from_response(what, response)
                failure.retry_after = retry_after(response.headers.get("retry-after"))
                again = is_retryable(failure, idempotent=idempotent)
            except httpx.TransportError as error:
                failure = errors.from_transport(what, error)
                again = is_transient(error, idempotent=idempotent)
            pause = self._retry.pause(attempt, failure) if again else None
            if pause is None:
                # Outside the handlers: what the client has raised holds the whole request.
                raise self._clean(failure) from None
            self._retry.sleep(pause)

    @contextmanager
    def _answer(self, method: str, path: str, body: Mapping[str, Any] | None, what: str) -> Iterator[httpx.Response]:
        with self._http.stream(method, path, json=body) as response:
            read = bytearray()
            for piece in response.iter_raw():
                read += piece
                if len(read) > _LONGEST_ANSWER:
                    raise errors.ProtocolError(what, f"Harbor's answer is longer than {_LONGEST_ANSWER} bytes")
            # Only this header: others could say that the content is to be unpacked.
            kept = {name: value for name, value in response.headers.items() if name == "retry-after"}
            yield httpx.Response(response.status_code, headers=kept, content=bytes(read))

    def _clean(self, error: errors.RegistryError) -> errors.RegistryError:
        error.reason = self._credential.redact(error.reason)
        error.code = self._credential.redact(error.code)
        error.args = (error.what, error.reason)
        error.advice = _ADVICE.get(error.status or 0, error.advice)
        return error


def _address(url: str) -> str:
    """`url` without a slash at its end. Raises ValueError where a password sent there could be read on the way."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    plain_inside = parsed.scheme == "http" and is_loopback(parsed.netloc.decode("ascii"))
    if not parsed.host or parsed.userinfo or not (parsed.scheme == "https" or plain_inside):
        raise ValueError("Harbor's address is not https://<host>, so no password was sent there")
    return url.rstrip("/")


def _trust(ca: str) -> ssl.SSLContext:
    """The certificate authorities of the world, and `ca` besides. Raises ValueError where that is no certificate."""
    context = ssl.create_default_context()
    if ca:
        try:
            context.load_verify_locations(cadata=ca)
        except ssl.SSLError:
            raise ValueError("the certificate authority that Harbor's certificate is of is no PEM") from None
    return context


def _robot(what: str, entry: object) -> Robot:
    if not isinstance(entry, dict):
        raise errors.ProtocolError(what, "Harbor lists something that is no robot")
    try:
        created = datetime.fromisoformat(_text(what, entry, "creation_time"))
    except ValueError:
        raise errors.ProtocolError(what, "Harbor tells no time at which the robot was made") from None
    return Robot(
        id=_number(what, entry, "id"),
        name=_text(what, entry, "name"),
        description=str(entry.get("description") or ""),
        created=created,
        expires_at=_number(what, entry, "expires_at"),
        disabled=entry.get("disable") is True,
        document={key: value for key, value in entry.items() if key != "secret"},
    )


def _text(what: str, document: object, key: str) -> str:
    value = document.get(key) if isinstance(document, dict) else None
    if not isinstance(value, str) or not value or not value.isprintable():
        raise errors.ProtocolError(what, f"Harbor's answer has no `{key}`")
    return value


def _number(what: str, document: object, key: str) -> int:
    value = document.get(key) if isinstance(document, dict) else None
    if not isinstance(value, int) or isinstance(value, bool):
        raise errors.ProtocolError(what, f"Harbor's answer has no `{key}`")
    return value


def _document(response: httpx.Response) -> Any:
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return {}
