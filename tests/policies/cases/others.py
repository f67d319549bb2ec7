"""Cases of the rules on GitHub, Docker Hub, Kubernetes, and on a program's own components."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.policies.cases.table import CANARY, UNKNOWN, Case, Expected, Made, case, secret


def registry(outputs: dict[str, Any] | None = None, *, kind: str = "Harbor", **changed: Any) -> Made:
    facts = {"kind": "harbor", "auth": "static", "address": "registry.example.com", "tls": True, "environment": "prod"}
    right = {
        "scan": "trivy",
        "retention": "keeps 50",
        "immutable": True,
        "expires_at": _in(90),
        "builder_env": {"DOCKER_REGISTRY_USERNAME": "robot$apps+builder"},
        "backups": "s3:acme-backup/main",
    }
    return Made(f"snapdeploy:registry:{kind}", {**facts, **changed}, outputs={**right, **(outputs or {})})


def _in(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds")


def environment(**changed: Any) -> Made:
    right = {
        "repository": "builder",
        "environment": "prod",
        "canAdminsBypass": False,
        "reviewers": [{"teams": [1]}],
        "deploymentBranchPolicy": {"protectedBranches": True, "customBranchPolicies": False},
    }
    return Made("github:index/repositoryEnvironment:RepositoryEnvironment", {**right, **changed})


def hub(**changed: Any) -> Made:
    right = {
        "__provider": secret("code"),
        "namespace": "acme",
        "username": "acme",
        "token": secret(CANARY),
        "repositories": {"web": True},
        "private": True,
        "delete": False,
    }
    return Made("pulumi-python:dynamic/snapdeploy:DockerHubRepositories", {**right, **changed})


def pull_secret(namespace: Any) -> Made:
    told = {
        "metadata": {"name": "pull", "namespace": namespace},
        "type": "kubernetes.io/dockerconfigjson",
        "data": secret({".dockerconfigjson": CANARY}),
    }
    return Made("kubernetes:core/v1:Secret", told)


_RBAC = "rbac.authorization.k8s.io"

CASES: tuple[Case, ...] = (
    case(
        "github-environment-names-branches",
        lambda policy: [environment(deploymentBranchPolicy=policy)],
        wrong=...,
        right={"protectedBranches": True, "customBranchPolicies": False},
    ),
    case(
        "github-environment-patterns-say-which",
        lambda pattern: [
            Made(
                "github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy",
                {"repository": "builder", "environment": "prod", "branchPattern": pattern},
            )
        ],
        wrong="**",
        right="release/*",
    ),
    case("github-production-is-reviewed", lambda on: [environment(canAdminsBypass=on)], wrong=True, right=False),
    case(
        "github-secrets-are-for-some",
        lambda who: [
            Made(
                "github:index/actionsOrganizationSecret:ActionsOrganizationSecret",
                {"secretName": "X", "visibility": who, "value": secret(CANARY)},
            )
        ],
        wrong="all",
        right="private",
    ),
    case(
        "github-secrets-use-the-current-property",
        lambda name: [
            Made(
                "github:index/actionsSecret:ActionsSecret",
                {
                    "repository": "builder",
                    "secretName": "DOCKER_REGISTRY_PASSWORD",
                    **(
                        {"value": secret(CANARY), "keyId": ...}
                        if name == "value"
                        else {"plaintextValue": secret(CANARY) if name == "plaintextValue" else name}
                    ),
                },
            )
        ],
        wrong="plaintextValue",
        right="value",
        verdict=Expected.FINE,
    ),
    case(
        "github-workflows-read-by-default",
        lambda how: [
            Made(
                "github:index/workflowRepositoryPermissions:WorkflowRepositoryPermissions",
                {"repository": "builder", "defaultWorkflowPermissions": how},
            )
        ],
        wrong="write",
        right="read",
    ),
    case(
        "github-actions-are-known",
        lambda which: [
            Made(
                "github:index/actionsRepositoryPermissions:ActionsRepositoryPermissions",
                {"repository": "builder", "allowedActions": which},
            )
        ],
        wrong="all",
        right="selected",
    ),
    case(
        "docker-hub-repositories-are-private",
        lambda private: [hub(repositories={"web": private})],
        wrong=False,
        right=True,
    ),
    case("docker-hub-has-no-strays", lambda public: [hub(public=public)], wrong=["leaked"], right=[]),
    case("docker-hub-keeps-repositories", lambda on: [hub(delete=on)], wrong=True, right=False),
    case("kubernetes-pull-secret-has-a-place", lambda where: [pull_secret(where)], wrong="default", right="apps"),
    case(
        "kubernetes-no-wildcard-grants",
        lambda verbs: [
            Made(
                f"kubernetes:{_RBAC}/v1:ClusterRole",
                {"metadata": {"name": "x"}, "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": verbs}]},
            )
        ],
        wrong=["*"],
        right=["get"],
    ),
    case(
        "kubernetes-no-administrators",
        lambda role: [
            Made(
                f"kubernetes:{_RBAC}/v1:ClusterRoleBinding",
                {
                    "metadata": {"name": "x"},
                    "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": role},
                    "subjects": [{"kind": "ServiceAccount", "name": "builder", "namespace": "builders"}],
                },
            )
        ],
        wrong="cluster-admin",
        right="builder",
    ),
    case(
        "providers-use-tls",
        lambda url: [Made("pulumi:providers:github", {"owner": "acme", "baseUrl": url}, "own")],
        wrong="http://github.example.com/",
        right="https://github.example.com/",
        blamed=("own",),
    ),
    case("registry-requires-authentication", lambda auth: [registry(auth=auth)], wrong="anonymous", right="static"),
    case("plain-http-on-loopback-only", lambda tls: [registry(tls=tls)], wrong=False, right=True),
    case("registry-names-its-environment", lambda where: [registry(environment=where)], wrong="staging", right="prod"),
    case(
        "local-registry-stays-local",
        lambda where: [registry(kind="Local", environment=where)],
        wrong="dev",
        right="local",
    ),
    case("registry-scans-images", lambda scan: [registry({"scan": scan})], wrong="none", right="trivy"),
    case("registry-removes-old-images", lambda how: [registry({"retention": how})], wrong="none", right="keeps 50"),
    case("registry-tags-are-immutable", lambda on: [registry({"immutable": on})], wrong=False, right=True),
    case("registry-credential-ends", lambda end: [registry({"expires_at": end})], wrong=_in(3), right=_in(90)),
    case(
        "harbor-delivers-a-robot",
        lambda who: [registry({"builder_env": {"DOCKER_REGISTRY_USERNAME": who}})],
        wrong="admin",
        right="robot$apps+builder",
    ),
    case(
        "harbor-robots-end",
        lambda days: [
            Made(
                "harbor:index/robotAccount:RobotAccount",
                {"name": "builder", "level": "project", "permissions": [], "duration": days},
            )
        ],
        wrong=-1,
        right=90,
    ),
    case(
        "harbor-projects-are-private",
        lambda public: [Made("harbor:index/project:Project", {"name": "{rule}", "public": public})],
        wrong=True,
        right=False,
    ),
    case(
        "harbor-users-are-no-administrators",
        lambda admin: [
            Made(
                "harbor:index/user:User",
                {
                    "username": "ann",
                    "email": "ann@example.com",
                    "fullName": "Ann",
                    "password": secret(CANARY),
                    "admin": admin,
                },
            )
        ],
        wrong=True,
        right=False,
    ),
    case("harbor-is-backed-up", lambda where: [registry({"backups": where})], wrong="", right="s3:acme-backup/main"),
    case(
        "smoke-test-uses-own-tag",
        lambda tag: [Made("snapdeploy:verify:SmokeTest", {"tag": tag, "environment": "prod"})],
        wrong="latest",
        right="generated",
    ),
    case(
        "secret-outputs-are-marked",
        lambda value: [Made("test:index:Any", outputs={"builder_env": {"DOCKER_REGISTRY_PASSWORD": value}})],
        wrong=CANARY,
        right=secret(CANARY),
        unknown=UNKNOWN,
    ),
)
