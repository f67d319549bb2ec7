"""From settings to deliveries: which target gets which registry's variables.

Owns: that nothing is delivered before it is proven, and what can only be judged with the
stack's name and environment. Does not own: the table of targets (`components/_table.py`) or
anything inside a target.
"""

from collections.abc import Iterator, Mapping

import pulumi

from components._settings import DeliverySettings
from components._table import TARGETS, load
from components.delivery._interface import Context, Delivery
from contract.kinds import Target
from contract.problem import Problem, Problems
from stack.registries import Built
from stack.settings import StackSettings


def build(settings: StackSettings, built: Built) -> Mapping[str, Delivery]:
    """Declares each delivery that the settings name, after the proof of the registry it delivers.

    Raises `pulumi.RunError` where a delivery cannot be made in this stack; none is then declared.
    """
    context = Context(settings.stack, settings.environment, settings.tags)
    classes: dict[str, type[Delivery]] = {name: load(TARGETS[told.target]) for name, told in settings.delivery.items()}
    problems = tuple(_problems(settings.delivery, classes, context))
    if problems:
        raise pulumi.RunError(str(Problems("The deliveries of this stack cannot be made; none was declared", problems)))
    deliveries = {}
    for name, chosen in settings.delivery.items():
        registry = built.registries[chosen.registry]
        waits = [built.proofs[chosen.registry]] if chosen.registry in built.proofs else []
        # The component's children inherit the wait: a failed proof leaves the old values delivered.
        options = pulumi.ResourceOptions(depends_on=waits)
        deliveries[name] = classes[name](name, chosen, registry.variables, context, options)
    return deliveries


def _problems(
    delivery: Mapping[str, DeliverySettings], classes: Mapping[str, type[Delivery]], context: Context
) -> Iterator[Problem]:
    """What is wrong with a delivery in this stack though its settings are right by themselves."""
    taken: dict[tuple[Target, str], str] = {}
    for name, told in delivery.items():
        where = f"Pulumi.{context.stack}.yaml delivery.{name}"
        objection = classes[name].objection(told, context)
        if objection is not None:
            yield Problem(where, objection.what, objection.mend, objection.consequence)
        place = context.place(told.destination())
        first = taken.setdefault((told.target, place), name)
        if first != name:
            yield Problem(
                where,
                f"writes to the same place as `delivery.{first}`: {place}",
                "give one of them another place, or delete it",
                "each would overwrite what the other has written",
            )
