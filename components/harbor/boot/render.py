"""The user data of Harbor's server: one cloud-config that writes files and runs one script.

Owns: how the files under `files/` become the user data, and that these fit. Does not own: what the files do. Pure:
the same place makes the same bytes (with the same zlib and liblzma), so that a preview knows whether the server will
be replaced.

EC2 takes 16 KiB, and gzip alone, which cloud-init unpacks itself, does not bring the scripts below it. So they are one
LZMA archive without comments and docstrings, which the one command of the cloud-config unpacks first. What only day
two needs lies in a second one, in SSM parameters, whose checksum the user data hold. Compute Engine takes 256 KiB, and
gets both in the user data.
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
PARAMETER_LIMIT = 4_096
"""Characters that a standard SSM parameter holds.
https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html"""
_DAY_TWO = frozenset(
    {"backup", "database", "gc-proof", "measure", "probe", "rehearsal", "rehearse", "remote", "restore", "upgrade"}
)
"""The files, by what they are about, that a server does not need before Harbor is installed."""
_FILES = Path(__file__).with_name("files")
_TEMPLATE = "cloud-config.yaml.j2"
_FOLDERS = {"lib": ("/usr/local/lib/snapdeploy-harbor", 0o755), "units": ("/etc/systemd/system", 0o644)}
# Text: no alignment to gain from.
_LZMA = [{"id": lzma.FILTER_LZMA1, "preset": 9 | lzma.PRESET_EXTREME, "lc": 3, "lp": 0, "pb": 0}]

# `name() { # ARGUMENTS: meaning`
_HEAD = re.compile(r"^(\w+\(\) \{) # .*$")


class TooBig(ValueError):
    """The user data do not fit."""


def user_data(place: BootPlace) -> bytes:
    """The user data, as gzip, which cloud-init unpacks itself. Raises `TooBig` above `LIMIT` on EC2."""
    packed = gzip.compress(cloud_config(place).encode(), compresslevel=9, mtime=0)
    if place.cloud == "ec2" and len(packed) > LIMIT:
        raise TooBig(f"the user data have {len(packed)} bytes packed, and EC2 takes {LIMIT}")
    return packed


def more() -> list[str]:
    """What `BootPlace.more` names: the scripts of day two, as text in parts that a parameter holds each."""
    text = base64.b64encode(archive(day_two=True)).decode()
    return [text[start : start + PARAMETER_LIMIT] for start in range(0, len(text), PARAMETER_LIMIT)]


def cloud_config(place: BootPlace) -> str:
    """The cloud-config as cloud-init reads it."""
    environment = jinja2.Environment(
        # Nothing of it is HTML; what goes in is quoted by `tojson` or indented whole.
        autoescape=False,  # noqa: S701
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    template = environment.from_string((_FILES / _TEMPLATE).read_text(encoding="utf-8"))
    return template.render(
        environment=place.environment() + _about_more(place),
        maintenance=place.maintenance,
        archive=base64.b64encode(archive(day_two=None if not place.more else False)).decode(),
        unpack=_bare(_FILES / "lib" / "unpack.py"),
    )


def _about_more(place: BootPlace) -> str:
    """By what the server knows the second archive again; nothing where there is none."""
    if not place.more:
        return ""
    return f"MORE_PARTS={len(more())}\nMORE_SHA256={hashlib.sha256(archive(day_two=True)).hexdigest()}\n"


@cache
def archive(*, day_two: bool | None = None) -> bytes:
    """What lies in `files/lib` and `files/units`: a JSON object of paths to mode and text, as LZMA.

    `day_two` leaves only that in, or out; None: all of it.
    """
    files = {path: file for path, file in shipped().items() if day_two is None or day_two is _is_day_two(path)}
    text = json.dumps(files, separators=(",", ":"), ensure_ascii=False)
    return lzma.compress(text.encode(), format=lzma.FORMAT_ALONE, filters=_LZMA)


@cache
def shipped() -> dict[str, tuple[int, str]]:
    """Mode and text of each file, as the server gets it, by its path there; in the order of the names."""
    return {
        f"{target}/{file.name}": (mode, _bare(file))
        for folder, (target, mode) in _FOLDERS.items()
        for file in sorted((_FILES / folder).iterdir())
        if file.is_file()
    }


def _is_day_two(path: str) -> bool:
    return Path(path).stem.removeprefix("snapdeploy-harbor-") in _DAY_TWO


def _bare(file: Path) -> str:
    """The file's text without what only its readers here need: comments, docstrings, empty lines."""
    text = file.read_text(encoding="utf-8")
    first, *rest = text.splitlines()
    if file.suffix == ".py":
        # By line and not by `ast.unparse`, which writes otherwise in another version of Python.
        dropped = {line for node in ast.walk(ast.parse(text)) for line in _docstring(node)}
        lines = [line for number, line in enumerate([first, *rest], 1) if number not in dropped]
    else:
        lines = [first, *(_HEAD.sub(r"\1", line) for line in rest if not line.lstrip().startswith("#"))]
    return "\n".join(line for line in lines if line.strip()) + "\n"


def _docstring(node: ast.AST) -> range:
    """The lines of a string that stands for itself."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return range(node.lineno, (node.end_lineno or node.lineno) + 1)
    return range(0)
