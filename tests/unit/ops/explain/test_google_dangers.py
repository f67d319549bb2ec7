"""What a reviewer stops for on Google: each protection that goes, and what is none."""

import json
from typing import Any

import pytest

from ops.explain import digest, names
from ops.explain.dangers import dangers
from ops.explain.google import roles
from ops.explain.permissions import permissions
from ops.explain.point import Danger

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
REPOSITORY = "gcp:artifactregistry/repository:Repository"
SECRET = "gcp:secretmanager/secret:Secret"
KEY = "gcp:kms/cryptoKey:CryptoKey"
AUDIT = "gcp:projects/iAMAuditConfig:IAMAuditConfig"


def preview(token: str, old: Any, new: Any, op: str = "update", name: str = "one", **more: Any) -> digest.Preview:
    states = {
        key: {"type": token, "custom": True, "inputs": inputs}
        for key, inputs in (("oldState", old), ("newState", new))
        if inputs is not None
    }
    step = {"op": op, "urn": f"urn:pulumi:gcp::registry::{token}::{name}", **states, **more}
    return digest.read(json.dumps({"steps": [step], "config": {"r:registries": json.dumps(CONFIRMED)}}))


CONFIRMED = {"main": {"encryption": {"confirmReplacement": 412}}}


@pytest.mark.parametrize(
    ("token", "old", "new", "danger", "said"),
    [
        (REPOSITORY, {"deletionPolicy": "PREVENT"}, {"deletionPolicy": "DELETE"}, Danger.LIFTED, "from deletion"),
        (REPOSITORY, {"deletionPolicy": "PREVENT"}, {}, Danger.LIFTED, "loses its protection from deletion"),
        (SECRET, {"deletionProtection": True}, {"deletionProtection": False}, Danger.LIFTED, "from deletion"),
        (
            REPOSITORY,
            {"cleanupPolicyDryRun": True},
            {"cleanupPolicyDryRun": False},
            Danger.LIFTED,
            "from now on images really go",
        ),
        (
            REPOSITORY,
            {"dockerConfig": {"immutableTags": True}},
            {"dockerConfig": {"immutableTags": False}},
            Danger.LIFTED,
            "Tags in repository one can be moved",
        ),
        (REPOSITORY, {"dockerConfig": {"immutableTags": True}}, {}, Danger.LIFTED, "can be moved"),
        (
            REPOSITORY,
            {"vulnerabilityScanningConfig": {"enablementConfig": "INHERITED"}},
            {"vulnerabilityScanningConfig": {"enablementConfig": "DISABLED"}},
            Danger.LIFTED,
            "are no longer scanned",
        ),
        (REPOSITORY, {"kmsKeyName": "a"}, {"kmsKeyName": "b"}, Danger.ENCRYPTION, "is encrypted by b, and was by a"),
        (SECRET, {"versionDestroyTtl": "2592000s"}, {"versionDestroyTtl": "86400s"}, Danger.LIFTED, "1, and before 30"),
        (SECRET, {"versionDestroyTtl": "2592000s"}, {}, Danger.LIFTED, "0, and before 30"),
        (KEY, {"rotationPeriod": "7776000s"}, {}, Danger.LIFTED, "is no longer rotated each 90 days"),
        (KEY, {"rotationPeriod": "86400s"}, {"rotationPeriod": "172800s"}, Danger.LIFTED, "each 1 days, but each 2"),
        (
            AUDIT,
            {"service": "s", "auditLogConfigs": [{"logType": "DATA_WRITE"}, {"logType": "DATA_READ"}]},
            {"service": "s", "auditLogConfigs": [{"logType": "DATA_WRITE"}]},
            Danger.LIFTED,
            "Nothing writes down DATA_READ of s any more",
        ),
    ],
)
def test_a_protection_that_goes_is_told_and_its_return_is_not(
    token: str, old: Any, new: Any, danger: Danger, said: str
) -> None:
    found = [point for point in dangers(preview(token, old, new)) if point.danger]
    assert [point.danger for point in found] == [danger]
    assert said in str(found[0].sentence)
    if danger is not Danger.ENCRYPTION:
        assert not [point for point in dangers(preview(token, new, old)) if point.danger]


@pytest.mark.parametrize("name", ["deletionPolicy", "cleanupPolicyDryRun", "rotationPeriod", "versionDestroyTtl"])
def test_what_is_known_only_later_is_not_called_lifted(name: str) -> None:
    old = {"deletionPolicy": "PREVENT", "cleanupPolicyDryRun": True}.get(name, "86400s")
    assert not dangers(preview(REPOSITORY, {name: old}, {name: UNKNOWN}))


def test_another_key_is_a_new_repository_and_its_images_are_lost() -> None:
    found = dangers(
        preview(
            REPOSITORY,
            {"kmsKeyName": "a"},
            {"kmsKeyName": UNKNOWN},
            "replace",
            "main-repository-standard",
            replaceReasons=["kmsKeyName"],
        )
    )
    assert [point.danger for point in found] == [Danger.LOST, Danger.ENCRYPTION]
    assert "images in it would be lost, 412 of them as the config confirms" in str(found[0].sentence)


def test_a_key_of_a_service_account_is_told() -> None:
    (point,) = dangers(
        preview("gcp:serviceaccount/key:Key", None, {"serviceAccountId": "projects/p/serviceAccounts/a@p"}, "create")
    )
    assert point.danger is Danger.LONG_LIVED
    assert "is made for a@p: it works until" in str(point.sentence)


@pytest.mark.parametrize("member", ["allUsers", "allAuthenticatedUsers"])
@pytest.mark.parametrize("how", ["member", "members"])
def test_everybody_is_told_even_where_all_is_new(member: str, how: str) -> None:
    told = {
        "repository": "apps",
        "role": "roles/artifactregistry.reader",
        how: member if how == "member" else [member, "user:a@b.c"],
    }
    token = f"gcp:artifactregistry/repositoryIam{how[:6].title() if how == 'member' else 'Binding'}:R"
    token = token.replace(":R", ":RepositoryIamMember" if how == "member" else ":RepositoryIamBinding")
    found = [point for point in permissions(preview(token, None, told, "create")) if point.danger]
    assert [point.danger for point in found] == [Danger.PUBLIC]
    assert str(found[0].sentence).startswith("EVERYBODY")


def test_an_api_that_is_let_go_stays_on_and_is_no_danger() -> None:
    service = {"service": "pubsub.googleapis.com", "disableOnDestroy": False}
    token = "gcp:projects/service:Service"
    (point,) = dangers(preview(token, service, None, "delete"))
    assert (point.danger, str(point.sentence)[:40]) == (None, "The API pubsub.googleapis.com is given u")
    (point,) = dangers(preview(token, {**service, "disableOnDestroy": True}, None, "delete"))
    assert point.danger is Danger.DELETED


def test_an_alarm_that_goes_is_told_though_its_type_is_called_a_policy() -> None:
    (point,) = dangers(preview("gcp:monitoring/alertPolicy:AlertPolicy", {"displayName": "full"}, None, "delete"))
    assert point.danger is Danger.DELETED
    assert str(point.sentence) == "The alarm full is deleted"


@pytest.mark.parametrize(
    ("token", "inputs", "said"),
    [
        ("gcp:projects/service:Service", {"service": "s.googleapis.com"}, "API s.googleapis.com"),
        ("gcp:projects/serviceIdentity:ServiceIdentity", {"service": "s.googleapis.com"}, "service agent"),
        (SECRET, {"secretId": "builder", "name": "projects/1/secrets/builder"}, "secret builder"),
        ("gcp:monitoring/alertPolicy:AlertPolicy", {"name": "projects/p/alertPolicies/4"}, "alarm one"),
        ("gcp:eventarc/trigger:Trigger", {"name": "t"}, "trigger for events t"),
        ("gcp:workflows/workflow:Workflow", {"name": "w"}, "workflow w"),
        ("gcp:serviceaccount/account:Account", {"accountId": "a", "project": "p"}, "a@p.iam.gserviceaccount.com"),
    ],
)
def test_a_thing_of_googles_is_called_what_people_call_it(token: str, inputs: Any, said: str) -> None:
    (change,) = preview(token, None, inputs, "create").changes
    assert said in f"{names.kind(change.type)} {names.address(change)}"


def test_the_table_of_roles_has_its_sources() -> None:
    from datetime import date

    import yaml

    from ops.explain import google

    table = yaml.safe_load(google._ROLES.read_text(encoding="utf-8"))
    assert table.keys() == roles().keys()
    for role, told in table.items():
        assert role.startswith("roles/")
        assert told["may"]
        assert told["source"].startswith("https://")
        assert date(2026, 1, 1) <= told["read"] <= date(2026, 11, 25)
