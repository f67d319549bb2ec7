"""The rule on the smoke test's tag."""

from typing import Any

import pytest

from tests.policies.judged import UNKNOWN, judge

RULE = "smoke-test-uses-own-tag"
SMOKE_TEST = "snapdeploy:verify:SmokeTest"


def seen(config: dict[str, Any] | None = None, **props: object) -> list[str]:
    return judge(RULE, SMOKE_TEST, props, config)


@pytest.mark.parametrize("tag", ["latest", "Latest", " latest ", "", "  ", None])
def test_a_mutable_tag_in_production_is_refused(tag: object) -> None:
    (message,) = seen(tag=tag, environment="prod")
    assert "smoke test 'main'" in message
    assert "`latest`" in message.lower()
    assert "in `prod`" in message
    assert "mend: leave the tag out" in message


@pytest.mark.parametrize("tag", ["generated", "smoke-test", "1.2.3", "latest-2026"])
def test_a_tag_of_its_own_passes(tag: str) -> None:
    assert seen(tag=tag, environment="prod") == []


@pytest.mark.parametrize("environment", ["local", "dev"])
def test_elsewhere_latest_passes(environment: str) -> None:
    assert seen(tag="latest", environment=environment) == []


def test_a_test_that_hides_where_it_runs_is_held_to_the_strictest() -> None:
    (message,) = seen(tag="latest")
    assert "an environment that it does not name" in message


def test_what_is_unknown_waits_for_the_update() -> None:
    assert seen(tag=UNKNOWN, environment="prod") == []
    assert seen(tag="latest", environment=UNKNOWN) == []


def test_other_resources_may_be_tagged_latest() -> None:
    assert judge(RULE, "docker:index/image:Image", {"tag": "latest", "environment": "prod"}) == []


def test_tags_and_environments_are_adjustable() -> None:
    config = {"mutableTags": ["stable"], "environments": ["dev", "prod"]}
    assert seen(config, tag="latest", environment="prod") == []
    (message,) = seen(config, tag="stable", environment="dev")
    assert "the tag `stable` in `dev`" in message
