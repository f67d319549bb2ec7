"""Grants: one role for one member on one thing.

Owns: the IAM members of a project, a service account, a repository, a key, a secret, a topic, a bucket and a managed
zone. A grant needs what
it is on, and its member where Google looks members up; it goes with what it is on, and, as the provider sees it,
with its member. Whether a condition's expression is CEL is not looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from tests.simulated.behaviour import Call, CloudError
from tests.simulated.checker import Mistake
from tests.simulated.providers.gcp import members
from tests.simulated.providers.gcp.kind import Kind
from tests.simulated.providers.gcp.place import location, project, reachable
from tests.simulated.providers.gcp.words import NOT_FOUND, RefusedError, known, part, text, worded
from tests.simulated.store import Key, Store
from tests.simulated.wire import Properties

_LONGEST_TITLE = 100
_ETAG = "BwSIMULATED="

BUCKET = "gcp:storage/bucket:Bucket"
ON_BUCKETS = "gcp:storage/bucketIAMMember:BucketIAMMember"
ON_ZONES = "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember"


class Grant(Kind):
    """One member of one role in the policy of `parent`."""

    noun = "IAM policy"
    overwrites = True
    stable = frozenset({"etag"})
    named: ClassVar[str]
    """The property that names what the grant is on."""
    of: ClassVar[str]
    """The type of what the grant is on."""
    described: ClassVar[str]
    """How the provider speaks of it; `{id}` is put in."""
    services: ClassVar[frozenset[str]] = frozenset()
    """Whose roles can be granted on it; all where there is none."""

    def __init__(self) -> None:
        self.replace_on_change = frozenset({self.named, "role", "member", "condition", "location"})
        super().__init__()

    def parent(self, call: Call, inputs: Properties) -> str:
        """The id of what the grant is on."""
        raise NotImplementedError

    def there(self, call: Call, parent: str) -> bool:
        """Whether what the grant is on exists."""
        return call.store.get(Key(self.of, "", parent), {}) is not None

    def rules(self, inputs: Properties) -> list[Mistake]:
        member = known(inputs, "member")
        said = members.mistake(member) if member is not None else None
        return [Mistake("member", said)] if said else []

    def owner(self, call: Call, properties: Properties) -> str:
        return self.parent(call, properties).split("/")[1]

    def identity(self, call: Call, inputs: Properties) -> str:
        title = text(part(inputs, "condition"), "title")
        who = members.normal(text(inputs, "member"))
        return "/".join([self.parent(call, inputs), text(inputs, "role"), who, *([title] if title else [])])

    def outputs(self, call: Call, id_: str, properties: Properties) -> Properties:
        return {"etag": _ETAG}

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        parent = self.parent(call, properties)
        about = self.described.format(id=parent)
        if not self.there(call, parent):
            raise CloudError(f"Error retrieving IAM policy for {about}: {RefusedError(404, NOT_FOUND)}")
        with worded(f"Error setting IAM policy for {about}"):
            members.check_role(text(properties, "role"), self.services)
            members.check_member(call.store, text(properties, "member"))
            if len(text(part(properties, "condition"), "title")) > _LONGEST_TITLE:
                raise RefusedError(400, "The title of a condition has at most 100 characters., badRequest")


class ProjectMember(Grant):
    """A grant on a whole project."""

    api = "cloudresourcemanager.googleapis.com"
    named = "project"
    of = ""
    described = 'project "{id}"'

    def parent(self, call: Call, inputs: Properties) -> str:
        return project(call.config, inputs)

    def owner(self, call: Call, properties: Properties) -> str:
        return project(call.config, properties)

    def there(self, call: Call, parent: str) -> bool:
        return reachable(parent)


class AccountMember(Grant):
    """A grant on a service account: who may act as it."""

    api = "iam.googleapis.com"
    named = "serviceAccountId"
    of = members.ACCOUNT
    described = "service account '{id}'"
    services = frozenset({"iam"})

    def parent(self, call: Call, inputs: Properties) -> str:
        name = text(inputs, "serviceAccountId")
        if len(name.split("/")) != 4 or not name.startswith("projects/"):
            raise CloudError(
                f'"service_account_id" ("{name}") doesn\'t match regexp'
                ' "projects/(?:…)/serviceAccounts/(?:…)@(?:…).iam.gserviceaccount.com"'
            )
        return name


class RepositoryMember(Grant):
    """A grant on one repository."""

    api = "artifactregistry.googleapis.com"
    named = "repository"
    of = "gcp:artifactregistry/repository:Repository"
    described = 'artifactregistry repository "{id}"'
    services = frozenset({"artifactregistry"})

    def parent(self, call: Call, inputs: Properties) -> str:
        name = text(inputs, "repository")
        if "/" in name:
            return name
        where = f"projects/{project(call.config, inputs)}/locations/{location(call.config, inputs)}"
        return f"{where}/repositories/{name}"


class KeyMember(Grant):
    """A grant on a key."""

    api = "cloudkms.googleapis.com"
    named = "cryptoKeyId"
    of = "gcp:kms/cryptoKey:CryptoKey"
    described = 'KMS CryptoKey "{id}"'
    services = frozenset({"cloudkms"})

    def parent(self, call: Call, inputs: Properties) -> str:
        name = text(inputs, "cryptoKeyId")
        pieces = name.split("/")
        if name.startswith("projects/") and len(pieces) == 8:
            return name
        if len(pieces) == 3:
            pieces = [project(call.config, inputs), *pieces]
        if len(pieces) != 4:
            raise CloudError(f"Error parsing resource ID for {name}: Invalid CryptoKey id format")
        owner, place, ring, key = pieces
        return f"projects/{owner}/locations/{place}/keyRings/{ring}/cryptoKeys/{key}"


class SecretMember(Grant):
    """A grant on one secret."""

    api = "secretmanager.googleapis.com"
    named = "secretId"
    of = "gcp:secretmanager/secret:Secret"
    described = 'secretmanager secret "{id}"'
    services = frozenset({"secretmanager"})

    def parent(self, call: Call, inputs: Properties) -> str:
        name = text(inputs, "secretId")
        return name if "/" in name else f"projects/{project(call.config, inputs)}/secrets/{name}"


class TopicMember(Grant):
    """A grant on one topic."""

    api = "pubsub.googleapis.com"
    named = "topic"
    of = "gcp:pubsub/topic:Topic"
    described = 'pubsub topic "{id}"'
    services = frozenset({"pubsub"})

    def parent(self, call: Call, inputs: Properties) -> str:
        name = text(inputs, "topic")
        return name if "/" in name else f"projects/{project(call.config, inputs)}/topics/{name}"


class BucketMember(Grant):
    """A grant on one bucket."""

    api = "storage.googleapis.com"
    named = "bucket"
    of = BUCKET
    described = 'storage bucket "{id}"'
    services = frozenset({"storage"})

    def parent(self, call: Call, inputs: Properties) -> str:
        return f"b/{text(inputs, 'bucket').removeprefix('b/')}"

    def owner(self, call: Call, properties: Properties) -> str:
        return project(call.config, properties)

    def there(self, call: Call, parent: str) -> bool:
        return call.store.get(Key(self.of, "", parent.removeprefix("b/")), {}) is not None


class ZoneMember(Grant):
    """A grant on one managed zone."""

    api = "dns.googleapis.com"
    named = "managedZone"
    of = "gcp:dns/managedZone:ManagedZone"
    described = 'dns managedzone "{id}"'
    services = frozenset({"dns"})

    def parent(self, call: Call, inputs: Properties) -> str:
        name = text(inputs, "managedZone")
        return name if "/" in name else f"projects/{project(call.config, inputs)}/managedZones/{name}"


KINDS: dict[str, type[Grant]] = {
    "gcp:projects/iAMMember:IAMMember": ProjectMember,
    "gcp:serviceaccount/iAMMember:IAMMember": AccountMember,
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": RepositoryMember,
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": KeyMember,
    "gcp:secretmanager/secretIamMember:SecretIamMember": SecretMember,
    "gcp:pubsub/topicIAMMember:TopicIAMMember": TopicMember,
    ON_BUCKETS: BucketMember,
    ON_ZONES: ZoneMember,
}


@dataclass(frozen=True)
class Granted:
    """One grant that there is."""

    key: Key
    role: str
    member: str


def on(store: Store, parent: str) -> Iterator[Granted]:
    """The grants on the thing with the id `parent`."""
    for key in store.held():
        if key.token in KINDS and key.id.startswith(f"{parent}/"):
            entry = store.get(key, {}) or {}
            yield Granted(key, text(entry, "role"), text(entry, "member"))


def drop_with(store: Store, parent: str) -> None:
    """What happens to the grants on a thing that goes."""
    for grant in list(on(store, parent)):
        store.drop(grant.key)


def drop_of(store: Store, member: str) -> None:
    """What happens to the grants of a member that goes: the policies name it as deleted, the provider sees none."""
    for key in store.held():
        if key.token in KINDS and text(store.get(key, {}) or {}, "member") == member:
            store.drop(key)


def has(store: Store, parent: str, role: str, member: str) -> bool:
    """Whether `member` has `role` on the thing itself. What it has by its project is asked for apart."""
    return any(grant.role == role and grant.member == member for grant in on(store, parent))
