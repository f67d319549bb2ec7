"""Target `github-actions` under mocks: what it declares in a repository, an environment, an organization."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.support.declared import Program, Resource, declare

CANARY = "ghp_canary0000000000000000000000000000000"
INVENTORY = Path(__file__).parent / "inventories" / "dev.yaml"
FILE = Path(__file__).resolve().parents[2] / "Pulumi.dev.yaml"
_TYPES = (
    "actionsEnvironmentSecret:ActionsEnvironmentSecret",
    "actionsEnvironmentVariable:ActionsEnvironmentVariable",
    "actionsOrganizationSecret:ActionsOrganizationSecret",
    "actionsOrganizationVariable:ActionsOrganizationVariable",
    "actionsSecret:ActionsSecret",
    "actionsVariable:ActionsVariable",
    "dependabotSecret:DependabotSecret",
    "dependabotOrganizationSecret:DependabotOrganizationSecret",
    "repositoryEnvironment:RepositoryEnvironment",
    "repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy",
)
_MADE: dict[str, dict[str, Any]] = {f"github:index/{name}": {} for name in _TYPES} | {
    "pulumi-python:dynamic/snapdeploy:Password": {"value": "generated"},
    "pulumi-python:dynamic/snapdeploy:DeliveryReceipt": {"revocable": {}},
}


def _program(*, credential: bool = True, **delivery: Any) -> Program:
    registry: dict[str, Any] = {"kind": "ghcr", "namespace": "acme"}
    if credential:
        registry["credential"] = {"username": "acme-bot", "token": CANARY}
    told = {"target": "github-actions", "owner": "acme", **delivery}
    config = {"registries": {"main": registry}, "delivery": {"workflow": told}}
    return declare("dev", _MADE, config=config, simulated=True)


def _github(program: Program) -> dict[str, Resource]:
    return {each.name.removeprefix("workflow-"): each for each in program.resources if each.type.startswith("github:")}


def _types(program: Program) -> dict[str, str]:
    return {name: each.type.rpartition(":")[2] for name, each in _github(program).items()}


@cache
def _dev() -> Program:
    told = yaml.safe_load(FILE.read_text(encoding="utf-8"))["config"]
    config = {key.removeprefix("snapdeploy-registry:"): value for key, value in told.items()}
    return declare("dev", _MADE, config=config, simulated=True, alone=True)


def test_stack_dev_is_its_inventory_and_imports_one_providers_sdk() -> None:
    assert _dev().inventory() == yaml.safe_load(INVENTORY.read_text(encoding="utf-8"))
    assert list(_dev().sdks) == ["pulumi_github"]


def test_no_child_lives_outside_its_component() -> None:
    components = {each.name for each in _dev().resources if each.is_component}
    for resource in _dev().resources:
        if not resource.is_component:
            assert resource.parent in components, resource
            assert resource.name.startswith(f"{resource.parent}-"), resource


def test_a_repository_gets_what_is_plain_as_variables_and_what_is_secret_as_secrets() -> None:
    program = _program(repository="builder")
    assert _types(program) == {
        "docker-registry": "ActionsVariable",
        "docker-registry-username": "ActionsVariable",
        "docker-registry-password": "ActionsSecret",
        "builder-work-dir": "ActionsVariable",
        "builder-log-dir": "ActionsVariable",
    }
    found = _github(program)
    assert found["docker-registry"].inputs["value"] == "ghcr.io/acme"
    secret = found["docker-registry-password"].inputs
    assert secret["secretName"] == "DOCKER_REGISTRY_PASSWORD"
    assert secret["value"] != CANARY, "it is marked as a secret on its way to the provider"
    assert not {"plaintextValue", "encryptedValue"} & secret.keys(), "nothing deprecated"


def test_an_organization_gives_them_to_the_repositories_it_names() -> None:
    program = _program(organization={"repositories": {"b": 2, "a": 1}}, dependabot=True)
    assert set(_types(program).values()) == {
        "ActionsOrganizationVariable",
        "ActionsOrganizationSecret",
        "DependabotOrganizationSecret",
    }
    for each in _github(program).values():
        assert (each.inputs["visibility"], each.inputs["selectedRepositoryIds"]) == ("selected", [1, 2])


def test_an_organization_can_give_them_to_all() -> None:
    for each in _github(_program(organization={"access": "private"})).values():
        assert each.inputs["visibility"] == "private"
        assert "selectedRepositoryIds" not in each.inputs


def test_dependabot_gets_the_secret_ones_alone() -> None:
    types = _types(_program(repository="builder", dependabot=True))
    assert {name: kind for name, kind in types.items() if name.startswith("dependabot")} == {
        "dependabot-docker-registry-password": "DependabotSecret"
    }
    assert not [
        name for name in _types(_program(credential=False, repository="b", dependabot=True)) if "depend" in name
    ]


def test_a_workflow_with_its_own_token_is_given_no_secret() -> None:
    types = _types(_program(credential=False, repository="builder"))
    assert sorted(types) == ["builder-log-dir", "builder-work-dir", "docker-registry"]


def test_an_environment_has_its_guards() -> None:
    found = _github(
        _program(
            repository="builder",
            environment={
                "name": "deploy-{stack}",
                "reviewers": {"users": {"b": 2, "a": 1}, "teams": {"t": 3}},
                "waitMinutes": 10,
                "branches": ["main"],
                "tags": ["v*"],
            },
        )
    )
    assert dict(found["environment"].inputs) == {
        "repository": "builder",
        "environment": "deploy-dev",
        "canAdminsBypass": False,
        "preventSelfReview": True,
        "waitTimer": 10,
        "reviewers": [{"users": [1, 2], "teams": [3]}],
        "deploymentBranchPolicy": {"protectedBranches": False, "customBranchPolicies": True},
    }
    assert found["branch-main"].inputs["branchPattern"] == "main"
    assert found["tag-v*"].inputs["tagPattern"] == "v*"
    assert found["docker-registry-password"].inputs["environment"] == "deploy-dev"


def test_an_environment_without_guards_has_none() -> None:
    found = _github(_program(repository="builder", environment={"adminsBypass": True}))
    assert dict(found["environment"].inputs) == {
        "repository": "builder",
        "environment": "dev",
        "canAdminsBypass": True,
    }


def test_without_a_token_nothing_is_proven_since_nobody_but_the_workflow_can_log_in() -> None:
    made = {**_MADE, "pulumi-python:dynamic/snapdeploy:EnvFile": {}}
    config = {
        "registries": {"main": {"kind": "ghcr", "namespace": "acme"}},
        "delivery": {"dotenv": {"target": "dotenv"}},
    }
    program = declare("dev", made, config=config)
    assert not program.of("snapdeploy:verify:SmokeTest")
    assert program.of("snapdeploy:registry:Ghcr")
