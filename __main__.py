"""The Pulumi program: a table of contents.

Settings are read and checked as a whole, and held against what is there; each registry they
name is declared and proven; the builder's variables are delivered, and their arrival noted; the stack says what it has.
"""

import pulumi

from contract.problem import Problems
from stack import deliveries, handover, outputs, preflight, registries, settings


def main() -> None:
    """Declares the stack. Nothing is declared where a setting is wrong or something is in the way."""
    try:
        chosen = settings.load()
        preflight.check(chosen)
    except Problems as problems:
        raise pulumi.RunError(str(problems)) from None
    built = registries.build(chosen)
    delivered = deliveries.build(chosen, built)
    handed = handover.build(chosen, built, delivered)
    outputs.export(chosen, built, delivered, handed)


main()
