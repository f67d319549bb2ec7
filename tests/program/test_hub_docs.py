"""docs/docker-hub.md and docs/delivery-kubernetes.md: every block of config in them is read as it stands."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from components.delivery.kubernetes import KubernetesSettings
from components.docker_hub.settings import DockerHubSettings
from stack.settings import parse

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = {name: (DOCS / f"{name}.md").read_text(encoding="utf-8") for name in ("docker-hub", "delivery-kubernetes")}
BLOCKS = [
    (f"{name}-{number}", yaml.safe_load(block))
    for name, page in PAGES.items()
    for number, block in enumerate(re.findall(r"```yaml\n(.*?)```", page, re.DOTALL))
]
CONFIGS = [(name, block["config"]) for name, block in BLOCKS if "config" in block]


def _opened(value: object) -> object:
    """`value` with encrypted values as a simulated run sees them."""
    if isinstance(value, Mapping):
        return "simulated-secret" if set(value) == {"secure"} else {key: _opened(inner) for key, inner in value.items()}
    return value


@pytest.mark.parametrize(("name", "config"), CONFIGS, ids=[name for name, _ in CONFIGS])
def test_a_block_is_accepted_as_it_stands(name: str, config: dict[str, object]) -> None:
    raw = {key.removeprefix("snapdeploy-registry:"): _opened(value) for key, value in config.items()}
    settings = parse(raw, stack="dev", file=None, simulated=True)
    assert settings.registries["hub"].kind == "docker-hub"


def test_both_pages_have_blocks() -> None:
    assert {name.rsplit("-", 1)[0] for name, _ in CONFIGS} == set(PAGES)
    assert len(CONFIGS) == 4


@pytest.mark.parametrize(
    ("page", "model", "elsewhere"),
    [("docker-hub", DockerHubSettings, {"kind"}), ("delivery-kubernetes", KubernetesSettings, {"target"})],
)
def test_every_key_is_explained(page: str, model: type, elsewhere: set[str]) -> None:
    explained = set(re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\| (`.*?) \|", PAGES[page], re.MULTILINE))))
    keys = {field.alias or name for name, field in model.model_fields.items()}  # type: ignore[attr-defined]
    assert keys - elsewhere <= explained


def test_the_pod_names_the_secret_by_its_default() -> None:
    (account,) = [block for name, block in BLOCKS if name.startswith("delivery-kubernetes") and "kind" in block]
    (told,) = [config for name, config in CONFIGS if name.startswith("delivery-kubernetes")]
    environment = told["snapdeploy-registry:environment"]
    assert account["imagePullSecrets"] == [{"name": f"snapdeploy-{environment}"}]
