"""What an ECR registry declares, by what its block says: seen under mocks, through the whole program."""

import json
from typing import Any

import pytest

from tests.program.ecr import ACCOUNT, GITHUB, IDENTITY, MARKS, REPOSITORIES, program, registry
from tests.support.declared import Program

TEMPLATE = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"
REPOSITORY = "aws:ecr/repository:Repository"
LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
SCANNING = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
REPLICATION = "aws:ecr/replicationConfiguration:ReplicationConfiguration"
ROLE = "aws:iam/role:Role"
KEY = "aws:kms/key:Key"
CI = {"from": "github", "repository": "team/apps", "branches": ["main"]}


def only(found: Program, type_: str) -> Any:
    """The inputs of the one resource of that type."""
    (resource,) = found.of(type_)
    return resource.inputs


def refused(block: dict[str, Any], answers: dict[str, Any] | None = None) -> str:
    """What the program says where it declares nothing."""
    with pytest.raises(AssertionError) as caught:
        program(block, answers)
    said = str(caught.value)
    assert "nothing was changed" in said
    return said


def test_the_least_is_a_template_that_the_first_push_uses() -> None:
    found = program(registry())
    template = only(found, TEMPLATE)
    assert template["prefix"] == "snapdeploy-apps"
    assert template["appliedFors"] == ["CREATE_ON_PUSH", "PULL_THROUGH_CACHE", "REPLICATION"]
    assert template["imageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert template["imageTagMutabilityExclusionFilters"] == [{"filter": "buildcache", "filterType": "WILDCARD"}]
    assert template["encryptionConfigurations"] == [{"encryptionType": "AES256"}]
    assert "customRoleArn" not in template, "without tags and KMS, ECR needs no role"
    assert not found.of(SCANNING), "what there is one of in an account is not touched unasked"


def test_tags_and_kms_need_a_role_that_reaches_no_further_than_the_namespace() -> None:
    found = program(registry(encryption={"type": "kms"}), tags={"team": "platform"})
    assert only(program(registry(), tags={"team": "platform"}), TEMPLATE)["customRoleArn"], "tags alone need it too"
    assert only(found, TEMPLATE)["resourceTags"] == {"team": "platform"}
    assert only(found, TEMPLATE)["customRoleArn"]
    (role,) = found.of("aws:iam/rolePolicy:RolePolicy")
    actions = {action for each in json.loads(role.inputs["policy"])["Statement"] for action in each["Action"]}
    assert {"ecr:TagResource", "kms:CreateGrant"} <= actions
    assert '"*"' not in role.inputs["policy"]
    (key,) = found.of(KEY)
    assert key.protect, "in production a key is not deleted by a slip"
    assert key.inputs["enableKeyRotation"] is True


def test_declared_repositories_have_the_same_protection_and_adopted_ones_are_imported() -> None:
    block = registry(
        repositories={"web": {}, "team/api": {"adopt": True}}, retention={"old": {"rule": "keep-newest", "count": 9}}
    )
    found = program(block)
    repositories = {each.inputs["name"]: each for each in found.of(REPOSITORY)}
    assert set(repositories) == {"snapdeploy-apps/web", "snapdeploy-apps/team/api"}
    for each in repositories.values():
        assert each.protect
        assert "forceDelete" not in each.inputs
        assert each.inputs["imageScanningConfiguration"] == {"scanOnPush": True}
        assert each.inputs["imageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    policies = {each.inputs["policy"] for each in found.of(LIFECYCLE)}
    assert policies == {only(found, TEMPLATE)["lifecyclePolicy"]}
    assert repositories["snapdeploy-apps/team/api"].import_id == "snapdeploy-apps/team/api"
    assert repositories["snapdeploy-apps/web"].import_id == ""


def test_outside_production_nothing_is_protected_unless_asked_for() -> None:
    unprotected = program(registry(repositories={"web": {}}, protect=False))
    assert not any(each.protect for each in unprotected.resources)


def test_the_builder_gets_a_role_and_no_password() -> None:
    found = program(registry(access={"push": {"ci": CI}}))
    (role,) = found.of(ROLE)
    assert role.inputs["name"] == "snapdeploy-prod-main-push-ci"
    assert "repo:team/apps:ref:refs/heads/main" in role.inputs["assumeRolePolicy"]
    names = set(found.outputs["main"]["builder_env"])
    assert names == {
        "DOCKER_REGISTRY", "AWS_REGION", "AWS_ACCOUNT_ID", "AWS_ROLE_ARN", "BUILDER_WORK_DIR", "BUILDER_LOG_DIR",
    }  # fmt: skip
    assert (
        found.outputs["main"]["builder_env"]["DOCKER_REGISTRY"]
        == f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/snapdeploy-apps"
    )


def test_the_identity_provider_of_an_account_is_used_or_made() -> None:
    provider = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
    block = registry(access={"push": {"ci": CI}})
    assert not program(block).of(provider), "somebody else's is used"

    own = program(block, {GITHUB: {"arn": "arn:own", "tags": {"snapdeploy:made-by": "snapdeploy-prod-main"}}})
    (kept,) = own.of(provider)
    assert kept.retain_on_delete
    assert kept.import_id == "arn:own"

    (made,) = program(block, {GITHUB: {"__fails__": "finding IAM OIDC Provider by url: not found"}}).of(provider)
    assert made.import_id == ""
    assert made.inputs["clientIdLists"] == ["sts.amazonaws.com"]
    with pytest.raises(AssertionError, match="AccessDenied"):
        program(block, {GITHUB: {"__fails__": "reading: AccessDenied"}})


def test_each_kind_of_principal_gets_what_it_needs() -> None:
    pods = {"from": "eks-pod-identity", "cluster": "apps", "namespace": "ci", "serviceAccount": "builder"}
    found = program(registry(access={"builder": "vm", "push": {"vm": {"from": "ec2"}, "pods": pods}}))
    (profile,) = found.of("aws:iam/instanceProfile:InstanceProfile")
    assert profile.inputs["name"] == "snapdeploy-prod-main-push-vm"
    (association,) = found.of("aws:eks/podIdentityAssociation:PodIdentityAssociation")
    assert association.inputs["serviceAccount"] == "builder"


def test_a_user_has_two_slots_of_keys_and_the_active_one_is_delivered_as_a_secret() -> None:
    user = {"from": "user", "active": "b", "a": "2026-11", "b": "2026-12"}
    found = program(registry(access={"push": {"old": user}}))
    keys = found.of("aws:iam/accessKey:AccessKey")
    assert [key.name for key in keys] == ["main-access-push-old-key-a", "main-access-push-old-key-b"]
    assert {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} <= set(found.outputs["main"]["builder_env"])
    assert "AWS_ROLE_ARN" not in found.outputs["main"]["builder_env"]
    slot_a = program(registry(access={"push": {"old": {**user, "active": "a"}}})).of("aws:iam/accessKey:AccessKey")
    assert {key.name for key in slot_a} == {key.name for key in keys}, "a switch of the slot makes and removes nothing"
    assert "made-up" not in json.dumps(found.outputs["main"]["builder_env"]["AWS_SECRET_ACCESS_KEY"])


def test_what_is_account_wide_stands_under_its_mark_and_outlives_the_stack() -> None:
    wide = {
        "scanning": {"type": "enhanced", "filters": {"ours": {"pattern": "a/*", "frequency": "continuous-scan"}}},
        "settings": {"basicScanVersion": "AWS_NATIVE"},
    }
    found = program(registry(accountWide=wide))
    (scanning,) = found.of(SCANNING)
    assert scanning.retain_on_delete
    assert scanning.inputs["scanType"] == "ENHANCED"
    assert scanning.inputs["rules"] == [
        {"scanFrequency": "CONTINUOUS_SCAN", "repositoryFilters": [{"filter": "a/*", "filterType": "WILDCARD"}]}
    ]
    marks = {each.inputs["name"]: each for each in found.of("aws:ssm/parameter:Parameter")}
    assert set(marks) == {"/snapdeploy-registry/ecr/scanning", "/snapdeploy-registry/ecr/settings"}
    assert all(each.inputs["insecureValue"].endswith("/snapdeploy-registry/prod/main") for each in marks.values())
    assert not any(each.retain_on_delete for each in marks.values()), "the mark goes with the ownership"


def test_replication_is_switched_on_after_its_regions_are_ready() -> None:
    block = registry(
        encryption={"type": "kms"},
        accountWide={"replication": True, "scanning": {}},
        replication={"regions": {"eu-west-1": {}}, "accounts": {"210987654321": {"region": "us-east-1"}}},
    )
    found = program(block)
    assert {each.inputs["region"] for each in found.of(TEMPLATE)} == {"us-east-1", "eu-west-1"}
    assert {each.inputs["region"] for each in found.of(SCANNING)} == {"us-east-1", "eu-west-1"}
    assert {each.inputs["region"] for each in found.of(KEY)} == {"us-east-1", "eu-west-1"}
    (replication,) = found.of(REPLICATION)
    (rule,) = replication.inputs["replicationConfiguration"]["rules"]
    assert rule["destinations"] == [
        {"region": "eu-west-1", "registryId": ACCOUNT},
        {"region": "us-east-1", "registryId": "210987654321"},
    ]
    assert {"main-template-eu-west-1-rule", "main-scanning-eu-west-1-configuration"} <= set(replication.after)
    asked = json.loads(found.outputs["main"]["asked_of_others"]["210987654321"])
    assert asked["Statement"][0]["Principal"] == {"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]}


def test_a_cache_has_its_credential_under_the_name_that_ecr_demands() -> None:
    hub = {"upstream": "docker-hub", "username": "team", "token": "canary-token"}
    found = program(registry(cache={"hub": hub, "public": {"upstream": "ecr-public"}}))
    rules = {
        each.inputs["ecrRepositoryPrefix"]: each.inputs
        for each in found.of("aws:ecr/pullThroughCacheRule:PullThroughCacheRule")
    }
    assert rules["hub"]["upstreamRegistryUrl"] == "registry-1.docker.io"
    assert rules["hub"]["credentialArn"]
    assert "credentialArn" not in rules["public"]
    secret = only(found, "aws:secretsmanager/secret:Secret")
    assert secret["name"] == "ecr-pullthroughcache/prod/hub"
    assert "canary-token" not in json.dumps([dict(each.inputs) for each in found.resources])


@pytest.mark.parametrize(
    ("region", "endpoint", "host"),
    [
        ("cn-north-1", "standard", f"{ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "fips", f"{ACCOUNT}.dkr.ecr-fips.us-gov-west-1.amazonaws.com"),
        ("eu-west-1", "dual-stack", f"{ACCOUNT}.dkr-ecr.eu-west-1.on.aws"),
    ],
)
def test_partitions_and_endpoints_are_right_in_every_host_and_arn(region: str, endpoint: str, host: str) -> None:
    found = program(registry(region=region, endpoint=endpoint, access={"push": {"ci": CI}}))
    assert found.outputs["main"]["host"] == host
    partition = {"cn": "aws-cn", "us": "aws-us-gov", "eu": "aws"}[region[:2]]
    documents = [each.inputs["policy"] for each in found.of("aws:iam/rolePolicy:RolePolicy")]
    assert documents
    assert all(f"arn:{partition}:ecr:{region}:{ACCOUNT}:repository/snapdeploy-apps/*" in each for each in documents)


def test_another_account_is_refused_before_anything_is_declared() -> None:
    said = refused(registry(), {IDENTITY: {"accountId": "999999999999"}})
    assert "refusing to touch account 999999999999: the config says 123456789012" in said
    assert "registries.main.account" in said


def test_what_another_stack_owns_is_refused_before_anything_is_declared() -> None:
    marks = {"names": ["/snapdeploy-registry/ecr/scanning"], "values": ["team/other/prod/main"]}
    said = refused(registry(accountWide={"scanning": {}}), {MARKS: marks})
    assert "belongs to team/other/prod/main" in said
    assert "registries.main.accountWide.scanning" in said


STANDING = "aws:ecr/getRepository:getRepository"
IMAGES = "aws:ecr/getImages:getImages"


def _live(images: int, **tags: str) -> dict[str, Any]:
    """A repository that stands with AES256 and holds `images`."""
    return {
        REPOSITORIES: {"names": ["snapdeploy-apps/web"]},
        STANDING: {"encryptionConfigurations": [{"encryptionType": "AES256", "kmsKey": ""}], "tags": tags},
        IMAGES: {"imageIds": [{"imageDigest": f"sha256:{number}", "imageTag": ""} for number in range(images)]},
    }


def test_a_changed_encryption_is_refused_with_the_number_of_images_that_would_go() -> None:
    block = registry(repositories={"web": {}}, encryption={"type": "kms"})
    said = refused(block, _live(412))
    assert "snapdeploy-apps/web (412) would be replaced, and 412 images would go" in said
    assert "confirmReplacement: 412" in said

    confirmed = registry(repositories={"web": {}}, encryption={"type": "kms", "confirmReplacement": 412})
    assert "still refuses to be deleted with images in it" in refused(confirmed, _live(412))
    assert "413 images would go" in refused(confirmed, _live(413)), "a confirmation is of a number that was seen"

    found = program(confirmed, _live(412, **{"snapdeploy:replaceable": "true"}))
    (web,) = found.of(REPOSITORY)
    assert (web.protect, web.inputs["forceDelete"]) == (False, True)


@pytest.mark.parametrize(
    ("immutability", "why"),
    [({"exclude": ["l*"]}, "by the pattern `l*`"), ({"enabled": False}, "since no tag is immutable")],
)
def test_latest_may_not_move_in_production_by_accident(immutability: dict[str, Any], why: str) -> None:
    assert why in refused(registry(immutability=immutability))


def test_latest_may_move_in_production_on_purpose() -> None:
    assert program(registry(immutability={"exclude": ["latest"]})).of(TEMPLATE)


@pytest.mark.parametrize(
    ("block", "what"),
    [
        (registry(replication={"regions": {"eu-west-1": {}}}), "does not own the account's replication configuration"),
        (registry(encryption={"key": "arn:aws:kms:us-east-1:123456789012:key/1"}), "without `type: kms`"),
        (registry(cache={"hub": {"upstream": "docker-hub"}}), "needs `username` and `token`"),
        (registry(region="mars-north-1"), "is not a region"),
        (registry(access={"push": {"a": CI, "b": CI}}), "does not say which of them is the builder"),
        (registry(repositories={"Web": {}}), "lower case"),
    ],
)
def test_a_block_that_contradicts_itself_is_refused(block: dict[str, Any], what: str) -> None:
    assert what in refused(block)
