"""What the config says, held against what is there: accounts, names and owners, before anything is declared.

Owns: that everything in the way is reported in one go. Does not own what a kind looks at
(`Registry.preflight`), nor the rules of the config itself (`stack/settings.py`).
"""

import pulumi

from components._base import Registry, Surroundings
from components._table import REGISTRIES, load
from contract.problem import Problem, Problems
from stack.settings import StackSettings


def check(settings: StackSettings) -> None:
    """Looks at what each registry would be made in. Raises Problems with all that is in the way."""
    surroundings = Surroundings(pulumi.get_stack(), settings.environment, settings.tags, simulated=settings.simulated)
    found = []
    for name, chosen in settings.registries.items():
        component: type[Registry] = load(REGISTRIES[chosen.kind])
        found += [
            Problem(
                settings.where(obstacle.inside if obstacle.whole_stack else ("registries", name, *obstacle.inside)),
                obstacle.what,
                obstacle.mend,
                obstacle.consequence,
            )
            for obstacle in component.preflight(name, chosen, surroundings)
        ]
    if found:
        raise Problems(f"Stack {settings.stack} cannot be made as it is configured; nothing was changed.", found)
