"""GitHub's words, for the simulated GitHub: numbers, dates, and how names are compared. Pure."""

import hashlib
from datetime import UTC, datetime

from tests.simulated.store import Key
from tests.simulated.wire import Properties, Secret

API = "https://api.github.com"


def number(of: str) -> int:
    """The number that GitHub would give to `of`: the same each time."""
    return int.from_bytes(hashlib.sha256(of.lower().encode()).digest()[:4])


def now() -> str:
    """The moment as the provider writes dates."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f +0000 UTC")


def text(properties: Properties, name: str) -> str:
    """The text at `name`, secret or not; empty where there is none."""
    found = properties.get(name)
    found = found.value if isinstance(found, Secret) else found
    return found if isinstance(found, str) else ""


def escaped(environment: str) -> str:
    """An environment's name as part of an id."""
    return environment.replace(":", "??")


def canonical(key: Key) -> Key:
    """GitHub compares all these names without regard to case."""
    return Key(key.token, key.scope, key.id.lower())
