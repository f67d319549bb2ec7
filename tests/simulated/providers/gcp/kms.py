"""Cloud KMS: key rings and keys.

Owns: KeyRing, CryptoKey. Google deletes neither: a ring that a program deletes stays as it is, a key loses its
versions, and the name of either is taken for ever: a program that makes it again is refused, and can import it.
https://docs.cloud.google.com/kms/docs/object-hierarchy and https://docs.cloud.google.com/kms/docs/destroy-restore,
read 2026-11.
"""

import re

from tests.simulated.behaviour import Call
from tests.simulated.checker import Mistake
from tests.simulated.providers.gcp import grants
from tests.simulated.providers.gcp.kind import Kind
from tests.simulated.providers.gcp.place import project
from tests.simulated.providers.gcp.words import RefusedError, known, matching, seconds, text
from tests.simulated.store import Key, Store
from tests.simulated.wire import Properties

RING = "gcp:kms/keyRing:KeyRing"
KEY = "gcp:kms/cryptoKey:CryptoKey"
USES = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
"""The role without which a service cannot encrypt with a key."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,63}")
_LOCATION = re.compile(r"[a-z]+(?:-[a-z]+[1-9][0-9]?)?|[a-z]+[1-9]|eur[0-9]|nam[-a-z0-9]+")
_RING = re.compile(r"projects/([^/]+)/locations/([^/]+)/keyRings/([^/]+)")
_DAY = 86_400


class KeyRing(Kind):
    """A ring, which is a place for keys."""

    api = "cloudkms.googleapis.com"
    noun = "KeyRing"
    exists = "KeyRing {id} already exists."
    replace_on_change = frozenset({"location", "name"})
    named_by = "name"

    def rules(self, inputs: Properties) -> list[Mistake]:
        return matching(inputs, "location", _LOCATION, "is no location of Cloud KMS")

    def names(self, inputs: Properties) -> None:
        _spelled(inputs)

    def identity(self, call: Call, inputs: Properties) -> str:
        where = f"projects/{project(call.config, inputs)}/locations/{text(inputs, 'location')}"
        return f"{where}/keyRings/{text(inputs, 'name')}"

    def leave(self, call: Call, id_: str, olds: Properties) -> None:
        """Nothing: Google has no call for it."""


class CryptoKey(Kind):
    """A key. Its versions are not told apart: it has them, or they are destroyed."""

    api = "cloudkms.googleapis.com"
    noun = "CryptoKey"
    labelled = True
    exists = "CryptoKey {id} already exists."
    replace_on_change = frozenset(
        {
            *("keyRing", "name", "cryptoKeyBackend", "destroyScheduledDuration", "importOnly", "purpose"),
            "versionTemplate.protectionLevel",
        }
    )
    stable = frozenset({"primaries"})
    filled = frozenset({"destroyScheduledDuration", "importOnly", "versionTemplate"})
    named_by = "name"

    def unset(self, call: Call) -> Properties:
        return {"purpose": "ENCRYPT_DECRYPT"}

    def rules(self, inputs: Properties) -> list[Mistake]:
        period = known(inputs, "rotationPeriod")
        if not period:
            return []
        length = seconds(period)
        if length is None:
            return [Mistake("rotationPeriod", "must be a number with up to 9 fractional digits followed by s")]
        if length < _DAY:
            return [Mistake("rotationPeriod", "rotation period must be greater than one day")]
        return []

    def owner(self, call: Call, properties: Properties) -> str:
        return _ring(properties)[1]

    def names(self, inputs: Properties) -> None:
        _spelled(inputs)
        _ring(inputs)

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"{text(inputs, 'keyRing')}/cryptoKeys/{text(inputs, 'name')}"

    def outputs(self, call: Call, id_: str, properties: Properties) -> Properties:
        symmetric = properties.get("purpose") == "ENCRYPT_DECRYPT"
        first: Properties = {"name": f"{id_}/cryptoKeyVersions/1", "state": "ENABLED"}
        template: Properties = {"algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION", "protectionLevel": "SOFTWARE"}
        given = properties.get("versionTemplate")
        return {
            "primaries": [first] if symmetric and properties.get("skipInitialVersionCreation") is not True else [],
            "destroyScheduledDuration": properties.get("destroyScheduledDuration") or "2592000s",
            "importOnly": properties.get("importOnly") or False,
            "versionTemplate": {**template, **(given if isinstance(given, dict) else {})},
        }

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        if call.store.get(Key(RING, "", text(properties, "keyRing")), {}) is None:
            raise RefusedError(404, f"KeyRing {text(properties, 'keyRing')} not found.")
        if text(properties, "rotationPeriod") and properties.get("purpose") != "ENCRYPT_DECRYPT":
            raise RefusedError(400, "A rotation period can only be set on a key with the purpose ENCRYPT_DECRYPT.")

    def leave(self, call: Call, id_: str, olds: Properties) -> None:
        call.store.drift(self._key(call, id_), {"primaries": [], "rotationPeriod": None})
        grants.drop_with(call.store, id_)


def location(key: str) -> str:
    """The location in a key's full name; empty for what is no such name."""
    pieces = key.split("/")
    return pieces[3] if len(pieces) == 8 and pieces[0] == "projects" and pieces[6] == "cryptoKeys" else ""


def usable(store: Store, key: str, member: str) -> str:
    """Why `member` cannot encrypt with `key`; empty where it can."""
    found = store.get(Key(KEY, "", key), {})
    if found is None:
        return f"CryptoKey {key} not found."
    if not found.get("primaries"):
        return f"{key} has no primary version: it is not enabled, current state is: DESTROY_SCHEDULED."
    return "" if grants.has(store, key, USES, member) else f"{member} may not use {key}."


def _spelled(inputs: Properties) -> None:
    if _NAME.fullmatch(text(inputs, "name")) is None:
        raise RefusedError(400, f"The name has to match {_NAME.pattern}.")


def _ring(properties: Properties) -> re.Match[str]:
    read = _RING.fullmatch(text(properties, "keyRing"))
    if read is None:
        raise RefusedError(400, f"Invalid KeyRing id format: {text(properties, 'keyRing')}")
    return read
