"""One delivery of the variables that the config holds; none where the config names no target."""

import json
from typing import Any

import pulumi

from components._settings import DeliverySettings
from components._table import TARGETS, load
from components.delivery._interface import Context
from contract.kinds import Environment, Target
from contract.variables import Name, in_order

config = pulumi.Config()
told = json.loads(config.get("delivery") or "{}")
if told:
    values: dict[str, pulumi.Output[str]] = {
        name: pulumi.Output.from_input(value) for name, value in json.loads(config.require("plain")).items()
    }
    password = config.get_secret("password")
    if password is not None:
        values[Name.DOCKER_REGISTRY_PASSWORD] = password
    component: Any = load(TARGETS[Target(told["target"])])
    settings: DeliverySettings = component.Settings.model_validate({**told, "target": Target(told["target"])})
    variables = {name: values[name] for name in in_order(values)}
    delivered = component(
        "handed", settings, variables, Context(pulumi.get_stack(), Environment.DEV, {"team": "platform"})
    )
    pulumi.export("destination", delivered.destination)
