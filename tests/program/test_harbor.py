"""How a Harbor is put together, whatever cloud its server is in: what is told to whom, and what waits for what."""

import base64
import json
from typing import Any

import pytest

from components.harbor import versions
from tests.program.harbor import INSIDE
from tests.support.declared import Program, component

CANARY = "canary-harbor-9d31"
HOST = "registry.acme.example"


@pytest.fixture(scope="module")
def found() -> Program:
    args = {
        "host": HOST,
        "vm": {"kind": "ec2", "account": "210987654321", "region": "eu-central-1", "metrics_from": ["10.0.0.0/8"]},
        "tls": {"mode": "internal"},
        "database": {"host": "db.acme.example", "password": CANARY},
        "audit_log": {"days": 90, "forward": "syslog.acme.example:514"},
        "environment": "prod",
        "tags": {"team": "platform"},
    }
    made = {**INSIDE, "test:index:Instance": {}, "test:index:Record": {}}
    return component("tests.program.harbor:registry", made, stack="prod_a", args=args)


@pytest.fixture(scope="module")
def told(found: Program) -> dict[str, Any]:
    (server,) = found.of("snapdeploy:harbor:TestServer")
    told: dict[str, Any] = json.loads(server.inputs["told"])
    return told


def test_the_server_is_told_what_it_should_be_and_nothing_secret(found: Program, told: dict[str, Any]) -> None:
    wanted = told["wanted"]
    assert (wanted["host"], wanted["tls"], wanted["auditForward"]) == (
        HOST,
        {"mode": "internal"},
        "syslog.acme.example:514",
    )
    assert wanted["installer"]["url"].endswith(f"harbor-offline-installer-v{wanted['version']}.tgz")
    assert wanted["database"] == {
        "host": "db.acme.example",
        "port": 5432,
        "name": "registry",
        "username": "harbor",
        "sslmode": "require",
    }
    assert (wanted["metrics"], wanted["watch"], told["metrics_push"]) == (True, None, False)
    assert (told["storage"], told["backup"]) == ({"kind": "disk"}, {"bucket": "", "at": "02:15", "days": 30})
    assert (told["http_challenge"], told["dns_challenge"], told["protect"]) == (False, False, True)
    assert CANARY not in json.dumps([dict(each.inputs) for each in found.resources])


def test_the_names_in_the_cloud_tell_stacks_apart(told: dict[str, Any]) -> None:
    assert told["slug"].startswith("prod-a-main-"), "a stack prod-a has `prod-a-main`"
    assert len(told["slug"]) <= 32
    assert told["owner"].endswith("/prod_a/main")


def test_secrets_go_to_the_server_as_one_secret(found: Program) -> None:
    (instance,) = found.of("test:index:Instance")
    assert instance.inputs["secrets"] == "[secret]"


def test_nothing_is_made_inside_before_the_server_is_ready(found: Program) -> None:
    (ready,) = found.of("pulumi-python:dynamic/snapdeploy:HarborReady")
    assert {"main-server-instance", "main-server-record"} <= set(ready.after)
    assert (ready.inputs["wanted"], ready.inputs["asked"]) == ("d" * 64, versions.default())
    assert ready.inputs["minutes"] == 30
    (bridge,) = found.of("pulumi:providers:harbor")
    assert "main-ready" in bridge.after
    assert bridge.inputs["password"] == "[secret]"


def test_the_contract_is_a_robot_that_ends_and_the_authority_that_signed(found: Program) -> None:
    out = found.outputs["main"]
    variables = out["builder_env"]
    assert variables["DOCKER_REGISTRY"] == f"{HOST}/snapdeploy-apps"
    assert variables["DOCKER_REGISTRY_USERNAME"].startswith("robot$snapdeploy-apps+")
    assert variables["DOCKER_REGISTRY_PASSWORD"] == "[secret]"
    assert base64.b64decode(variables["DOCKER_REGISTRY_CA"]) == b"-----BEGIN CERTIFICATE-----"
    assert (out["auth"], out["immutable"], out["expires_at"]) == ("static", True, "2027-02-27T06:00:00Z")
    assert (out["administrator"], out["backups"], out["by_hand"]) == (
        "store/harbor",
        "s3:backups/prod-main",
        ["enter the record"],
    )
    assert out["address"] == "203.0.113.7"
