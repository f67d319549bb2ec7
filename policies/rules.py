"""All rules of the pack, and what a config of the pack may say.

Owns: the list, in the order of docs/policies.md. Does not own: any rule, or starting the pack.
"""

import difflib
from collections.abc import Collection, Mapping
from types import MappingProxyType

from pulumi_policy import Policy

from policies import (
    _exemptions,
    audit,
    docker_hub,
    ecr,
    github_settings,
    github_trust,
    google_iam,
    google_registry,
    google_trust,
    harbor,
    iam,
    images,
    kubernetes,
    long_lived_keys,
    machines,
    plain_secrets,
    program,
    providers,
    registry,
    secrets_stores,
    smoke_test,
)
from policies._rule import PAGE, Rule

PACK = "snapdeploy-registry"
SUBJECTS: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        "Getting in": (*registry.RULES, *plain_secrets.RULES, *smoke_test.RULES, *long_lived_keys.RULES),
        "AWS ECR": ecr.RULES,
        "AWS IAM": (*iam.RULES, *github_trust.RULES),
        "Google Artifact Registry": google_registry.RULES,
        "Google IAM": (*google_iam.RULES, *google_trust.RULES),
        "Secrets and keys": secrets_stores.RULES,
        "Machines": machines.RULES,
        "GitHub": github_settings.RULES,
        "Docker Hub": docker_hub.RULES,
        "Harbor": harbor.RULES,
        "Kubernetes, and what runs": (*kubernetes.RULES, *images.RULES),
        "Audit": audit.RULES,
        "The program": (*providers.RULES, *program.RULES),
    }
)
"""Every rule, under the heading that docs/policies.md has for it."""

RULES: tuple[Rule, ...] = tuple(rule for group in SUBJECTS.values() for rule in group)
ALL: tuple[Policy, ...] = tuple(rule.policy() for rule in RULES)

_NAMED = 5
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
    return sorted(mistakes + _exemptions.read(config)[1])


def _instead(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"; mend: did you mean {near[0]!r}?"
    names = list(known)
    more = f", … ({PAGE} has all)" if len(names) > _NAMED else ""
    return f"; mend: write one of {', '.join(names[:_NAMED])}{more}"
