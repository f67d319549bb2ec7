"""The user data of Harbor's server: one cloud-config that writes files and runs one script.

Owns: how the files under `files/` become the user data, and that these fit. Does not own: what the files do. Pure:
the same place makes the same bytes (with the same zlib and liblzma), so that a preview knows whether the server will
be replaced.

EC2 takes 16 KiB, which all the scripts exceed however they are packed. So those that a server needs until Harbor runs
are one LZMA archive in its user data, without comments and docstrings; the others are one in SSM parameters, by the
checksum that the user data hold. Compute Engine takes 256 KiB, and gets all in its user data.
"""

import ast
import base64
import gzip
import hashlib
import json
import lzma
import re
from functools import cache
from pathlib import Path

import jinja2

from components.harbor.boot.place import BootPlace

LIMIT = 16_384
"""Bytes that EC2 takes, before they are encoded.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html"""
PARAMETER = 4_096
"""Characters of a standard parameter. https://docs.aws.amazon.com/general/latest/gr/ssm.html"""
_FIRST = frozenset(
    {
        "cloud.sh",
        "converge.sh",
        "disk.sh",
        "first-boot.sh",
        "harbor.service",
        "harbor.sh",
        "installer.sh",
        "lib.sh",
        "maintenance.sh",
        "render_harbor_yml.py",
        "report.py",
        "snapdeploy-harbor-converge.service",
        "snapdeploy-harbor-converge.timer",
        "snapdeploy-harbor-maintenance.service",
        "snapdeploy-harbor-maintenance.timer",
        "snapdeploy-harbor-renewal.service",
        "snapdeploy-harbor-renewal.timer",
        "tls.sh",
    }
)
"""What a server needs until it has read its parameters, and Harbor runs."""
_FILES = Path(__file__).with_name("files")
_TEMPLATE = "cloud-config.yaml.j2"
_UNPACK = "unpack.py"
_FOLDERS = {"lib": ("/usr/local/lib/snapdeploy-harbor", 0o755), "units": ("/etc/systemd/system", 0o644)}
# Text: no alignment to gain from.
_LZMA = [{"id": lzma.FILTER_LZMA1, "preset": 9 | lzma.PRESET_EXTREME, "lc": 3, "lp": 0, "pb": 0}]

# `name() { # ARGUMENTS: meaning`
_HEAD = re.compile(r"^(\w+\(\) \{) # .*$")


class TooBig(ValueError):
    """The user data do not fit."""


def user_data(place: BootPlace) -> bytes:
    """The user data, as gzip, which cloud-init unpacks itself. Raises `TooBig` where EC2 would not take them."""
    packed = gzip.compress(cloud_config(place).encode(), compresslevel=9, mtime=0)
    if place.cloud == "ec2" and len(packed) > LIMIT:
        raise TooBig(f"the user data have {len(packed)} bytes packed, and EC2 takes {LIMIT}")
    return packed


def parameters(place: BootPlace) -> dict[str, str]:
    """The texts of the SSM parameters, by their names, that have to be there before an EC2 instance boots."""
    text = _rest(place)
    parts = [text[start : start + PARAMETER] for start in range(0, len(text), PARAMETER)]
    return {f"{place.wanted}-files-{number}": part for number, part in enumerate(parts, 1)}


def cloud_config(place: BootPlace) -> str:
    """The cloud-config as cloud-init reads it."""
    environment = jinja2.Environment(
        # Nothing of it is HTML; what goes in is quoted by `shlex`, encoded, or our own.
        autoescape=False,  # noqa: S701
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    template = environment.from_string((_FILES / _TEMPLATE).read_text(encoding="utf-8"))
    more = f"MORE_PARTS={len(parameters(place))}\nMORE_SHA256={hashlib.sha256(_rest(place).encode()).hexdigest()}\n"
    return template.render(
        environment=place.environment() + more,
        maintenance=place.maintenance,
        unpack=_bare(_FILES / _UNPACK),
        archive=_archive(first=True, more=place.cloud != "ec2"),
    )


def _rest(place: BootPlace) -> str:
    """What is not in the user data."""
    return _archive(first=False, more=True) if place.cloud == "ec2" else ""


@cache
def _archive(*, first: bool, more: bool) -> str:
    """A JSON object of paths to mode and text, as LZMA in base64: what comes first, or more, or both."""
    files = {path: file for path, file in shipped().items() if (more, first)[path.rsplit("/", 1)[1] in _FIRST]}
    text = json.dumps(files, separators=(",", ":"), ensure_ascii=False)
    return base64.b64encode(lzma.compress(text.encode(), format=lzma.FORMAT_ALONE, filters=_LZMA)).decode()


@cache
def shipped() -> dict[str, tuple[int, str]]:
    """Mode and text of each file, as the server gets it, by its path there; in the order of the names."""
    return {
        f"{target}/{file.name}": (mode, _bare(file))
        for folder, (target, mode) in _FOLDERS.items()
        for file in sorted((_FILES / folder).iterdir())
        if file.is_file()
    }


def _bare(file: Path) -> str:
    """The file's text without what only its readers here need: comments, docstrings, empty lines."""
    text = file.read_text(encoding="utf-8")
    first, *rest = text.splitlines()
    if file.suffix == ".py":
        # By line and not by `ast.unparse`, which writes otherwise in another version of Python.
        dropped = {line for node in ast.walk(ast.parse(text)) for line in _docstring(node)}
        lines = [line.split("  # ")[0] for number, line in enumerate([first, *rest], 1) if number not in dropped]
    else:
        lines = [first, *(_HEAD.sub(r"\1", line) for line in rest if not line.lstrip().startswith("#"))]
    return "\n".join(line for line in lines if line.strip()) + "\n"


def _docstring(node: ast.AST) -> range:
    """The lines of a string that stands for itself."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return range(node.lineno, (node.end_lineno or node.lineno) + 1)
    return range(0)
