"""What a release declares: the inventory, what is secret, what is protected, and what waits for what."""

import json
from pathlib import Path

import pytest
import yaml

from components._settings import MistakeError
from components.harbor.kubernetes.secrets import _digest
from policies.plain_secrets import findings
from tests.support.declared import STACK, Program
from tests.unit.components.harbor.kubernetes.told import MADE, declared

INVENTORY = Path(__file__).with_name("inventory.yaml")
SECRET = "kubernetes:core/v1:Secret"
RELEASE = "kubernetes:helm.sh/v3:Release"


@pytest.fixture(scope="module")
def program() -> Program:
    return declared("internal")


def test_it_declares_what_its_inventory_says(program: Program) -> None:
    found = [entry for entry in program.inventory() if entry["type"] != STACK]
    assert found == yaml.safe_load(INVENTORY.read_text(encoding="utf-8"))


def test_no_secret_is_declared_in_plain(program: Program) -> None:
    assert all(each.inputs["data"] == "[secret]" for each in program.of(SECRET))
    text = json.dumps([dict(each.inputs) for each in program.resources]) + json.dumps(dict(program.outputs))
    assert "canary" not in text


def test_the_policy_pack_finds_no_secret_in_plain(program: Program) -> None:
    assert not [found for each in program.resources for found in findings(each.type, each.inputs, ())]


def test_the_values_refer_to_secrets_that_are_there(program: Program) -> None:
    there = {each.inputs["metadata"]["name"] for each in program.of(SECRET)}
    (release,) = program.of(RELEASE)
    words = set(json.dumps(release.inputs["values"]).replace('"', " ").replace(",", " ").split())
    assert {word for word in words if word.startswith("snapdeploy-")} == there


def test_the_chart_is_rendered_when_all_that_it_refers_to_is_there(program: Program) -> None:
    (release,) = program.of(RELEASE)
    around = [*program.of(SECRET), *program.of("kubernetes:core/v1:ServiceAccount")]
    assert {each.name for each in around} <= set(release.after)
    namespace = program.of("kubernetes:core/v1:Namespace")[0].name
    assert all(namespace in each.after for each in around)


def test_a_failed_release_is_taken_back_and_waited_for(program: Program) -> None:
    inputs = program.of(RELEASE)[0].inputs
    assert (inputs["chart"], inputs["version"]) == ("harbor", "1.19.1")
    assert inputs["repositoryOpts"] == {"repo": "https://helm.goharbor.io"}
    assert inputs["atomic"] is True
    assert not inputs.get("skipAwait")


def test_what_holds_what_cannot_be_made_again_is_protected(program: Program) -> None:
    protected = {each.kind for each in program.resources if each.protect}
    assert protected == {"HarborKeys", "HarborCertificates", "Namespace", "Release"}


def test_the_namespace_admits_restricted_pods_only(program: Program) -> None:
    labels = program.of("kubernetes:core/v1:Namespace")[0].inputs["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_the_registry_has_its_identity_by_its_service_account(program: Program) -> None:
    (account,) = program.of("kubernetes:core/v1:ServiceAccount")
    assert account.inputs["metadata"]["annotations"]["eks.amazonaws.com/role-arn"].endswith("role/harbor-images")
    values = program.of(RELEASE)[0].inputs["values"]
    assert values["registry"]["serviceAccountName"] == account.inputs["metadata"]["name"]


def test_a_changed_password_changes_the_pods() -> None:
    before, after = (_digest("key", {"database": word}) for word in ("one", "two"))
    assert before != after
    assert _digest("another key", {"database": "one"}) != before
    assert _digest("key", {"database": "one"}) == before


def test_the_mocks_know_every_type(program: Program) -> None:
    assert {each.type for each in program.resources if not each.is_component} - {"pulumi:providers:kubernetes"} == set(
        MADE
    )


def test_it_is_not_made_of_what_does_not_fit() -> None:
    from components.harbor.kubernetes.release import HarborRelease
    from tests.unit.components.harbor.kubernetes.told import args, settings

    with pytest.raises(MistakeError, match="no issuer is named"):
        HarborRelease("standby", settings(), args(tls={"mode": "lets-encrypt"}))
    with pytest.raises(MistakeError, match="without a known chart"):
        HarborRelease("standby", settings(), args(version="2.9.0"))
