"""docs/ecr.md: every block of config in it declares what it says."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.program.ecr import program, registry

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "ecr.md").read_text(encoding="utf-8")
BLOCKS = [
    (block.split(":")[0].strip(), yaml.safe_load(block)) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
]


def test_there_are_blocks() -> None:
    assert len(BLOCKS) >= 10


@pytest.mark.parametrize(
    "block", [block for _, block in BLOCKS], ids=[f"{at}-{key}" for at, (key, _) in enumerate(BLOCKS)]
)
def test_a_block_of_the_page_is_accepted(block: dict[str, Any]) -> None:
    assert program(registry(**block)).resources


def test_every_key_of_a_registry_is_on_the_page() -> None:
    from components.ecr.settings import EcrSettings

    keys = {field.alias for field in EcrSettings.model_fields.values()}
    missing = {key for key in keys if key and key not in PAGE}
    assert not missing, f"nothing is said of {missing}"
