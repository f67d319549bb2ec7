"""Which class stands behind a kind of registry, and behind a delivery target.

A new kind is one file beside this one and one line here. The classes are named, not imported:
a provider's SDK costs 0.3 to 0.5 s to import, so only those of the kinds in use are loaded.
"""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from contract.kinds import Kind, Target

REGISTRIES: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.LOCAL: "components.local:Local",
        Kind.ECR: "components.ecr.registry:Ecr",
        Kind.ARTIFACT_REGISTRY: "components.artifact_registry.registry:ArtifactRegistry",
        Kind.GHCR: "components.ghcr.registry:Ghcr",
        Kind.DOCKER_HUB: "components.docker_hub.registry:DockerHub",
        Kind.HARBOR: "components.harbor.registry:Harbor",
    }
)
"""The kinds that exist today. A `Kind` that is not here is planned."""

TARGETS: Mapping[Target, str] = MappingProxyType(
    {
        Target.DOTENV: "components.delivery.dotenv:Dotenv",
        Target.AWS_SECRETS_MANAGER: "components.delivery.secrets_manager:SecretsManager",
        Target.AWS_SSM: "components.delivery.ssm_parameters:SsmParameters",
        Target.GOOGLE_SECRET_MANAGER: "components.delivery.google_secret_manager:GoogleSecretManager",
        Target.GITHUB_ACTIONS: "components.delivery.github_actions:GithubActions",
        Target.KUBERNETES: "components.delivery.kubernetes:Kubernetes",
    }
)
"""The delivery targets that exist today."""


def load(path: str) -> type:
    """The class at `<module>:<class>`.

    Raises ImportError or AttributeError where the table names what does not exist, and
    TypeError where it names something that is no class: mistakes in this project, not in a config.
    """
    module, _, name = path.partition(":")
    found = getattr(import_module(module), name)
    if not isinstance(found, type):
        raise TypeError(f"{path} is in the table of components but is no class")
    return found
