"""What an Artifact Registry may be told, and how a mistake in it reaches the user."""

from typing import Any, get_args, get_type_hints

import pytest

from components._settings import Settings
from components.artifact_registry import args, settings
from components.artifact_registry.settings import ArtifactRegistrySettings
from components.artifact_registry.settings_access import AccessSettings, AnyPrincipal
from components.artifact_registry.watch.settings import ScanResultsSettings, UsageSettings, WatchSettings
from contract.problem import Problems
from stack._models import read
from stack._report import Report

PLACE = {"project": "acme-images", "location": "europe-west1"}
KEY = "projects/acme-keys/locations/{}/keyRings/apps/cryptoKeys/images"


def _told(**block: Any) -> list[tuple[str, str, str]]:
    """Each mistake: where it is in the registry's block, what it is, and what to write."""
    report = Report(stack="gcp", file=None, secret_keys=())
    assert read(ArtifactRegistrySettings, {**PLACE, **block}, ("registries", "main"), report) is None
    with pytest.raises(Problems) as caught:
        report.raise_if_any()
    return [
        (one.where.partition("registries.main")[2].removeprefix("."), one.what, one.mend)
        for one in caught.value.problems
    ]


def _taken(**block: Any) -> ArtifactRegistrySettings:
    return ArtifactRegistrySettings.model_validate({**PLACE, **block}, by_alias=True, by_name=False)


def test_the_least_is_a_project_and_a_location() -> None:
    found = _taken()
    assert found.namespace == "snapdeploy-apps"
    assert found.immutability.enabled
    assert found.retention_dry_run, "what goes is only logged until somebody has read it"
    assert found.place.path(found.namespace) == "acme-images/snapdeploy-apps"


@pytest.mark.parametrize(
    ("block", "where", "what", "mend"),
    [
        ({"project": "Acme"}, "project", "is not a project's id", "project: your-project"),
        ({"location": "mars"}, "location", "is not a location", "location: europe-west1"),
        ({"namespace": "team/apps"}, "namespace", "is not a repository's name", "paths of their own below it"),
        ({"namespace": "apps-"}, "namespace", "no '-' last", "snapdeploy-apps"),
        ({"namespace": "a" * 64}, "namespace", "up to 63", "snapdeploy-apps"),
        (
            {"immutability": {"exclude": ["buildcache"]}},
            "immutability.exclude",
            "is what Artifact Registry does not have",
            "goes into a registry of its own",
        ),
        ({"immutability": {"tagsMayMove": True}}, "immutability", "and that they are immutable", "enabled: false"),
        ({"encryption": {"key": KEY.format("europe-west1")}}, "encryption", "without `type: kms`", "type: kms"),
        (
            {"encryption": {"type": "kms", "key": "projects/p/keys/k"}},
            "encryption.key",
            "is not the full name of a KMS key",
            "cryptoKeys/images",
        ),
        (
            {"encryption": {"type": "kms", "key": KEY.format("europe-west1") + "/cryptoKeyVersions/1"}},
            "encryption.key",
            "is not the full name of a KMS key",
            "cryptoKeys/images",
        ),
        ({"cache": {"virtual": {"upstream": "docker-hub"}}}, "cache.virtual", "stands in front", "write another name"),
        ({"cache": {"Hub": {"upstream": "docker-hub"}}}, "cache.Hub", "is not a cache's name", "write another name"),
        ({"cache": {"own": {"upstream": "custom"}}}, "cache.own", "does not say of what", "add `url`"),
        (
            {"cache": {"hub": {"upstream": "docker-hub", "url": "https://ghcr.io"}}},
            "cache.hub",
            "names a `url` without",
            "upstream: custom",
        ),
        (
            {"cache": {"own": {"upstream": "custom", "url": "https://user:secret@ghcr.io"}}},
            "cache.own.url",
            "is not the address of a registry",
            "https://ghcr.io",
        ),
        ({"cache": {"hub": {"upstream": "docker-hub", "username": "u"}}}, "cache.hub", "half a credential", "set both"),
        (
            {"namespace": "n" * 60, "cache": {"hub": {"upstream": "docker-hub"}}},
            "cache",
            "whose name is longer than 63",
            "a shorter `namespace`",
        ),
        (
            {"location": "us", "watch": {"scanResults": {}}},
            "watch",
            "no region for `scanResults`",
            "scanResults: {region",
        ),
        (
            {"scanning": {"enabled": False}, "watch": {"scanResults": {}}},
            "watch.scanResults",
            "`scanning` leaves the repository out",
            "scanning: {enabled: true}",
        ),
        (
            {"retention": {"cold": {"rule": "archive-unpulled", "days": 60}}},
            "retention.cold.rule",
            "of which Google's cleanup policies know nothing",
            "rule: expire-older",
        ),
        (
            {"retention": {"cache": {"rule": "expire-older", "days": 14, "tags": ["buildcache"]}}},
            "retention.cache.tags",
            "is a pattern that Google cannot compare",
            "write `buildcache*`",
        ),
    ],
)
def test_a_mistake_is_told_where_it_is_with_what_to_write(
    block: dict[str, Any], where: str, what: str, mend: str
) -> None:
    ((found_where, found_what, found_mend),) = _told(**block)
    assert found_where == where
    assert what in found_what
    assert mend in found_mend


@pytest.mark.parametrize("location", ["europe-west1", "us", "europe", "asia"])
def test_a_key_lies_where_the_repository_does(location: str) -> None:
    encryption = {"type": "kms", "key": KEY.format(location)}
    assert _taken(location=location, encryption=encryption).encryption.key == KEY.format(location)


@pytest.mark.parametrize(
    ("location", "of_the_key"), [("europe-west1", "europe"), ("europe", "europe-west1"), ("us", "global"), ("us", "eu")]
)
def test_a_key_that_lies_elsewhere_is_refused(location: str, of_the_key: str) -> None:
    ((where, what, mend),) = _told(location=location, encryption={"type": "kms", "key": KEY.format(of_the_key)})
    assert where == "encryption.key"
    assert f"lies in {of_the_key}, and the repository in {location}" in what
    assert f"name a key in {location}" in mend


@pytest.mark.parametrize(
    "rule",
    [
        {"rule": "expire-older", "days": 9},
        {"rule": "keep-newest", "count": 9},
        {"rule": "expire-older", "days": 9, "tags": ["pr-*"]},
    ],
)
def test_what_immutable_tags_would_stop_is_refused(rule: dict[str, Any]) -> None:
    ((where, what, mend),) = _told(retention={"old": rule})
    assert where == "retention.old.rule"
    assert "Google deletes none of these while tags are immutable" in what
    assert "`rule: expire-untagged`" in mend
    assert _taken(retention={"old": rule}, immutability={"enabled": False})
    kept = {"rule": "keep", "tags": ["v*"]}
    assert _taken(retention={"releases": kept, "untagged": {"rule": "expire-untagged", "days": 7}})


def test_the_project_may_lie_in_a_domains_own_scope() -> None:
    found = _taken(project="example.com:images")
    assert found.place.path(found.namespace) == "example.com/images/snapdeploy-apps"
    key = "projects/example.com:acme-keys/locations/europe-west1/keyRings/apps/cryptoKeys/images"
    assert _taken(encryption={"type": "kms", "key": key})


def test_a_token_is_never_shown() -> None:
    found = _taken(cache={"hub": {"upstream": "docker-hub", "username": "u", "token": "canary-token"}})
    assert "canary" not in repr(found)
    for block in (
        {"upstream": "docker-hub", "token": "canary-token"},
        {"upstream": "custom", "url": "https://user:canary@ghcr.io"},
    ):
        (mistake,) = _told(cache={"hub": block})
        assert "canary" not in " ".join(mistake)


@pytest.mark.parametrize(
    ("told", "model"),
    [
        (args.ArtifactRegistryArgs, ArtifactRegistrySettings),
        (args.ArtifactImmutabilityArgs, settings.ImmutabilitySettings),
        (args.ArtifactEncryptionArgs, settings.EncryptionSettings),
        (args.ArtifactScanningArgs, settings.ScanningSettings),
        (args.ArtifactCacheArgs, settings.CacheSettings),
        (args.ArtifactAccessArgs, AccessSettings),
        (args.ArtifactWatchArgs, WatchSettings),
        (args.ArtifactUsageArgs, UsageSettings),
        (args.ArtifactScanResultsArgs, ScanResultsSettings),
    ],
)
def test_programs_can_say_what_the_config_can(told: type, model: type[Settings]) -> None:
    of_the_stack = {"environment", "tags", "work_dir", "log_dir"} if model is ArtifactRegistrySettings else set()
    refused = {"exclude"} if model is settings.ImmutabilitySettings else set()
    assert set(get_type_hints(told)) - of_the_stack == set(model.model_fields) - {"kind"} - refused


def test_programs_can_say_what_any_principal_needs() -> None:
    fields = {name for model in get_args(AnyPrincipal) for name in model.model_fields}
    assert set(get_type_hints(args.ArtifactPrincipalArgs)) == fields
