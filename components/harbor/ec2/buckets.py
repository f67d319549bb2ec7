"""Buckets for what a server keeps outside its disk: backups, and images where they are not on the disk.

Owns: the buckets that are made here, and their names. Does not own: a bucket that was given, or who may reach one
(`rights.py`). A name says nothing and is known beforehand: a bucket's name is one for all the world, so it ends in a
mark of the owner.
"""

import hashlib
import json

import pulumi
import pulumi_aws as aws

from components._base import Component
from components.aws.place import Place
from components.harbor.ec2 import rights

_MARK = 12
_UNFINISHED_DAYS = 7
"""After which the parts of an upload go that nobody finished."""
_REPLACED_DAYS = 7
"""For how long what was deleted or written over can be had back."""


def bucket_name(slug: str, role: str, place: Place, owner: str) -> str:
    """The name of the bucket that plays `role`: at most 63 characters, others for each account, region and owner."""
    mark = hashlib.sha256(f"{place.account}/{place.region}/{owner}/{role}".encode()).hexdigest()[:_MARK]
    return f"{slug.strip('-')}-{role}-{mark}"


class Bucket(Component):
    """A private, encrypted and versioned bucket."""

    TYPE = "snapdeploy:harbor:Ec2Bucket"

    def __init__(
        self,
        name: str,
        bucket: str,
        *,
        place: Place,
        key: str | None,
        protect: bool,
        expire_days: int | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """After `expire_days` what is in it goes; None: never."""
        super().__init__(name, {"bucket": bucket, "protect": protect}, opts)
        made = aws.s3.Bucket(
            self.child("bucket"), bucket=bucket, force_destroy=not protect, opts=self.options(protect=protect)
        )
        private = aws.s3.BucketPublicAccessBlock(
            self.child("private"),
            bucket=made.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.options(),
        )
        aws.s3.BucketPolicy(
            self.child("policy"),
            bucket=made.bucket,
            policy=json.dumps(rights.bucket(place, bucket)),
            # Both change what is public, and AWS refuses two such changes at once.
            opts=self.options(depends_on=[private]),
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            self.child("encryption"),
            bucket=made.bucket,
            rules=[
                aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                        sse_algorithm="aws:kms" if key else "AES256", kms_master_key_id=key
                    ),
                    bucket_key_enabled=True if key else None,
                )
            ],
            opts=self.options(),
        )
        versioning = aws.s3.BucketVersioning(
            self.child("versions"),
            bucket=made.bucket,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
            opts=self.options(),
        )
        aws.s3.BucketLifecycleConfiguration(
            self.child("lifecycle"),
            bucket=made.bucket,
            rules=[
                aws.s3.BucketLifecycleConfigurationRuleArgs(
                    id="keep",
                    status="Enabled",
                    filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
                    abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                        days_after_initiation=_UNFINISHED_DAYS
                    ),
                    noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                        noncurrent_days=_REPLACED_DAYS
                    ),
                    expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=expire_days)
                    if expire_days
                    else None,
                )
            ],
            opts=self.options(depends_on=[versioning]),
        )
        self.register_outputs({"bucket": made.bucket})
