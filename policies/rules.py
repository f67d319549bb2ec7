"""All rules of the pack, and what a config of the pack may say.

Owns: the list, in the order of docs/policies.md. Does not own: any rule, or starting the pack.
"""

import difflib
from collections.abc import Collection, Mapping

from pulumi_policy import Policy

from policies import long_lived_keys, plain_secrets, registry, smoke_test

PACK = "snapdeploy-registry"
ALL: tuple[Policy, ...] = (*registry.RULES, *plain_secrets.RULES, *smoke_test.RULES, *long_lived_keys.RULES)

_EVERY_RULE = "all"
_LEVEL = "enforcementLevel"
_ENVIRONMENTS = "environments"


def config_mistakes(config: Mapping[str, object]) -> list[str]:
    """What is wrong with a config of the pack, as its file has it: names that no rule and no setting has.

    The engine checks levels and values, and accepts a misspelt rule in silence. Keys that
    belong to the engine itself (`all`, `environments`) are none of the pack's.
    """
    settings = {rule.name: rule.config_schema.properties if rule.config_schema else {} for rule in ALL}
    mistakes = []
    for name, given in config.items():
        if name in (_EVERY_RULE, _ENVIRONMENTS):
            continue
        if name not in settings:
            mistakes.append(f"{name!r} is no rule of {PACK}{_instead(name, settings)}")
        elif isinstance(given, Mapping):
            mistakes += [
                f"{name}: {key!r} is no setting of the rule{_instead(key, settings[name])}"
                for key in given
                if key != _LEVEL and key not in settings[name]
            ]
    return sorted(mistakes)


def _instead(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"; mend: did you mean {near[0]!r}?"
    return f"; mend: write one of {', '.join(known)}" if known else "; mend: remove it, the rule has no settings"
