"""What a server on Compute Engine may be told."""

from typing import Literal

from components._settings import Settings


class ComputeEngineSettings(Settings):
    """`vm:` with `kind: compute-engine`."""

    kind: Literal["compute-engine"]
