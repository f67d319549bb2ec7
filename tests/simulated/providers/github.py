"""GitHub, simulated: repositories that all exist, and what Actions and Dependabot keep in them.

Owns: environments with their guards, and that what is in one goes with it. Does not own: variables and secrets
(`github_kept.py`), pushing, workflows, or who may do what.
"""

from tests.simulated.behaviour import Call, CloudError, State, Stored
from tests.simulated.checker import Mistake
from tests.simulated.provider import Provider
from tests.simulated.providers.github_kept import ENVIRONMENT, SealedSecret, Variable
from tests.simulated.providers.github_words import API, canonical, escaped, number, text
from tests.simulated.store import Key
from tests.simulated.wire import Properties

POLICY = "github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy"

_LONGEST_WAIT = 43_200
_MOST_REVIEWERS = 6


class RepositoryEnvironment(Stored):
    """A deployment environment. What is in it goes with it."""

    replace_on_change = frozenset({"repository", "environment"})
    stable = frozenset({"repositoryId"})

    def defaults(self, call: Call) -> Properties:
        return {"canAdminsBypass": True, "preventSelfReview": False, "waitTimer": 0}

    def mistakes(self, inputs: Properties) -> list[Mistake]:
        found = []
        wait = inputs.get("waitTimer", 0)
        if isinstance(wait, int | float) and not 0 <= wait <= _LONGEST_WAIT:
            found.append(Mistake("waitTimer", f"expected to be in the range (0 - {_LONGEST_WAIT})"))
        if _reviewers(inputs) > _MOST_REVIEWERS:
            found.append(Mistake("reviewers", "a maximum of 6 reviewers (users and teams combined) can be set"))
        policy = inputs.get("deploymentBranchPolicy")
        if isinstance(policy, dict) and policy.get("protectedBranches") == policy.get("customBranchPolicies"):
            found.append(Mistake("deploymentBranchPolicy", "its two properties cannot have the same value"))
        return found

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"{text(inputs, 'repository')}:{escaped(text(inputs, 'environment'))}"

    def computed(self, call: Call, id_: str, properties: Properties) -> Properties:
        # GitHub keeps this with the reviewers, and drops it where there are none.
        own = {} if _reviewers(properties) else {"preventSelfReview": False}
        return {**own, "repositoryId": number(f"{call.scope}/{text(properties, 'repository')}")}

    def create(self, call: Call, inputs: Properties) -> State:
        id_ = self.identity(call, inputs)
        properties = self._whole(call, id_, inputs)
        # A PUT: an environment that is there gets these guards in the place of its own.
        if not call.store.add(self._key(call, id_), properties):
            call.store.put(self._key(call, id_), properties)
        return State(id_, properties)

    def delete(self, call: Call, id_: str, olds: Properties) -> None:
        inside = f"{self._key(call, id_).id}:"
        for key in call.store.held():
            if key.scope == call.scope and key.id.startswith(inside):
                call.store.drop(key)
        super().delete(call, id_, olds)

    def _key(self, call: Call, id_: str) -> Key:
        return canonical(super()._key(call, id_))


class DeploymentPolicy(Stored):
    """A pattern of branches or tags that may use an environment."""

    replace_on_change = frozenset({"repository", "environment"})
    stable = frozenset({"policyId", "repositoryId"})

    def mistakes(self, inputs: Properties) -> list[Mistake]:
        if (inputs.get("branchPattern") is None) == (inputs.get("tagPattern") is None):
            return [Mistake("branchPattern", "only one of branchPattern, tagPattern can be specified, and one has to")]
        return []

    def identity(self, call: Call, inputs: Properties) -> str:
        owner = f"{text(inputs, 'repository')}:{escaped(text(inputs, 'environment'))}"
        environment = call.store.get(canonical(Key(ENVIRONMENT, call.scope, owner)), {})
        policy = (environment or {}).get("deploymentBranchPolicy")
        if not isinstance(policy, dict) or not policy.get("customBranchPolicies"):
            raise CloudError(f"POST {API}/repos/{call.scope}/…/deployment-branch-policies: 404 Not Found []")
        pattern = text(inputs, "branchPattern") or f"refs/tags/{text(inputs, 'tagPattern')}"
        return f"{owner}:{number(f'{owner}:{pattern}')}"

    def computed(self, call: Call, id_: str, properties: Properties) -> Properties:
        repository = number(f"{call.scope}/{text(properties, 'repository')}")
        return {"policyId": int(id_.rpartition(":")[2]), "repositoryId": repository}

    def _key(self, call: Call, id_: str) -> Key:
        return canonical(super()._key(call, id_))


def _reviewers(properties: Properties) -> int:
    found = properties.get("reviewers")
    one = found[0] if isinstance(found, list) and found else {}
    named = [one.get("users"), one.get("teams")] if isinstance(one, dict) else []
    return sum(len(part) for part in named if isinstance(part, list))


def _scope(config: Properties, properties: Properties) -> str:
    return (text(config, "owner") or "simulated").lower()


def provider() -> Provider:
    """GitHub as it is simulated here."""
    repository, environment = ("repository",), ("repository", "environment")
    return Provider(
        name="github",
        package="pulumi_github",
        behaviours={
            "github:index/actionsSecret:ActionsSecret": SealedSecret(*repository),
            "github:index/actionsVariable:ActionsVariable": Variable(*repository),
            "github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret": SealedSecret(*environment),
            "github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable": Variable(*environment),
            "github:index/actionsOrganizationSecret:ActionsOrganizationSecret": SealedSecret(),
            "github:index/actionsOrganizationVariable:ActionsOrganizationVariable": Variable(),
            "github:index/dependabotSecret:DependabotSecret": SealedSecret(*repository),
            "github:index/dependabotOrganizationSecret:DependabotOrganizationSecret": SealedSecret(),
            ENVIRONMENT: RepositoryEnvironment(),
            POLICY: DeploymentPolicy(),
        },
        scope=_scope,
    )
