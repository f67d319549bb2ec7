"""Kubernetes, simulated: one cluster with a few namespaces, and secrets in them.

Owns: how a secret is named, refused and replaced. Does not own: the other types (`kubernetes_objects.py`); what is in
neither is refused: no answer is made up. A secret is kept in the store, where its content can only be compared; or,
where `SNAPDEPLOY_SIMULATED_CLUSTER` names a folder, there as a manifest, as a cluster keeps it, so that a test can read
what a kubelet would. What the API server adds to `metadata` is left out.
"""

import base64
import binascii
import json
import os
from pathlib import Path
from typing import Any

from tests.simulated.behaviour import Behaviour, Call, CloudError, State, Stored, Unsimulated
from tests.simulated.provider import Provider
from tests.simulated.providers.kubernetes_objects import (
    ACCOUNT,
    NAMESPACE,
    RELEASE,
    Namespace,
    Release,
    ServiceAccount,
    place,
    require_namespace,
)
from tests.simulated.store import write_private
from tests.simulated.wire import Properties, Secret, Value

CLUSTER = "SNAPDEPLOY_SIMULATED_CLUSTER"
SECRET = "kubernetes:core/v1:Secret"

_PULL = "kubernetes.io/dockerconfigjson"
_KEY = ".dockerconfigjson"
# The keys that the API server requires: https://kubernetes.io/docs/concepts/configuration/secret/#secret-types
_REQUIRED = {
    _PULL: frozenset({_KEY}),
    "kubernetes.io/tls": frozenset({"tls.crt", "tls.key"}),
    "Opaque": frozenset[str](),
}


class ApiSecret(Stored):
    """A secret, as the API server takes it."""

    def replacing(self, call: Call) -> frozenset[str]:
        """The provider replaces a secret whose content changes, unless it is told that secrets may change."""
        own = {"type", "immutable", "metadata.name", "metadata.namespace"}
        return frozenset(own if call.config.get("enableSecretMutable") is True else own | {"data", "stringData"})

    def identity(self, call: Call, inputs: Properties) -> str:
        _refuse(inputs)
        namespace, name = place(inputs)
        require_namespace(call, namespace, f'secrets "{name}" is forbidden')
        return f"{namespace}/{name}"

    def computed(self, call: Call, id_: str, properties: Properties) -> Properties:
        return {}

    def taken(self, call: Call, id_: str) -> str:
        return f'resource "{id_}" was not successfully created: secrets "{id_.partition("/")[2]}" already exists'

    def update(self, call: Call, id_: str, olds: Properties, inputs: Properties) -> Properties:
        _refuse(inputs)
        if "/".join(place(inputs)) != id_:
            raise CloudError(f'the Secret "{id_}" is invalid: metadata.name: field is immutable')
        return super().update(call, id_, olds, inputs)


class ClusterSecret(Behaviour):
    """The same, with its content in a manifest in `folder`."""

    def __init__(self, inner: ApiSecret, folder: Path) -> None:
        self._inner = inner
        self._folder = folder

    def replacing(self, call: Call) -> frozenset[str]:
        return self._inner.replacing(call)

    def create(self, call: Call, inputs: Properties) -> State:
        id_ = self._inner.identity(call, inputs)
        if self._file(id_).exists():
            raise CloudError(self._inner.taken(call, id_))
        self._write(id_, inputs)
        return State(id_, dict(inputs))

    def read(self, call: Call, id_: str, known: Properties) -> Properties | None:
        file = self._file(id_)
        if not file.exists():
            return None
        manifest: Properties = json.loads(file.read_text())
        return {**manifest, "data": Secret(manifest["data"])}

    def update(self, call: Call, id_: str, olds: Properties, inputs: Properties) -> Properties:
        _refuse(inputs)
        if not self._file(id_).exists():
            raise CloudError(f'secrets "{id_}" not found')
        self._write(id_, inputs)
        return dict(inputs)

    def delete(self, call: Call, id_: str, olds: Properties) -> None:
        self._file(id_).unlink(missing_ok=True)

    def _file(self, id_: str) -> Path:
        return self._folder / f"{id_}.json"

    def _write(self, id_: str, inputs: Properties) -> None:
        file = self._file(id_)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(file, json.dumps(_open(inputs), indent=1, sort_keys=True))


def _refuse(inputs: Properties) -> None:
    """What the API server refuses of a secret, and what is not simulated of one."""
    type_ = inputs.get("type")
    if not isinstance(type_, str) or type_ not in _REQUIRED:
        raise CloudError(f"a secret of another type than {', '.join(sorted(_REQUIRED))} is not simulated")
    if "stringData" in inputs:
        raise CloudError("`stringData` is not simulated: a refresh never sees it change; use `data`")
    if not place(inputs)[1]:
        raise CloudError("a secret whose name is left to the cluster is not simulated")
    data = _open(inputs.get("data"))
    held: dict[str, Any] = data if isinstance(data, dict) else {}
    for key in sorted(_REQUIRED[type_]):
        if not isinstance(held.get(key), str):
            raise CloudError(f"Secret is invalid: data[{key}]: Required value")
    for key, value in held.items():
        try:
            base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError, TypeError):
            raise CloudError(f"Secret is invalid: data[{key}]: Invalid value: illegal base64 data") from None
    if type_ == _PULL:
        _refuse_pull(held[_KEY])


def _refuse_pull(held: str) -> None:
    try:
        auths = json.loads(base64.b64decode(held, validate=True))["auths"]
        whole = all({"username", "password", "auth"} <= entry.keys() for entry in auths.values())
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise CloudError(f"Secret is invalid: data[{_KEY}]: Invalid value: no credentials in it")


def _open(value: Value) -> Any:
    match value:
        case Secret():
            return _open(value.value)
        case dict():
            return {name: _open(item) for name, item in value.items()}
        case list():
            return [_open(item) for item in value]
        case _:
            return value


def _complete(config: Properties) -> Properties:
    if not config.get("context"):
        raise CloudError("no context is named: the provider would take whichever is current")
    return config


def provider() -> Provider:
    """Kubernetes as it is simulated here."""
    folder = os.environ.get(CLUSTER)
    secret: Behaviour = ClusterSecret(ApiSecret(), Path(folder)) if folder else ApiSecret()
    return Provider(
        name="kubernetes",
        package="pulumi_kubernetes",
        behaviours={SECRET: secret, NAMESPACE: Namespace(), ACCOUNT: ServiceAccount(), RELEASE: Release()},
        fallback=Unsimulated("tests/simulated/providers/kubernetes.py"),
        complete=_complete,
        scope=lambda config, properties: str(config.get("context")),
    )
