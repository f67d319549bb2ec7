"""The verb `env`: the builder's variables, secrets masked unless asked for.

Owns: what is shown of each variable, and its dotenv form. Does not own where they are read.
"""

import re
from dataclasses import dataclass, field

from contract.variables import BUILDER_VARIABLES
from ops.delivered import Delivered

MASK = "<secret: use --reveal>"
_BARE = re.compile(r"[A-Za-z0-9_./:@%+,=-]*")


@dataclass(frozen=True)
class Shown:
    """One variable as it may be printed: `value` is None where it is secret and was not asked for."""

    name: str
    secret: bool
    meaning: str
    value: str | None = field(repr=False)

    def as_dotenv(self) -> str:
        """A line that a dotenv parser reads back; a masked value reads as the mask."""
        return f"{self.name}={_quoted(MASK if self.value is None else self.value)}"

    def as_dict(self) -> dict[str, str | bool | None]:
        """For `--json`."""
        return {"name": self.name, "value": self.value, "secret": self.secret, "meaning": self.meaning}


def env(delivered: Delivered, *, reveal: bool) -> list[Shown]:
    """The variables that were delivered, in the contract's order."""
    return [
        Shown(
            variable.name,
            variable.secret,
            variable.meaning,
            delivered.values[variable.name] if reveal or not variable.secret else None,
        )
        for variable in BUILDER_VARIABLES
        if variable.name in delivered.values
    ]


def _quoted(value: str) -> str:
    if _BARE.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
