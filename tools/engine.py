"""The Pulumi engine, by the first of three ways that works.

1. A new enough `pulumi` on PATH with its own Python language host beside it.
2. The vendor's installer, where the vendor's download site answers.
3. A build from the engine's Go module, served by the language host in `tools/language_host/`.

Why three, and what each was measured to cost: docs/adr/0001-the-engine-in-three-ways.md.
"""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools import places
from tools.go_program import GoProgram
from tools.locks import locked
from tools.say import say

BUILT = GoProgram(
    name="pulumi",
    package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    dependency="github.com/pulumi/pulumi/pkg/v3",
    minutes=6,
    link="-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={version}",
)
_HOST = "pulumi-language-python"
_VENDOR = "https://get.pulumi.com/"
_REACH_SECONDS = 4.0
_REMEMBERED = "engine.json"


@dataclass(frozen=True)
class Engine:
    """An engine that can be run, and whether our own language host has to stand in for the vendor's."""

    pulumi: Path
    own_host: bool
    version: str
    way: str
    """How it came here, in words for the summary."""


def ensure() -> Engine:
    """The engine, obtained if it has to be. Raises `Failure` where none of the three ways works."""
    engine = _on_path() or _official_cached() or _built_cached() or _official() or _build()
    _remember(engine)
    return engine


def remembered() -> Engine | None:
    """What `ensure` found last time, if nothing has changed since: a few system calls, no process."""
    try:
        noted = json.loads((places.STATE / _REMEMBERED).read_text())
        stat = Path(noted["pulumi"]).stat()
        same = (noted["size"], noted["changed"], noted["on_path"]) == (stat.st_size, stat.st_mtime_ns, _which_pulumi())
        return Engine(Path(noted["pulumi"]), noted["own_host"], noted["version"], noted["way"]) if same else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(engine: Engine) -> None:
    stat = engine.pulumi.stat()
    noted = {
        "pulumi": str(engine.pulumi),
        "own_host": engine.own_host,
        "version": engine.version,
        "way": engine.way,
        "size": stat.st_size,
        "changed": stat.st_mtime_ns,
        "on_path": _which_pulumi(),
    }
    file = places.state_folder() / _REMEMBERED
    scratch = file.with_suffix(f".{os.getpid()}")
    scratch.write_text(json.dumps(noted))
    scratch.replace(file)


def _which_pulumi() -> str | None:
    """The `pulumi` that the user's PATH names; never the wrapper of this project."""
    found = shutil.which("pulumi")
    return None if found is None or Path(found).resolve().parent == places.ROOT / "tools" else found


def _version_of(pulumi: Path) -> str | None:
    """What the engine says of itself, `v3.259.0`; None where it does not run."""
    try:
        done = subprocess.run(
            [pulumi, "version"],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
            env=os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "1"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = done.stdout.strip()
    return said if done.returncode == 0 and re.fullmatch(r"v\d+\.\d+\.\d+.*", said) else None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def _with_host(pulumi: Path) -> bool:
    return any(path.with_name(_HOST).exists() for path in (pulumi, pulumi.resolve()))


def _on_path() -> Engine | None:
    found = _which_pulumi()
    if found is None:
        return None
    pulumi = Path(found)
    version = _version_of(pulumi)
    if version is None:
        say(f"{pulumi} does not run: not used")
    elif _numbers(version) < _numbers(BUILT.version):
        say(f"{pulumi} is {version}, older than {BUILT.version}: not used")
    elif not _with_host(pulumi):
        say(f"{pulumi} has no {_HOST} beside it: not used")
    else:
        return Engine(pulumi, own_host=False, version=version, way="from PATH")
    return None


def _official_folder() -> Path:
    return places.cache_folder() / "pulumi" / f"{BUILT.version}-{places.platform_name()}-official"


def _official_cached() -> Engine | None:
    pulumi = _official_folder() / "bin" / "pulumi"
    if _version_of(pulumi) == BUILT.version and _with_host(pulumi):
        return Engine(pulumi, own_host=False, version=BUILT.version, way="the vendor's release")
    return None


def _official() -> Engine | None:
    """The vendor's installer, through the SDK. Says nothing where the site is out of reach: the third way follows."""
    # In here: it takes longer to import than all else that the quick path needs together.
    import urllib.error
    import urllib.request

    try:
        with urllib.request.urlopen(_VENDOR, timeout=_REACH_SECONDS):
            pass
    except urllib.error.HTTPError:
        pass
    except (OSError, ValueError):
        return None
    folder = _official_folder()
    with locked(folder.with_name(f"{folder.name}.lock"), f"installing pulumi {BUILT.version}"):
        if _official_cached() is None:
            say(f"installing the Pulumi engine {BUILT.version} by the vendor's installer …")
            shutil.rmtree(folder, ignore_errors=True)
            install = "import sys; from pulumi.automation import PulumiCommand; from semver import VersionInfo; "
            install += "PulumiCommand.install(root=sys.argv[1], version=VersionInfo.parse(sys.argv[2]))"
            arguments = [str(folder), BUILT.version.removeprefix("v")]
            done = subprocess.run(
                [places.PYTHON, "-c", install, *arguments],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                check=False,
            )
            if done.returncode != 0:
                say("the vendor's installer did not succeed: building the engine instead")
    return _official_cached()


def _built_cached() -> Engine | None:
    return _built() if BUILT.is_built(thoroughly=True) else None


def _build() -> Engine:
    BUILT.ensure()
    return _built()


def _built() -> Engine:
    return Engine(BUILT.path, own_host=True, version=BUILT.version, way="built from its Go module")
