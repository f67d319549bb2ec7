"""What the config may say of who has access to an Artifact Registry, and what not."""

from typing import Any

import pytest
from pydantic import ValidationError

from components._settings import MistakeError
from components.artifact_registry import federation
from components.artifact_registry.settings_access import AccessSettings, GithubPrincipal, GkePrincipal
from contract.kinds import Auth
from tests.unit.components.artifact_registry.accessible import COMPUTE, DEPLOYER, GITHUB, GKE, KEYS
from tests.unit.components.artifact_registry.permissions import trusts


def read(block: dict[str, Any]) -> AccessSettings:
    """The settings, read as from the config."""
    return AccessSettings.model_validate(block, by_alias=True, by_name=False)


def mistake(block: dict[str, Any]) -> tuple[tuple[int | str, ...], str]:
    """Where the one mistake is, and what it is."""
    with pytest.raises(ValidationError) as caught:
        read(block)
    (detail,) = caught.value.errors()
    return detail["loc"], str(detail.get("ctx", {}).get("error", detail["type"]))


def without(block: dict[str, Any], key: str) -> dict[str, Any]:
    """`block` without one of its keys."""
    return {name: value for name, value in block.items() if name != key}


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({**GITHUB, "branches": []}, "names no branch, tag or environment"),
        (without(GITHUB, "ownerId"), "missing"),
        (without(GITHUB, "repositoryId"), "missing"),
        ({**GITHUB, "ownerId": 0}, "greater_than_equal"),
        ({**GITHUB, "repositoryId": "22"}, "int_type"),
        ({**GITHUB, "repositoryId": None}, "int_type"),
        *(
            ({**GITHUB, "repository": repository}, "is not owner/name of a GitHub repository")
            for repository in ("", "owner", "*/name", "owner/*", "owner/na'me", "owner/name/x", "o/n\n")
        ),
        *(
            ({**GITHUB, "branches": [branch]}, "is not a branch or tag: ")
            for branch in ("", "a'b", "a\\b", 'a"b', "a\n", "a b", "a|b", "^main$", "x" * 201)
        ),
        *(
            ({**GITHUB, "environments": [environment]}, "is not an environment: ")
            for environment in ("", "a'b", "a\\b", "a\n", "a:b")
        ),
        ({**GKE, "namespace": "*"}, "is not a name in Kubernetes"),
        ({**GKE, "serviceAccount": "builder]"}, "is not a name in Kubernetes"),
        ({**GKE, "project": "My-Project"}, "is not a project's id: "),
        ({**GKE, "workloadPool": "my-clusters"}, "is not a workload pool, PROJECT.svc.id.goog"),
        ({**GKE, "workloadPool": "evil.svc.id.goog[x/y]"}, "is not a workload pool, PROJECT.svc.id.goog"),
        ({**GKE, "project": "my-clusters", "workloadPool": "x.svc.id.goog"}, "has `project` and `workloadPool`"),
        *(
            ({**COMPUTE, "serviceAccount": address}, "is not a service account's address, ")
            for address in (
                "", "vm", "vm@example.com", "allUsers", "*@my-project.iam.gserviceaccount.com",
                "vm@gserviceaccount.com.evil.example", "vm@my-project.iam.gserviceaccount.com.evil.example",
                "serviceAccount:vm@my-project.iam.gserviceaccount.com", "VM@my-project.iam.gserviceaccount.com",
            )
        ),
        *(
            ({**DEPLOYER, "member": member}, "is not serviceAccount:ADDRESS, group:ADDRESS or user:ADDRESS, ")
            for member in (
                "", "allUsers", "allAuthenticatedUsers", "domain:example.com", "domain:x@example.com",
                "vm@my-project.iam.gserviceaccount.com",
                "user:*", "user:*@example.com", "group:all", "user:Alice@example.com", "projectOwner:my-project",
                "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/*",
                "deleted:user:alice@example.com?uid=1", "user:alice@example.com\n",
                "serviceAccount:my-project.svc.id.goog[builder/builder]",
            )
        ),
        ({"from": "key"}, "delivers the key in slot `a`, which is empty"),
        ({"from": "key", "active": "b", "a": "2026-11"}, "delivers the key in slot `b`, which is empty"),
        ({"from": "key", "active": "c", "a": "2026-11"}, "enum"),
        ({"from": "account", "member": "allUsers", "more": 1}, "extra_forbidden"),
    ],
)  # fmt: skip
def test_what_would_trust_too_much_or_nobody_is_refused(block: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read({"push": {"x": block}})
    told = [str(detail.get("ctx", {}).get("error", detail["type"])) for detail in caught.value.errors()]
    assert any(one.startswith(words) for one in told), told


@pytest.mark.parametrize(
    "member",
    [
        "serviceAccount:1-compute@developer.gserviceaccount.com",
        "group:ops@example.com",
        "user:o'hara+x@mail.example.co",
    ],
)
def test_accounts_groups_and_people_that_there_are_can_be_named(member: str) -> None:
    assert read({"pull": {"x": {"from": "account", "member": member}}})


@pytest.mark.parametrize("name", ["", "A", "1a", "a_b", "a" * 22, "ci "])
def test_a_principals_name_can_stand_in_the_id_of_a_provider(name: str) -> None:
    assert mistake({"push": {name: GITHUB}})[1].startswith("is not a name: ")


def test_the_longest_name_makes_an_id_that_google_takes() -> None:
    """With the ending of fresh.py: 4 to 32 of a-z, 0-9 and '-'."""
    name = "a" * 21
    assert read({"clean": {name: GITHUB}})
    assert len(f"{federation.trusted('clean', name)}-0000") == 32  # type: ignore[arg-type]
    assert len(federation.trusted("push", "a") + "-0000") >= 4  # type: ignore[arg-type]


def test_a_condition_that_google_would_not_take_is_refused() -> None:
    fits = read({"push": {"ci": {**GITHUB, "branches": ["b" * 200] * 15}}}).push["ci"]
    assert isinstance(fits, GithubPrincipal)
    assert len(fits.condition()) <= 4096
    where, what = mistake({"push": {"ci": {**GITHUB, "branches": ["b" * 200] * 18}}})
    assert where == ("push", "ci", "github")
    assert what.startswith("makes a condition of 4")
    assert what.endswith(" characters, and Google takes 4096")


@pytest.mark.parametrize(
    ("prefix", "right"),
    [
        ("snapdeploy-prod", True),
        ("a", True),
        ("a" * 24, True),
        ("a" * 25, False),
        ("1a", False),
        ("a-", False),
        ("A", False),
        ("a.b", False),
        ("gcp-images", False),
        ("", False),
    ],
)
def test_a_prefix_begins_ids_that_google_takes(prefix: str, right: bool) -> None:
    block: dict[str, Any] = {"accountPrefix": prefix}
    if right:
        assert read(block).account_prefix == prefix
    else:
        assert mistake(block)[1].startswith("is not a prefix: ")


def test_the_builder_is_the_only_one_or_is_named() -> None:
    assert read({}).delivered() is None
    assert read({"push": {"ci": GITHUB}}).delivered() == "ci"
    both = {"push": {"ci": GITHUB, "vm": COMPUTE}}
    assert read({**both, "builder": "vm"}).delivered() == "vm"
    assert mistake(both)[1].startswith("lets 2 push, and does not say which")
    assert mistake({**both, "builder": "x"})[1] == "names a `builder` that is none of `push`"


def test_the_builder_has_a_service_account() -> None:
    for member in ("group:ops@example.com", "user:alice@example.com"):
        block = {"push": {"ops": {"from": "account", "member": member}}}
        assert mistake(block)[1] == "has a builder, `ops`, that is a group or a user"
        assert read({**block, "builder": "ci", "push": {**block["push"], "ci": GITHUB}}), "beside one it may"
    assert read({"push": {"d": DEPLOYER}}).delivered() == "d"


@pytest.mark.parametrize(
    ("push", "builder", "auth"),
    [
        ({}, None, Auth.GOOGLE),
        ({"x": GITHUB}, None, Auth.GOOGLE),
        ({"x": GKE}, None, Auth.GOOGLE),
        ({"x": COMPUTE}, None, Auth.GOOGLE),
        ({"x": DEPLOYER}, None, Auth.GOOGLE),
        ({"x": KEYS}, None, Auth.STATIC),
        ({"x": KEYS, "y": GITHUB}, "y", Auth.GOOGLE),
        ({"x": KEYS, "y": GITHUB}, "x", Auth.STATIC),
    ],
)
def test_only_a_builder_with_a_key_has_a_password(push: dict[str, Any], builder: str | None, auth: Auth) -> None:
    assert read({"push": push, **({"builder": builder} if builder else {})}).builder_auth() is auth


def test_a_cluster_in_a_domains_scope_has_to_have_its_pool_named() -> None:
    def pool(registry: str, **more: str) -> str:
        found = read({"pull": {"x": {**GKE, **more}}}).pull["x"]
        assert isinstance(found, GkePrincipal)
        return found.pool(registry)

    assert pool("my-project") == "my-project.svc.id.goog"
    assert pool("my-project", project="my-clusters") == "my-clusters.svc.id.goog"
    assert pool("example.com:my-project", project="my-clusters") == "my-clusters.svc.id.goog"
    assert pool("example.com:my-project", workloadPool="x.y.svc.id.goog") == "x.y.svc.id.goog"
    for registry, more in (("example.com:my-project", {}), ("my-project", {"project": "example.com:my-clusters"})):
        with pytest.raises(MistakeError, match="does not name their pool"):
            pool(registry, **more)


def test_settings_that_were_read_can_be_handed_on_by_their_own_names() -> None:
    blocks = {f"x{number}": block["principal"] for number, block in enumerate(trusts().values())}
    settings = read({"pull": {**blocks, "d": DEPLOYER}, "accountPrefix": "snapdeploy"})
    assert AccessSettings.model_validate(settings.model_dump(exclude_none=True)) == settings


def test_every_key_says_what_it_means_and_what_works() -> None:
    everyone = read({"pull": {"a": GITHUB, "b": GKE, "c": COMPUTE, "d": DEPLOYER, "e": KEYS}}).pull.values()
    for model in (AccessSettings, *(type(one) for one in everyone)):
        for name, field in model.model_fields.items():
            if name != "from_":
                assert field.description, f"{model.__name__}.{name}"
                assert field.examples, f"{model.__name__}.{name}"
