"""From settings to registries, and the proof of each: which component, with what arguments.

Owns: the way from a kind's settings to its component. Does not own: the table of kinds
(`components/_table.py`) or anything inside a component.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from components._base import Registry
from components._table import REGISTRIES, load
from stack.settings import StackSettings


@dataclass(frozen=True)
class Built:
    """The stack's registries by name, and what was seen when each was proven (where it was)."""

    primary: Registry
    registries: Mapping[str, Registry]
    proofs: Mapping[str, pulumi.Resource]
    proven: Mapping[str, pulumi.Output[dict[str, str]]]


def build(settings: StackSettings) -> Built:
    """Declares each registry that the settings name, and a smoke test for each if wanted."""
    registries = {}
    for name, chosen in settings.registries.items():
        component: Callable[[str, Mapping[str, Any]], Registry] = load(REGISTRIES[chosen.kind])
        registries[name] = component(
            name,
            {
                **chosen.model_dump(exclude={"kind"}, exclude_none=True),
                "environment": settings.environment,
                "tags": dict(settings.tags),
                "work_dir": settings.builder.work_dir,
                "log_dir": settings.builder.log_dir,
            },
        )
    tests = {}
    if settings.smoke_test.enabled and not settings.simulated:
        # Imported here: it is the one room that needs it, and a stack without it should not pay.
        from components.smoke_test import SmokeTest

        tests = {
            name: SmokeTest(
                f"{name}-smoke-test", registry, tag=settings.smoke_test.tag, environment=settings.environment
            )
            for name, registry in registries.items()
            if registry.provable
        }
    return Built(
        primary=registries[settings.primary],
        registries=registries,
        proofs=tests,
        proven={name: test.proven for name, test in tests.items()},
    )
