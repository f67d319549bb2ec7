"""GitHub's ways in: which branches may use an environment, and which repositories an organization's secret.

Owns: reading them as grants. What holds a job back (reviewers, waiting) is a protection: `dangers.py`. Pure.
"""

from collections.abc import Iterator, Mapping

from ops.explain.digest import Change, Mark, State
from ops.explain.grants import Grant, Set

_POLICY = "github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy"
_ENVIRONMENT = "github:index/repositoryEnvironment:RepositoryEnvironment"
_ORGANIZATION = (
    "github:index/actionsOrganizationSecret:ActionsOrganizationSecret",
    "github:index/actionsOrganizationVariable:ActionsOrganizationVariable",
    "github:index/dependabotOrganizationSecret:DependabotOrganizationSecret",
)


def grants(change: Change, state: State) -> Iterator[Grant]:
    """Who may read what GitHub keeps for the builder."""
    if change.type == _POLICY:
        place = Set((f"environment:{_text(state, 'environment')} of {_text(state, 'repository')}",))
        for key, word in (("branchPattern", "branch"), ("tagPattern", "tag")):
            if state.get(key) is not None:
                yield Grant(f"{word}:{_text(state, key)}", Set(("deploy",)), place)
    elif change.type == _ENVIRONMENT:
        place = Set((f"environment:{_text(state, 'environment')} of {_text(state, 'repository')}",))
        policy = state.get("deploymentBranchPolicy")
        if policy is None:
            yield Grant("branch:*", Set(("deploy",)), place)
        elif isinstance(policy, Mapping) and policy.get("protectedBranches") is True:
            yield Grant("branches:protected", Set(("deploy",)), place)
    elif change.type in _ORGANIZATION:
        name = _text(state, "secretName") if state.get("secretName") is not None else _text(state, "variableName")
        visibility = _text(state, "visibility")
        chosen = state.get("selectedRepositoryIds")
        if visibility == "selected":
            for one in chosen if isinstance(chosen, list) else []:
                yield Grant(f"repository:{one}", Set(("read",)), Set((f"variable:{name}",)))
        else:
            yield Grant(f"repositories:{visibility}", Set(("read",)), Set((f"variable:{name}",)))


def _text(state: State, name: str) -> str:
    found = state.get(name)
    return str(found) if found is not None and not isinstance(found, Mark) else "?"
