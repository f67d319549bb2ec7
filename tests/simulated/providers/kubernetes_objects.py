"""Kubernetes, simulated: namespaces that a program makes, service accounts, and releases of Helm.

Owns: how these are named, refused and replaced. Does not own: secrets (`kubernetes.py`). A release is stored and
nothing is rendered, so a release that stands here is one that was asked for, not one whose pods run: its outputs say no
more than Helm's own record would, and `resourceNames` is empty.
"""

from typing import Any

from tests.simulated.behaviour import Call, CloudError, Stored
from tests.simulated.checker import Mistake
from tests.simulated.store import Key
from tests.simulated.wire import Properties

NAMESPACE = "kubernetes:core/v1:Namespace"
ACCOUNT = "kubernetes:core/v1:ServiceAccount"
RELEASE = "kubernetes:helm.sh/v3:Release"
EXISTING = frozenset({"default", "kube-system", "apps", "builders"})
"""The namespaces that there are before anything is made."""


def place(inputs: Properties) -> tuple[str, str]:
    """The namespace and the name in the metadata of `inputs`; an empty name is one left to the cluster."""
    metadata = inputs.get("metadata")
    told: dict[str, Any] = metadata if isinstance(metadata, dict) else {}
    return str(told.get("namespace") or "default"), str(told.get("name") or "")


def require_namespace(call: Call, name: str, refusal: str) -> None:
    """Raises CloudError with `refusal` where there is no namespace `name`."""
    if name not in EXISTING and call.store.get(Key(NAMESPACE, call.scope, name), {}) is None:
        raise CloudError(f'{refusal}: namespaces "{name}" not found')


class Object(Stored):
    """An object of the API, named by its metadata, which it keeps."""

    kind = ""
    """In the words of the API's messages: `namespaces`."""

    def replacing(self, call: Call) -> frozenset[str]:
        return frozenset({"metadata.name", "metadata.namespace"})

    def identity(self, call: Call, inputs: Properties) -> str:
        name = place(inputs)[1]
        if not name:
            raise CloudError(f"{call.token}: a name that is left to the cluster is not simulated")
        return name

    def computed(self, call: Call, id_: str, properties: Properties) -> Properties:
        return {}

    def taken(self, call: Call, id_: str) -> str:
        return f'resource "{id_}" was not successfully created: {self.kind} "{id_.rpartition("/")[2]}" already exists'


class Namespace(Object):
    """A namespace. What is left in it goes with it in a cluster; here whoever made it takes it away."""

    kind = "namespaces"

    def identity(self, call: Call, inputs: Properties) -> str:
        name = super().identity(call, inputs)
        if name in EXISTING:
            raise CloudError(self.taken(call, name))
        return name


class ServiceAccount(Object):
    """A service account."""

    kind = "serviceaccounts"

    def identity(self, call: Call, inputs: Properties) -> str:
        name, namespace = super().identity(call, inputs), place(inputs)[0]
        require_namespace(call, namespace, f'serviceaccounts "{name}" is forbidden')
        return f"{namespace}/{name}"


class Release(Stored):
    """A release of Helm: its record. A revision is counted up by each update."""

    def replacing(self, call: Call) -> frozenset[str]:
        return frozenset({"name", "namespace"})

    def mistakes(self, inputs: Properties) -> list[Mistake]:
        if inputs.get("chart") == "harbor" and not inputs.get("repositoryOpts"):
            return [Mistake("chart", "is no path and no address, and no repository is named")]
        return []

    def identity(self, call: Call, inputs: Properties) -> str:
        namespace = str(inputs.get("namespace") or "default")
        if not inputs.get("name"):
            raise CloudError("a release whose name is left to the provider is not simulated")
        if inputs.get("createNamespace"):
            raise CloudError("a release that makes its namespace is not simulated")
        require_namespace(call, namespace, "failed to create release")
        return f"{namespace}/{inputs['name']}"

    def computed(self, call: Call, id_: str, properties: Properties) -> Properties:
        before = call.store.get(self._key(call, id_), {}) or {}
        status: Any = before.get("status")
        revision = int(status["revision"]) + 1 if isinstance(status, dict) else 1
        told = {"name": properties["name"], "namespace": id_.partition("/")[0], "chart": properties["chart"]}
        return {
            "status": {**told, "revision": revision, "status": "deployed", "version": properties.get("version", "")},
            "resourceNames": {},
        }

    def taken(self, call: Call, id_: str) -> str:
        return "cannot re-use a name that is still in use"
