"""What GitHub keeps under a name: variables and sealed secrets, of Actions and of Dependabot.

Owns: names and values as the API takes them, ids and import forms as the provider has them.

A secret is sealed as the API demands, with a public key whose private half nobody has: it can be replaced and never
read. A test that wants to look inside puts a public key of its own into `PUBLIC_KEY_FILE` first.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from pathlib import Path

from nacl.public import PrivateKey, PublicKey, SealedBox

from tests.simulated.behaviour import Call, CloudError, State, Stored
from tests.simulated.checker import Mistake
from tests.simulated.providers.github_words import API, canonical, escaped, now, number, text
from tests.simulated.store import Key, write_private
from tests.simulated.wire import Properties, Unknown

ENVIRONMENT = "github:index/repositoryEnvironment:RepositoryEnvironment"
PUBLIC_KEY_FILE = "github.public-key"

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LARGEST = 48 * 1024
_SEAL = 48  # the bytes that a sealed box has more than what is in it
_PLAIN = ("value", "plaintextValue")
_SEALED = ("valueEncrypted", "encryptedValue")
_ALL = (*_PLAIN, *_SEALED)


class Kept(Stored):
    """Something with a name below a repository, an environment or the organization."""

    def __init__(self, place: Sequence[str], name: str) -> None:
        self.place = tuple(place)
        self.name = name
        self.replace_on_change = frozenset({*place, name})
        self.stable = frozenset({"createdAt", "repositoryId"})

    def mistakes(self, inputs: Properties) -> list[Mistake]:
        name = inputs.get(self.name)
        if isinstance(name, Unknown) or name is None:
            return []
        if _NAME.fullmatch(text(inputs, self.name)) is None:
            rule = "can only contain alphanumeric characters or underscores and must not start with a number"
            return [Mistake(self.name, rule)]
        if text(inputs, self.name).upper().startswith("GITHUB_"):
            return [Mistake(self.name, "must not start with the GITHUB_ prefix")]
        return [*self.visibility_mistakes(inputs)]

    def visibility_mistakes(self, inputs: Properties) -> list[Mistake]:
        if self.place:
            return []
        visibility, chosen = inputs.get("visibility"), inputs.get("selectedRepositoryIds")
        if isinstance(visibility, Unknown):
            return []
        if visibility not in ("all", "private", "selected"):
            return [Mistake("visibility", "has to be one of all, private, selected")]
        if (visibility == "selected") != bool(chosen):
            return [Mistake("selectedRepositoryIds", "goes with visibility selected, and only with it")]
        return []

    def identity(self, call: Call, inputs: Properties) -> str:
        parts = [escaped(text(inputs, part)) for part in self.place]
        return ":".join([*parts, text(inputs, self.name)])

    def url(self, call: Call, inputs: Properties) -> str:
        inside = "/".join(text(inputs, part) for part in self.place)
        where = f"repos/{call.scope}/{inside}" if self.place else f"orgs/{call.scope}"
        return f"{API}/{where}/actions/{text(inputs, self.name)}"

    def create(self, call: Call, inputs: Properties) -> State:
        self.needs_environment(call, inputs)
        return super().create(call, inputs)

    def read(self, call: Call, id_: str, known: Properties) -> Properties | None:
        expected = len(self.place) + 1
        if len(id_.split(":")) != expected:
            raise CloudError(f"unexpected ID format ({id_!r}); expected {expected} parts separated by ':'")
        return super().read(call, id_, known)

    def needs_environment(self, call: Call, inputs: Properties) -> None:
        if "environment" not in self.place:
            return
        owner = Key(ENVIRONMENT, call.scope, f"{text(inputs, 'repository')}:{escaped(text(inputs, 'environment'))}")
        if call.store.get(canonical(owner), {}) is None:
            raise CloudError(f"PUT {self.url(call, inputs)}: 404 Not Found []")

    def computed(self, call: Call, id_: str, properties: Properties) -> Properties:
        repository = text(properties, "repository")
        numbers: Properties = {"repositoryId": number(f"{call.scope}/{repository}")} if repository else {}
        return {**numbers, "createdAt": properties.get("createdAt") or now(), "updatedAt": now()}

    def update(self, call: Call, id_: str, olds: Properties, inputs: Properties) -> Properties:
        return super().update(call, id_, olds, {**inputs, "createdAt": olds.get("createdAt")})

    def missing(self, call: Call, id_: str) -> str:
        return f"PATCH {API}/…/{id_}: 404 Not Found []"

    def _key(self, call: Call, id_: str) -> Key:
        return canonical(super()._key(call, id_))


class Variable(Kept):
    """A variable, which GitHub shows to everybody who may see the repository."""

    def __init__(self, *place: str) -> None:
        super().__init__(place, "variableName")

    def create(self, call: Call, inputs: Properties) -> State:
        if len(text(inputs, "value").encode()) > _LARGEST:
            raise CloudError(f"POST {self.url(call, inputs)}: 422 Variable value is too large []")
        return super().create(call, inputs)

    def taken(self, call: Call, id_: str) -> str:
        return f"POST {API}/…/{id_}: 409 Already exists - Variable already exists []"


class SealedSecret(Kept):
    """A secret: what is sent is sealed, and nothing but dates comes back."""

    write_only = frozenset(_ALL)
    filled = frozenset({"keyId"})

    def __init__(self, *place: str) -> None:
        super().__init__(place, "secretName")

    def mistakes(self, inputs: Properties) -> list[Mistake]:
        given = [name for name in _ALL if inputs.get(name) is not None]
        if len(given) != 1:
            return [Mistake("value", f"exactly one of {', '.join(_ALL)} must be specified, found {len(given)}")]
        if given[0] in _SEALED and inputs.get("keyId") is None:
            return [Mistake("keyId", f"is required with {given[0]}")]
        return super().mistakes(inputs)

    def outdated(self, call: Call, olds: Properties) -> frozenset[str]:
        same = olds.get("updatedAt") == olds.get("remoteUpdatedAt")
        return frozenset() if same else frozenset({"remoteUpdatedAt"})

    def create(self, call: Call, inputs: Properties) -> State:
        self.needs_environment(call, inputs)
        id_, properties = self.identity(call, inputs), self._told(call, inputs)
        # A PUT: what is there under that name is written over without a word.
        if not call.store.add(self._key(call, id_), self._held(call, inputs, properties)):
            call.store.put(self._key(call, id_), self._held(call, inputs, properties))
        return State(id_, properties)

    def update(self, call: Call, id_: str, olds: Properties, inputs: Properties) -> Properties:
        properties = self._told(call, {**inputs, "createdAt": olds.get("createdAt")})
        held = self._held(call, inputs, properties)
        if not call.store.put(self._key(call, id_), held):
            call.store.add(self._key(call, id_), held)
        return properties

    def read(self, call: Call, id_: str, known: Properties) -> Properties | None:
        found = super().read(call, id_, known)
        if found is None:
            return None
        found.pop("sealed")
        return {**found, "remoteUpdatedAt": found["updatedAt"], "updatedAt": known.get("updatedAt", found["updatedAt"])}

    def _told(self, call: Call, inputs: Properties) -> Properties:
        """What the provider knows afterwards."""
        properties = {**inputs, **self.computed(call, "", inputs)}
        key_id = text(inputs, "keyId") or str(number(_text_of(_public_key(call))))
        return {**properties, "remoteUpdatedAt": properties["updatedAt"], "keyId": key_id}

    def _held(self, call: Call, inputs: Properties, properties: Properties) -> Properties:
        """What GitHub keeps: everything but the value, and that sealed."""
        kept = {name: value for name, value in properties.items() if name not in _ALL}
        return {**kept, "sealed": self._sealed(call, inputs)}

    def _sealed(self, call: Call, inputs: Properties) -> str:
        given = next((text(inputs, name) for name in _SEALED if name in inputs), "")
        if given:
            if not _is_sealed(given):
                raise CloudError(f"PUT {self.url(call, inputs)}: 422 Bad Secret: encrypted_value is not sealed")
            return given
        value = next(text(inputs, name) for name in _PLAIN if name in inputs).encode()
        if len(value) > _LARGEST:
            raise CloudError(f"PUT {self.url(call, inputs)}: 422 Secret value is too large []")
        return base64.b64encode(SealedBox(_public_key(call)).encrypt(value)).decode()


def _public_key(call: Call) -> PublicKey:
    file = Path(call.store.file).with_name(PUBLIC_KEY_FILE)
    if not file.exists():
        write_private(file, _text_of(PrivateKey.generate().public_key))
    return PublicKey(base64.b64decode(file.read_text(encoding="utf-8")))


def _text_of(key: PublicKey) -> str:
    return base64.b64encode(bytes(key)).decode()


def _is_sealed(text_: str) -> bool:
    try:
        return len(base64.b64decode(text_, validate=True)) >= _SEAL
    except binascii.Error:
        return False
