"""Where each target delivers to, and how a builder, or a careless person, reaches it there.

Owns: reading the delivered values back without the engine and without its state, and changing
or losing them by hand. Does not own what is then expected: `test_every_target.py`. A new target is one
class here and one line in `TARGETS`.
"""

import base64
import json
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

from dotenv import dotenv_values
from nacl.public import PrivateKey, SealedBox

from contract.docker_config import document
from contract.kinds import Target
from tests.simulated.providers.gcp import payloads
from tests.simulated.providers.gcp.secret_manager import SECRET, VERSION
from tests.simulated.providers.github_kept import PUBLIC_KEY_FILE
from tests.simulated.providers.github_words import now
from tests.simulated.store import Key, Store
from tests.support.emulator import Emulator

REGION = "eu-central-1"
STACK = "test"


class DeliveryPlace(ABC):
    """Where one delivery goes, in a project's `folder` or in the emulated AWS."""

    settings: ClassVar[dict[str, Any]] = {}
    """What the delivery is told beside its target."""
    providers: ClassVar[tuple[str, ...]] = ()
    """The simulated providers that it needs; none runs the real thing."""

    def __init__(self, folder: Path, emulator: Emulator) -> None:
        self.folder = folder
        self.emulator = emulator

    whole: ClassVar[bool] = False
    """Whether it takes the credential whole or not at all."""

    def kept(self, values: dict[str, str]) -> dict[str, str]:
        """What of `values` a builder finds there."""
        return values

    @abstractmethod
    def read(self) -> dict[str, str]:
        """What a builder finds there; empty where there is nothing."""

    @abstractmethod
    def change(self, name: str, value: str) -> None:
        """Sets one value by hand."""

    @abstractmethod
    def lose(self) -> None:
        """Takes all of it away by hand."""

    def holds(self, file: Path) -> bool:
        """Whether `file` is where the values are meant to be."""
        return False


class DotenvPlace(DeliveryPlace):
    """A file in the project."""

    @property
    def _file(self) -> Path:
        return self.folder / ".env"

    def read(self) -> dict[str, str]:
        """As python-dotenv reads it."""
        return {name: value or "" for name, value in dotenv_values(self._file, interpolate=False).items()}

    def change(self, name: str, value: str) -> None:
        """Edits the line."""
        lines = self._file.read_text().splitlines()
        self._file.write_text(
            "".join(f"{name}={value}\n" if line.startswith(f"{name}=") else f"{line}\n" for line in lines)
        )

    def lose(self) -> None:
        """Deletes the file."""
        self._file.unlink()

    def holds(self, file: Path) -> bool:
        """The file itself."""
        return file == self._file


class SecretsManagerPlace(DeliveryPlace):
    """One secret in AWS."""

    settings: ClassVar = {"account": "123456789012", "region": REGION}
    providers: ClassVar = ("aws",)
    name: ClassVar = f"snapdeploy/{STACK}/builder"

    @property
    def _client(self) -> Any:
        return self.emulator.client("secretsmanager", REGION)

    def read(self) -> dict[str, str]:
        """The current version's JSON."""
        client = self._client
        try:
            # The stage is what AWS takes without one; the emulator takes the version that was put last.
            current = client.get_secret_value(SecretId=self.name, VersionStage="AWSCURRENT")
            found = json.loads(current["SecretString"])
        except client.exceptions.ResourceNotFoundException:
            return {}
        assert isinstance(found, dict)
        return found

    def change(self, name: str, value: str) -> None:
        """A new version, as the console makes one."""
        self._client.put_secret_value(SecretId=self.name, SecretString=json.dumps({**self.read(), name: value}))

    def lose(self) -> None:
        """Deletes the secret for good."""
        self._client.delete_secret(SecretId=self.name, ForceDeleteWithoutRecovery=True)


class GoogleSecretManagerPlace(DeliveryPlace):
    """One secret in the simulated Google."""

    settings: ClassVar = {"project": "my-project"}
    providers: ClassVar = ("gcp",)
    name: ClassVar[str] = f"snapdeploy-{STACK}-builder"

    def __init__(self, folder: Path, emulator: Emulator) -> None:
        super().__init__(folder, emulator)
        self._store = Store(folder.parent / "simulated", "gcp")

    def read(self) -> dict[str, str]:
        """As a builder reads the version `latest`."""
        held = payloads.latest(self._store, "my-project", self.name)
        if held is None:
            return {}
        found = json.loads(held)
        assert isinstance(found, dict)
        return found

    def change(self, name: str, value: str) -> None:
        """A new version, as the console makes one."""
        payloads.add_by_hand(self._store, "my-project", self.name, json.dumps({**self.read(), name: value}))

    def lose(self) -> None:
        """Deletes the secret, and with it all its versions."""
        for key in self._store.held():
            if key.token in (SECRET, VERSION):
                self._store.drop(key)


class SsmPlace(DeliveryPlace):
    """Parameters in AWS."""

    settings: ClassVar = {"account": "123456789012", "region": REGION}
    providers: ClassVar = ("aws",)
    path: ClassVar = f"/snapdeploy/{STACK}/builder"

    @property
    def _client(self) -> Any:
        return self.emulator.client("ssm", REGION)

    def _found(self) -> list[dict[str, Any]]:
        pages = self._client.get_paginator("get_parameters_by_path").paginate(Path=self.path, WithDecryption=True)
        return [found for page in pages for found in page["Parameters"]]

    def read(self) -> dict[str, str]:
        """All that is under the path, secrets opened."""
        return {found["Name"].removeprefix(f"{self.path}/"): found["Value"] for found in self._found()}

    def change(self, name: str, value: str) -> None:
        """Overwrites the parameter."""
        type_ = next(found["Type"] for found in self._found() if found["Name"] == f"{self.path}/{name}")
        self._client.put_parameter(Name=f"{self.path}/{name}", Value=value, Type=type_, Overwrite=True)

    def lose(self) -> None:
        """Deletes them all."""
        self._client.delete_parameters(Names=[found["Name"] for found in self._found()])


class KubernetesPlace(DeliveryPlace):
    """A pull secret in a simulated cluster that keeps manifests."""

    settings: ClassVar = {"context": "production", "namespaces": {"apps": {}}}
    providers: ClassVar = ("kubernetes",)
    whole: ClassVar = True

    @property
    def _file(self) -> Path:
        return cluster_folder(self.folder.parent) / "apps" / f"snapdeploy-{STACK}.json"

    def kept(self, values: dict[str, str]) -> dict[str, str]:
        """The host, under which the credential stands, and the credential."""
        names = ("DOCKER_REGISTRY_USERNAME", "DOCKER_REGISTRY_PASSWORD")
        found = {name: values[name] for name in names if name in values}
        return {"DOCKER_REGISTRY": values["DOCKER_REGISTRY"].partition("/")[0], **found} if values else {}

    def read(self) -> dict[str, str]:
        """As a kubelet reads it."""
        if not self._file.exists():
            return {}
        held = json.loads(self._file.read_text())["data"][".dockerconfigjson"]
        ((host, entry),) = json.loads(base64.b64decode(held))["auths"].items()
        return {
            "DOCKER_REGISTRY": host,
            "DOCKER_REGISTRY_USERNAME": entry["username"],
            "DOCKER_REGISTRY_PASSWORD": entry["password"],
        }

    def change(self, name: str, value: str) -> None:
        """Writes the manifest over, as `kubectl edit` does."""
        found = {**self.read(), name: value}
        config = document(*(found[key] for key in self.read()))
        manifest = json.loads(self._file.read_text())
        manifest["data"][".dockerconfigjson"] = base64.b64encode(config.encode()).decode()
        self._file.write_text(json.dumps(manifest))

    def lose(self) -> None:
        """Deletes the secret."""
        self._file.unlink()

    def holds(self, file: Path) -> bool:
        """The cluster's own folder."""
        return file.is_relative_to(cluster_folder(self.folder.parent))


class GithubPlace(DeliveryPlace):
    """A deployment environment in the simulated GitHub, whose secrets this test alone can open."""

    settings: ClassVar = {"owner": "acme", "repository": "builder", "environment": {}}
    providers: ClassVar = ("github",)
    inside: ClassVar = f"builder:{STACK}:"

    def __init__(self, folder: Path, emulator: Emulator) -> None:
        super().__init__(folder, emulator)
        self._store = Store(folder.parent / "simulated", "github")
        self._private = PrivateKey.generate()
        public = base64.b64encode(bytes(self._private.public_key)).decode()
        self._store.file.with_name(PUBLIC_KEY_FILE).write_text(public, encoding="utf-8")

    def _keys(self) -> dict[str, Key]:
        return {
            key.id.removeprefix(self.inside).upper(): key
            for key in self._store.held()
            if key.id.startswith(self.inside) and key.scope == "acme"
        }

    def read(self) -> dict[str, str]:
        """Variables as they are, secrets opened."""
        found = {name: self._store.get(key, {}) or {} for name, key in self._keys().items()}
        return {
            name: self._opened(str(held["sealed"])) if "sealed" in held else str(held["value"])
            for name, held in found.items()
        }

    def _opened(self, sealed: str) -> str:
        return SealedBox(self._private).decrypt(base64.b64decode(sealed)).decode()

    def change(self, name: str, value: str) -> None:
        """On the environment's page, which seals a secret as well and dates it."""
        key = self._keys()[name]
        if "sealed" in (self._store.get(key, {}) or {}):
            sealed = base64.b64encode(SealedBox(self._private.public_key).encrypt(value.encode())).decode()
            self._store.drift(key, {"sealed": sealed, "updatedAt": now()})
        else:
            self._store.drift(key, {"value": value})

    def lose(self) -> None:
        """Deletes each of them."""
        for key in self._keys().values():
            self._store.drop(key)


def cluster_folder(folder: Path) -> Path:
    """Where the simulated cluster of a project under `folder` keeps its manifests."""
    return folder / "cluster"


TARGETS: dict[Target, type[DeliveryPlace]] = {
    Target.DOTENV: DotenvPlace,
    Target.AWS_SECRETS_MANAGER: SecretsManagerPlace,
    Target.AWS_SSM: SsmPlace,
    Target.GOOGLE_SECRET_MANAGER: GoogleSecretManagerPlace,
    Target.KUBERNETES: KubernetesPlace,
    Target.GITHUB_ACTIONS: GithubPlace,
}
