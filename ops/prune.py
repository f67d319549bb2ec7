"""The verb `prune`: removes versions from GHCR that nothing which stays needs; shows first, deletes when told to.

Owns: fetching the manifests, and deleting in the order of the plan. Does not own which may go (`github/retention.py`).
Stops at the first deletion that fails: what follows in the order relies on it.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from github import packages, retention
from github.errors import GitHubError
from github.names import HOST
from github.packages import Version
from github.retention import Manifest, Plan, Rules
from oci.client import Client as RegistryClient
from oci.credential import Credential
from oci.errors import RegistryError
from ops.github_access import Access

ReadManifest = Callable[[str, str], bytes]
"""From a repository and a digest to the manifest's bytes; raises RegistryError."""


@dataclass(frozen=True)
class Pruned:
    """What became of one package, or would."""

    package: str
    plan: Plan
    deleted: tuple[Version, ...]
    """What was in fact deleted; nothing in a dry run."""
    failure: str = ""
    """Why the deletion was broken off."""

    @property
    def ok(self) -> bool:
        """Whether nothing stood in the way."""
        return not self.failure and not self.plan.blind

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        gone = {version.id for version in self.deleted}
        return {
            "package": self.package,
            "ok": self.ok,
            "failure": self.failure or None,
            "unknown_manifests": list(self.plan.blind),
            "versions": [
                {
                    "id": one.version.id,
                    "digest": one.version.digest,
                    "tags": list(one.version.tags),
                    "remove": one.removed,
                    "deleted": one.version.id in gone,
                    "why": str(one.why),
                }
                for one in self.plan.judged
            ],
        }


def prune(
    access: Access,
    rules: Rules,
    *,
    now: datetime,
    delete: bool,
    only: Sequence[str] = (),
    read: ReadManifest | None = None,
) -> list[Pruned]:
    """Judges each package of the namespace (or those in `only`), and deletes where told to. Raises GitHubError."""
    if read is None:
        with RegistryClient(HOST, Credential(access.owner.login, access.token)) as client:
            pull = client.pull_manifest
            return prune(access, rules, now=now, delete=delete, only=only, read=lambda *at: pull(*at).content)
    found = [one.name for one in packages.packages(access.client, access.owner) if access.holds(one.name)]
    chosen = [name for name in found if not only or name in only]
    return [_one(access, name, rules, now, read, delete=delete) for name in sorted(chosen)]


def _one(access: Access, package: str, rules: Rules, now: datetime, read: ReadManifest, *, delete: bool) -> Pruned:
    versions = list(packages.versions(access.client, access.owner, package))
    repository = f"{access.owner.login.lower()}/{package}"
    manifests = {one.digest: found for one in versions if (found := _manifest(read, repository, one)) is not None}
    plan = retention.plan(versions, manifests, rules, now)
    deleted: list[Version] = []
    failure = ""
    if delete:
        for version in plan.removed:
            try:
                packages.delete_version(access.client, access.owner, package, version.id)
            except GitHubError as error:
                failure = str(error)
                break
            deleted.append(version)
    return Pruned(package, plan, tuple(deleted), failure)


def _manifest(read: ReadManifest, repository: str, version: Version) -> Manifest | None:
    """What the version leads to; None where that cannot be known."""
    try:
        document = json.loads(read(repository, version.digest))
        return Manifest.read(document) if isinstance(document, dict) else None
    except (RegistryError, ValueError):
        return None
