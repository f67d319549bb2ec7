"""Serves dynamic resources: the SDK's own provider, ended together with the engine.

It ends on SIGINT, as the SDK has it: that is how the engine, which keeps its plugins in groups of
their own, says that a plugin is done. One that did not would hold up each command for five seconds.

Owns: the process around `pulumi.dynamic`. Does not own: any resource; those are in `components/`.
"""

import runpy
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[2])

from tools.language_host.orphan import end_with_parent

if __name__ == "__main__":
    end_with_parent()
    # As `python -m` would have it: the project's folder, which the engine makes the current one, comes first.
    sys.path[0] = ""
    sys.argv[0] = "pulumi.dynamic"
    runpy.run_module("pulumi.dynamic", run_name="__main__", alter_sys=True)
