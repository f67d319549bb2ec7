"""The delivery to Google Secret Manager in a whole stack: what protects it, and what comes before what."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.program.ecr import MADE, program, registry
from tests.program.google_secret import FOUND, GOOGLE, NONE_YET
from tests.support.declared import Program

CI = {"push": {"ci": {"from": "github", "repository": "team/apps", "branches": ["main"]}}}
READER = {"builder": "serviceAccount:builder@my-project.iam.gserviceaccount.com"}
TOPIC = {"topic": "projects/my-project/topics/rotate-builder", "periodDays": 90}


def stack(answers: Mapping[str, Mapping[str, Any]] = NONE_YET, **told: Any) -> Program:
    delivery = {"handed": {"target": "google-secret-manager", "project": "my-project", "readers": READER, **told}}
    return program(registry(access=CI), answers, made={**MADE, **GOOGLE}, delivery=delivery, tags={"team": "platform"})


def one(found: Program, name: str) -> Any:
    (resource,) = [each for each in found.resources if each.name == name]
    return resource


def test_in_production_the_secret_is_held_and_nothing_else() -> None:
    found = stack()
    ours = [each for each in found.resources if each.type.startswith("gcp:")]
    assert [each.name for each in ours if each.protect] == ["handed-secret"]
    assert one(found, "handed-secret").inputs["deletionProtection"] is True
    lifted = one(stack(protect=False), "handed-secret")
    assert (lifted.protect, lifted.inputs["deletionProtection"]) == (False, False)


def test_the_api_is_on_and_the_grants_stand_before_the_secret() -> None:
    secret = one(stack(rotation=TOPIC), "handed-secret")
    assert {"handed-api", "handed-topic"} <= set(secret.after)
    assert "handed-secret" in one(stack(), "handed-value").after


def test_who_may_not_look_at_the_newest_version_says_nothing_of_it() -> None:
    assert "snapdeploy-follows" in one(stack(), "handed-secret").inputs["annotations"]
    denied = {FOUND: {"__fails__": "googleapi: Error 403: Permission denied on resource"}}
    assert set(one(stack(answers=denied), "handed-secret").inputs["annotations"]) == {"description"}


def test_everything_is_made_through_the_projects_own_provider() -> None:
    found = stack(rotation=TOPIC)
    ours = [each for each in found.resources if each.type.startswith("gcp:")]
    assert len(ours) == 6
    assert all("::handed-google::" in each.provider for each in ours)
    assert all(each.parent == "handed" for each in ours)


def test_no_value_is_plain() -> None:
    assert one(stack(), "handed-value").inputs["secretData"] == "[secret]"


@pytest.mark.parametrize("tag", [{"Team": "platform"}, {"owner": "a@example.com"}])
def test_tags_that_are_no_labels_stop_the_stack(tag: dict[str, str]) -> None:
    delivery = {"handed": {"target": "google-secret-manager", "project": "my-project"}}
    with pytest.raises(AssertionError, match="cannot be labelled as the stack is tagged"):
        program(registry(access=CI), NONE_YET, made={**MADE, **GOOGLE}, delivery=delivery, tags=tag)
