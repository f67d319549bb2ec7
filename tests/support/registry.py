"""A real distribution registry on loopback, with htpasswd and, where wanted, TLS.

The binary is SNAPDEPLOY_REGISTRY_BINARY, else `registry` on PATH; without one the test is skipped.
"""

import json
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import bcrypt
import pytest
import trustme

from contract.image import Registry
from oci.credential import Credential
from tests.support.processes import running, wait_until

NAMESPACE = "snapdeploy-apps"
USER = "builder"
PASSWORD = "canary-pass-3f9a$'\"\\ ü"
_ATTEMPTS = 3


@dataclass(frozen=True)
class TokenAuth:
    """The token service that a registry sends its clients to, and whose signature it trusts."""

    realm: str
    service: str
    issuer: str
    bundle: Path


@dataclass(frozen=True)
class RunningRegistry:
    """A registry that answers, and what a client needs for it."""

    registry: Registry
    credential: Credential
    ca_file: Path | None
    folder: Path
    log: Path

    def variables(self) -> dict[str, str]:
        """The builder's variables, as they would be delivered."""
        values = {
            "DOCKER_REGISTRY": str(self.registry),
            "DOCKER_REGISTRY_USERNAME": self.credential.username,
            "DOCKER_REGISTRY_PASSWORD": self.credential.password,
        }
        return values if self.ca_file is None else {**values, "DOCKER_REGISTRY_CA_FILE": str(self.ca_file)}


def registry_binary() -> str:
    """The registry's program; skips the test where there is none."""
    named = os.environ.get("SNAPDEPLOY_REGISTRY_BINARY")
    if named is not None:
        if not os.access(named, os.X_OK):
            pytest.fail(f"SNAPDEPLOY_REGISTRY_BINARY={named} is no program")
        return named
    found = shutil.which("registry")
    if found is None:
        pytest.skip("no registry: set SNAPDEPLOY_REGISTRY_BINARY or put `registry` on PATH")
    return found


@contextmanager
def run_registry(
    folder: Path,
    *,
    authentication: bool = True,
    tls: bool = False,
    delete: bool = True,
    tokens: TokenAuth | None = None,
) -> Iterator[RunningRegistry]:
    """A registry with its storage, log and configuration in `folder`."""
    binary = registry_binary()
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "registry.log"
    config: dict[str, object] = {
        "version": 0.1,
        "log": {"level": "info"},
        "storage": {"filesystem": {"rootdirectory": str(folder / "data")}, "delete": {"enabled": delete}},
    }
    if tokens is not None:
        config["auth"] = {
            "token": {
                "realm": tokens.realm,
                "service": tokens.service,
                "issuer": tokens.issuer,
                "rootcertbundle": str(tokens.bundle),
            }
        }
    elif authentication:
        # The least cost that bcrypt knows: it is paid at each request.
        hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
        (folder / "htpasswd").write_text(f"{USER}:{hashed}\n", encoding="utf-8")
        config["auth"] = {"htpasswd": {"realm": "test", "path": str(folder / "htpasswd")}}
    authority = trustme.CA() if tls else None
    ca_file = folder / "ca.pem" if authority else None
    http: dict[str, object] = {"secret": "not-a-secret-in-a-test"}
    if authority is not None and ca_file is not None:
        authority.cert_pem.write_to_path(str(ca_file))
        certificate = authority.issue_cert("127.0.0.1", "localhost")
        certificate.private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
        http["tls"] = {"certificate": str(folder / "server.pem"), "key": str(folder / "server.pem")}
    config["http"] = http
    for attempt in range(1, _ATTEMPTS + 1):
        port = free_port()
        http["addr"] = f"127.0.0.1:{port}"
        (folder / "config.yml").write_text(json.dumps(config), encoding="utf-8")
        environment = {**os.environ, "OTEL_TRACES_EXPORTER": "none"}
        with running([binary, "serve", str(folder / "config.yml")], log, environment) as process:
            try:
                wait_until(lambda: _listens(port), process, log, 20.0)  # noqa: B023 - called at once
            except RuntimeError as error:
                # Between choosing a port and taking it another program may have been quicker.
                if attempt < _ATTEMPTS and "address already in use" in str(error):
                    continue
                raise
            registry = Registry(f"127.0.0.1:{port}", NAMESPACE)
            yield RunningRegistry(registry, Credential(USER, PASSWORD), ca_file, folder, log)
            return


def free_port() -> int:
    """A port on loopback that nobody listens at."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0
