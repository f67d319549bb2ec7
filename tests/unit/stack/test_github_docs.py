"""docs/ghcr.md and docs/delivery-github.md: every block of config in them is read as it stands."""

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from components._settings import Settings
from components.delivery._github_settings import (
    EnvironmentSettings,
    GithubActionsSettings,
    OrganizationSettings,
    ReviewersSettings,
)
from components.ghcr.settings import CredentialSettings, GhcrSettings, RetentionSettings
from ops.cli import cli
from stack._models import keys
from tests.unit.stack.reading import parse

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGES = {name: (DOCS / name).read_text(encoding="utf-8") for name in ("ghcr.md", "delivery-github.md")}
BLOCKS = [
    (page, yaml.safe_load(textwrap.dedent(block)))
    for page, text in PAGES.items()
    for block in re.findall(r"^ *```yaml\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
]


def test_there_are_blocks() -> None:
    assert len(BLOCKS) == 7


@pytest.mark.parametrize(
    "block", [block for _, block in BLOCKS], ids=[f"{number}-{page}" for number, (page, _) in enumerate(BLOCKS)]
)
def test_a_block_of_config_is_accepted(block: dict[str, Any]) -> None:
    raw = {key.removeprefix("snapdeploy-registry:"): value for key, value in block.items()}
    raw.setdefault("registries", {"main": {"kind": "ghcr", "namespace": "your-org"}})
    found = parse(raw, stack="dev", simulated=True)
    assert found.registries


@pytest.mark.parametrize(
    ("page", "models"),
    [
        ("ghcr.md", [GhcrSettings, CredentialSettings, RetentionSettings]),
        ("delivery-github.md", [GithubActionsSettings, EnvironmentSettings, ReviewersSettings, OrganizationSettings]),
    ],
)
def test_every_key_is_on_its_page(page: str, models: list[type[Settings]]) -> None:
    missing = {key for model in models for key in keys(model) if key not in PAGES[page]} - {"registry"}
    assert not missing


def test_every_command_of_the_tool_is_one_that_it_has() -> None:
    for verb, rest in re.findall(r"snapdeploy-registry ([a-z]+)([^\n`]*)", PAGES["ghcr.md"]):
        options = {name for each in cli.commands[verb].params for name in each.opts}
        assert set(re.findall(r"--[a-z-]+", rest.partition("#")[0])) <= options, verb
