"""docs/delivery.md and docs/ecr-watch.md: every block of config in them declares what it says."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.program.ecr import MADE, program, registry
from tests.program.google_secret import GOOGLE, NONE_YET

DOCS = Path(__file__).resolve().parents[2] / "docs"
CI = {"push": {"ci": {"from": "github", "repository": "team/apps", "branches": ["main"]}}}


def blocks(page: str) -> list[dict[str, Any]]:
    """The YAML on the page."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]


@pytest.mark.parametrize(
    "block", blocks("delivery.md"), ids=["dotenv", "aws-secrets-manager", "aws-ssm", "google-secret-manager"]
)
def test_a_delivery_of_the_page_is_declared(block: dict[str, Any]) -> None:
    deliveries = block["config"]["snapdeploy-registry:delivery"]
    others: dict[str, dict[str, Any]] = {
        "aws:secretsmanager/secretPolicy:SecretPolicy": {},
        "pulumi-python:dynamic/snapdeploy:EnvFile": {},
    }
    found = program(registry(access=CI), NONE_YET, delivery=deliveries, made={**MADE, **GOOGLE, **others})
    assert set(deliveries) <= {each.name for each in found.resources}


def test_the_watch_of_the_page_is_declared() -> None:
    (block,) = blocks("ecr-watch.md")
    assert program(registry(watch=block["registries"]["main"]["watch"])).of("aws:cloudwatch/dashboard:Dashboard")
