"""The builder's variables: what every consumer relies on."""

import pytest

from contract.kinds import Auth
from contract.variables import BUILDER_VARIABLES, SECRET_NAMES, Name, expected_names, in_order


def test_each_name_is_described_once() -> None:
    assert [variable.name for variable in BUILDER_VARIABLES] == list(Name)


def test_whatever_lets_one_in_is_secret() -> None:
    assert {"DOCKER_REGISTRY_PASSWORD", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} == SECRET_NAMES


@pytest.mark.parametrize("auth", [Auth.ECR, Auth.GOOGLE, Auth.GITHUB_TOKEN, Auth.ANONYMOUS])
def test_only_static_credentials_deliver_a_password(auth: Auth) -> None:
    assert Name.DOCKER_REGISTRY_PASSWORD not in expected_names(auth)
    assert Name.DOCKER_REGISTRY_PASSWORD in expected_names(Auth.STATIC)


@pytest.mark.parametrize("auth", list(Auth))
def test_every_builder_gets_a_registry_and_its_folders(auth: Auth) -> None:
    assert {Name.DOCKER_REGISTRY, Name.BUILDER_WORK_DIR, Name.BUILDER_LOG_DIR} <= expected_names(auth)


def test_the_order_is_the_contracts_and_strangers_are_refused() -> None:
    assert in_order(["BUILDER_LOG_DIR", "DOCKER_REGISTRY"]) == ["DOCKER_REGISTRY", "BUILDER_LOG_DIR"]
    with pytest.raises(KeyError):
        in_order(["PATH"])
