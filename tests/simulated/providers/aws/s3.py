"""S3: buckets, and what each says about what is in it.

Owns: Bucket, and its public access block, policy, encryption, versioning and lifecycle. Of the last three only what
Harbor's buckets say is simulated; another key in them is not read back, and so refused.
"""

from typing import Any, ClassVar

from tests.simulated.behaviour import Call
from tests.simulated.providers.aws.kind import Kind, Task
from tests.simulated.providers.aws.place import Place
from tests.simulated.providers.aws.shape import pruned
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
    """One of the documents of a bucket."""

    service = "s3"
    overwrites = True
    replace_on_change = frozenset({"bucket", "region"})
    call: ClassVar[str]
    """What follows `put_`, `get_` and `delete_`."""

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["bucket"])

    def remove(self, task: Task, id_: str) -> None:
        getattr(task.aws, f"delete_{self.call}")(Bucket=id_)

    def _put(self, task: Task, **arguments: Any) -> None:
        getattr(task.aws, f"put_{self.call}")(Bucket=task.want["bucket"], **arguments)

    def _get(self, task: Task, id_: str) -> dict[str, Any]:
        found: dict[str, Any] = getattr(task.aws, f"get_{self.call}")(Bucket=id_)
        return found


class PublicAccessBlock(OfBucket):
    """That nothing in the bucket is public."""

    noun = "S3 Bucket Public Access Block"
    call = "public_access_block"
    write_only = frozenset({"skipDestroy"})

    def unset(self, call: Call) -> Properties:
        return dict.fromkeys(_BLOCKED.values(), False)

    def make(self, task: Task) -> None:
        self._put(task, PublicAccessBlockConfiguration={name: bool(task.want[own]) for name, own in _BLOCKED.items()})

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = self._get(task, id_)["PublicAccessBlockConfiguration"]
        return {"bucket": id_, **{own: there[name] for name, own in _BLOCKED.items()}}


_BLOCKED = {
    "BlockPublicAcls": "blockPublicAcls",
    "BlockPublicPolicy": "blockPublicPolicy",
    "IgnorePublicAcls": "ignorePublicAcls",
    "RestrictPublicBuckets": "restrictPublicBuckets",
}


class BucketPolicy(OfBucket):
    """Who may do what with the bucket."""

    noun = "S3 Bucket Policy"
    call = "bucket_policy"
    documents = frozenset({"policy"})

    def make(self, task: Task) -> None:
        self._put(task, Policy=task.want["policy"])

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        return {"bucket": id_, "policy": self._get(task, id_)["Policy"]}


class Encryption(OfBucket):
    """What encrypts the bucket."""

    noun = "S3 Bucket Server-side Encryption Configuration"
    call = "bucket_encryption"

    def make(self, task: Task) -> None:
        rules = [
            {
                "ApplyServerSideEncryptionByDefault": pruned(
                    SSEAlgorithm=rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"],
                    KMSMasterKeyID=rule["applyServerSideEncryptionByDefault"].get("kmsMasterKeyId"),
                ),
                "BucketKeyEnabled": rule.get("bucketKeyEnabled", False),
            }
            for rule in task.want["rules"]
        ]
        self._put(task, ServerSideEncryptionConfiguration={"Rules": rules})

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = self._get(task, id_)["ServerSideEncryptionConfiguration"]["Rules"]
        return {"bucket": id_, "rules": [_encryption(rule) for rule in there]}


def _encryption(rule: dict[str, Any]) -> dict[str, Any]:
    by = rule["ApplyServerSideEncryptionByDefault"]
    algorithm = pruned(sseAlgorithm=by["SSEAlgorithm"], kmsMasterKeyId=by.get("KMSMasterKeyID"))
    enabled = {"bucketKeyEnabled": True} if rule.get("BucketKeyEnabled") else {}
    return {"applyServerSideEncryptionByDefault": algorithm, **enabled}


class Versioning(OfBucket):
    """Whether what is written over stays. AWS has no way back to a bucket without: it is suspended."""

    noun = "S3 Bucket Versioning"
    call = "bucket_versioning"

    def make(self, task: Task) -> None:
        self._put(task, VersioningConfiguration={"Status": task.want["versioningConfiguration"]["status"]})

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        status = self._get(task, id_).get("Status")
        return {"bucket": id_, "versioningConfiguration": {"status": status}} if status else None

    def remove(self, task: Task, id_: str) -> None:
        self._put(task, VersioningConfiguration={"Status": "Suspended"})


class Lifecycle(OfBucket):
    """What goes when."""

    noun = "S3 Bucket Lifecycle Configuration"
    call = "bucket_lifecycle_configuration"

    def make(self, task: Task) -> None:
        self._put(task, LifecycleConfiguration={"Rules": [_rule(rule) for rule in task.want["rules"]]})

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        return {"bucket": id_, "rules": [_ruled(rule) for rule in self._get(task, id_)["Rules"]]}

    def remove(self, task: Task, id_: str) -> None:
        task.aws.delete_bucket_lifecycle(Bucket=id_)


_DAYS = {
    "abortIncompleteMultipartUpload": ("AbortIncompleteMultipartUpload", "daysAfterInitiation", "DaysAfterInitiation"),
    "expiration": ("Expiration", "days", "Days"),
    "noncurrentVersionExpiration": ("NoncurrentVersionExpiration", "noncurrentDays", "NoncurrentDays"),
}


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    days = {name: {number: rule[own][key]} for own, (name, key, number) in _DAYS.items() if rule.get(own)}
    filtered = {"Prefix": (rule.get("filter") or {}).get("prefix", "")}
    return {"ID": rule["id"], "Status": rule["status"], "Filter": filtered, **days}


def _ruled(rule: dict[str, Any]) -> dict[str, Any]:
    days = {own: {key: rule[name][number]} for own, (name, key, number) in _DAYS.items() if rule.get(name)}
    filtered = {"prefix": (rule.get("Filter") or {}).get("Prefix", "")}
    return {"id": rule["ID"], "status": rule["Status"], "filter": filtered, **days}
