"""A machine for the server's scripts without booting one: the real scripts, the clouds on loopback, folders for paths.

Owns: the environment that the scripts run in, and stand-ins for the commands that would change this machine. Each
records its call in `calls`, does the little that the scripts rely on, and refuses what it does not know. Does not own:
what the scripts should do.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from components.harbor.boot.place import BootPlace
from tests.e2e.harbor_boot import release
from tests.e2e.harbor_boot.clouds import GOOGLE_NAMES, NAMES, REGION, Cloud

SCRIPTS = Path(__file__).parents[3] / "components" / "harbor" / "boot" / "files" / "lib"
_SECONDS = 60.0
_STAND_IN = r"""#!/bin/bash
name=${0##*/}
echo "$name $*" >>"$CALLS"
case "$name $*" in
  "mountpoint -q "*) ;;
  "findmnt -nro SOURCE "*) echo /dev/data ;;
  "findmnt -nro MAJ:MIN /") echo 259:1 ;;
  "lsblk "*) cat "$STATE/lsblk-${1#-}" ;;
  "blkid -s LABEL "*) echo harbor-data ;;
  "blockdev --getsize64 "*) echo 1 ;;
  "resize2fs "*) ;;
  "systemctl start harbor.service") [ ! -e "$STATE/broken" ] ;;
  "systemctl "*) ;;
  "dpkg-query "*) grep -qx "${*: -1}" "$STATE/missing" 2>/dev/null || echo installed ;;
  "dpkg --configure -a" | "apt-get "*" update") ;;
  "apt-get "*" install "*) [ ! -e "$STATE/offline" ] || { echo "E: Unable to locate package" >&2; exit 100; } ;;
  "docker image inspect "*) [ -e "$STATE/images" ] ;;
  "docker load "*) touch "$STATE/images" ;;
  "docker compose "*) ;;
  "certbot certonly "*)
    [ ! -e "$STATE/offline" ] || exit 1
    live=$DATA_DIR/snapdeploy/letsencrypt/live/harbor
    mkdir -p "$live"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj /CN=le \
      -keyout "$live/privkey.pem" -out "$live/fullchain.pem" -addext subjectAltName=DNS:registry.example.com 2>/dev/null
    ;;
  *) echo "stand-in: unknown: $name $*" >&2; exit 97 ;;
esac
"""
_NAMES = (
    "mountpoint", "findmnt", "lsblk", "blkid", "blockdev", "resize2fs", "systemctl", "dpkg-query", "dpkg", "apt-get",
    "docker", "certbot",
)  # fmt: skip


@dataclass(frozen=True)
class Machine:
    """A server's folders."""

    folder: Path
    cloud: Cloud
    environment: dict[str, str]

    @property
    def data(self) -> Path:
        """The data disk."""
        return self.folder / "data"

    @property
    def run_dir(self) -> Path:
        """What a reboot empties."""
        return self.folder / "run"

    @property
    def tls(self) -> Path:
        """Where certificate and key are."""
        return self.data / "snapdeploy" / "tls"

    @property
    def calls(self) -> list[str]:
        """What the stand-ins were called with."""
        file = self.folder / "calls"
        return file.read_text().splitlines() if file.exists() else []

    def state(self, name: str, text: str = "") -> None:
        """Makes the stand-ins behave otherwise."""
        (self.folder / "state" / name).write_text(text)

    def script(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs one of the scripts."""
        return self._run(["bash", str(SCRIPTS / command[0]), *command[1:]], environment)

    def shell(self, text: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs `text` after the libraries."""
        parts = "".join(f'. "$LIB_DIR/{part}.sh"\n' for part in ("lib", "harbor", "disk", "tls", "installer"))
        return self._run(["bash", "-c", parts + text], environment)

    def _run(self, command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )


def machine(folder: Path, server: str, cloud: Cloud, *, kind: str = "ec2", real: tuple[str, ...] = ()) -> Machine:
    """A machine in the cloud at `server`; `real` are the commands without a stand-in."""
    place = BootPlace(
        cloud="ec2" if kind == "ec2" else "compute-engine",
        region=REGION,
        scope="123456789012",
        device="ebs:data",
        maintenance="Sun 03:00",
        metadata_url=server,
        ssm_url=f"{server}/ssm",
        secrets_url=f"{server}/secrets",
        monitoring_url=f"{server}/monitoring",
        **(NAMES if kind == "ec2" else GOOGLE_NAMES),
    )
    for name in ("bin", "state", "data/snapdeploy/tls", "data/installer", "data/harbor", "run", "units"):
        (folder / name).mkdir(parents=True)
    (folder / "place.env").write_text(f"{place.environment()}MORE_PARTS=0\nMORE_SHA256=\n")
    for name in _NAMES:
        if name not in real:
            (folder / "bin" / name).write_text(_STAND_IN)
            (folder / "bin" / name).chmod(0o755)
    environment = {
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}:/usr/sbin:/sbin",
        "HOME": str(folder),
        "PLACE_FILE": str(folder / "place.env"),
        "LIB_DIR": str(SCRIPTS),
        "DATA_DIR": str(folder / "data"),
        "RUN_DIR": str(folder / "run"),
        "LOG_FILE": str(folder / "log"),
        "FSTAB": str(folder / "fstab"),
        "UNIT_DIR": str(folder / "units"),
        "STATE": str(folder / "state"),
        "CALLS": str(folder / "calls"),
        "DISK_SECONDS": "0",
        "PAUSE": "0.2",
    }
    (folder / "run" / "wanted.json").write_text(cloud.text)
    (folder / "run" / "secret.json").write_text(release.to_json(dict(cloud.secret)))
    return Machine(folder, cloud, environment)
