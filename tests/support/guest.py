"""A virtual machine for tests: Debian with its cloud kernel and its cloud-init, emulated, without a network.

Owns: making the machine's root once (kept by what it is made of), booting a copy of it with somebody's user data, and
running commands inside. Does not own: what is in the user data, or what stands in for the software that is not on it.

The guest reaches one address, 10.0.2.100, where one HTTP server of the test answers, and nothing else.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.debian import needs
from tests.support.processes import running

GATE = "10.0.2.100"
"""The address at which a guest reaches the test's server."""
_CACHE = Path.home() / ".cache" / "snapdeploy-registry" / "harbor-guest"
_SUITE = "bookworm"
_MIRROR = "http://deb.debian.org/debian"
_SYSTEM = (
    "systemd-sysv", "udev", "dbus", "kmod", "iproute2", "linux-image-cloud-amd64", "cloud-init", "python3-cffi-backend",
    "python3-yaml", "e2fsprogs", "curl", "ca-certificates", "openssl", "jq", "procps",
)  # fmt: skip
_HOST = ("qemu-system-x86", "qemu-utils", "debootstrap", "e2fsprogs", "dosfstools", "mtools", "dpkg")
# Emulated, also where there is /dev/kvm: a virtual machine's own /dev/kvm may open and then not run.
_CPU = ("-accel", "tcg,thread=multi", "-cpu", "max")
_ROOT_BYTES = 2 << 30
_BUILDING = 900.0
_RELAY = Path(__file__).with_name("relay.py")
_MODULES = ("locale", "ssh", "ssh-import-id", "ssh-authkey-fingerprints", "keys-to-console")
_NETWORK = f"[Match]\nName=en*\n[Network]\nAddress=10.0.2.15/24\nDNS={GATE}\n"
_CLOUD = "datasource_list: [NoCloud, None]\nnetwork: {config: disabled}\n"


@dataclass(frozen=True)
class Image:
    """What a guest is booted from."""

    kernel: Path
    initrd: Path
    root: Path
    """An ext4 file system; a guest gets a copy."""


def guest_image(files: Path, stand_ins: Sequence[str]) -> Image:
    """The image with `files` (a tree, over the root) and an empty package of each name in `stand_ins`.

    Skips the test where it cannot be made.
    """
    needs(*_HOST)
    if os.geteuid() != 0:
        pytest.skip("only root can make a guest's root with debootstrap")
    _CACHE.mkdir(parents=True, exist_ok=True)
    with (_CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        base = _made(_digest(_SUITE, *_SYSTEM), _debootstrap)
        contents = [f"{path.relative_to(files)}:{_digest(path.read_bytes())}" for path in _tree(files)]
        made = _made(
            _digest(base.name, _NETWORK, _CLOUD, *_MODULES, *stand_ins, *contents),
            lambda folder: _image(folder, base / "root", files, stand_ins),
        )
    return Image(made / "vmlinuz", made / "initrd.img", made / "root.img")


def _tree(files: Path) -> list[Path]:
    return sorted(path for path in files.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _digest(*parts: str | bytes) -> str:
    whole = b"\0".join(part.encode() if isinstance(part, str) else part for part in parts)
    return hashlib.sha256(whole).hexdigest()[:16]


def _made(name: str, make: Callable[[Path], None]) -> Path:
    """The folder of that name, made by `make` where it is not there; whole, or not there."""
    place = _CACHE / name
    if not place.exists():
        with tempfile.TemporaryDirectory(dir=_CACHE) as scratch:
            folder = Path(scratch) / "made"
            folder.mkdir()
            make(folder)
            folder.rename(place)
    return place


def _run(*command: str | Path) -> None:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_BUILDING, check=False
    )
    if done.returncode != 0:
        pytest.skip(
            f"no guest can be made: `{' '.join(map(str, command))}` failed: {(done.stdout + done.stderr)[-400:]}"
        )


def _debootstrap(folder: Path) -> None:
    print("making the guest's system once, which takes about two minutes", file=sys.stderr, flush=True)
    include = f"--include={','.join(_SYSTEM)}"
    _run("debootstrap", "--variant=minbase", include, _SUITE, folder / "root", _MIRROR)


def _image(folder: Path, base: Path, files: Path, stand_ins: Sequence[str]) -> None:
    print("making the guest's image", file=sys.stderr, flush=True)
    root = folder / "root"
    _run("cp", "-a", base, root)
    for name in stand_ins:
        _run("dpkg", f"--root={root}", "--force-depends", "--install", _package(folder, name))
    _run("cp", "-a", f"{files}/.", root)
    (root / "etc/systemd/network/10-test.network").write_text(_NETWORK, encoding="utf-8")
    (root / "etc/cloud/cloud.cfg.d/99-test.cfg").write_text(_CLOUD, encoding="utf-8")
    # minbase has neither locales nor an SSH server: these modules fail, and cloud-init's status with them.
    config = root / "etc/cloud/cloud.cfg"
    modules = config.read_text(encoding="utf-8")
    for name in _MODULES:
        modules = modules.replace(f" - {name}\n", "")
    config.write_text(modules, encoding="utf-8")
    (root / "etc/fstab").write_text("/dev/vda / ext4 defaults 0 1\n", encoding="utf-8")
    own = [unit.name for unit in sorted((files / "etc/systemd/system").glob("*.service"))]
    _run("systemctl", f"--root={root}", "enable", "systemd-networkd.service", *own)
    for name in ("vmlinuz", "initrd.img"):
        shutil.copy(next((root / "boot").glob(f"{name}-*")), folder / name)
    shutil.rmtree(root / "var/cache/apt", ignore_errors=True)
    with (folder / "root.img").open("wb") as image:
        image.truncate(_ROOT_BYTES)
    _run("mkfs.ext4", "-q", "-F", "-d", root, folder / "root.img")
    shutil.rmtree(root)


def _package(folder: Path, name: str) -> Path:
    """A Debian package with nothing in it."""
    control = folder / name / "DEBIAN" / "control"
    control.parent.mkdir(parents=True)
    control.write_text(
        f"Package: {name}\nVersion: 1\nArchitecture: all\nMaintainer: test <test@example.com>\nDescription: stand-in\n",
        encoding="utf-8",
    )
    made = folder / f"{name}.deb"
    _run("dpkg-deb", "--build", folder / name, made)
    shutil.rmtree(folder / name)
    return made


def empty_disk(file: Path, size: int) -> Path:
    """A disk of `size` bytes, all zero and sparse; one that is there grows, and keeps what it has."""
    with file.open("ab") as disk:
        disk.truncate(size)
    return file


def server_disk(image: Image, file: Path) -> Path:
    """A fresh server's own disk."""
    _run("cp", "--sparse=always", image.root, file)
    return file


@contextmanager
def booted(
    image: Image, folder: Path, *, disk: Path, data: Path, seed: Mapping[str, bytes], server: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Boots `disk` with `data` as its second disk and `seed`'s files as cloud-init's NoCloud source.

    Cuts the power with the block. The console is in `console.log`. `server`: the address of the test's HTTP server.
    """
    folder.mkdir(parents=True, exist_ok=True)
    media = folder / "seed.img"
    media.unlink(missing_ok=True)
    _run("mkfs.vfat", "-n", "CIDATA", "-C", media, "1024")
    for name, content in seed.items():
        (folder / name).write_bytes(content)
        _run("mcopy", "-i", media, folder / name, f"::{name}")
    port = server.rsplit(":", 1)[1]
    gate = f"user,id=n,restrict=on,guestfwd=tcp:{GATE}:80-cmd:{sys.executable} -S {_RELAY} {port}"
    command: list[str] = ["qemu-system-x86_64", "-machine", "q35", *_CPU, "-smp", "2", "-m", "1024"]
    command += ["-nodefaults", "-display", "none", "-serial", f"file:{folder / 'console.log'}"]
    command += [
        "-kernel",
        str(image.kernel),
        "-initrd",
        str(image.initrd),
        "-append",
        "root=/dev/vda console=ttyS0 mitigations=off",
    ]
    for drive in (disk, data, media):
        command += ["-drive", f"file={drive},format=raw,if=virtio,cache=unsafe"]
    command += ["-netdev", gate, "-device", "virtio-net-pci,netdev=n", "-device", "virtio-rng-pci"]
    with running(command, folder / "qemu.log") as process:
        yield process
