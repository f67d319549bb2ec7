"""The verb `fingerprint`: whether the builder holds what was delivered, without either side showing it.

Owns: which of the values count, and where the key is taken from: never from an argument, which
every user of the machine can read. Does not own the form (`contract/fingerprint.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

from contract.fingerprint import fingerprint as keyed
from contract.fingerprint import same
from contract.problem import Problem, Problems
from contract.variables import BUILDER_VARIABLES
from oci.keychain import auth_of
from ops.delivered import Delivered

KEY_VARIABLE = "SNAPDEPLOY_FINGERPRINT_KEY"
_OUTPUT = "pulumi stack output fingerprint_key --show-secrets"
_LONGEST_KEY = 4096


@dataclass(frozen=True)
class Fingerprint:
    """The fingerprint of what is there; `matches` is None where nothing was said to compare it with."""

    source: str
    names: tuple[str, ...]
    value: str
    matches: bool | None

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "source": self.source,
            "variables": list(self.names),
            "fingerprint": self.value,
            "matches": self.matches,
        }


def fingerprint(delivered: Delivered, key: str, expected: str | None) -> Fingerprint:
    """The fingerprint of the delivered values under `key`; raises Problems where there are none."""
    auth = auth_of(delivered.values)
    # What another registry would need may well stand in a builder's environment: it was not delivered with this one.
    names = {variable.name for variable in BUILDER_VARIABLES if not variable.auths or auth in variable.auths}
    values = {name: value for name, value in delivered.values.items() if name in names}
    if not values:
        problem = Problem(delivered.source, "holds none of the builder's variables", "run `pulumi up`, which delivers")
        raise Problems("There is nothing to take a fingerprint of", [problem])
    value = keyed(key, values)
    return Fingerprint(delivered.source, tuple(values), value, None if expected is None else same(value, expected))


def read_key(environment: Mapping[str, str], stdin: TextIO | None) -> str:
    """The key: from `stdin` where one is given, else from the environment; raises Problems."""
    found = (stdin.read(_LONGEST_KEY) if stdin is not None else environment.get(KEY_VARIABLE, "")).strip()
    if found:
        return found
    where = "standard input" if stdin is not None else f"environment variable {KEY_VARIABLE}"
    raise Problems(
        "There is no key to take a fingerprint with",
        [Problem(where, "is empty", f"pipe it in: `{_OUTPUT} | snapdeploy-registry fingerprint --key-stdin`")],
    )
