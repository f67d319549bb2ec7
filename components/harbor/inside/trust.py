"""A certificate authority of Harbor's own, put where the bridge's provider finds it.

Owns: that file, and telling when the provider would not look there. Does not own the authority, nor how our own calls
trust it (`api.py`).

The bridge's provider verifies Harbor's certificate, and takes no authority to verify it by. It is a Go program: on
Unix, Go also trusts the files in each folder that `SSL_CERT_DIR` names, and reads them when it first has to verify
something: https://pkg.go.dev/crypto/x509#SystemCertPool. On macOS and Windows it asks the system instead.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, Resource, UpdateResult

from components._base import Obstacle
from components._provided import PRESENT_SINCE, Failed, Properties, Provider

FOLDER = Path(".state") / "trust"
"""In the project's folder, where every run of the engine begins."""
VARIABLE = "SSL_CERT_DIR"
_WORLD = "/etc/ssl/certs"
_SYSTEM_DECIDES = frozenset({"darwin", "win32"})


def obstacles(environment: Mapping[str, str], root: Path, platform: str = sys.platform) -> Iterator[Obstacle]:
    """Why the bridge's provider would not trust an authority that stands in `FOLDER` under `root`."""
    folder = (root / FOLDER).resolve()
    if platform in _SYSTEM_DECIDES:
        pulumi.log.warn(
            f"on this system the certificate authority has to be in the system's own store: once it is in {folder}, "
            "add it there and run `pulumi up` again"
        )
        return
    named = [Path(part).resolve() for part in environment.get(VARIABLE, "").split(os.pathsep) if part]
    if folder not in named:
        yield Obstacle(
            ("tls", "mode"),
            f"is an authority that nobody knows, and {VARIABLE} does not name the folder that it is put in",
            f"export {VARIABLE}={folder}{os.pathsep}{_WORLD}",
            "the provider that sets Harbor up would refuse its certificate",
        )


class TrustProvider(Provider):
    """Keeps the file."""

    def drift(self, olds: Properties, news: Properties) -> str | None:  # noqa: ARG002  # the base's signature
        return "the file was gone" if olds.get("file") and not Path(str(olds["file"])).exists() else None

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult(str(props["file"]), _written(props))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        return UpdateResult(_written(_news))

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        Path(str(_props["file"])).unlink(missing_ok=True)


class Trust(Resource, module="snapdeploy", name="HarborTrust"):
    """The authority in a file of this checkout's."""

    def __init__(self, name: str, label: str, ca: pulumi.Input[str], opts: pulumi.ResourceOptions) -> None:
        """`label` is the file's name, without its ending."""
        props = {"file": str(FOLDER / f"{label}.pem"), "ca": ca, PRESENT_SINCE: None}
        super().__init__(TrustProvider(), name, props, opts)


def _written(props: Properties) -> dict[str, Any]:
    file = Path(str(props["file"]))
    if not str(props["ca"]).startswith("-----BEGIN CERTIFICATE-----"):
        raise Failed("the server reported no certificate authority, so nobody could verify its certificate")
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    new.write_text(str(props["ca"]), encoding="ascii")
    new.replace(file)
    return dict(props)
