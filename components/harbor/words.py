"""What protects the images in a Harbor, in the words of the contract.

Owns: those sentences. Does not own the protection (`inside/`). Pure.
"""

from typing import Any

from components.harbor.settings import HarborSettings


def scan(settings: HarborSettings) -> str:
    """What scans pushed images."""
    project: Any = getattr(settings, "project", None)
    return "none" if project is None else "on push, by Trivy"


def retention(settings: HarborSettings) -> str:
    """What removes old images."""
    rules: Any = getattr(settings, "retention", None)
    return "none" if not rules else ", ".join(sorted(rules))


def immutable(settings: HarborSettings) -> bool:
    """Whether a pushed tag can never point to anything else."""
    told: Any = getattr(settings, "immutability", None)
    return bool(told is not None and told.enabled)
