"""docs/harbor.md: every block of config in it is accepted, and every key of a Harbor is on it."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.harbor import settings_parts, settings_tls
from components.harbor.inside import settings as inside
from components.harbor.settings import HarborSettings
from tests.unit.stack.reading import parse

DOCS = Path(__file__).resolve().parents[4] / "docs"
PAGE = (DOCS / "harbor.md").read_text(encoding="utf-8")
BLOCKS = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
LEAST: dict[str, Any] = {
    "kind": "harbor",
    "host": "registry.example.com",
    "vm": {"kind": "ec2", "account": "123456789012", "region": "us-east-1"},
    "tls": {"mode": "lets-encrypt", "email": "platform@example.com"},
}


def _opened(value: Any) -> Any:
    """`value` with each `secure` as the engine hands it over."""
    if isinstance(value, dict):
        return "-----BEGIN PRIVATE KEY-----" if "secure" in value else {key: _opened(one) for key, one in value.items()}
    return value


@pytest.mark.parametrize("block", BLOCKS, ids=[f"{at}-{next(iter(block))}" for at, block in enumerate(BLOCKS)])
def test_a_block_of_the_page_is_accepted(block: dict[str, Any]) -> None:
    registries = {"main": {**LEAST, **_opened(block)}}
    assert parse(
        {"environment": "prod", "registries": registries}, stack="harbor", simulated=True, secret={"registries"}
    )


def test_every_key_of_a_harbor_is_on_the_page() -> None:
    models = (
        HarborSettings,
        settings_tls.LetsEncrypt,
        settings_tls.Given,
        settings_parts.S3Storage,
        settings_parts.BackupSettings,
        inside.ProjectSettings,
        inside.RobotSettings,
    )
    keys = {field.alias for model in models for field in model.model_fields.values()}
    missing = {key for key in keys if key and not re.search(rf"\b{key}\b", PAGE)}
    assert not missing, f"nothing is said of {missing}"


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([a-z-]+\.md)\)", PAGE))))
def test_a_page_that_is_linked_is_there(link: str) -> None:
    assert (DOCS / link).is_file()
