"""What an Artifact Registry declares, by what its block says: seen under mocks, through the whole program."""

import json
from typing import Any

import pytest

from tests.program.artifact_registry import (
    AGENT,
    ANSWERS,
    HERE,
    IMAGES,
    KEYS,
    MADE,
    NUMBER,
    POLICY,
    PROJECT,
    PROJECTS,
    REPOSITORIES,
    RINGS,
    STANDING,
    program,
    registry,
)
from tests.support.declared import Program, Resource, declare

REPOSITORY = "gcp:artifactregistry/repository:Repository"
SERVICE = "gcp:projects/service:Service"
RING = "gcp:kms/keyRing:KeyRing"
KEY = "gcp:kms/cryptoKey:CryptoKey"
GRANT = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
GIVEN = f"{HERE}/keyRings/apps/cryptoKeys/images"
OWN_RING = f"{HERE}/keyRings/snapdeploy-gcp-main"
OWN_KEY = f"{OWN_RING}/cryptoKeys/images"


def standard(found: Program) -> Resource:
    """The one standard repository."""
    (resource,) = [each for each in found.of(REPOSITORY) if each.inputs["mode"] == "STANDARD_REPOSITORY"]
    return resource


def refused(block: dict[str, Any], answers: dict[str, Any] | None = None, **config: Any) -> str:
    """What the program says where it declares nothing."""
    with pytest.raises(AssertionError) as caught:
        program(block, answers, **config)
    said = str(caught.value)
    assert "nothing was changed" in said
    return said


def test_the_least_is_one_repository_for_every_app() -> None:
    found = program(registry())
    repository = standard(found)
    assert repository.inputs == {
        "project": PROJECT,
        "location": "europe-west1",
        "repositoryId": "snapdeploy-apps",
        "description": "Images of SnapDeploy",
        "format": "DOCKER",
        "mode": "STANDARD_REPOSITORY",
        "dockerConfig": {"immutableTags": True},
        "deletionPolicy": "PREVENT",
    }
    assert repository.protect
    assert not found.of("gcp:projects/serviceIdentity:ServiceIdentity"), "who does nothing needs no identity"


def test_the_registry_is_an_address_that_takes_an_app() -> None:
    main = program(registry()).outputs["main"]
    assert main["registry"] == "europe-west1-docker.pkg.dev/your-project/snapdeploy-apps"
    assert main["builder_env"]["DOCKER_REGISTRY"] == main["registry"]
    assert main["auth"] == "google"
    assert main["immutable"] is True
    assert main["retention"] == "none"
    assert main["scan"] == "as the project scans it: this stack does not own its scanning"
    assert "DOCKER_REGISTRY_PASSWORD" not in main["builder_env"]


@pytest.mark.parametrize(
    ("project", "location", "address"),
    [
        ("acme-images", "us", "us-docker.pkg.dev/acme-images/snapdeploy-apps"),
        ("acme-images", "asia", "asia-docker.pkg.dev/acme-images/snapdeploy-apps"),
        ("example.com:images", "europe-north1", "europe-north1-docker.pkg.dev/example.com/images/snapdeploy-apps"),
    ],
)
def test_the_address_is_right_in_every_kind_of_place(project: str, location: str, address: str) -> None:
    there = {PROJECTS: {"projectId": project, "number": NUMBER}}
    found = program(registry(project=project, location=location), there)
    assert found.outputs["main"]["registry"] == address
    assert standard(found).inputs["location"] == location
    assert standard(found).inputs["project"] == project


def test_the_apis_are_switched_on_first_one_after_the_other_and_stay_on() -> None:
    block = registry(
        encryption={"type": "kms"},
        scanning={"enabled": True},
        cache={"hub": {"upstream": "docker-hub", "username": "team", "token": "canary-token"}},
    )
    found = program(block)
    services = {each.inputs["service"].partition(".")[0]: each for each in found.of(SERVICE)}
    assert list(services) == [
        "artifactregistry", "cloudresourcemanager", "cloudkms", "secretmanager", "containerscanning",
    ]  # fmt: skip
    names = [f"main-apis-{service}" for service in services]
    for before, (name, service) in zip([None, *names], zip(names, services.values(), strict=True), strict=False):
        assert service.name == name
        assert service.inputs["disableOnDestroy"] is False
        assert service.after == ((before,) if before else ())
    for each in found.resources:
        if each.type.startswith("gcp:") and each.type != SERVICE and not each.after:
            pytest.fail(f"{each.name} waits for nothing")
    assert set(names) <= set(standard(found).after)
    assert [each.inputs["service"] for each in program(registry()).of(SERVICE)] == [
        "artifactregistry.googleapis.com", "cloudresourcemanager.googleapis.com",
    ]  # fmt: skip


def test_outside_production_and_where_it_is_said_nothing_is_protected() -> None:
    for found in (
        program(registry(protect=False, encryption={"type": "kms"})),
        program(registry(encryption={"type": "kms"}), environment="dev"),
    ):
        assert not any(each.protect for each in found.resources)
        assert standard(found).inputs["deletionPolicy"] == "DELETE"
    assert standard(program(registry(protect=True), environment="dev")).protect


def test_what_goes_is_first_only_logged() -> None:
    rules = {"releases": {"rule": "keep", "tags": ["v*"]}, "untagged": {"rule": "expire-untagged", "days": 7}}
    found = program(registry(retention=rules))
    inputs = standard(found).inputs
    assert inputs["cleanupPolicies"] == [
        {"id": "releases", "action": "KEEP", "condition": {"tagState": "TAGGED", "tagPrefixes": ["v"]}},
        {"id": "untagged", "action": "DELETE", "condition": {"tagState": "UNTAGGED", "olderThan": "604800s"}},
    ]
    assert inputs["cleanupPolicyDryRun"] is True
    assert found.outputs["main"]["retention"].startswith("only logged, nothing goes yet: releases: keeps")
    acting = program(registry(retention=rules, retentionDryRun=False))
    assert standard(acting).inputs["cleanupPolicyDryRun"] is False
    assert acting.outputs["main"]["retention"].startswith("releases: keeps images tagged v*; untagged: expires")


@pytest.mark.parametrize(("enabled", "says", "words"), [(True, "INHERITED", "on push"), (False, "DISABLED", "none")])
def test_scanning_is_the_projects_until_it_is_owned(enabled: bool, says: str, words: str) -> None:
    found = program(registry(scanning={"enabled": enabled}))
    assert standard(found).inputs["vulnerabilityScanningConfig"] == {"enablementConfig": says}
    assert found.outputs["main"]["scan"].startswith(words)
    services = [each.inputs["service"] for each in found.of(SERVICE)]
    assert ("containerscanning.googleapis.com" in services) == enabled, "it scans the whole project, and costs"


def test_tags_are_labels_on_everything() -> None:
    found = program(registry(), tags={"team": "platform"})
    (provider,) = [each for each in found.resources if each.name == "main-google"]
    assert json.loads(provider.inputs["defaultLabels"]) == {"team": "platform"}


def test_a_tag_that_is_no_label_is_refused_at_its_own_place() -> None:
    said = refused(registry(), tags={"Team": "platform", "cost": "EU"})
    assert "tags.Team" in said
    assert "has a key that is no label's" in said
    assert "tags.cost" in said
    assert "registries.main" not in said


def test_a_key_of_its_own_turns_is_kept_and_serves_the_repository_alone() -> None:
    found = program(registry(encryption={"type": "kms"}))
    (ring,), (key,), (grant,) = found.of(RING), found.of(KEY), found.of(GRANT)
    assert (ring.inputs["name"], ring.inputs["location"]) == ("snapdeploy-gcp-main", "europe-west1")
    assert key.inputs["rotationPeriod"] == "7776000s"
    assert key.inputs["keyRing"] == "main-key-ring-id"
    assert "destroyScheduledDuration" not in key.inputs, "Google's own thirty days"
    for each in (ring, key):
        assert each.protect
        assert each.retain_on_delete, "a key that is deleted takes every image with it"
        assert each.import_id == ""
    assert grant.inputs == {
        "cryptoKeyId": "main-key-key-id",
        "role": "roles/cloudkms.cryptoKeyEncrypterDecrypter",
        "member": AGENT,
    }
    assert standard(found).inputs["kmsKeyName"] == "main-key-key-id"
    assert grant.name in standard(found).after, "a repository is refused whose agent may not use the key yet"


def test_a_key_that_outlived_its_stack_is_taken_back() -> None:
    there = {RINGS: {"keyRings": [{"id": OWN_RING, "name": OWN_RING}]}}
    found = program(registry(encryption={"type": "kms"}), {**there, KEYS: {"keys": [{"id": OWN_KEY}]}})
    assert [found.of(type_)[0].import_id for type_ in (RING, KEY)] == [OWN_RING, OWN_KEY]
    ring_only = program(registry(encryption={"type": "kms"}), {**there, KEYS: {"keys": []}})
    assert [ring_only.of(type_)[0].import_id for type_ in (RING, KEY)] == [OWN_RING, ""]
    off = {RINGS: {"__fails__": "googleapi: Error 403: Cloud KMS API … SERVICE_DISABLED"}}
    assert program(registry(encryption={"type": "kms"}), off).of(RING)[0].import_id == ""
    with pytest.raises(AssertionError, match="PERMISSION_DENIED"):
        program(registry(encryption={"type": "kms"}), {RINGS: {"__fails__": "PERMISSION_DENIED"}})


def test_a_given_key_is_used_and_left_alone() -> None:
    found = program(registry(encryption={"type": "kms", "key": GIVEN}))
    assert not found.of(RING)
    assert not found.of(KEY)
    (grant,) = found.of(GRANT)
    assert grant.inputs["cryptoKeyId"] == GIVEN
    assert standard(found).inputs["kmsKeyName"] == GIVEN


HUB = {"upstream": "docker-hub", "username": "team", "token": "canary-token"}


def test_a_cache_is_a_repository_whose_credential_only_googles_agent_reads() -> None:
    found = program(registry(cache={"hub": HUB, "ghcr": {"upstream": "custom", "url": "https://ghcr.io"}}))
    remotes = {
        each.inputs["repositoryId"]: each.inputs
        for each in found.of(REPOSITORY)
        if each.inputs["mode"] == "REMOTE_REPOSITORY"
    }
    hub, ghcr = (remotes[f"snapdeploy-apps-{name}"]["remoteRepositoryConfig"] for name in ("hub", "ghcr"))
    assert hub["dockerRepository"] == {"publicRepository": "DOCKER_HUB"}
    assert hub["upstreamCredentials"] == {
        "usernamePasswordCredentials": {
            "username": "team",
            "passwordSecretVersion": f"projects/{NUMBER}/secrets/made-up/versions/1",
        }
    }
    assert ghcr["commonRepository"] == {"uri": "https://ghcr.io"}
    assert "upstreamCredentials" not in ghcr
    for each in remotes.values():
        assert each["cleanupPolicies"] == [
            {"id": "expire", "action": "DELETE", "condition": {"tagState": "ANY", "olderThan": "2592000s"}}
        ]
        assert each["cleanupPolicyDryRun"] is False
    (secret,) = found.of("gcp:secretmanager/secret:Secret")
    assert secret.inputs["secretId"] == "snapdeploy-gcp-main-cache-hub"
    assert secret.inputs["replication"] == {"userManaged": {"replicas": [{"location": "europe-west1"}]}}
    (version,) = found.of("gcp:secretmanager/secretVersion:SecretVersion")
    assert version.inputs["secretData"] == "[secret]"
    (reader,) = found.of("gcp:secretmanager/secretIamMember:SecretIamMember")
    assert reader.inputs["member"] == AGENT
    assert reader.inputs["role"] == "roles/secretmanager.secretAccessor"
    (remote,) = [each for each in found.of(REPOSITORY) if each.inputs["repositoryId"] == "snapdeploy-apps-hub"]
    assert reader.name in remote.after, "Google tries the credential when the cache is made"
    assert "canary-token" not in json.dumps([dict(each.inputs) for each in found.resources])


def test_a_credential_in_a_multi_region_lies_where_google_likes() -> None:
    (secret,) = program(registry(location="us", cache={"hub": HUB})).of("gcp:secretmanager/secret:Secret")
    assert secret.inputs["replication"] == {"auto": {}}


def test_an_app_of_ours_is_found_before_any_image_of_a_cache() -> None:
    found = program(registry(cache={"hub": HUB, "alpha": {"upstream": "custom", "url": "https://ghcr.io"}}))
    (front,) = [each for each in found.of(REPOSITORY) if each.inputs["mode"] == "VIRTUAL_REPOSITORY"]
    policies = front.inputs["virtualRepositoryConfig"]["upstreamPolicies"]
    asked = [each["repository"] for each in sorted(policies, key=lambda each: -each["priority"])]
    assert asked == ["main-repository-standard-id", "main-cache-alpha-remote-id", "main-cache-hub-remote-id"]
    assert len({each["id"] for each in policies}) == 3
    main = found.outputs["main"]
    assert main["pull_registry"] == "europe-west1-docker.pkg.dev/your-project/snapdeploy-apps-virtual"
    assert main["registry"] == "europe-west1-docker.pkg.dev/your-project/snapdeploy-apps", "it takes no push"
    assert "pull_registry" not in program(registry()).outputs["main"]


def test_a_repository_that_was_made_by_hand_is_taken_over() -> None:
    assert standard(program(registry(adopt=True))).import_id == f"{HERE}/repositories/snapdeploy-apps"
    assert standard(program(registry())).import_id == ""


# --- what is refused before anything is declared ---


def test_another_project_is_refused() -> None:
    said = refused(registry(), {PROJECTS: {"projectId": "other-project", "number": NUMBER}})
    assert "refusing to touch project other-project: the config says your-project" in said
    assert "registries.main.project" in said


def test_the_same_name_with_another_number_is_another_project() -> None:
    said = refused(registry(projectNumber=111), {REPOSITORIES: {"__fails__": "is not asked of a wrong project"}})
    assert f"its number is {NUMBER}, and the config says 111" in said
    assert "registries.main.projectNumber" in said
    assert program(registry(projectNumber=int(NUMBER))).of(REPOSITORY)


@pytest.mark.parametrize(
    ("why", "what", "mend"),
    [
        ("googleapi: Error 403: The caller does not have permission", "cannot be read with these", "auth application"),
        ("googleapi: Error 403: … SERVICE_DISABLED", "Resource Manager API is off", "gcloud services enable"),
    ],
)
def test_a_project_that_cannot_be_seen_is_refused(why: str, what: str, mend: str) -> None:
    said = refused(registry(), {PROJECTS: {"__fails__": why}})
    assert what in said
    assert mend in said


def test_tags_may_not_move_in_production_by_accident() -> None:
    said = refused(registry(immutability={"enabled": False}))
    assert "lets every tag move in production" in said
    assert "registries.main.immutability.enabled" in said
    meant = program(registry(immutability={"enabled": False, "tagsMayMove": True}))
    assert standard(meant).inputs["dockerConfig"] == {"immutableTags": False}
    assert standard(program(registry(immutability={"enabled": False}), environment="dev"))


def _live(images: int, key: str = "", **labels: str) -> dict[str, Any]:
    """A repository that stands under `key` and holds `images`."""
    return {
        REPOSITORIES: {"repositories": [{"id": f"{HERE}/repositories/snapdeploy-apps"}]},
        STANDING: {"kmsKeyName": key, "effectiveLabels": labels},
        IMAGES: {"dockerImages": [{"name": f"image-{number}"} for number in range(images)]},
    }


def test_a_changed_encryption_is_refused_with_the_number_of_images_that_would_go() -> None:
    said = refused(registry(encryption={"type": "kms"}), _live(412))
    assert "snapdeploy-apps (412) would be replaced, and 412 images would go" in said
    assert "confirmReplacement: 412" in said

    confirmed = registry(encryption={"type": "kms", "confirmReplacement": 412})
    assert "still refuses to be deleted" in refused(confirmed, _live(412))
    assert "413 images would go" in refused(confirmed, _live(413)), "a confirmation is of a number that was seen"

    repository = standard(program(confirmed, _live(412, **{"snapdeploy-replaceable": "true"})))
    assert not repository.protect
    assert repository.inputs["deletionPolicy"] == "DELETE"

    away = program(registry(encryption={"type": "kms", "confirmReplacement": 412}), _live(412, OWN_KEY))
    assert not any(each.protect for each in away.resources), "the key that is no more needed may leave the state"

    before = standard(program(registry(encryption={"confirmReplacement": 412}), _live(412)))
    assert before.inputs["labels"] == {"snapdeploy-replaceable": "true"}
    assert before.inputs["deletionPolicy"] == "DELETE"
    assert not before.protect


@pytest.mark.parametrize(
    ("standing", "encryption", "kept"),
    [
        ("", {}, True),
        (GIVEN, {"type": "kms", "key": GIVEN}, True),
        (OWN_KEY, {"type": "kms"}, True),
        (GIVEN, {}, False),
        (GIVEN, {"type": "kms"}, False),
        (OWN_KEY, {"type": "kms", "key": GIVEN}, False),
    ],
)
def test_only_another_key_is_another_encryption(standing: str, encryption: dict[str, Any], kept: bool) -> None:
    block = registry(encryption=encryption)
    if kept:
        assert program(block, _live(3, standing)).of(REPOSITORY)
    else:
        assert "3 images would go" in refused(block, _live(3, standing))


def test_where_the_api_never_was_on_nothing_can_stand() -> None:
    assert program(registry(), {REPOSITORIES: {"__fails__": "SERVICE_DISABLED"}}).of(REPOSITORY)
    with pytest.raises(AssertionError, match="PERMISSION_DENIED"):
        program(registry(), {REPOSITORIES: {"__fails__": "PERMISSION_DENIED"}})


def test_one_app_or_ten_thousand_are_the_same_resources() -> None:
    found = [program(registry(), _live(apps)).inventory() for apps in (0, 1, 10_000)]
    assert found[0] == found[1] == found[2]


# --- who may use it, and who watches ---

MEMBER = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"
CI = {
    "from": "github", "repository": "team/apps", "ownerId": 1234567, "repositoryId": 7654321, "branches": ["main"],
}  # fmt: skip


def test_each_right_is_a_role_on_the_repositories_that_it_is_about() -> None:
    access = {"push": {"ci": CI}, "pull": {"runtime": CI}, "clean": {"janitor": CI}}
    found = program(registry(cache={"hub": HUB}, access=access))
    roles: dict[str, set[str]] = {}
    for each in found.of(MEMBER):
        roles.setdefault(each.inputs["role"].rpartition(".")[2], set()).add(each.inputs["repository"])
    assert roles == {
        "writer": {"snapdeploy-apps"},
        "reader": {"snapdeploy-apps", "snapdeploy-apps-hub", "snapdeploy-apps-virtual"},
        "repoAdmin": {"snapdeploy-apps"},
    }
    services = [each.inputs["service"] for each in found.of(SERVICE)]
    assert {"iam.googleapis.com", "iamcredentials.googleapis.com", "sts.googleapis.com"} <= set(services)


def test_the_builder_gets_an_identity_and_no_password() -> None:
    main = program(registry(access={"push": {"ci": CI}})).outputs["main"]
    assert set(main["builder_env"]) == {
        "DOCKER_REGISTRY", "GOOGLE_WORKLOAD_IDENTITY_PROVIDER", "GOOGLE_SERVICE_ACCOUNT", "BUILDER_WORK_DIR",
        "BUILDER_LOG_DIR",
    }  # fmt: skip
    assert main["auth"] == "google"
    assert main.get("expires_at") is None


def test_a_key_is_a_password_with_an_end() -> None:
    main = program(registry(access={"push": {"old": {"from": "key", "a": "2026-11"}}})).outputs["main"]
    assert main["auth"] == "static"
    assert main["builder_env"]["DOCKER_REGISTRY_USERNAME"] == "_json_key_base64"
    assert main["builder_env"]["DOCKER_REGISTRY_PASSWORD"] == "[secret]"
    assert main["expires_at"] == "2027-02-01T00:00:00Z"


def test_the_watch_is_over_every_repository_and_after_its_apis() -> None:
    found = program(registry(cache={"hub": HUB}, watch={"auditLogs": "given", "pullAlarm": {"above": 9}}))
    alerts = found.of("gcp:monitoring/alertPolicy:AlertPolicy")
    assert "snapdeploy-apps-hub" in json.dumps([dict(each.inputs) for each in alerts]), "pulls go through caches too"
    metrics = found.of("gcp:logging/metric:Metric")
    assert alerts
    assert metrics
    for each in (*alerts, *metrics):
        assert {"main-apis-monitoring", "main-apis-logging"} <= set(each.after)


def test_what_the_parts_find_in_the_way_is_told_with_the_rest() -> None:
    reads = {"service": "artifactregistry.googleapis.com", "auditLogConfigs": [{"logType": "DATA_READ"}]}
    said = refused(
        registry(watch={"auditLogs": "own"}, immutability={"enabled": False}),
        {POLICY: {"policyData": json.dumps({"auditConfigs": [reads]})}},
    )
    assert "registries.main.watch.auditLogs" in said
    assert "registries.main.immutability.enabled" in said
    block = {"kind": "artifact-registry", "project": PROJECT, "location": "us", "access": {"push": {"ci": CI}}}
    with pytest.raises(AssertionError, match="accountPrefix"):
        program({}, registries={"a-rather-long-registry": block})


def test_names_made_of_the_stacks_that_google_does_not_take_are_refused() -> None:
    def of_a_dotted_stack(**keys: Any) -> Program:
        return declare(
            "gcp.eu", MADE, config={"environment": "prod", "registries": {"main": registry(**keys)}}, answers=ANSWERS,
            simulated=True,
        )  # fmt: skip

    assert of_a_dotted_stack().of(REPOSITORY), "nothing is called after the stack"
    assert of_a_dotted_stack(encryption={"type": "kms", "key": GIVEN}).of(REPOSITORY)
    with pytest.raises(AssertionError, match=r"registries\.main\.encryption.*`snapdeploy-gcp\.eu-main`"):
        of_a_dotted_stack(encryption={"type": "kms"})
    with pytest.raises(AssertionError, match=r"registries\.main\.cache\.hub.*`snapdeploy-gcp\.eu-main`"):
        of_a_dotted_stack(cache={"hub": HUB})
