"""What can only be judged with the stack's name and environment: told in one go, before anything is declared."""

from types import MappingProxyType
from typing import Any, ClassVar

import pulumi
import pytest

from components._settings import DeliverySettings
from components.delivery._interface import Context
from components.delivery.secrets_manager import SecretsManagerSettings
from components.delivery.ssm_parameters import SsmParametersSettings
from contract.kinds import Environment
from stack import deliveries
from stack._groups import BuilderSettings, SmokeTestSettings
from stack.settings import StackSettings

HERE: dict[str, Any] = {"registry": "main", "account": "123456789012", "region": "eu-central-1"}


class Registry:
    """Stands for the registry that is delivered."""

    variables: ClassVar = {"DOCKER_REGISTRY": "x.example.com/apps"}


class Built:
    """Stands for the stack's registries, none of them proven."""

    registries: ClassVar = {"main": Registry()}
    proofs: ClassVar[dict[str, pulumi.Resource]] = {}


def secret(**changed: Any) -> DeliverySettings:
    return SecretsManagerSettings.model_validate({**HERE, **changed})


def stack(environment: Environment, **delivery: DeliverySettings) -> StackSettings:
    return StackSettings(
        stack="blue",
        environment=environment,
        primary="main",
        registries=MappingProxyType({}),
        delivery=MappingProxyType(delivery),
        builder=BuilderSettings(),
        smoke_test=SmokeTestSettings(),
        tags=MappingProxyType({"team": "platform"}),
        simulated=True,
    )


def refused(environment: Environment, **delivery: DeliverySettings) -> str:
    with pytest.raises(pulumi.RunError) as caught:
        deliveries.build(stack(environment, **delivery), Built())  # type: ignore[arg-type]
    return str(caught.value)


def test_what_production_may_not_do_is_told_with_its_place_and_mend() -> None:
    message = refused(Environment.PROD, a=secret(recoveryDays=0), b=secret(name="x", recoveryDays=0))
    assert "Pulumi.blue.yaml delivery.a: has `recoveryDays: 0`, which production cannot have" in message
    assert "Pulumi.blue.yaml delivery.b: has `recoveryDays: 0`" in message
    assert "mend: write `recoveryDays: 30`" in message


def test_a_default_that_is_another_delivery_s_name_is_the_same_place() -> None:
    message = refused(Environment.DEV, a=secret(), b=secret(name="snapdeploy/blue/builder"))
    assert "delivery.b: writes to the same place as `delivery.a`" in message
    assert ":secret:snapdeploy/blue/builder" in message


def test_every_target_is_told_of_the_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    contexts: list[Context] = []

    class Target:
        @classmethod
        def objection(cls, settings: Any, context: Context) -> None:
            contexts.append(context)

        def __init__(self, name: str, settings: Any, variables: Any, context: Context, opts: Any) -> None:
            contexts.append(context)

    monkeypatch.setattr(deliveries, "load", lambda _: Target)
    other = SsmParametersSettings.model_validate(HERE)
    made = deliveries.build(stack(Environment.DEV, a=secret(), b=other), Built())  # type: ignore[arg-type]
    assert list(made) == ["a", "b"]
    assert contexts == [Context("blue", Environment.DEV, {"team": "platform"})] * 4
