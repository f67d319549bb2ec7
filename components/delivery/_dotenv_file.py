"""Our block in a `.env` file: pure functions from text to text, and one way to write a file.

Owns: where the block begins and ends, and how a value is quoted so that shells, Docker
Compose, python-dotenv and godotenv read the same. Everything outside the block is the
user's and is kept to the byte.
"""

import contextlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

_BEGIN = "# >>> snapdeploy-registry: written by `pulumi up`, changes in here are overwritten >>>"
_END = "# <<< snapdeploy-registry <<<"
_MARK = "# >>> snapdeploy-registry"
_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=~-]*")
_ASSIGNMENT = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=")


class Unwritable(ValueError):
    """A value that no reader of such a file would read back as it is."""


def block(values: Mapping[str, str]) -> str:
    """The block with `values` in their order. Raises `Unwritable`, naming the variable and not its value."""
    return "\n".join([_BEGIN, *(f"{name}={_quoted(name, value)}" for name, value in values.items()), _END]) + "\n"


def with_block(text: str, new: str) -> str:
    """`text` with our block replaced by `new`, in its place; at the end where there is none yet."""
    before, old, after = _split(text)
    if old:
        return before + new + after
    gap = "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
    return text + gap + new


def without_block(text: str) -> str:
    """`text` without our block and without the blank line that set it off."""
    before, old, after = _split(text)
    if not old:
        return text
    return (before[:-1] if before.endswith("\n\n") and not after else before) + after


def current_block(text: str) -> str:
    """Our block as it stands in `text`; empty where there is none."""
    return _split(text)[1]


def shadowed(text: str, names: Mapping[str, str]) -> list[str]:
    """Names of ours that the user assigns as well, after our block, where theirs would win."""
    after = _split(text)[2]
    return [found[1] for line in after.splitlines() if (found := _ASSIGNMENT.match(line)) and found[1] in names]


def read(file: Path) -> str:
    """The file's text, byte for byte; empty where there is no file."""
    try:
        with file.open(encoding="utf-8", errors="surrogateescape", newline="") as stream:
            return stream.read()
    except FileNotFoundError:
        return ""


def write(file: Path, text: str) -> None:
    """Replaces `file` in one step by a file that only its owner can read, whatever the umask.

    A link is followed: what it points to is replaced, and the link stays.
    """
    target = file.resolve()
    scratch = target.with_name(f".{target.name}.{os.getpid()}.new")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        scratch.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            scratch.unlink()
        raise


def _split(text: str) -> tuple[str, str, str]:
    """`text` before our block, the block, and after it. A block whose end was cut off ends with its assignments."""
    lines = text.splitlines(keepends=True)
    begin = next((at for at, line in enumerate(lines) if line.startswith(_MARK)), None)
    if begin is None:
        return text, "", ""
    end = next((at + 1 for at in range(begin, len(lines)) if lines[at].rstrip() == _END), None)
    if end is None:
        end = begin + 1
        while end < len(lines) and _ASSIGNMENT.match(lines[end]):
            end += 1
    return "".join(lines[:begin]), "".join(lines[begin:end]), "".join(lines[end:])


def _quoted(name: str, value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    if not value.isprintable() or "'" in value:
        raise Unwritable(f"{name} has a quote or a control character in it, which readers of .env files disagree on")
    return f"'{value}'"
