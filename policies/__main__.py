"""Starts the pack: the engine runs this folder, reads a port from stdout, then asks for each rule.

Owns: the order of starting. Does not own a single rule (`rules.py` lists them), because
`PolicyPack` serves until it is stopped and never returns: what is here cannot be imported.
Nothing may print before it: the first line of stdout is the port.
"""

import sys
from pathlib import Path

# The runner put this folder itself first, where a file named like a module of the standard
# library would hide it from every import, and where `policies` is no package.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from pulumi_policy import EnforcementLevel, PolicyPack  # noqa: E402 (after the path)

from policies import _sdk, rules  # noqa: E402 (after the path)

if __name__ == "__main__":
    _sdk.keep_secret_marks()
    _sdk.check_config_by(rules.config_mistakes)
    PolicyPack(rules.PACK, policies=list(rules.ALL), enforcement_level=EnforcementLevel.MANDATORY)
