"""Which versions of Harbor can be asked for, from the dated file beside this one.

Owns: reading the file, and the rule which version may follow which. Does not own what a server does with a version
(`boot/`), nor a sum that the file does not know: the config gives it.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("versions.yaml")
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


@dataclass(frozen=True)
class Release:
    """One version of Harbor, and by what its installer is known again."""

    version: str
    url: str
    """The offline installer."""
    sha256: str
    """Empty where the file does not know it."""
    bundle_url: str | None
    """The cosign bundle; None for releases that have none."""
    identity: str
    """Who has to have signed it."""
    issuer: str
    """Who has to have vouched for who that was."""


@dataclass(frozen=True)
class Cosign:
    """What verifies a bundle, and by what it is known again itself."""

    version: str
    url: str
    sha256: str


def default() -> str:
    """The newest supported version."""
    return str(_document()["default"])


def lines() -> list[str]:
    """The supported minor versions, newest first: `2.15`."""
    return list(_document()["lines"])


def release(version: str) -> Release:
    """What is known of `version`. Raises KeyError where its minor version is not supported, ValueError for none."""
    document = _document()
    major, minor, _ = parts(version)
    told = document["lines"][f"{major}.{minor}"]
    words = {"version": version, "suffix": told["suffix"]}
    url = document["url"].format(**words)
    return Release(
        version=version,
        url=url,
        sha256=document["sums"].get(version, {}).get("sha256", ""),
        bundle_url=f"{url}.sigstore.json" if told["bundle"] else None,
        identity=document["identity"].format(**words),
        issuer=document["issuer"],
    )


def cosign() -> Cosign:
    """The cosign that is taken to the server."""
    told = _document()["cosign"]
    return Cosign(str(told["version"]), told["url"], told["sha256"])


def parts(version: str) -> tuple[int, int, int]:
    """`2.15.2` as numbers. Raises ValueError where it is no version."""
    found = _VERSION.fullmatch(version)
    if found is None:
        raise ValueError("is not a version like `2.15.2`")
    major, minor, patch = (int(part) for part in found.groups())
    return major, minor, patch


def step_mistake(old: str, new: str) -> str | None:
    """Why a Harbor of version `old` cannot be made one of `new`, in words that follow `version`; None where it can.

    A step goes up by at most two minor versions: https://goharbor.io/docs/2.15.0/administration/upgrade/
    """
    before, after = parts(old), parts(new)
    if after < before:
        return f"goes back from {old} to {new}, and Harbor's database only goes forward"
    widest = int(_document()["upgradeFromMinors"])
    if after[0] != before[0] or after[1] - before[1] > widest:
        return f"goes from {old} to {new} in one step, and Harbor migrates from the {widest} minor versions before only"
    return None


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return document
