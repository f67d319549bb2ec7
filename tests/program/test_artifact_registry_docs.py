"""docs/artifact-registry.md: every block of config in it declares what it says."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.program.artifact_registry import NUMBER, PROJECTS, program, registry

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "artifact-registry.md").read_text(encoding="utf-8")
BLOCKS = [
    (block.split(":")[0].strip(), yaml.safe_load(block)) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
]


def test_there_are_blocks() -> None:
    assert len(BLOCKS) >= 12


@pytest.mark.parametrize(
    "block", [block for _, block in BLOCKS], ids=[f"{at}-{key}" for at, (key, _) in enumerate(BLOCKS)]
)
def test_a_block_of_the_page_is_accepted(block: dict[str, Any]) -> None:
    found = registry(**block)
    there = {PROJECTS: {"projectId": found["project"], "number": NUMBER}}
    assert program(found, there).resources


def test_every_key_of_a_registry_is_on_the_page() -> None:
    from components.artifact_registry.settings import (
        ArtifactRegistrySettings,
        CacheSettings,
        EncryptionSettings,
        ImmutabilitySettings,
        ScanningSettings,
    )

    models = (
        ArtifactRegistrySettings, CacheSettings, EncryptionSettings, ImmutabilitySettings, ScanningSettings,
    )  # fmt: skip
    keys = {field.alias for model in models for field in model.model_fields.values()}
    missing = {key for key in keys if key and key not in PAGE}
    assert not missing, f"nothing is said of {missing}"


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([a-z-]+\.md)\)", PAGE))))
def test_a_page_that_is_linked_is_there(link: str) -> None:
    assert (Path(__file__).resolve().parents[2] / "docs" / link).is_file()
