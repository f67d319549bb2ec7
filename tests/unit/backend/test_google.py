"""A state backend on Google Cloud, against a double of its two APIs."""

from typing import Any

import httpx
import pytest

from backend import google
from backend.parts import Backend, Outcome
from contract.problem import Problems
from tests.support.fake_google_state import FakeGoogleState

BUCKET = "acme-snapdeploy-state"
TOKEN = "ya29.canary"


@pytest.fixture
def fake() -> FakeGoogleState:
    return FakeGoogleState()


def _init(fake: FakeGoogleState, **changed: Any) -> Backend:
    given: dict[str, Any] = {
        "project": "acme-prod",
        "location": "europe-west3",
        "key": None,
        "keep_days": 90,
        "dry_run": False,
        "token": lambda: TOKEN,
        "transport": httpx.MockTransport(fake),
    }
    return google.init(BUCKET, **given | changed)


def test_everything_is_made_once_and_a_second_run_finds_it_as_it_should_be(fake: FakeGoogleState) -> None:
    made = _init(fake)
    key = f"projects/acme-prod/locations/europe-west3/keyRings/{BUCKET}/cryptoKeys/state"
    assert (made.url, made.secrets_provider) == (f"gs://{BUCKET}", f"gcpkms://{key}")
    bucket = fake.buckets[BUCKET]
    assert bucket["versioning"] == {"enabled": True}
    assert bucket["encryption"] == {"defaultKmsKeyName": key}
    assert bucket["iamConfiguration"] == {
        "uniformBucketLevelAccess": {"enabled": True},
        "publicAccessPrevention": "enforced",
    }
    assert bucket["lifecycle"]["rule"] == [{"action": {"type": "Delete"}, "condition": {"daysSinceNoncurrentTime": 90}}]
    assert fake.keys[key]["rotationPeriod"] == "7776000s"
    (binding,) = fake.policies[key]["bindings"]
    assert binding["members"] == [f"serviceAccount:{fake.agent}"]
    seen = len(fake.requests)
    assert not _init(fake).changed
    assert {request.method for request in fake.requests[seen:]} == {"GET"}


def test_a_dry_run_makes_nothing(fake: FakeGoogleState) -> None:
    made = _init(fake, dry_run=True)
    assert {part.outcome for part in made.found} == {Outcome.WOULD}
    assert {request.method for request in fake.requests} == {"GET"}


def test_a_bucket_of_the_multi_region_eu_gets_its_key_in_europe(fake: FakeGoogleState) -> None:
    assert "/locations/europe/" in _init(fake, location="EU").secrets_provider


def test_what_is_there_is_made_stronger_and_never_weaker(fake: FakeGoogleState) -> None:
    _init(fake)
    key = "projects/x/locations/europe-west3/keyRings/r/cryptoKeys/theirs"
    hold = {"action": {"type": "SetStorageClass", "storageClass": "ARCHIVE"}, "condition": {"age": 365}}
    fake.buckets[BUCKET] |= {
        "encryption": {"defaultKmsKeyName": key},
        "versioning": {"enabled": False},
        "lifecycle": {"rule": [hold]},
    }
    made = _init(fake)
    assert [part.name for part in made.found if part.outcome is Outcome.DONE] == ["versions"]
    assert fake.buckets[BUCKET]["encryption"] == {"defaultKmsKeyName": key}
    assert fake.buckets[BUCKET]["lifecycle"] == {"rule": [hold]}, "versions that are kept for ever are kept"


def test_others_grants_on_the_key_stay_with_their_conditions(fake: FakeGoogleState) -> None:
    key = f"projects/acme-prod/locations/europe-west3/keyRings/{BUCKET}/cryptoKeys/state"
    fake.rings.add(key.partition("/cryptoKeys")[0])
    fake.keys[key] = {"name": key, "purpose": "ENCRYPT_DECRYPT"}
    theirs = {"role": "roles/x", "members": ["user:a@example.com"], "condition": {"expression": "true"}}
    fake.policies[key] = {"etag": "7", "bindings": [theirs]}
    _init(fake)
    assert fake.policies[key]["bindings"][0] == theirs
    assert len(fake.policies[key]["bindings"]) == 2


def test_old_versions_are_kept_longer_but_never_shorter(fake: FakeGoogleState) -> None:
    _init(fake)
    assert not _init(fake, keep_days=30).changed
    assert _init(fake, keep_days=365).changed
    assert fake.buckets[BUCKET]["lifecycle"]["rule"][0]["condition"] == {"daysSinceNoncurrentTime": 365}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"location": "us-central1"}, "--location EUROPE-WEST3"),
        ({"key": "projects/p/locations/europe-west3/keyRings/r/cryptoKeys/k"}, "is not there"),
        ({"token": lambda: "ya29.other"}, r"access is denied \(401\)"),
    ],
)
def test_what_is_in_the_way_is_told(fake: FakeGoogleState, changed: dict[str, Any], told: str) -> None:
    _init(fake)
    with pytest.raises(Problems, match=told) as raised:
        _init(fake, **changed)
    assert "ya29" not in str(raised.value)


def test_a_busy_service_is_asked_again_and_a_change_is_not_made_twice(
    fake: FakeGoogleState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    fake.queue.append(httpx.Response(503, json={"error": {"message": "busy"}}))
    _init(fake)
    assert BUCKET in fake.buckets
