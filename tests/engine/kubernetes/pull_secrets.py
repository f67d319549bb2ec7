"""The program under test: one delivery into Kubernetes of a registry's variables."""

import json

import pulumi

from components._settings import DeliverySettings
from components.delivery._interface import Context
from components.delivery.kubernetes import Kubernetes, KubernetesSettings
from contract.kinds import Environment
from contract.variables import Name

config = pulumi.Config()
told = config.get("told")
if told:
    settings: DeliverySettings = KubernetesSettings.model_validate({"registry": "main", **json.loads(told)})
    variables: dict[str, pulumi.Output[str]] = {
        Name.DOCKER_REGISTRY: pulumi.Output.from_input(config.get("registry") or "docker.io/acme"),
        Name.DOCKER_REGISTRY_USERNAME: pulumi.Output.from_input("acme-ci"),
        Name.DOCKER_REGISTRY_PASSWORD: config.require_secret("token"),
    }
    context = Context(pulumi.get_stack(), Environment.PROD, {})
    delivered = Kubernetes("cluster", settings, variables, context)
    pulumi.export("destination", delivered.destination)
