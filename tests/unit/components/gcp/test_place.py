"""Google's places: what can be one, and the hosts, paths and names that follow."""

import pytest

from components._settings import MistakeError
from components.gcp.place import Place, key_location

KEY = "projects/acme-keys/locations/europe-west1/keyRings/apps/cryptoKeys/images"


def test_everything_follows_from_project_and_location() -> None:
    place = Place("acme-images", "europe-west1")
    assert place.host == "europe-west1-docker.pkg.dev"
    assert place.path("apps") == "acme-images/apps"
    assert place.resource("apps") == "projects/acme-images/locations/europe-west1/repositories/apps"
    assert place.service_account("push") == "push@acme-images.iam.gserviceaccount.com"
    assert not place.is_multi_region


def test_a_project_of_a_domain_has_it_in_its_path_and_in_its_accounts() -> None:
    place = Place("example.com:images", "us")
    assert place.path("apps") == "example.com/images/apps"
    assert place.resource("apps") == "projects/example.com:images/locations/us/repositories/apps"
    assert place.service_account("push") == "push@images.example.com.iam.gserviceaccount.com"
    assert place.is_multi_region


@pytest.mark.parametrize("project", ["123456", "acme", "Acme-images", "acme-", "a" * 31, "example.com/images", ""])
def test_what_is_no_project_is_a_mistake(project: str) -> None:
    with pytest.raises(MistakeError, match="is not a project's id"):
        Place(project, "us")


@pytest.mark.parametrize("location", ["eu", "global", "europe-west1-b", "EUROPE", "europe_west1", ""])
def test_what_is_no_location_is_a_mistake(location: str) -> None:
    with pytest.raises(MistakeError, match="is not a location"):
        Place("acme-images", location)


@pytest.mark.parametrize(
    ("key", "location"), [(KEY, "europe-west1"), (KEY.replace("acme-keys", "example.com:acme-keys"), "europe-west1")]
)
def test_a_key_lies_somewhere(key: str, location: str) -> None:
    assert key_location(key) == location


@pytest.mark.parametrize(
    "key", ["", "images", f"{KEY}/cryptoKeyVersions/1", KEY.replace("acme-keys", "Acme"), f"/{KEY}"]
)
def test_what_is_no_key_is_a_mistake(key: str) -> None:
    with pytest.raises(MistakeError, match="is not the full name of a KMS key"):
        key_location(key)
