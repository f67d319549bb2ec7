"""The whole program under mocks, with Docker Hub: what is declared, and that apps cost no resources."""

from typing import Any

import pytest

from tests.support.declared import Program, declare

_MADE: dict[str, dict[str, Any]] = {
    "pulumi-python:dynamic/snapdeploy:DockerHubRepositories": {"created": [], "public": []},
    "pulumi-python:dynamic/snapdeploy:Password": {"value": "generated"},
    "pulumi-python:dynamic/snapdeploy:DeliveryReceipt": {"revocable": {}},
    "kubernetes:core/v1:Secret": {},
}
HUB: dict[str, Any] = {
    "kind": "docker-hub",
    "namespace": "acme",
    "username": "acme-ci",
    "token": "dckr_pat_canary-0c11",
    "adminToken": "dckr_pat_canary-admin-77",
}
CLUSTER = {"target": "kubernetes", "context": "production", "namespaces": {"apps": {}, "builders": {}}}


def _declared(hub: dict[str, Any], *, alone: bool = False, **more: object) -> Program:
    config = {"registries": {"hub": hub}, "delivery": {"cluster": CLUSTER}, **more}
    return declare("dev", _MADE, config=config, simulated=True, alone=alone)


def test_it_is_declared_whole() -> None:
    found = _declared({**HUB, "repositories": {"shop": {}, "docs": {"private": False}}}, alone=True)
    assert [(each["name"], each["parent"]) for each in found.inventory()] == [
        ("cluster", "snapdeploy-registry-dev"),
        ("cluster-apps", "cluster"),
        ("cluster-builders", "cluster"),
        ("cluster-cluster", "cluster"),
        ("handover", "snapdeploy-registry-dev"),
        ("handover-key", "handover"),
        ("handover-receipt", "handover"),
        ("hub", "snapdeploy-registry-dev"),
        ("hub-repositories", "hub"),
        ("snapdeploy-registry-dev", ""),
    ]
    (repositories,) = found.of("pulumi-python:dynamic/snapdeploy:DockerHubRepositories")
    assert repositories.inputs["repositories"] == {"docs": False, "shop": True, "snapdeploy-verify": True}
    assert repositories.inputs["delete"] is False
    assert found.sdks == ("pulumi_kubernetes",)


def test_a_thousand_apps_are_as_many_resources_as_one() -> None:
    one = _declared({**HUB, "repositories": {"app-0": {}}})
    many = _declared({**HUB, "repositories": {f"app-{number}": {} for number in range(1000)}})
    assert one.inventory() == many.inventory()


def test_the_token_that_manages_is_never_delivered() -> None:
    found = _declared({**HUB, "repositories": {"shop": {}}})
    for secret in found.of("kubernetes:core/v1:Secret"):
        assert "admin" not in str(secret.inputs)
    (cluster,) = found.of("pulumi:providers:kubernetes")
    assert (cluster.inputs["context"], cluster.inputs["enableSecretMutable"]) == ("production", "true")


@pytest.mark.parametrize("private", [True, False])
def test_without_anything_to_settle_the_hub_is_left_alone(private: bool) -> None:
    found = _declared({**HUB, "private": private, "verifyRepository": False})
    assert not found.of("pulumi-python:dynamic/snapdeploy:DockerHubRepositories")
