"""Rules on GitHub: who may use the builder's variables, and what a workflow may do by default.

Owns: environments, secrets of an organization, workflows' permissions. Does not own: what another cloud trusts of
GitHub's (`github_trust.py`, `google_trust.py`), or whether a secret is marked (`plain_secrets.py`).
"""

from collections.abc import Iterable, Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies._props import Gap, flag, group, inside, printable, read, text
from policies._rule import Finding, Practice, Remark, Rule, Seen, only

ENVIRONMENT = "github:index/repositoryEnvironment:RepositoryEnvironment"
_ORGANIZATION_SECRETS = (
    "github:index/actionsOrganizationSecret:ActionsOrganizationSecret",
    "github:index/dependabotOrganizationSecret:DependabotOrganizationSecret",
)
_WORKFLOW_PERMISSIONS = (
    "github:index/workflowRepositoryPermissions:WorkflowRepositoryPermissions",
    "github:index/actionsOrganizationWorkflowPermissions:ActionsOrganizationWorkflowPermissions",
)
_ACTIONS = (
    "github:index/actionsRepositoryPermissions:ActionsRepositoryPermissions",
    "github:index/actionsOrganizationPermissions:ActionsOrganizationPermissions",
)


def _guarded(seen: Seen) -> Iterator[Remark]:
    policy = group(seen.props, "deploymentBranchPolicy")
    if policy is Gap.UNKNOWN:
        yield Gap.UNKNOWN
        return
    protected = Gap.MISSING if isinstance(policy, Gap) else flag(policy, "protectedBranches")
    custom = Gap.MISSING if isinstance(policy, Gap) else flag(policy, "customBranchPolicies")
    if True in (protected, custom):
        return
    if Gap.UNKNOWN in (protected, custom):
        yield Gap.UNKNOWN
    else:
        yield Finding(f"environment {seen} may be used by any branch: it has no `deploymentBranchPolicy`")


def _reviewed(seen: Seen) -> Iterator[Remark]:
    strict = {str(name).lower() for name in seen.settings["environments"]}
    name = text(seen.props, "environment")
    if name is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    if isinstance(name, Gap) or name.lower() not in strict:
        return
    reviewers = read(seen.props, "reviewers")
    if reviewers is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    elif isinstance(reviewers, Gap) or not reviewers:
        yield Finding(f"environment {seen} has no `reviewers`: a deployment starts unseen")
    bypass = flag(seen.props, "canAdminsBypass")
    if bypass is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    elif bypass is not False:
        yield Finding(f"environment {seen} lets administrators pass its reviewers by: `canAdminsBypass` is not false")


def _chosen(seen: Seen) -> Iterable[Remark]:
    return only(
        text(seen.props, "visibility"),
        lambda said: f"secret {seen} is given to every repository of the organization" if said == "all" else None,
    )


def _reading(seen: Seen) -> Iterator[Remark]:
    default = text(seen.props, "defaultWorkflowPermissions")
    approve = flag(seen.props, "canApprovePullRequestReviews")
    if Gap.UNKNOWN in (default, approve):
        yield Gap.UNKNOWN
    if default == "write":
        yield Finding(f"{seen} gives every workflow's token the right to write")
    if approve is True:
        yield Finding(f"{seen} lets workflows approve pull requests")


def _actions(seen: Seen) -> Iterator[Remark]:
    allowed, pinned = text(seen.props, "allowedActions"), flag(seen.props, "shaPinningRequired")
    if Gap.UNKNOWN in (allowed, pinned):
        yield Gap.UNKNOWN
    elif allowed in ("all", Gap.MISSING) and pinned is not True:
        yield Finding(f"{seen} lets workflows use anybody's actions, by a tag that may move")


_BRANCHES = "github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy"


def _branches(seen: Seen) -> Iterator[Remark]:
    for name in ("branchPattern", "tagPattern"):
        said = text(seen.props, name)
        if said is Gap.UNKNOWN:
            yield Gap.UNKNOWN
        elif isinstance(said, str) and not said.strip("*/"):
            yield Finding(f"policy {seen} lets every branch or tag use the environment: `{printable(said)}`")


_TOKENS = ("github:index/actionsSecret:ActionsSecret", "github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret")


def _sealed_by_us(seen: Seen) -> Iterator[Remark]:
    # `plaintextValue` is deprecated: the provider keeps it in state under a name that others print.
    if inside(seen.props, "plaintextValue") not in (Gap.MISSING, Gap.UNKNOWN):
        yield Finding(f"secret {seen} is given as `plaintextValue`, which the provider has deprecated")


RULES: tuple[Rule, ...] = (
    Rule(
        name="github-environment-names-branches",
        says="Only named or protected branches use a deployment environment.",
        refuses="an environment without a `deploymentBranchPolicy`",
        why="whoever can push a branch reads the environment's variables and secrets, and pushes an image",
        mend="write `delivery.<name>.environment.branches: [main]`, or `protectedBranches: true` "
        "(`deploymentBranchPolicy`)",
        severity=Severity.HIGH,
        practices=(Practice.ROLES,),
        types=(ENVIRONMENT,),
        judge=_guarded,
    ),
    Rule(
        name="github-environment-patterns-say-which",
        says="A pattern of branches tells some from others.",
        refuses="a deployment policy for `*` or `**`",
        why="every branch may use the environment, while it looks guarded",
        mend="write `delivery.<name>.environment.branches: [main, release/*]` (`branchPattern`)",
        severity=Severity.HIGH,
        practices=(Practice.ROLES,),
        types=(_BRANCHES,),
        judge=_branches,
    ),
    Rule(
        name="github-production-is-reviewed",
        says="A person looks before production is deployed.",
        refuses="an environment called `prod` or `production` without reviewers, or which administrators may pass by",
        why="one stolen session, or one hasty merge, is in production",
        mend="write `delivery.<name>.environment.reviewers` and `adminsBypass: false` (`reviewers`, `canAdminsBypass`)",
        severity=Severity.MEDIUM,
        level=EnforcementLevel.ADVISORY,
        practices=(Practice.ROLES,),
        settings={
            "environments": {
                "type": "array",
                "items": {"type": "string"},
                "default": ["prod", "production"],
                "description": "environments in which the rule holds",
            }
        },
        types=(ENVIRONMENT,),
        judge=_reviewed,
    ),
    Rule(
        name="github-secrets-are-for-some",
        says="A secret of an organization is given to the repositories that need it.",
        refuses="a secret of an organization with `visibility: all`",
        why="a workflow in any repository, a public one as well, can read it and push",
        mend="write `delivery.<name>.organization: {access: selected}` with `repositories` (`selectedRepositoryIds`)",
        severity=Severity.HIGH,
        checks=("CKV_GIT_4",),
        practices=(Practice.ROLES,),
        types=_ORGANIZATION_SECRETS,
        judge=_chosen,
    ),
    Rule(
        name="github-secrets-use-the-current-property",
        says="Secrets are handed to GitHub's provider in the property that it still maintains.",
        refuses="an Actions secret given as `plaintextValue`",
        why="it goes with the provider's next major version, and the secret with it",
        mend="let a delivery of `target: github-actions` write it (`value`)",
        severity=Severity.LOW,
        level=EnforcementLevel.ADVISORY,
        types=_TOKENS,
        judge=_sealed_by_us,
    ),
    Rule(
        name="github-workflows-read-by-default",
        says="A workflow's token may read, until the workflow asks for more.",
        refuses="`defaultWorkflowPermissions: write`, and workflows that may approve pull requests",
        why="every action of a stranger's that any workflow uses may push code and packages",
        mend="set `defaultWorkflowPermissions: read`; `snapdeploy-registry workflow` asks for `packages: write` "
        "where it pushes",
        severity=Severity.HIGH,
        checks=("CKV2_GHA_1",),
        practices=(Practice.ROLES, Practice.TOKENS),
        types=_WORKFLOW_PERMISSIONS,
        judge=_reading,
    ),
    Rule(
        name="github-actions-are-known",
        says="Workflows use actions that somebody has allowed, or pinned by commit.",
        refuses="`allowedActions: all` without `shaPinningRequired`",
        why="whoever takes over an action's repository moves its tag, and runs in the next build",
        mend="set `allowedActions: selected`, or `shaPinningRequired: true`",
        severity=Severity.MEDIUM,
        level=EnforcementLevel.ADVISORY,
        types=_ACTIONS,
        judge=_actions,
    ),
)
