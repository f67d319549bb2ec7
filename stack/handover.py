"""From deliveries to their proof: which variables went where, and what has to be done before the receipt.

Owns: that the receipt comes after every delivery and every proof. Does not own the fingerprints
(`components/handover.py`).
"""

from collections.abc import Mapping

from components.delivery._interface import Delivery
from components.handover import Handed, Handover
from stack.registries import Built
from stack.settings import StackSettings

NAME = "handover"


def build(settings: StackSettings, built: Built, deliveries: Mapping[str, Delivery]) -> Handover | None:
    """Declares the proof of all deliveries; None where there is none."""
    if not deliveries:
        return None
    delivered = {
        name: {
            variable: value
            for variable, value in built.registries[settings.delivery[name].registry].variables.items()
            if delivery.delivers(variable)
        }
        for name, delivery in deliveries.items()
    }
    used = {told.registry for told in settings.delivery.values()}
    registries = {
        name: Handed(registry.variables, name in built.proofs)
        for name, registry in built.registries.items()
        if name in used
    }
    return Handover(NAME, registries, delivered, [*deliveries.values(), *built.proofs.values()])
