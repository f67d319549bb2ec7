"""Secret Manager: secrets and their versions.

Owns: Secret, SecretVersion, and finding a version by any of its names. A version's value is kept as a fingerprint, and
besides so that it can be read back (`payloads`). The provider reads it with each refresh, which needs the right to;
that is not simulated.

A version that is deleted is destroyed: its number is never given again, until its secret goes and takes all along.
Names come back with the project's number in them, as Google writes them.
Rules from https://docs.cloud.google.com/secret-manager/quotas and
https://docs.cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets, read 2026-11.
"""

import base64
import binascii
import re
from typing import Any

from tests.simulated.behaviour import Call, CloudError, State
from tests.simulated.checker import Mistake
from tests.simulated.providers.gcp import grants, payloads
from tests.simulated.providers.gcp.kind import Kind
from tests.simulated.providers.gcp.place import project, project_number, same_project
from tests.simulated.providers.gcp.words import MADE, RefusedError, known, part, parts, text
from tests.simulated.store import Key, Store
from tests.simulated.wire import Properties, has_unknown

SECRET = "gcp:secretmanager/secret:Secret"
VERSION = "gcp:secretmanager/secretVersion:SecretVersion"

_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")
_ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}")
_LOCATION = re.compile(r"[a-z]+-[a-z]+[1-9][0-9]?")
_FULL = re.compile(r"projects/([^/]+)/secrets/([^/]+)(?:/versions/([^/]+))?")
_LARGEST = 64 * 1024
_TOPICS = 10


class Secret(Kind):
    """A secret without its value: the versions have that."""

    api = "secretmanager.googleapis.com"
    noun = "Secret"
    labelled = True
    exists = "Secret [{id}] already exists."
    replace_on_change = frozenset({"secretId", "replication", "tags"})
    stable = frozenset({"createTime", "name", "expireTime"})
    filled = frozenset({"expireTime"})

    def unset(self, call: Call) -> Properties:
        return {"deletionProtection": False}

    def rules(self, inputs: Properties) -> list[Mistake]:
        return [*_replication(inputs), *_rotation(inputs), *_aliases(inputs)]

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"projects/{project(call.config, inputs)}/secrets/{text(inputs, 'secretId')}"

    def outputs(self, call: Call, id_: str, properties: Properties) -> Properties:
        _, owner, _, secret = id_.split("/")
        found: Properties = {
            "createTime": MADE,
            "name": f"projects/{project_number(owner)}/secrets/{secret}",
            "effectiveAnnotations": properties.get("annotations") or {},
        }
        # Google answers a time to live with the moment at which it ends.
        return {**found, "expireTime": properties.get("expireTime") or MADE} if properties.get("ttl") else found

    def names(self, inputs: Properties) -> None:
        if _ID.fullmatch(text(inputs, "secretId")) is None:
            raise RefusedError(400, "The provided Secret ID does not match the expected format [[a-zA-Z_0-9]+].")

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        for replica in parts(part(part(properties, "replication"), "userManaged"), "replicas"):
            if _LOCATION.fullmatch(text(replica, "location")) is None:
                raise RefusedError(400, f"The location {text(replica, 'location')} is not one of Secret Manager's.")

    def delete(self, call: Call, id_: str, olds: Properties) -> None:
        if olds.get("deletionProtection") is True:
            raise CloudError(
                "cannot destroy secret manager secret without setting deletion_protection=false and running"
                " `terraform apply`"
            )
        super().delete(call, id_, olds)

    def leave(self, call: Call, id_: str, olds: Properties) -> None:
        _, owner, _, secret = id_.split("/")
        for key in _versions(call.store, owner, secret):
            call.store.drop(key)
            payloads.drop(call.store, key.id)
        grants.drop_with(call.store, id_)
        super().leave(call, id_, olds)


class SecretVersion(Kind):
    """One value of a secret."""

    api = "secretmanager.googleapis.com"
    noun = "SecretVersion"
    numbered = True
    replace_on_change = frozenset({"secret", "secretData", "secretDataWoVersion", "isSecretDataBase64"})
    stable = frozenset({"createTime", "name", "version"})
    write_only = frozenset({"secretDataWo"})
    filled = frozenset({"project"})
    secret = frozenset({"secretData", "secretDataWo"})

    def unset(self, call: Call) -> Properties:
        return {"enabled": True, "isSecretDataBase64": False}

    def rules(self, inputs: Properties) -> list[Mistake]:
        given = [name for name in ("secretData", "secretDataWo") if inputs.get(name) is not None]
        if len(given) != 1:
            return [
                Mistake("secretData", f"exactly one of secretData, secretDataWo must be specified, not {len(given)}")
            ]
        if (given[0] == "secretDataWo") != (inputs.get("secretDataWoVersion") is not None):
            return [Mistake("secretDataWoVersion", "goes with secretDataWo, and only with it")]
        policy = known(inputs, "deletionPolicy")
        if policy is not None and policy not in ("DELETE", "DISABLE", "ABANDON", "PREVENT"):
            return [Mistake("deletionPolicy", "expected one of DELETE, DISABLE, ABANDON, PREVENT")]
        return []

    def owner(self, call: Call, properties: Properties) -> str:
        return _secret_of(call, properties)[0]

    def identity(self, call: Call, inputs: Properties) -> str:
        owner, secret = _secret_of(call, inputs)
        spent = [int(key.id.rpartition("/")[2]) for key in _versions(call.store, owner, secret)]
        return f"projects/{project_number(owner)}/secrets/{secret}/versions/{max(spent, default=0) + 1}"

    def outputs(self, call: Call, id_: str, properties: Properties) -> Properties:
        return {"createTime": MADE, "name": id_, "version": id_.rpartition("/")[2]}

    def defaults(self, call: Call) -> Properties:
        # The project is that of the secret, and the provider takes it from there.
        return {name: value for name, value in super().defaults(call).items() if name != "project"}

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        if before is not None:
            return
        owner, secret = _secret_of(call, properties)
        if call.store.get(Key(SECRET, "", f"projects/{owner}/secrets/{secret}"), {}) is None:
            raise RefusedError(404, f"Secret [projects/{project_number(owner)}/secrets/{secret}] not found.")
        data = (text(properties, "secretData") or text(properties, "secretDataWo")).encode()
        if properties.get("isSecretDataBase64") is True:
            try:
                data = base64.b64decode(data, validate=True)
            except binascii.Error:
                # Without the value, which is secret.
                raise RefusedError(
                    400, "Invalid value at 'payload.data' (TYPE_BYTES), Base64 decoding failed"
                ) from None
        if not data:
            raise RefusedError(400, "The Secret Payload cannot be empty.")
        if len(data) > _LARGEST:
            raise RefusedError(400, f"The Secret Payload exceeds the maximum size of {_LARGEST} bytes.")

    def create(self, call: Call, inputs: Properties) -> State:
        state = super().create(call, inputs)
        owner, _ = _secret_of(call, inputs)
        payloads.keep(call.store, state.id, text(inputs, "secretData") or text(inputs, "secretDataWo"))
        return State(state.id, {**state.properties, "project": owner})

    def read(self, call: Call, id_: str, known: Properties) -> Properties | None:
        found = super().read(call, id_, known)
        return None if found is None else {**found, "project": _secret_of(call, found)[0]}

    def update(self, call: Call, id_: str, olds: Properties, inputs: Properties) -> Properties:
        updated = super().update(call, id_, olds, inputs)
        return {**updated, "project": _secret_of(call, inputs)[0]}

    def gone(self, properties: Properties) -> bool:
        return "destroyTime" in properties

    def leave(self, call: Call, id_: str, olds: Properties) -> None:
        key = self._key(call, id_)
        if text(olds, "deletionPolicy") == "DISABLE":
            call.store.drift(key, {"enabled": False})
        else:
            payloads.drop(call.store, id_)
            call.store.drift(key, {"destroyTime": MADE, "secretData": None, "secretDataWo": None})


def version(store: Store, name: str) -> Properties | None:
    """The version that `name` names, by the project's id or its number, by the version's number or as `latest`."""
    read = _FULL.fullmatch(name)
    if read is None or read[3] is None:
        return None
    for key in store.held():
        if key.token != SECRET:
            continue
        _, owner, _, secret = key.id.split("/")
        if secret == read[2] and same_project(read[1], owner):
            held = {entry.id.rpartition("/")[2]: entry for entry in _versions(store, owner, secret)}
            wanted = max(held, key=int, default="") if read[3] == "latest" else read[3]
            found = store.get(held[wanted], {}) if wanted in held else None
            return None if found is None or "destroyTime" in found else {**found, "secret": key.id}
    return None


def _versions(store: Store, owner: str, secret: str) -> list[Key]:
    prefix = f"projects/{project_number(owner)}/secrets/{secret}/versions/"
    return [key for key in store.held() if key.token == VERSION and key.id.startswith(prefix)]


def _secret_of(call: Call, properties: Properties) -> tuple[str, str]:
    """The id of the project and the name of the secret of a version."""
    name = text(properties, "secret")
    if "/" not in name:
        return project(call.config, properties), name
    read = _FULL.fullmatch(name)
    if read is None or read[3] is not None:
        raise CloudError(
            "secret does not fit any of the expected formats `projects/{{project}}/secrets/{{secret}}` or"
            f" `{{{{secret}}}}`. Got: {name}"
        )
    owner = next(
        (
            key.id.split("/")[1]
            for key in call.store.held()
            if key.token == SECRET
            and key.id.endswith(f"/secrets/{read[2]}")
            and same_project(read[1], key.id.split("/")[1])
        ),
        read[1],
    )
    told = text(properties, "project")
    if told and not same_project(told, owner):
        raise CloudError(
            f"project {read[1]} was supplied on the secret and {told} supplied on the config, values conflict"
        )
    return owner, read[2]


def _replication(inputs: Properties) -> list[Mistake]:
    replication = inputs.get("replication")
    if not isinstance(replication, dict) or has_unknown(replication):
        return []
    given = [name for name in ("auto", "userManaged") if replication.get(name) is not None]
    if len(given) != 1:
        said = f"exactly one of auto, userManaged must be specified, not {len(given)}"
        return [Mistake("replication", said)]
    return []


def _rotation(inputs: Properties) -> list[Mistake]:
    found = []
    rotation: dict[str, Any] = part(inputs, "rotation")
    if rotation and not inputs.get("topics"):
        found.append(Mistake("rotation", "all of `rotation,topics` must be specified"))
    if rotation.get("nextRotationTime") and not rotation.get("rotationPeriod"):
        found.append(Mistake("rotation.nextRotationTime", "goes with rotation.rotationPeriod"))
    if len(parts(inputs, "topics")) > _TOPICS:
        found.append(Mistake("topics", f"a secret has at most {_TOPICS} topics"))
    if inputs.get("ttl") is not None and inputs.get("expireTime") is not None:
        found.append(Mistake("ttl", "only one of expireTime or ttl can be provided"))
    return found


def _aliases(inputs: Properties) -> list[Mistake]:
    return [
        Mistake("versionAliases", f'"{alias}" is no alias of a version')
        for alias in part(inputs, "versionAliases")
        if _ALIAS.fullmatch(alias) is None or alias in ("latest", "NEW")
    ]
