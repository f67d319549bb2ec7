"""Harbor's API as a double: robots, configuration and the purge of audit logs, over loopback.

Owns: the answers, and the ways in which a Harbor is known to fail. What it is asked is checked by the models of a
client that is generated from Harbor's own description (`harborapi`), and what it answers is made by them; it notes
every request that it does not know, and a body that the models do not, so that a test can refuse both. Does not own:
projects and rules, which the bridge sets (`tests/simulated/providers/harbor.py`).
"""

import base64
import json
import re
import secrets
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from harborapi import models
from pydantic import BaseModel, ValidationError

from tests.support import http_double

_ROBOT = re.compile(r"/robots/(?P<id>[0-9]+)")
_NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_Model = TypeVar("_Model", bound=BaseModel)
Answer = tuple[int, BaseModel | list[BaseModel] | None]


class Failure(StrEnum):
    """How a request goes wrong."""

    LOST = "lost"
    """It is carried out, and the connection ends without an answer."""
    BROKEN_AFTER = "broken after"
    """It is carried out, and a proxy answers 502."""
    BROKEN = "broken"
    """It is not carried out: 503."""
    CONFLICT = "conflict"
    """It is carried out by somebody else at the same moment: 409."""


@dataclass
class Kept:
    """One robot as the double keeps it."""

    robot: models.Robot
    secret: str
    project: int | None


@dataclass
class HarborDouble:
    """A Harbor with some projects."""

    password: str
    projects: dict[str, int] = field(default_factory=lambda: {"snapdeploy-apps": 2, "docker-hub": 3})
    robots: dict[int, Kept] = field(default_factory=dict)
    configuration: models.Configurations = field(default_factory=lambda: models.Configurations(read_only=True))
    purge: models.Schedule | None = None
    failures: list[tuple[str, Failure]] = field(default_factory=list)
    """By the beginning of `<method> <path>`, each once, in their order."""
    down: bool = False
    """Whether every request is answered with 503."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    _next: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def names(self) -> list[str]:
        """The robots' whole names; a double one shows."""
        return sorted(str(kept.robot.name) for kept in self.robots.values())

    def opens(self, username: str, password: str) -> bool:
        """Whether a robot with that secret may log in now."""
        return any(
            kept.robot.name == username
            and kept.secret == password
            and not kept.robot.disable
            and (kept.robot.expires_at or 0) > datetime.now(UTC).timestamp()
            for kept in self.robots.values()
        )

    def changes(self) -> list[tuple[str, str]]:
        """What was asked for and was not reading."""
        return [(method, path) for method, path in self.asked if method != "GET"]

    def pass_days(self, days: int) -> None:
        """Makes every robot older."""
        for kept in self.robots.values():
            assert kept.robot.creation_time is not None
            assert kept.robot.expires_at is not None
            kept.robot.creation_time -= timedelta(days=days)
            kept.robot.expires_at -= days * 86400

    def answer(self, method: str, address: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes] | None:
        """Harbor's answer; None where the connection just ends."""
        with self._lock:
            path = unquote(urlsplit(address).path).removeprefix("/api/v2.0")
            self.asked.append((method, path))
            failure = self._failure(f"{method} {path}")
            if self.down or failure is Failure.BROKEN:
                return 503, b"<html>unavailable</html>"
            status, content = self._handled(method, path, address, headers, body)
            if failure is Failure.LOST:
                return None
            if failure is Failure.BROKEN_AFTER:
                return 502, b"<html>bad gateway</html>"
            if failure is Failure.CONFLICT:
                return _told(*_refused(409, "CONFLICT", "robot account already exists"))
            return _told(status, content)

    def _failure(self, asked: str) -> Failure | None:
        found = next((index for index, (begin, _) in enumerate(self.failures) if asked.startswith(begin)), None)
        return None if found is None else self.failures.pop(found)[1]

    def _handled(self, method: str, path: str, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        told = base64.b64decode(headers.get("authorization", "").removeprefix("Basic ")).decode()
        if path == "/v2/":  # what `docker login` asks
            opened = self.opens(*told.partition(":")[::2])
            return (200, None) if opened else _refused(401, "UNAUTHORIZED", "unauthorized")
        if told != f"admin:{self.password}":
            return _refused(401, "UNAUTHORIZED", "unauthorized")
        content = json.loads(body) if body else None
        try:
            if path == "/robots":
                return self._robots(method, parse_qs(urlsplit(address).query), content)
            if found := _ROBOT.fullmatch(path):
                return self._robot(method, int(found["id"]), content)
            if path == "/configurations":
                return self._configurations(method, content)
            if path == "/system/purgeaudit/schedule":
                return self._purge(method, content)
        except (ValidationError, ValueError) as error:
            self.unknown.append(f"{method} {path}: {error}")
            return _refused(422, "UNPROCESSABLE_ENTITY", "the body is not as described")
        self.unknown.append(f"{method} {path}")
        return _refused(404, "NOT_FOUND", f"the double does not know {method} {path}")

    def _robots(self, method: str, query: dict[str, list[str]], content: Any) -> Answer:
        if method == "GET":
            asked = dict(part.split("=", 1) for part in query.get("q", [""])[0].split(",") if part)
            if asked.get("Level") == "project" and "ProjectID" not in asked:
                return _refused(400, "BAD_REQUEST", "must with project ID when to query project robots")
            project = int(asked["ProjectID"]) if asked.get("Level") == "project" else None
            size, page = int(query["page_size"][0]), int(query["page"][0])
            assert 1 <= size <= 100, "Harbor lists at most 100 at once"
            listed: list[BaseModel] = [kept.robot for kept in self.robots.values() if kept.project == project]
            return 200, listed[(page - 1) * size : page * size]
        if method != "POST":
            raise ValueError("a method that is not known")
        wanted = _as(models.RobotCreate, content)
        assert wanted.name is not None
        if not _NAME.fullmatch(wanted.name) or not wanted.permissions or wanted.level not in ("project", "system"):
            return _refused(400, "BAD_REQUEST", "bad request")
        if wanted.level == "project" and len(wanted.permissions) != 1:
            return _refused(400, "BAD_REQUEST", "bad request permission")
        if any(each.namespace not in self.projects or not each.access for each in wanted.permissions):
            return _refused(404, "NOT_FOUND", "project not found")
        return self._made(wanted)

    def _made(self, wanted: models.RobotCreate) -> Answer:
        assert wanted.permissions
        own = str(wanted.permissions[0].namespace)
        prefix = self.configuration.robot_name_prefix or "robot$"
        of_project = wanted.level == "project"
        name = f"{prefix}{own}+{wanted.name}" if of_project else f"{prefix}{wanted.name}"
        if name in self.names():
            return _refused(409, "CONFLICT", "robot account already exists")
        self._next += 1
        now = datetime.now(UTC)
        days = wanted.duration or 30
        robot = models.Robot(
            id=self._next,
            name=name,
            description=wanted.description,
            level=wanted.level,
            duration=days,
            editable=True,
            disable=False,
            expires_at=-1 if days == -1 else int((now + timedelta(days=days)).timestamp()),
            permissions=wanted.permissions,
            creation_time=now,
            update_time=now,
        )
        # Harbor makes the secret itself; one that is sent is not looked at.
        kept = Kept(robot, _secret(), self.projects[own] if of_project else None)
        self.robots[self._next] = kept
        return 201, models.RobotCreated(
            id=robot.id, name=name, secret=kept.secret, creation_time=now, expires_at=robot.expires_at
        )

    def _robot(self, method: str, number: int, content: Any) -> Answer:
        kept = self.robots.get(number)
        if kept is None:
            return _refused(404, "NOT_FOUND", f"robot {number} not found")
        robot = kept.robot
        match method:
            case "GET":
                return 200, robot
            case "PATCH":
                wanted = _as(models.RobotSec, content)
                kept.secret = wanted.secret or _secret()
                return 200, models.RobotSec(secret="" if wanted.secret else kept.secret)
            case "PUT":
                changed = _as(models.Robot, content)
                if changed.name != robot.name or changed.level != robot.level:
                    return _refused(400, "BAD_REQUEST", "cannot update the level or name of robot")
                if changed.duration != robot.duration:
                    assert changed.duration is not None
                    assert robot.creation_time is not None
                    robot.duration = changed.duration
                    end = robot.creation_time + timedelta(days=changed.duration)
                    robot.expires_at = -1 if changed.duration == -1 else int(end.timestamp())
                robot.disable = changed.disable
                robot.description = changed.description
                return 200, None
            case "DELETE":
                del self.robots[number]
                return 200, None
            case _:
                raise ValueError("a method that is not known")

    def _configurations(self, method: str, content: Any) -> Answer:
        if method == "PUT":
            wanted = _as(models.Configurations, content)
            self.configuration = self.configuration.model_copy(update=wanted.model_dump(exclude_unset=True))
            return 200, None
        if method != "GET":
            raise ValueError("a method that is not known")
        hidden = {"oidc_client_secret", "ldap_search_password", "uaa_client_secret"}
        held = self.configuration.model_dump(exclude_unset=True, exclude=hidden)
        return 200, models.ConfigurationsResponse.model_validate(
            {key: {"value": value, "editable": True} for key, value in held.items()}
        )

    def _purge(self, method: str, content: Any) -> Answer:
        if method == "GET":
            if self.purge is None:
                return 200, None
            return 200, models.ExecHistory(
                id=1, job_parameters=json.dumps(self.purge.parameters), schedule=self.purge.schedule, deleted=False
            )
        if (method, self.purge is None) not in (("PUT", False), ("POST", True)):
            return _refused(412, "PRECONDITION", "POST makes a schedule, PUT changes one")
        wanted = _as(models.Schedule, content, strict=False)
        given = wanted.parameters or {}
        if not {"audit_retention_hour", "include_event_types"} <= given.keys():
            return _refused(400, "BAD_REQUEST", "include_event_types should provide")
        self.purge = wanted
        return (200 if method == "PUT" else 201), None

    @contextmanager
    def serving(self, tls: ssl.SSLContext | None = None) -> Iterator[str]:
        """The double on a free loopback port, behind `tls` where given; yields its address."""

        def respond(method: str, path: str, headers: Mapping[str, str], body: bytes) -> http_double.Answer | None:
            found = self.answer(method, path, headers, body)
            return None if found is None else (found[0], {}, found[1])

        with http_double.serving(respond, tls) as address:
            yield address


def _as(model: type[_Model], content: Any, *, strict: bool = True) -> _Model:
    """`content` as `model`. Raises ValueError for a key that Harbor's description does not have."""
    strange = set(content) - {field.alias or name for name, field in model.model_fields.items()}
    if strange:
        raise ValueError(f"{model.__name__} has no {sorted(strange)}")
    for permission in content.get("permissions") or []:
        _as(models.RobotPermission, permission)
    # From JSON: times and enums are texts there.
    return model.model_validate_json(json.dumps(content), strict=strict)


def _refused(status: int, code: str, message: str) -> Answer:
    return status, models.Errors(errors=[models.Error(code=code, message=message)])


def _told(status: int, content: BaseModel | list[BaseModel] | None) -> tuple[int, bytes]:
    match content:
        case None:
            return status, b""
        case list():
            return status, b"[" + b",".join(_json(each) for each in content) + b"]"
        case _:
            return status, _json(content)


def _json(content: BaseModel) -> bytes:
    return content.model_dump_json(exclude_none=True, by_alias=True).encode()


def _secret() -> str:
    return f"Ab1{secrets.token_urlsafe(24)}"
