"""What the stack says of itself: the contract of its primary registry, and the same for each.

Owns: the outputs' shape. Does not own: their names (`contract/outputs.py`).
"""

from collections.abc import Mapping

import pulumi

from components.delivery._interface import Delivery
from components.handover import Handover
from contract.outputs import StackOutput
from stack.registries import Built
from stack.settings import StackSettings


def export(settings: StackSettings, built: Built, deliveries: Mapping[str, Delivery], handed: Handover | None) -> None:
    """Exports the stack's outputs; secret variables are secret, and so hidden unless asked for."""
    primary = built.primary
    pulumi.export(StackOutput.REGISTRY, primary.registry)
    pulumi.export(StackOutput.HOST, primary.host)
    pulumi.export(StackOutput.KIND, primary.kind)
    pulumi.export(StackOutput.BUILDER_ENV, dict(primary.variables))
    pulumi.export(StackOutput.VERIFY, dict(built.proven))
    pulumi.export(StackOutput.REGISTRIES, {name: registry.report() for name, registry in built.registries.items()})
    pulumi.export(StackOutput.DELIVERIES, {name: delivery.destination for name, delivery in deliveries.items()})
    if handed is not None:
        pulumi.export(StackOutput.FINGERPRINTS, dict(handed.fingerprints))
        pulumi.export(StackOutput.FINGERPRINT_KEY, pulumi.Output.secret(handed.key))
        pulumi.export(StackOutput.REVOCABLE, handed.revocable)
    if settings.simulated:
        pulumi.export(StackOutput.SIMULATED, True)
