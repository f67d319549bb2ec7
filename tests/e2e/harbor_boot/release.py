"""A stand-in release of Harbor: an installer that does what the scripts rely on, its signature, and cosign.

Owns: their bytes. They do less than the real ones, and check what they are told: `install.sh` its argument, and
that harbor.yml is 0600; cosign its arguments, and that the bundle is of that file. Does not own: serving them.
"""

import gzip
import hashlib
import io
import json
import tarfile
from typing import Any

HOST = "registry.example.com"
VERSION = "2.15.2"
IDENTITY = f"https://github.com/goharbor/harbor/.github/workflows/publish_release.yml@refs/tags/v{VERSION}"
ISSUER = "https://token.actions.githubusercontent.com"
SECRET = {
    "adminPassword": "Canary-admin'\"$\\1",
    "databasePassword": "canary: database #1",
    "redisPassword": "",
    "tlsChain": "",
    "tlsKey": "",
    "backupKey": "",
}

_INSTALL = """#!/bin/bash
set -e
cd "$(dirname "$0")"
[ "$*" = --with-trivy ] && [ "$(stat -c %a harbor.yml)" = 600 ]
data=$(grep '^[^#]*data_volume:' harbor.yml | awk '{print $NF}')
echo "installed on $(df --output=target "$data" | tail -n1)" >>"$data/installs"
docker load -i ./harbor.v2.15.2.tar.gz
./prepare --with-trivy
docker compose up -d
"""
_PREPARE = """#!/bin/bash
set -e
[ "$*" = --with-trivy ]
data=$(grep '^[^#]*data_volume:' harbor.yml | awk '{print $NF}')
echo prepared >>"$data/prepares"
rm -rf "$data/secret/cert" && mkdir -p "$data/secret/cert"
cp "$(sed -n 's/^  certificate: //p' harbor.yml)" "$data/secret/cert/server.crt"
cp "$(sed -n 's/^  private_key: //p' harbor.yml)" "$data/secret/cert/server.key"
"""
_COSIGN = """#!/bin/bash
[ "$1 $2 $4 $6" = "verify-blob --bundle --certificate-identity --certificate-oidc-issuer" ] && [ $# = 8 ] || exit 2
[ "$(cat "$3")" = "$(sha256sum <"$8" | cut -c-64) $5 $7" ] && exit 0
echo "none of the expected identities matched" >&2
exit 1
"""


def installer() -> bytes:
    """The archive, always the same bytes."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, text, mode in (
            ("install.sh", _INSTALL, 0o755),
            ("prepare", _PREPARE, 0o755),
            ("docker-compose.yml", "services: {}\n", 0o644),
            (f"harbor.v{VERSION}.tar.gz", f"images of {VERSION}\n", 0o644),
        ):
            member = tarfile.TarInfo(f"harbor/{name}")
            member.size, member.mode = len(text.encode()), mode
            archive.addfile(member, io.BytesIO(text.encode()))
    return gzip.compress(packed.getvalue(), mtime=0)


def files() -> dict[str, bytes]:
    """What is downloaded, by path."""
    archive = installer()
    bundle = f"{sha256(archive)} {IDENTITY} {ISSUER}"
    return {"/harbor.tgz": archive, "/harbor.tgz.sigstore.json": bundle.encode(), "/cosign": _COSIGN.encode()}


def sha256(content: bytes) -> str:
    """The checksum, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def wanted(site: str, **other: Any) -> dict[str, Any]:
    """A wanted document whose downloads are at `site`."""
    return {
        "schema": 1,
        "host": HOST,
        "version": VERSION,
        "installer": {
            "url": f"{site}/harbor.tgz",
            "sha256": sha256(installer()),
            "bundleUrl": f"{site}/harbor.tgz.sigstore.json",
            "identity": IDENTITY,
            "issuer": ISSUER,
        },
        "cosign": {"version": "3.1.3", "url": f"{site}/cosign", "sha256": sha256(_COSIGN.encode())},
        "tls": {"mode": "internal"},
        "storage": {"kind": "disk"},
        "database": None,
        "redis": None,
        "backup": {"bucket": "s3:backups/test", "at": "02:15", "days": 30},
        "metrics": True,
        "watch": None,
        "auditForward": None,
        "adminLogin": True,
        "jobs": 10,
        **other,
    }


def to_json(document: Any) -> str:
    """As a server's cloud writes a document."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"))
