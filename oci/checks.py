"""Proof that a registry does what the builder needs, with the credential the builder has.

Owns: the checks, their names, their order, and leaving nothing behind. Does not own where the
credential comes from, nor how results are shown. A failed check is a result, not an exception.
"""

import secrets
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from contract.image import VERIFY_APP, Registry
from oci import errors
from oci.authority import Authority
from oci.client import Client
from oci.credential import Credential
from oci.image import random_image
from oci.retry import Retry

APP = VERIFY_APP

_SCAN_SECONDS = 600.0
_SCAN_PAUSE = 3.0
_Read = TypeVar("_Read")


class Name(StrEnum):
    """The checks, in the order in which they run."""

    LOGIN = "login"
    PUSH = "push"
    PULL_BY_DIGEST = "pull-by-digest"
    TAGS = "tags"
    WRONG_PASSWORD_REFUSED = "wrong-password-refused"  # noqa: S105 - a check's name
    ANONYMOUS_REFUSED = "anonymous-refused"
    OVERWRITE = "overwrite"


@dataclass(frozen=True)
class Check:
    """One thing that was proven, or not: `detail` says what was seen, `seconds` how long it took."""

    name: str
    ok: bool
    detail: str
    seconds: float


class _NotHeldError(Exception):
    """The registry answered, and the answer is not what was promised."""


def unique_tag() -> str:
    """A tag that nobody has used: the time, for people, and randomness, for machines."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"


class Proof:
    """The checks of one registry with one credential.

    `immutable` is what is expected of a second push to the same tag: refused (True), accepted
    (False), or either (None: it is only reported). `tag` is what the test image is pushed as
    (None: one that nobody has used, the only safe choice where two proofs may run at once).
    `layers` and `layer_size` (bytes) make the test image larger, to measure with.
    """

    def __init__(
        self,
        registry: Registry,
        credential: Credential,
        *,
        authority: Authority | None = None,
        immutable: bool | None = None,
        tag: str | None = None,
        layers: int = 1,
        layer_size: int = 1024,
        retry: Retry | None = None,
    ) -> None:
        self.unreachable = False
        """Whether the registry gave no answer at all."""
        self._repository = f"{registry.namespace}/{APP}"
        self._credential = credential
        self._immutable = immutable
        self._connect: Callable[[], Client] = lambda: Client(
            registry.host, credential, authority=authority, retry=retry
        )
        self._sleep = (retry or Retry()).sleep
        self._shape = (layers, layer_size)
        self._tag = tag or unique_tag()
        self._failed: set[Name] = set()
        self._pushed: list[str] = []

    def run(self) -> Generator[Check, None, None]:
        """Each check as it finishes; cleans up also when the caller stops early or is interrupted."""
        try:
            client = self._connect()
        except errors.RegistryError as error:
            self.unreachable = True
            self._failed.add(Name.LOGIN)
            yield Check(Name.LOGIN, False, str(error), 0.0)
            for name in list(Name)[1:]:
                yield Check(name, False, f"not run: {Name.LOGIN} failed", 0.0)
            return
        with client:
            self._client = client
            try:
                yield self._check(Name.LOGIN, self._login)
                yield self._check(Name.PUSH, self._push, Name.LOGIN)
                yield self._check(Name.PULL_BY_DIGEST, self._pull_by_digest, Name.PUSH)
                yield self._check(Name.TAGS, self._tags, Name.PUSH)
                yield self._check(Name.WRONG_PASSWORD_REFUSED, self._wrong_password_refused, Name.LOGIN)
                yield self._check(Name.ANONYMOUS_REFUSED, self._anonymous_refused)
                yield self._check(Name.OVERWRITE, self._overwrite, Name.PUSH)
            finally:
                self._clean_up()

    def _check(self, name: Name, prove: Callable[[], str], needs: Name | None = None) -> Check:
        began = time.perf_counter()
        if self.unreachable:
            ok, detail = False, "not run: the registry does not answer"
        elif needs in self._failed:
            ok, detail = False, f"not run: {needs} failed"
        else:
            try:
                ok, detail = True, prove()
            except errors.RegistryError as error:
                self.unreachable = name is Name.LOGIN and isinstance(error, errors.UnreachableError)
                ok, detail = False, str(error)
            except _NotHeldError as error:
                ok, detail = False, str(error)
        if not ok:
            self._failed.add(name)
        return Check(name, ok, detail, round(time.perf_counter() - began, 3))

    def _login(self) -> str:
        scheme = self._client.ping()
        asked = f"asked for {scheme}" if scheme else "asked for no password"
        return f"{self._credential.username} at {self._client.address}, which {asked}"

    def _push(self) -> str:
        layers, layer_size = self._shape
        self._image = random_image(layers, layer_size)
        self._pushed.append(self._image.manifest.descriptor.digest)
        self._client.push_image(self._repository, self._tag, self._image)
        return f"{self._repository}:{self._tag}, {layers} x {layer_size} random bytes"

    def _pull_by_digest(self) -> str:
        digest = self._image.manifest.descriptor.digest
        size = self._once_scanned(lambda: self._client.read_image(self._repository, self._image))
        return f"{digest}, {size} bytes as pushed{self._pulls_left(digest)}"

    def _once_scanned(self, read: Callable[[], _Read]) -> _Read:
        """What `read` answers; where nobody may pull an image before its scan has ended, once that has."""
        waited = 0.0
        while True:
            try:
                return read()
            except errors.RefusedError as error:
                if not _is_being_scanned(error):
                    raise
                if waited >= _SCAN_SECONDS:
                    error.advice = "see whether the registry's scanner works, or let it block no image"
                    raise
            self._sleep(_SCAN_PAUSE)
            waited += _SCAN_PAUSE

    def _pulls_left(self, digest: str) -> str:
        try:
            limit = self._client.pull_limit(self._repository, digest)
        except errors.RegistryError:
            return ""  # a registry that cannot be asked has no limit to tell of
        return f"; {limit}" if limit is not None else ""

    def _tags(self) -> str:
        count, found = 0, False
        for tag in self._client.tags(self._repository):
            count, found = count + 1, found or tag == self._tag
        if not found:
            raise _NotHeldError(f"the list of {count} tags lacks {self._tag}, which was just pushed")
        return f"{self._tag} is listed among {count}"

    def _wrong_password_refused(self) -> str:
        # One attempt only: many registries lock an account after a few.
        wrong = Credential(self._credential.username, f"wrong-{secrets.token_urlsafe(24)}")
        with self._client.as_user(wrong) as client:
            try:
                client.pull_manifest(self._repository, self._tag)
            except (errors.AuthenticationError, errors.DeniedError) as error:
                return f"refused with HTTP {error.status}"
        raise _NotHeldError(
            "a wrong password could pull the image: whoever reaches the registry can read it; "
            "mend: turn authentication on, or make the repository private"
        )

    def _anonymous_refused(self) -> str:
        with self._client.as_user(None) as client:
            reading = _refusal(lambda: client.pull_manifest(self._repository, self._tag))
            pushing = _refusal(lambda: client.begin_and_cancel_upload(self._repository))
        # Without an image of ours there, "not found" to a reader may just be the truth.
        allowed = [
            what
            for what, status in (("pull", reading), ("push", pushing))
            if status == 0 or (status == 404 and Name.PUSH in self._failed)
        ]
        if allowed:
            raise _NotHeldError(
                f"without a credential anyone who reaches the registry may {' and '.join(allowed)}; "
                "mend: turn authentication on, or make the repository private"
            )
        return f"pull refused with HTTP {reading}, push with HTTP {pushing}"

    def _overwrite(self) -> str:
        other = random_image()
        digest = other.manifest.descriptor.digest
        self._pushed.append(digest)
        refusal: errors.RegistryError | None = None
        try:
            self._client.push_image(self._repository, self._tag, other)
        except (errors.RefusedError, errors.DeniedError, errors.UnsupportedError) as error:
            refusal = error
        pulled = self._once_scanned(lambda: self._client.pull_manifest(self._repository, self._tag))
        current = pulled.descriptor.digest
        left = self._clean_up()
        if refusal is None and current != digest:
            raise _NotHeldError("a second push to the same tag was accepted, yet the tag shows other content")
        if refusal is not None and current != self._image.manifest.descriptor.digest:
            raise _NotHeldError("a second push to the same tag was refused, yet the tag shows other content")
        seen = "accepted" if refusal is None else f"refused with HTTP {refusal.status}"
        if self._immutable is not None and self._immutable != (refusal is not None):
            wanted = "immutable" if self._immutable else "mutable"
            raise _NotHeldError(f"a second push to the same tag was {seen}, but tags are meant to be {wanted}; {left}")
        return f"a second push to the same tag was {seen}; {left}"

    def _clean_up(self) -> str:
        """Deletes what was pushed; answers what became of it."""
        kept: errors.RegistryError | None = None
        while self._pushed:
            try:
                self._client.delete_manifest(self._repository, self._pushed.pop())
            except errors.RegistryError as error:
                kept = error
        if kept is None:
            return "test images deleted"
        status = "" if kept.status is None else f" (HTTP {kept.status})"
        return f"the registry refuses to delete test images{status}: {APP}:{self._tag} stays"


def _is_being_scanned(error: errors.RefusedError) -> bool:
    """Whether the image is refused only as long as its scan takes, in Harbor's words.

    https://github.com/goharbor/harbor/blob/v2.15.2/src/server/middleware/vulnerable/vulnerable.go
    """
    return error.status == 412 and "vulnerability scanning" in error.reason


def _refusal(attempt: Callable[[], object]) -> int:
    """The HTTP status with which `attempt` was refused, or 0 where it was let through."""
    try:
        attempt()
    except (errors.AuthenticationError, errors.DeniedError, errors.NotFoundError) as error:
        return error.status or 0
    return 0
