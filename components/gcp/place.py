"""Where a registry is at Google: project and location, and the hosts, paths and names that follow from them.

Owns: every host, path, member and resource name that the other files write. Does not own: what stands there, or who
may reach it. Pure.

Sources, read 2026-11:
- repository paths, also of domain-scoped projects: https://docs.cloud.google.com/artifact-registry/docs/docker/names
  and https://docs.cloud.google.com/artifact-registry/docs/repositories/create-repos;
- locations: https://docs.cloud.google.com/artifact-registry/docs/repositories/repo-locations;
- keys: https://docs.cloud.google.com/kms/docs/getting-resource-ids;
- project ids: https://docs.cloud.google.com/resource-manager/docs/creating-managing-projects.
"""

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from components._settings import MistakeError

_DOMAIN_SCOPE = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}:"
_PROJECT = re.compile(rf"(?:{_DOMAIN_SCOPE})?[a-z][a-z0-9-]{{4,28}}[a-z0-9]")
_REGION = re.compile(r"[a-z]+-[a-z]+[1-9][0-9]?")
_KEY = re.compile(
    rf"projects/{_PROJECT.pattern}/locations/(?P<location>[a-z0-9-]+)"
    r"/keyRings/[A-Za-z0-9_-]{1,63}/cryptoKeys/[A-Za-z0-9_-]{1,63}"
)
MULTI_REGIONS = frozenset({"us", "europe", "asia"})
"""The locations that are several regions at once."""


def _project(text: str) -> str:
    if _PROJECT.fullmatch(text) is None:
        raise MistakeError("is not a project's id: 6 to 30 of a-z, 0-9 and '-', a letter first, no '-' last")
    return text


def _location(text: str) -> str:
    if text not in MULTI_REGIONS and _REGION.fullmatch(text) is None:
        raise MistakeError("is not a location: a region such as europe-west1, or us, europe or asia")
    return text


def _key(text: str) -> str:
    if _KEY.fullmatch(text) is None:
        raise MistakeError(
            "is not the full name of a KMS key: projects/…/locations/…/keyRings/…/cryptoKeys/…, and no version"
        )
    return text


def key_location(key: str) -> str:
    """Where the key of that full name lies; it encrypts nothing elsewhere. Raises MistakeError where it is none."""
    found = _KEY.fullmatch(_key(key))
    assert found is not None
    return found["location"]


KeyName = Annotated[str, AfterValidator(_key)]
"""The full name of a key of Cloud KMS, without a version: the newest encrypts."""

Project = Annotated[str, AfterValidator(_project)]
"""A project's id, not its number; `example.com:name` in a domain's own scope."""

Location = Annotated[str, AfterValidator(_location)]
"""A region such as `europe-west1`, or a multi-region: `us`, `europe`, `asia`."""


@dataclass(frozen=True)
class Place:
    """A registry's project and location. Raises MistakeError where one of them cannot be."""

    project: str
    location: str

    def __post_init__(self) -> None:
        _project(self.project)
        _location(self.location)

    @property
    def host(self) -> str:
        """The registry's host, as `docker login` takes it."""
        return f"{self.location}-docker.pkg.dev"

    @property
    def is_multi_region(self) -> bool:
        """Whether the location is several regions."""
        return self.location in MULTI_REGIONS

    def path(self, repository: str) -> str:
        """The path before every image's name: a domain's scope becomes a part of it, `example.com/project/…`."""
        return f"{self.project.replace(':', '/')}/{repository}"

    def resource(self, repository: str) -> str:
        """The repository's full name in the API and in IAM's conditions."""
        return f"projects/{self.project}/locations/{self.location}/repositories/{repository}"

    def service_account(self, account: str) -> str:
        """The address of the project's service account with that id."""
        domain, _, name = self.project.rpartition(":")
        return f"{account}@{name}.{domain + '.' if domain else ''}iam.gserviceaccount.com"
