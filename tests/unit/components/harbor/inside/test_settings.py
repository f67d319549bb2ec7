"""What may be said of the inside of a Harbor, and what is refused with a way to mend it."""

from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from components.harbor.inside.cron import as_told
from components.harbor.inside.replication import address, naming, schedule
from components.harbor.inside.settings import InsideSettings
from components.harbor.inside.settings_replication import ReplicationSettings

SECRET = "canary-replication-1"
GOOGLE = {"direction": "push", "peer": "artifact-registry", "location": "europe-west1", "namespace": "my-project/apps"}
HARBOR = {"direction": "pull", "peer": "harbor", "url": "https://old.example.com", "namespace": "a", "username": "u"}
ECR = {"direction": "push", "peer": "ecr", "region": "eu-central-1", "namespace": "apps", "username": "AKIA"}
OIDC = {"issuer": "https://accounts.example.com", "clientId": "harbor", "clientSecret": SecretStr(SECRET)}


def _read(**blocks: Any) -> InsideSettings:
    return InsideSettings.model_validate(blocks, by_alias=True, by_name=False)


def test_everything_is_protected_by_default() -> None:
    told = _read()
    assert (told.project.scan, str(told.project.block), told.project.sbom) == (True, "critical", True)
    assert (told.immutability.enabled, told.immutability.exclude) == (True, ("buildcache",))
    assert (told.robot.days, told.retention, told.schedules.delete_untagged) == (90, {}, False)


@pytest.mark.parametrize("text", ["0 0 3 * * 0", "0 15 */6 * * *", "0 30 2 1,15 JAN-MAR ?", "0 0 0 * * MON-FRI"])
def test_a_time_of_six_fields_is_taken(text: str) -> None:
    assert _read(schedules={"scanAll": text}).schedules.scan_all == text


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("0 3 * * *", "has 5 fields"),
        ("* 0 3 * * 0", "does not begin with 0 seconds"),
        ("0 * * * * *", "does not name one minute"),
        ("0 60 3 * * *", "minutes that are none: 0 to 59"),
        ("0 0 24 * * *", "hours that are none"),
        ("0 0 3 0 * *", "days of the month that are none"),
        ("0 0 3 * * 7", "days of the week that are none"),
        ("0 0 5-3 * * *", "hours that are none"),
        ("0 0 */0 * * *", "hours that are none"),
        ("0  0 3 * * *", "single spaces"),
        ("@daily", "has 1 field"),
    ],
)
def test_a_time_that_is_none_is_refused(text: str, what: str) -> None:
    with pytest.raises(ValidationError, match=what):
        _read(schedules={"retention": text})


def test_a_time_that_the_bridge_reads_back_as_a_word_is_told_as_one() -> None:
    assert [as_told(text) for text in ("0 0 0 * * *", "0 0 0 * * 0", "0 0 3 * * *")] == [
        "Daily",
        "Weekly",
        "0 0 3 * * *",
    ]


@pytest.mark.parametrize(
    ("blocks", "at", "what"),
    [
        ({"project": {"scan": False}}, ("project",), "does not scan them"),
        ({"project": {"quotaGb": 0}}, ("project", "quotaGb"), "greater than or equal to 1"),
        ({"robot": {"days": 366}}, ("robot", "days"), "less than or equal to 365"),
        ({"auditLog": {"forward": "syslog.example.com"}}, ("auditLog", "forward"), "a host and a port"),
        ({"auditLog": {"forward": "syslog.example.com:70000"}}, ("auditLog", "forward"), "a host and a port"),
        ({"caches": {"quay": {}}}, ("caches", "quay", "[key]"), "docker-hub"),
        ({"caches": {"ghcr": {"username": "me"}}}, ("caches", "ghcr"), "half a credential"),
        ({"oidc": {**OIDC, "issuer": "http://x.example.com"}}, ("oidc", "issuer"), "not an address"),
        ({"oidc": {**OIDC, "adminGroup": "admins"}}, ("oidc",), "no `groupsClaim`"),
        (
            {"retention": {"old": {"rule": "expire-older", "days": 9}}},
            ("retention", "old", "rule"),
            "whose tags are immutable",
        ),
    ],
)
def test_a_mistake_is_refused_at_its_place(blocks: dict[str, Any], at: tuple[str, ...], what: str) -> None:
    with pytest.raises(ValidationError) as caught:
        _read(**blocks)
    (detail,) = caught.value.errors()
    assert detail["loc"] == at
    assert what in detail["msg"]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"region": None}, "does not say where it is"),
        ({"url": "https://x.example.com"}, "goes with `peer: harbor`"),
        ({"secret": None}, "half a credential"),
        ({"username": None, "secret": None}, "lets nobody in"),
        ({"trigger": "scheduled"}, "does not say when"),
        ({"schedule": "0 0 3 * * *"}, "goes with `trigger: scheduled`"),
        ({"direction": "pull", "trigger": "event"}, "pulls from elsewhere"),
        ({"deletions": True}, "needs `trigger: event`"),
        ({"peer": "artifact-registry", "region": None, "location": "europe-west1"}, "is not <project>/<repository>"),
        ({"peer": "ghcr", "region": None, "direction": "pull"}, "does not tell Harbor which images there are"),
        ({"namespace": "a/b/c/d"}, "at most 3"),
    ],
)
def test_a_copy_that_cannot_work_is_refused(changes: dict[str, Any], what: str) -> None:
    told = {**ECR, "secret": SecretStr(SECRET), **changes}
    with pytest.raises(ValidationError) as caught:
        _read(replication={"there": {key: value for key, value in told.items() if value is not None}})
    assert what in "; ".join(detail["msg"] for detail in caught.value.errors())
    assert SECRET not in str(caught.value)


def _copy(**blocks: Any) -> ReplicationSettings:
    told = {"secret": SecretStr(SECRET), **blocks}
    return ReplicationSettings.model_validate(told, by_alias=True, by_name=False)


@pytest.mark.parametrize(
    ("blocks", "url", "names"),
    [
        (ECR, "https://api.ecr.eu-central-1.amazonaws.com", ("snapdeploy-apps/**", "apps", 1)),
        (
            {
                "direction": "push",
                "peer": "artifact-registry",
                "location": "europe-west1",
                "namespace": "my-project/apps",
            },
            "https://europe-west1-docker.pkg.dev",
            ("snapdeploy-apps/**", "my-project/apps", 1),
        ),
        (
            {"direction": "pull", "peer": "ghcr", "namespace": "acme/apps", "names": "shop", "username": "acme"},
            "https://ghcr.io",
            ("acme/apps/shop", "snapdeploy-apps", 2),
        ),
        (
            {
                "direction": "pull",
                "peer": "harbor",
                "url": "https://old.example.com",
                "namespace": "a",
                "username": "u",
            },
            "https://old.example.com",
            ("a/**", "snapdeploy-apps", 1),
        ),
    ],
)
def test_a_copy_keeps_the_apps_name_under_the_other_namespace(
    blocks: dict[str, Any], url: str, names: tuple[str, str, int]
) -> None:
    told = _copy(**blocks)
    assert address(told) == url
    assert naming(told, "snapdeploy-apps") == names


def test_when_copies_are_made() -> None:
    assert schedule(_copy(**ECR)) == "manual"
    assert schedule(_copy(**ECR, trigger="event", deletions=True)) == "event_based"
    assert schedule(_copy(**ECR, trigger="scheduled", schedule="0 0 3 * * *")) == "0 0 3 * * *"
