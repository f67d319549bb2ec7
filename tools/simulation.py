"""A stack's file as a simulated run sees it: the same settings, none of the keys to the real state.

The user's file may name a cloud key that decrypts its secrets, and a simulated run must
neither ask for it nor write into the file. So the run gets a copy, made anew each time.
"""

import re
import shutil
from pathlib import Path

from tools import places
from tools.environment import own_state

_KEYS = re.compile(r"^(encryptionsalt|encryptedkey|secretsprovider):.*\n?", re.MULTILINE)
_SALT = re.compile(r"^encryptionsalt:.*$", re.MULTILINE)


def folder() -> Path:
    """Where the copies are, beside one of the project's file: enough of a project to make a stack in."""
    made = own_state(simulated=True) / "stacks"
    made.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(places.ROOT / "Pulumi.yaml", made / "Pulumi.yaml")
    return made


def stack_file(stack: str) -> dict[str, str]:
    """Writes the copy of `Pulumi.<stack>.yaml`; returns the variables that make the engine use it.

    Line numbers stay those of the user's file. The salt of the simulated state is carried over from the copy
    before, so that what that state holds can still be read.
    """
    original = places.ROOT / f"Pulumi.{stack}.yaml"
    copy = folder() / original.name
    text = original.read_text(encoding="utf-8") if original.exists() else ""
    text = _KEYS.sub("\n", text)
    text = _plain_secrets(text)
    kept = _SALT.search(_read(copy))
    if kept:
        text = f"{text.rstrip()}\n{kept.group()}\n"
    copy.write_text(text, encoding="utf-8")
    return {"PULUMI_OPTION_CONFIG_FILE": str(copy)}


def _plain_secrets(text: str) -> str:
    """`key:` + `secure: v1:…` made one plain made-up value, on the same number of lines."""
    text = re.sub(r":[ \t]*\n\s*secure:[^\n]*", ": simulated-secret\n", text)
    # As the engine writes one into a block that stands on one line.
    return re.sub(r":[ \t]*\{[ \t]*secure:[^}\n]*\}", ": simulated-secret", text)


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""
