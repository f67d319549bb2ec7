"""Where simulated resources live: one JSON file per provider, as a cloud that anybody may read.

Owns: the file, its lock, its atomic replacement, its mode (0600), and keeping secrets out
of it. Does not own: which properties a resource has (`behaviour`).

A secret is kept as a fingerprint under a key that lies in the same folder. The file is for
looking into, so the secret must not be in it; and an encrypted one would be as good as
plain beside its key. The price: a secret can be compared and never read back, like the
write-only properties of a real cloud. A refresh gets its value from the engine's state.
"""

import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.simulated.wire import Blob, Properties, Reference, Secret, Unknown, Value

UNREADABLE = "a secret that the simulated cloud holds and does not give out"
"""Stands for a secret whose value is not in the engine's state either."""


@dataclass(frozen=True)
class Key:
    """Names one resource in a provider's store."""

    token: str
    scope: str
    """Within what the id is unique: an account and region, a project; empty where there is no such thing."""
    id: str


class Store:
    """The resources of one provider. Safe for several threads and processes at once."""

    def __init__(self, folder: Path, provider: str) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self.file = folder / f"{provider}.json"

    def add(self, key: Key, properties: Properties) -> bool:
        """Keeps a new resource; False, and nothing done, where the key is taken."""
        with self._changing() as resources:
            scope = resources.setdefault(key.token, {}).setdefault(key.scope, {})
            if key.id in scope:
                return False
            scope[key.id] = self._sealed(properties)
            return True

    def get(self, key: Key, known: Properties) -> Properties | None:
        """The resource, or None. A secret is given back where `known` has the same one at the same place."""
        with self._locked():
            found = self._load().get(key.token, {}).get(key.scope, {}).get(key.id)
        if found is None:
            return None
        return {name: self._opened(value, known.get(name)) for name, value in found.items()}

    def put(self, key: Key, properties: Properties) -> bool:
        """Writes a resource over; False, and nothing done, where there is none."""
        with self._changing() as resources:
            scope = resources.get(key.token, {}).get(key.scope, {})
            if key.id not in scope:
                return False
            scope[key.id] = self._sealed(properties)
            return True

    def drop(self, key: Key) -> bool:
        """Forgets a resource; False where there was none."""
        with self._changing() as resources:
            return resources.get(key.token, {}).get(key.scope, {}).pop(key.id, None) is not None

    def held(self) -> list[Key]:
        """Every resource that there is."""
        with self._locked():
            resources = self._load()
        return [
            Key(token, scope, id_)
            for token in resources
            for scope in resources[token]
            for id_ in resources[token][scope]
        ]

    def drift(self, key: Key, changes: Mapping[str, Value]) -> None:
        """Changes a resource behind the engine's back; None takes a property away. Raises KeyError for no resource."""
        with self._changing() as resources:
            resource = resources[key.token][key.scope][key.id]
            for name, value in changes.items():
                if value is None:
                    resource.pop(name, None)
                else:
                    resource[name] = self._seal(value)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        descriptor = os.open(self.file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    @contextlib.contextmanager
    def _changing(self) -> Iterator[dict[str, Any]]:
        with self._locked():
            resources = self._load()
            yield resources
            filled = {
                token: {scope: kept for scope, kept in scopes.items() if kept} for token, scopes in resources.items()
            }
            content = {"simulated": True, "resources": {token: scopes for token, scopes in filled.items() if scopes}}
            write_private(self.file, json.dumps(content, indent=1, sort_keys=True))

    def _load(self) -> dict[str, Any]:
        try:
            resources: dict[str, Any] = json.loads(self.file.read_text(encoding="utf-8"))["resources"]
        except FileNotFoundError:
            return {}
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(
                f"the simulated cloud cannot be read: {self.file} is damaged ({type(error).__name__})\n"
                "mend: delete the file; its resources are gone then, so refresh the stack"
            ) from None
        return resources

    def _sealed(self, properties: Properties) -> dict[str, Any]:
        return {name: self._seal(value) for name, value in properties.items()}

    def _seal(self, value: Value) -> Any:
        match value:
            case Secret():
                return {"$secret": self._fingerprint(value.value)}
            case Reference():
                return {"$resource": {"urn": value.urn, "id": self._seal(value.id)}}
            case Blob():
                return {"$blob": {"signature": value.signature, "fields": self._sealed(value.fields)}}
            case list():
                return [self._seal(item) for item in value]
            case dict():
                inner = self._sealed(value)
                return {"$map": inner} if any(name.startswith("$") for name in inner) else inner
            case Unknown():
                raise TypeError("a resource cannot be kept with a value that is not known")
            case _:
                return value

    def _opened(self, stored: Any, known: Value) -> Value:
        match stored:
            case {"$secret": fingerprint}:
                value = known.value if isinstance(known, Secret) else known
                return Secret(value if self._fingerprint(value) == fingerprint else UNREADABLE)
            case {"$resource": {"urn": urn, "id": id_}}:
                return Reference(urn, self._opened(id_, known.id if isinstance(known, Reference) else None))
            case {"$blob": {"signature": signature, "fields": fields}}:
                kept = known.fields if isinstance(known, Blob) else {}
                return Blob(signature, {name: self._opened(item, kept.get(name)) for name, item in fields.items()})
            case {"$map": inner}:
                return self._opened_map(inner, known)
            case dict():
                return self._opened_map(stored, known)
            case list():
                beside = known if isinstance(known, list) else []
                return [
                    self._opened(item, beside[place] if place < len(beside) else None)
                    for place, item in enumerate(stored)
                ]
            case None | bool() | int() | float() | str():
                return stored
            case _:
                raise TypeError(f"{type(stored).__name__} is nothing that JSON holds")

    def _opened_map(self, stored: dict[str, Any], known: Value) -> Properties:
        beside = known if isinstance(known, dict) else {}
        return {name: self._opened(item, beside.get(name)) for name, item in stored.items()}

    def _fingerprint(self, value: Value) -> str:
        text = json.dumps(value, sort_keys=True, default=lambda inner: repr(_bare(inner)))
        return hmac.new(self._key(), text.encode(), hashlib.sha256).hexdigest()

    def _key(self) -> bytes:
        file = self._folder / "fingerprint.key"
        if not file.exists():
            # Linked into place whole: two providers may start at once, and neither may read half of a key.
            scratch = scratch_beside(file)
            write_private(scratch, secrets.token_hex(32))
            with contextlib.suppress(FileExistsError):
                os.link(scratch, file)
            scratch.unlink()
        return file.read_bytes()


def _bare(value: Value) -> Any:
    """A secret inside a secret, and what else JSON does not know, in a form that is the same each time."""
    match value:
        case Secret():
            return value.value
        case Reference():
            return (value.urn, value.id)
        case Blob():
            return (value.signature, sorted(value.fields.items()))
        case _:
            raise TypeError(f"a fingerprint cannot be taken of {type(value).__name__}")


def scratch_beside(file: Path) -> Path:
    """A name for a temporary file that nobody else has, in the folder of `file`."""
    return file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")


def write_private(file: Path, text: str) -> None:
    """Replaces `file` by one with `text`, whole or not at all, readable by its owner only."""
    scratch = scratch_beside(file)
    try:
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        scratch.replace(file)
    finally:
        scratch.unlink(missing_ok=True)
