"""What protects the images in a Harbor, in the words of the contract.

Owns: those sentences. Does not own the protection (`inside/`). Pure.
"""

from components.harbor.inside import retention
from components.harbor.inside.settings import Block
from components.harbor.settings import HarborSettings


def scan(settings: HarborSettings) -> str:
    """What scans pushed images, and what follows."""
    if not settings.project.scan:
        return f"not on push; by Trivy, at `{settings.schedules.scan_all}` UTC"
    block = settings.project.block
    stopped = "" if block is Block.NONE else f"; none is pulled with a finding of severity {block} or above"
    return f"on push, by Trivy{stopped}"


def removal(settings: HarborSettings) -> str:
    """What removes old images."""
    return retention.words(settings.retention)
