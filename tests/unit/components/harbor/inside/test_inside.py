"""All that is declared inside a Harbor, in one run under mocks that raise on any type that is not named here."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.declared import Program, Resource, component, observe

_PROJECT = "harbor:index/project:Project"
_REGISTRY = "harbor:index/registry:Registry"
_RETENTION = "harbor:index/retentionPolicy:RetentionPolicy"
_ROBOTS = "pulumi-python:dynamic/snapdeploy:HarborRobots"
MADE: Mapping[str, Mapping[str, Any]] = {
    _PROJECT: {"projectId": 2},
    _REGISTRY: {"registryId": 7, "status": "healthy"},
    _RETENTION: {},
    "harbor:index/immutableTagRule:ImmutableTagRule": {},
    "harbor:index/garbageCollection:GarbageCollection": {},
    "harbor:index/interrogationServices:InterrogationServices": {},
    "harbor:index/replication:Replication": {},
    "pulumi-python:dynamic/snapdeploy:HarborConfiguration": {},
    _ROBOTS: {
        "username": "robot$snapdeploy-apps-builder-a",
        "password": "canary-robot-1",
        "expires_at": "2027-02-27T00:00:00Z",
        "slot": "a",
        "robot_id": 1,
    },
    "pulumi-python:dynamic/snapdeploy:HarborRobotInUse": {},
}
EVERYTHING = {
    "project": {"block": "high", "quotaGb": 200},
    "immutability": {"exclude": ["buildcache", "latest"]},
    "retention": {"left": {"rule": "expire-untagged", "days": 14}},
    "schedules": {"retention": "0 0 0 * * *", "garbageCollection": "0 0 3 * * 6", "deleteUntagged": True},
    "auditLog": {"days": 30, "forward": "syslog.example.com:514"},
    "caches": {"docker-hub": {"username": "snapdeploy", "token": "canary-hub-1"}, "ghcr": {}},
    "replication": {
        "standby": {
            "direction": "push",
            "peer": "ecr",
            "region": "eu-central-1",
            "namespace": "apps",
            "username": "AKIA",
            "secret": "canary-ecr-1",
            "tags": "v*",
            "trigger": "event",
        }
    },
    "robot": {"days": 60, "rotation": "2026-11"},
    "oidc": {"issuer": "https://accounts.example.com", "clientId": "harbor", "clientSecret": "canary-oidc-1"},
}
INVENTORY = {
    "main-inside": ("Inside", "snapdeploy-registry-test"),
    "main-inside-cache-docker-hub": ("Cache", "main-inside"),
    "main-inside-cache-docker-hub-endpoint": ("Registry", "main-inside-cache-docker-hub"),
    "main-inside-cache-docker-hub-project": ("Project", "main-inside-cache-docker-hub"),
    "main-inside-cache-docker-hub-retention": ("RetentionPolicy", "main-inside-cache-docker-hub"),
    "main-inside-cache-ghcr": ("Cache", "main-inside"),
    "main-inside-cache-ghcr-endpoint": ("Registry", "main-inside-cache-ghcr"),
    "main-inside-cache-ghcr-project": ("Project", "main-inside-cache-ghcr"),
    "main-inside-cache-ghcr-retention": ("RetentionPolicy", "main-inside-cache-ghcr"),
    "main-inside-configuration": ("HarborConfiguration", "main-inside"),
    "main-inside-garbage-collection": ("GarbageCollection", "main-inside"),
    "main-inside-harbor": ("harbor", "main-inside"),
    "main-inside-immutability": ("ImmutableTagRule", "main-inside"),
    "main-inside-project": ("Project", "main-inside"),
    "main-inside-replication-standby": ("Replication", "main-inside"),
    "main-inside-replication-standby-endpoint": ("Registry", "main-inside-replication-standby"),
    "main-inside-replication-standby-policy": ("Replication", "main-inside-replication-standby"),
    "main-inside-retention": ("RetentionPolicy", "main-inside"),
    "main-inside-robot-in-use": ("HarborRobotInUse", "main-inside"),
    "main-inside-robots": ("HarborRobots", "main-inside"),
    "main-inside-scan-all": ("InterrogationServices", "main-inside"),
    "snapdeploy-registry-test": ("Stack", ""),
}


@pytest.fixture(scope="module")
def declared() -> Program:
    return component(f"{__name__}:_run", MADE, block=EVERYTHING)


def _named(program: Program, name: str) -> Resource:
    (found,) = (each for each in program.resources if each.name == f"main-inside-{name}")
    return found


def _run(order: dict[str, Any]) -> None:
    from pydantic import SecretStr

    from components.harbor.inside.inside import Door, Inside
    from components.harbor.inside.settings import InsideSettings

    block = dict(order["block"])
    block["oidc"] = {**block["oidc"], "clientSecret": SecretStr(block["oidc"]["clientSecret"])}
    hub = block["caches"]["docker-hub"]
    block["caches"] = {**block["caches"], "docker-hub": {**hub, "token": SecretStr(hub["token"])}}
    copy = block["replication"]["standby"]
    block["replication"] = {"standby": {**copy, "secret": SecretStr(copy["secret"])}}

    def program() -> None:
        Inside(
            "main-inside",
            InsideSettings.model_validate(block, by_alias=True, by_name=False),
            Door("https://registry.example.com", "canary-admin-1", ""),
            namespace="snapdeploy-apps",
            owner="org/registry/test/main",
            protect=True,
            tags={},
            after=(),
            admin_login=False,
        )

    observe(order, program)


def test_this_is_declared_and_nothing_else(declared: Program) -> None:
    assert {each.name: (each.kind, each.parent) for each in declared.resources} == INVENTORY


def test_every_part_of_the_bridge_is_made_by_a_provider_that_trusts_not_just_anybody(declared: Program) -> None:
    bridge = _named(declared, "harbor")
    told = {"url": "https://registry.example.com", "username": "admin", "password": "[secret]", "insecure": "false"}
    assert {key: bridge.inputs[key] for key in told} == told
    made_by = {each.provider.split("::")[-2] for each in declared.resources if each.type.startswith("harbor:")}
    assert made_by == {"main-inside-harbor"}


def test_no_secret_is_told_in_plain(declared: Program) -> None:
    told = repr([each.inputs for each in declared.resources]) + repr(declared.outputs)
    assert "canary" not in told
    assert _named(declared, "robots").inputs["admin_password"] == "[secret]"
    assert declared.outputs["main-inside"]["password"] == "[secret]"


def test_the_project_is_private_scanned_blocked_and_protected(declared: Program) -> None:
    project = _named(declared, "project")
    assert project.protect
    assert project.inputs == {
        "name": "snapdeploy-apps",
        "public": False,
        "vulnerabilityScanning": True,
        "autoSbomGeneration": True,
        "deploymentSecurity": "high",
        "storageQuota": 200,
        "forceDestroy": False,
    }
    for cache in ("docker-hub", "ghcr"):
        told = _named(declared, f"cache-{cache}-project").inputs
        assert (told["name"], told["public"], told["registryId"]) == (cache, False, 7)


def test_rules_and_jobs_are_told_as_they_are_read_back(declared: Program) -> None:
    immutable = _named(declared, "immutability").inputs
    assert (immutable["tagExcluding"], immutable["repoMatching"]) == ("{buildcache,latest}", "**")
    assert "tagMatching" not in immutable
    assert [rule.get("nDaysSinceLastPush") for rule in _named(declared, "retention").inputs["rules"]] == [14, None]
    assert _named(declared, "retention").inputs["schedule"] == "Daily"
    assert _named(declared, "garbage-collection").inputs == {
        "schedule": "0 0 3 * * 6",
        "deleteUntagged": True,
        "workers": 1,
    }
    assert _named(declared, "scan-all").inputs["vulnerabilityScanPolicy"] == "0 0 5 * * *"


def test_a_copy_goes_where_it_is_told(declared: Program) -> None:
    policy = _named(declared, "replication-standby-policy").inputs
    assert policy["filters"] == [{"name": "snapdeploy-apps/**"}, {"tag": "v*", "decoration": "matches"}]
    assert (policy["action"], policy["schedule"], policy["destNamespace"]) == ("push", "event_based", "apps")
    assert (policy["destNamespaceReplace"], policy["registryId"], policy["deletion"]) == (1, 7, False)


def test_the_robot_waits_for_what_its_name_and_rights_need(declared: Program) -> None:
    robots = _named(declared, "robots")
    assert {"main-inside-configuration", "main-inside-cache-docker-hub-project"} <= set(robots.after)
    assert robots.inputs["caches"] == ["docker-hub", "ghcr"]
    assert (robots.inputs["days"], robots.inputs["rotation"]) == (60, "2026-11")
    told = _named(declared, "configuration").inputs
    assert (told["values"]["primary_auth_mode"], told["client_secret"], told["purge_after"]) == (True, "[secret]", 30)
