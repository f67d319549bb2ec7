"""S3: buckets, and what each says about what is in it.

Owns: Bucket, and its public access block, policy, encryption, versioning and lifecycle.
"""

from typing import Any, ClassVar

from tests.simulated.behaviour import Call
from tests.simulated.providers.aws.kind import Kind, Task
from tests.simulated.providers.aws.place import Place
from tests.simulated.providers.aws.shape import from_aws, pruned, to_aws
from tests.simulated.providers.aws.tagging import Tagging
from tests.simulated.wire import Properties

_EVERYWHERE_ELSE = "us-east-1"


class BucketTagging(Tagging):
    """A bucket's tags are one document."""

    def argument(self, tags: dict[str, str]) -> dict[str, Any]:
        return {}

    def read(self, aws: Any, resource: dict[str, Any]) -> dict[str, str]:
        try:
            found = aws.get_bucket_tagging(Bucket=resource["id"])["TagSet"]
        except aws.exceptions.ClientError:
            return {}
        return {tag["Key"]: tag["Value"] for tag in found}

    def write(self, aws: Any, resource: dict[str, Any], tags: dict[str, str]) -> None:
        if tags:
            aws.put_bucket_tagging(Bucket=resource["id"], Tagging={"TagSet": self._pairs(tags)})
        else:
            aws.delete_bucket_tagging(Bucket=resource["id"])


class Bucket(Kind):
    """A bucket."""

    service = "s3"
    noun = "S3 Bucket"
    exists = "BucketAlreadyOwnedByYou: {id}"
    replace_on_change = frozenset({"bucket", "bucketPrefix", "region"})
    stable = frozenset({"arn", "bucketDomainName", "bucketRegionalDomainName"})
    write_only = frozenset({"forceDestroy"})
    named_by = "bucket"
    tagging = BucketTagging("Bucket")

    def unset(self, call: Call) -> Properties:
        return {"forceDestroy": False}

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["bucket"])

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {
            "arn": f"arn:{at.partition}:s3:::{id_}",
            "bucketDomainName": f"{id_}.s3.{at.domain}",
            "bucketRegionalDomainName": f"{id_}.s3.{at.region}.{at.domain}",
        }

    def make(self, task: Task) -> None:
        where = {} if task.place.region == _EVERYWHERE_ELSE else {"LocationConstraint": task.place.region}
        task.aws.create_bucket(Bucket=task.want["bucket"], **pruned(CreateBucketConfiguration=where))
        if task.want["tagsAll"]:
            BucketTagging("Bucket").write(task.aws, {"id": task.want["bucket"]}, task.want["tagsAll"])

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        there = {bucket["Name"] for bucket in task.aws.list_buckets()["Buckets"]}
        return {"bucket": id_} if id_ in there else None

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        """Nothing but its tags can change."""

    def remove(self, task: Task, id_: str) -> None:
        if task.want.get("forceDestroy"):
            there = task.aws.list_object_versions(Bucket=id_)
            for one in [*there.get("Versions", []), *there.get("DeleteMarkers", [])]:
                task.aws.delete_object(Bucket=id_, Key=one["Key"], VersionId=one["VersionId"])
        task.aws.delete_bucket(Bucket=id_)


class OfBucket(Kind):
    """One of the documents of a bucket: `put_<call>` takes it as `<argument>`, `get_<call>` answers with it."""

    service = "s3"
    overwrites = True
    replace_on_change = frozenset({"bucket", "region"})
    call: ClassVar[str]
    argument: ClassVar[str]
    parts: ClassVar[tuple[str, ...]]
    """The properties that make up the document."""

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["bucket"])

    def make(self, task: Task) -> None:
        told = to_aws({name: task.want[name] for name in self.parts})
        getattr(task.aws, f"put_{self.call}")(Bucket=task.want["bucket"], **{self.argument: told})

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        found = getattr(task.aws, f"get_{self.call}")(Bucket=id_)
        told = from_aws(found.get(self.argument, found))
        return {"bucket": id_, **{name: told[name] for name in self.parts}}

    def remove(self, task: Task, id_: str) -> None:
        getattr(task.aws, f"delete_{self.call}")(Bucket=id_)


class PublicAccessBlock(OfBucket):
    """That nothing in the bucket is public."""

    noun = "S3 Bucket Public Access Block"
    call, argument = "public_access_block", "PublicAccessBlockConfiguration"
    parts = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

    def unset(self, call: Call) -> Properties:
        return dict.fromkeys(self.parts, False)


class BucketPolicy(OfBucket):
    """Who may do what with the bucket."""

    noun = "S3 Bucket Policy"
    call, argument, parts = "bucket_policy", "Policy", ("policy",)
    documents = frozenset({"policy"})

    def make(self, task: Task) -> None:
        task.aws.put_bucket_policy(Bucket=task.want["bucket"], Policy=task.want["policy"])

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        return {"bucket": id_, "policy": task.aws.get_bucket_policy(Bucket=id_)["Policy"]}


class Encryption(OfBucket):
    """What encrypts the bucket."""

    noun = "S3 Bucket Server-side Encryption Configuration"
    call, argument, parts = "bucket_encryption", "ServerSideEncryptionConfiguration", ("rules",)

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        found = super().find(task, id_)
        for rule in (found or {}).get("rules", []):
            if not rule.get("bucketKeyEnabled"):
                # The answer says so where nothing was said.
                rule.pop("bucketKeyEnabled", None)
        return found


class Versioning(OfBucket):
    """Whether what is written over stays. AWS has no way back to a bucket without: it is suspended."""

    noun = "S3 Bucket Versioning"
    call, argument = "bucket_versioning", "VersioningConfiguration"

    def make(self, task: Task) -> None:
        told = to_aws(task.want["versioningConfiguration"])
        task.aws.put_bucket_versioning(Bucket=task.want["bucket"], VersioningConfiguration=told)

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        status = task.aws.get_bucket_versioning(Bucket=id_).get("Status")
        return {"bucket": id_, "versioningConfiguration": {"status": status}} if status else None

    def remove(self, task: Task, id_: str) -> None:
        task.aws.put_bucket_versioning(Bucket=id_, VersioningConfiguration={"Status": "Suspended"})


class Lifecycle(OfBucket):
    """What goes when."""

    noun = "S3 Bucket Lifecycle Configuration"
    call, argument, parts = "bucket_lifecycle_configuration", "LifecycleConfiguration", ("rules",)

    def remove(self, task: Task, id_: str) -> None:
        task.aws.delete_bucket_lifecycle(Bucket=id_)
