"""From settings to deliveries: which target gets which registry's variables.

Owns: that nothing is delivered before it is proven. Does not own: the table of targets
(`components/_table.py`) or anything inside a target.
"""

from collections.abc import Mapping

import pulumi

from components._table import TARGETS, load
from components.delivery._interface import Delivery
from stack.registries import Built
from stack.settings import StackSettings


def build(settings: StackSettings, built: Built) -> Mapping[str, Delivery]:
    """Declares each delivery that the settings name, after the proof of the registry it delivers."""
    deliveries = {}
    for name, chosen in settings.delivery.items():
        target: type[Delivery] = load(TARGETS[chosen.target])
        registry = built.registries[chosen.registry]
        waits = [built.proofs[chosen.registry]] if chosen.registry in built.proofs else []
        # The component's children inherit the wait: a failed proof leaves the old values delivered.
        deliveries[name] = target(name, chosen, registry.variables, pulumi.ResourceOptions(depends_on=waits))
    return deliveries
