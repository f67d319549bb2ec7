"""What the access to a registry declares, by what its block says; seen under mocks."""

import re
from typing import Any

import pytest

from contract.kinds import Auth
from contract.variables import expected_names
from tests.unit.components.artifact_registry.accessible import (
    ACCOUNT,
    COMPUTE,
    DEPLOYER,
    GITHUB,
    GKE,
    GRANT,
    KEY,
    KEYS,
    POOL,
    POOLS,
    PROVIDER,
    TRUST,
    access,
    address,
)

SERVICE = "gcp:projects/service:Service"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def only(found: Any, type_: str) -> Any:
    """The one resource of that type."""
    (resource,) = found.of(type_)
    return resource


def by_name(found: Any, type_: str) -> dict[str, Any]:
    """The resources of that type, by name."""
    return {one.name: one for one in found.of(type_)}


def test_nobody_has_nothing() -> None:
    found = access({})
    assert {one.name for one in found.resources if not one.is_component} == {"switch"}
    assert found.outputs["told"] == {}


def test_a_service_account_for_each_right_that_somebody_needs_it_for_however_many_they_are() -> None:
    many = {f"ci{number}": {**GITHUB, "branches": [f"b{number}"]} for number in range(9)}
    found = access({"builder": "ci0", "push": {**many, "pods": GKE, "vm": COMPUTE}, "clean": {"vm": COMPUTE}})
    assert {one.inputs["accountId"] for one in found.of(ACCOUNT)} == {
        "snapdeploy-prod-main-push",
        "snapdeploy-prod-main-clean",
    }
    assert len(found.of(GRANT)) == 2
    assert len(found.of(POOLS)) == 1
    assert len(found.of(PROVIDER)) == 9
    assert found.outputs["main-access"]["accounts"] == {"push": address("push"), "clean": address("clean")}


def test_who_exists_gets_the_role_and_no_service_account_is_made() -> None:
    found = access({"pull": {"deployer": DEPLOYER, "ops": {"from": "account", "member": "group:ops@example.com"}}})
    assert not found.of(ACCOUNT)
    assert not found.of(POOLS)
    assert {(one.inputs["member"], one.inputs["repository"]) for one in found.of(GRANT)} == {
        (member, repository)
        for member in (DEPLOYER["member"], "group:ops@example.com")
        for repository in ("snapdeploy-apps", "snapdeploy-apps-hub")
    }


def test_a_pool_is_made_only_where_somebody_comes_from_github() -> None:
    for principal in (GKE, COMPUTE, DEPLOYER, KEYS):
        assert not access({"push": {"x": principal}}).of(POOLS)
    found = access({"pull": {"ci": GITHUB}})
    assert only(found, POOLS).inputs["project"] == "my-project"


def test_grants_are_members_own_and_on_single_resources() -> None:
    """No binding, no policy, nothing on the project: what others have stays."""
    found = access({"builder": "ci", "push": {"ci": GITHUB, "pods": GKE, "vm": COMPUTE, "old": KEYS}})
    types = {one.type for one in found.resources if not one.is_component}
    assert types == {ACCOUNT, GRANT, TRUST, KEY, POOLS, PROVIDER, SERVICE}


@pytest.mark.parametrize(
    ("principal", "told"),
    [
        (
            GITHUB,
            {
                "GOOGLE_WORKLOAD_IDENTITY_PROVIDER": f"{POOL}/providers/made-up",
                "GOOGLE_SERVICE_ACCOUNT": address("push"),
            },
        ),
        (GKE, {"GOOGLE_SERVICE_ACCOUNT": address("push")}),
        (COMPUTE, {"GOOGLE_SERVICE_ACCOUNT": address("push")}),
        (DEPLOYER, {"GOOGLE_SERVICE_ACCOUNT": "deployer@other-project.iam.gserviceaccount.com"}),
    ],
)  # fmt: skip
def test_the_builder_is_told_its_service_account_and_no_password(
    principal: dict[str, Any], told: dict[str, str]
) -> None:
    others = {"x": principal, "pods2": {**GKE, "namespace": "n"}, "old": KEYS}
    found = access({"builder": "x", "push": others, "pull": {"x": KEYS}})
    assert found.outputs["told"] == told
    google = {name for name in expected_names(Auth.GOOGLE) if name.startswith("GOOGLE_")}
    assert google <= set(told)


def test_a_key_is_the_builders_only_where_it_is_asked_for_and_is_secret() -> None:
    found = access({"push": {"old": KEYS}})
    assert found.outputs["told"] == {
        "DOCKER_REGISTRY_USERNAME": "_json_key_base64",
        "DOCKER_REGISTRY_PASSWORD": "[secret]",
        "expires_at": "2027-02-01T00:00:00Z",
    }
    key = only(found, KEY)
    assert key.inputs["keepers"] == {"text": "2026-11"}
    assert "main-access-push-granted-images" in key.after, "no key before it can be used"
    assert access({"push": {"ci": GITHUB}, "pull": {"old": KEYS}}).outputs["told"].get("expires_at") is None


def test_a_key_that_google_lets_live_for_ever_has_no_end() -> None:
    found = access({"push": {"old": KEYS}}, key={"validBefore": "9999-12-31T23:59:59Z"})
    assert "expires_at" not in found.outputs["told"]


def test_two_slots_of_keys_of_which_the_active_one_is_told() -> None:
    both = {"from": "key", "a": "2026-11", "b": "2026-12"}
    for active in "ab":
        found = access({"push": {"old": {**both, "active": active}}}, key={"validBefore": "{__name__}"})
        keys = by_name(found, KEY)
        assert set(keys) == {"main-access-push-old-key-a", "main-access-push-old-key-b"}
        assert [one.inputs["keepers"]["text"] for _, one in sorted(keys.items())] == ["2026-11", "2026-12"]
        assert found.outputs["told"]["expires_at"] == f"main-access-push-old-key-{active}"
        assert f"main-access-push-old-key-{active}" in by_name(found, SERVICE)["reads-DOCKER_REGISTRY_PASSWORD"].after


@pytest.mark.parametrize(
    ("builder", "trusted"),
    [
        ("ci", "main-access-push-ci-trusted"),
        ("vm", "main-access-push-compute-1326ec7a"),
        ("pods", "main-access-push-gke-6918991e"),
    ],
)
def test_a_service_account_is_told_only_once_it_has_its_role_and_may_be_become(builder: str, trusted: str) -> None:
    found = access({"builder": builder, "push": {"ci": GITHUB, "vm": COMPUTE, "pods": GKE}})
    after = by_name(found, SERVICE)["reads-GOOGLE_SERVICE_ACCOUNT"].after
    assert {"main-access-push-granted-images", trusted} <= set(after)


def test_an_account_that_exists_is_told_only_once_it_has_its_role() -> None:
    found = access({"push": {"d": DEPLOYER}})
    after = by_name(found, SERVICE)["reads-GOOGLE_SERVICE_ACCOUNT"].after
    assert after == ("main-access-push-account-d96e1584-images",)


def test_the_apis_come_first() -> None:
    found = access({"push": {"ci": GITHUB}})
    assert "switch" in only(found, ACCOUNT).after
    assert "switch" in only(found, POOLS).after


def test_ids_that_google_keeps_after_a_deletion_are_new_at_each_run_and_count_only_where_something_is_made() -> None:
    runs = [access({"push": {"ci": GITHUB}}) for _ in range(2)]
    for type_, key, like in (
        (POOLS, "workloadIdentityPoolId", r"snapdeploy-prod-main-[0-9a-f]{4}"),
        (PROVIDER, "workloadIdentityPoolProviderId", r"push-ci-[0-9a-f]{4}"),
    ):
        ids = [only(run, type_).inputs[key] for run in runs]
        assert all(re.fullmatch(like, id_) and 4 <= len(id_) <= 32 for id_ in ids)
        assert ids[0] != ids[1]
        assert all(only(run, type_).ignored == (key,) for run in runs)


def test_a_preview_does_not_make_up_an_id() -> None:
    found = access({"push": {"ci": GITHUB}}, preview=True)
    assert only(found, POOLS).inputs["workloadIdentityPoolId"] == UNKNOWN
    assert only(found, PROVIDER).inputs["workloadIdentityPoolProviderId"] == UNKNOWN


def test_another_name_for_somebody_who_exists_changes_nothing() -> None:
    """A grant under another name would be made, which changes nothing, and then taken away under the old one."""

    def declared(suffix: str) -> set[str]:
        block = {f"vm{suffix}": COMPUTE, f"pods{suffix}": GKE, f"d{suffix}": DEPLOYER}
        found = access({"builder": f"vm{suffix}", "push": block})
        return {one.name for one in found.resources}

    assert declared("") == declared("-renamed")


def test_one_who_is_named_twice_is_granted_once() -> None:
    block = {"a": COMPUTE, "b": COMPUTE, "c": DEPLOYER, "d": DEPLOYER, "e": GKE, "f": {**GKE, "project": "my-project"}}
    found = access({"builder": "b", "push": block})
    assert len(found.of(TRUST)) == 2
    assert len(found.of(GRANT)) == 2
    assert found.outputs["told"] == {"GOOGLE_SERVICE_ACCOUNT": address("push")}


def test_a_prefix_of_ones_own_begins_the_ids() -> None:
    found = access({"push": {"ci": GITHUB}, "accountPrefix": "images"})
    assert only(found, ACCOUNT).inputs["accountId"] == "images-push"
    assert only(found, POOLS).inputs["workloadIdentityPoolId"].startswith("images-")


def test_a_cluster_whose_pool_nobody_knows_is_refused_before_its_grant() -> None:
    with pytest.raises(AssertionError, match="does not name their pool"):
        access({"push": {"pods": GKE}}, project="example.com:my-project")


def test_no_child_lives_outside_its_component() -> None:
    found = access({"builder": "ci", "push": {"ci": GITHUB, "vm": COMPUTE, "old": KEYS}, "pull": {"d": DEPLOYER}})
    for one in found.resources:
        if one.type.startswith("gcp:") and one.type != SERVICE:
            assert one.name.startswith(f"{one.parent}-")
            assert one.parent.startswith("main-access")
