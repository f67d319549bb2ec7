"""How many pulls are left is read where a registry tells, and never made up."""

import pytest

from oci.client import Client
from oci.image import random_image
from oci.pull_limit import PullLimit, pull_limit
from tests.support.fake_registry import FakeRegistry
from tests.unit.oci.conftest import CREDENTIAL, Connect


@pytest.mark.parametrize(
    ("limit", "remaining", "told"),
    [
        ("100;w=21600", "76;w=21600", "76 of 100 pulls in 6 h left"),
        ("200;w=21600", "0;w=21600", "0 of 200 pulls in 6 h left"),
        ("100", "76", "76 of 100 pulls left"),
        ("10;w=90", "9", "9 of 10 pulls in 90 s left"),
    ],
)
def test_the_headers_are_read(limit: str, remaining: str, told: str) -> None:
    assert str(pull_limit({"ratelimit-limit": limit, "ratelimit-remaining": remaining})) == told


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"ratelimit-limit": "100;w=21600"},
        {"ratelimit-limit": "many", "ratelimit-remaining": "few"},
        {"ratelimit-limit": "1" * 400, "ratelimit-remaining": "1"},
        {"ratelimit-limit": "-1", "ratelimit-remaining": "1"},
        {"ratelimit-limit": "100;w=21600\x1b[2J", "ratelimit-remaining": "1"},
    ],
)
def test_what_is_no_limit_is_none(headers: dict[str, str]) -> None:
    assert pull_limit(headers) is None


def test_asking_is_no_pull(connect: Connect) -> None:
    registry = FakeRegistry(CREDENTIAL, pulls=50)
    image = random_image()
    client: Client
    with connect(registry) as client:
        client.push_image("acme/app", "one", image)
        assert client.pull_limit("acme/app", "one") == PullLimit(100, 50, 21600)
        client.pull_manifest("acme/app", "one")
        assert client.pull_limit("acme/app", "one") == PullLimit(100, 49, 21600)
        registry.pulls = None
        assert client.pull_limit("acme/app", "one") is None
