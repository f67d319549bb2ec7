"""The user data of Harbor's server: one cloud-config that writes files and runs one script.

Owns: how the files under `files/` become the user data, and that these fit. Does not own: what the files do. Pure:
the same place makes the same bytes, so that a preview knows whether the server will be replaced.
"""

import gzip
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2

from components.harbor.boot.place import BootPlace

LIMIT = 16_384
"""Bytes that EC2 takes, before they are encoded.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html"""
_FILES = Path(__file__).with_name("files")
_TEMPLATE = "cloud-config.yaml.j2"
_LIB = "/usr/local/lib/snapdeploy-harbor"
_UNITS = "/etc/systemd/system"
_PLACE = "/etc/snapdeploy-harbor/place.env"


class TooBig(ValueError):
    """The user data do not fit."""


@dataclass(frozen=True)
class _File:
    path: str
    mode: str
    content: str


def user_data(place: BootPlace) -> bytes:
    """The user data, as gzip, which cloud-init unpacks itself. Raises `TooBig` above `LIMIT`."""
    packed = gzip.compress(cloud_config(place).encode(), compresslevel=9, mtime=0)
    if len(packed) > LIMIT:
        raise TooBig(f"the user data have {len(packed)} bytes packed, and EC2 takes {LIMIT}")
    return packed


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
    files = [_File(_PLACE, "0644", place.environment()), *_shipped()]
    return template.render(files=files, maintenance=place.maintenance, lib=_LIB, units=_UNITS)


@cache
def _shipped() -> tuple[_File, ...]:
    """What lies in `files/lib` and `files/units`, in the order of the names."""
    return tuple(
        _File(f"{target}/{file.name}", mode, _packed(file.read_text(encoding="utf-8")))
        for folder, target, mode in (("lib", _LIB, "0755"), ("units", _UNITS, "0644"))
        for file in sorted((_FILES / folder).iterdir())
        if file.is_file()
    )


def _packed(text: str) -> str:
    """`text` without the lines that are only a comment: the server has no use for them, and the limit is near."""
    first, *rest = text.splitlines()
    kept = [line for line in rest if not line.lstrip().startswith("#")]
    return "\n".join([first, *kept]) + "\n"
