"""The program under test: a registry with a token from the config, handed over by the stack's own rooms."""

from collections.abc import Mapping
from types import MappingProxyType

import pulumi

from components._base import Registry
from components._settings import DeliverySettings, DotenvSettings
from components.smoke_test import SmokeTest
from contract.kinds import Auth, Environment, Kind
from contract.variables import Name
from stack import deliveries, handover, outputs
from stack._groups import BuilderSettings, SmokeTestSettings
from stack.registries import Built
from stack.settings import StackSettings


class Static(Registry):
    """A registry that somebody else runs, entered by user name and token."""

    TYPE = "snapdeploy:registry:Static"

    def __init__(self, name: str, host: str, token: pulumi.Output[str]) -> None:
        super().__init__(
            name,
            kind=Kind.DOCKER_HUB,
            auth=Auth.STATIC,
            address=host,
            tls=False,
            environment=Environment.DEV,
            opts=None,
        )
        self.settle(
            host=host,
            namespace="snapdeploy-apps",
            credential={Name.DOCKER_REGISTRY_USERNAME: "builder", Name.DOCKER_REGISTRY_PASSWORD: token},
            work_dir=None,
            log_dir=None,
        )


config = pulumi.Config()
registry = Static("main", config.require("host"), config.require_secret("token"))
test = SmokeTest("main-smoke-test", registry, tag=None, environment=Environment.DEV)
told: Mapping[str, DeliverySettings] = {
    "first": DotenvSettings(registry="main", path=".env"),
    "second": DotenvSettings(registry="main", path="second.env"),
}
settings = StackSettings(
    stack=pulumi.get_stack(),
    environment=Environment.DEV,
    primary="main",
    registries=MappingProxyType({}),
    delivery=MappingProxyType(told),
    builder=BuilderSettings(),
    smoke_test=SmokeTestSettings(),
    tags=MappingProxyType({}),
    simulated=False,
)
built = Built(registry, {"main": registry}, {"main": test}, {"main": test.proven})
delivered = deliveries.build(settings, built)
outputs.export(settings, built, delivered, handover.build(settings, built, delivered))
