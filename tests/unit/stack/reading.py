"""How the tests of the config read one: with settings classes, but without the components behind them."""

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from components._settings import DotenvSettings, LocalSettings
from components.artifact_registry.settings import ArtifactRegistrySettings
from components.delivery._github_settings import GithubActionsSettings
from components.delivery._google_secret_settings import GoogleSecretManagerSettings
from components.delivery.kubernetes import KubernetesSettings
from components.docker_hub.settings import DockerHubSettings
from components.ecr.settings import EcrSettings
from components.ghcr.settings import GhcrSettings
from components.harbor.settings import HarborSettings
from contract.problem import Problem, Problems
from stack._file import StackFile
from stack.settings import StackSettings
from stack.settings import parse as parse_config


class Local:
    """Stands for the component of kind `local`."""

    Settings = LocalSettings


class Ecr:
    """Stands for the component of kind `ecr`."""

    Settings = EcrSettings


class ArtifactRegistry:
    """Stands for the component of kind `artifact-registry`."""

    Settings = ArtifactRegistrySettings


class Ghcr:
    """Stands for the component of kind `ghcr`."""

    Settings = GhcrSettings


class GithubActions:
    """Stands for the component of target `github-actions`."""

    Settings = GithubActionsSettings


class GoogleSecretManager:
    """Stands for the component of target `google-secret-manager`."""

    Settings = GoogleSecretManagerSettings


class DockerHub:
    """Stands for the component of kind `docker-hub`."""

    Settings = DockerHubSettings


class Harbor:
    """Stands for the component of kind `harbor`."""

    Settings = HarborSettings


class Dotenv:
    """Stands for the component of target `dotenv`."""

    Settings = DotenvSettings


class Kubernetes:
    """Stands for the component of target `kubernetes`."""

    Settings = KubernetesSettings


CLASSES: Mapping[str, type] = {
    "components.local:Local": Local,
    "components.ecr.registry:Ecr": Ecr,
    "components.artifact_registry.registry:ArtifactRegistry": ArtifactRegistry,
    "components.ghcr.registry:Ghcr": Ghcr,
    "components.delivery.github_actions:GithubActions": GithubActions,
    "components.delivery.google_secret_manager:GoogleSecretManager": GoogleSecretManager,
    "components.docker_hub.registry:DockerHub": DockerHub,
    "components.harbor.registry:Harbor": Harbor,
    "components.delivery.dotenv:Dotenv": Dotenv,
    "components.delivery.kubernetes:Kubernetes": Kubernetes,
}


def parse(
    raw: Mapping[str, object],
    *,
    stack: str = "local",
    text: str | None = None,
    simulated: bool = False,
    secret: Collection[str] = (),
    root: Path | None = None,
) -> StackSettings:
    """The settings in `raw`, with `text` as the stack's file. A class that no test knows is a KeyError."""
    file = None
    if text is not None:
        file = StackFile.parse(f"Pulumi.{stack}.yaml", text)
        assert file is not None, "the test's own YAML cannot be read"
    return parse_config(
        raw, stack=stack, file=file, simulated=simulated, secret=secret, root=root, loader=CLASSES.__getitem__
    )


def mistakes(
    raw: Mapping[str, object],
    *,
    stack: str = "local",
    text: str | None = None,
    simulated: bool = False,
    secret: Collection[str] = (),
    root: Path | None = None,
) -> tuple[Problem, ...]:
    """What is wrong with `raw`; fails where nothing is."""
    with pytest.raises(Problems) as caught:
        parse(raw, stack=stack, text=text, simulated=simulated, secret=secret, root=root)
    return caught.value.problems


def mistake(
    raw: Mapping[str, object],
    *,
    stack: str = "local",
    text: str | None = None,
    simulated: bool = False,
    secret: Collection[str] = (),
    root: Path | None = None,
) -> Problem:
    """The one thing that is wrong with `raw`; fails where it is not one."""
    found = mistakes(raw, stack=stack, text=text, simulated=simulated, secret=secret, root=root)
    assert len(found) == 1, found
    return found[0]
