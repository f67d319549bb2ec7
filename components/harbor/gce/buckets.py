"""Buckets for what a server keeps outside its disk: backups, and images where they are not on the disk.

Owns: the buckets that are made here, and their names. Does not own: a bucket that was given, or who may reach one
(`account.py`). A name is known beforehand: a bucket's name is one for all the world, so it ends in a mark of the owner.
What is deleted can be had back for a week besides, by Google's soft delete, which is left as it comes.
"""

import hashlib
from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from components._base import Component

_MARK = 12
_UNFINISHED_DAYS = 7
"""After which the parts of an upload go that nobody finished."""
_REPLACED_DAYS = 7
"""For how long what was deleted or written over stays as an old version."""


def bucket_name(slug: str, role: str, project: str, owner: str) -> str:
    """The name of the bucket that plays `role`: at most 63 characters, another one for each project and owner."""
    mark = hashlib.sha256(f"{project}/{owner}/{role}".encode()).hexdigest()[:_MARK]
    return f"{slug.strip('-')}-{role}-{mark}"


class Bucket(Component):
    """A private and versioned bucket in one region."""

    TYPE = "snapdeploy:harbor:ComputeEngineBucket"

    def __init__(
        self,
        name: str,
        bucket: str,
        *,
        project: str,
        region: str,
        protect: bool,
        after: Sequence[pulumi.Resource],
        expire_days: int | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """After `expire_days` what is in it goes; None: never. `after` enables the APIs."""
        super().__init__(name, {"bucket": bucket, "protect": protect}, opts)
        made = gcp.storage.Bucket(
            self.child("bucket"),
            name=bucket,
            project=project,
            location=region.upper(),
            storage_class="STANDARD",
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            versioning=gcp.storage.BucketVersioningArgs(enabled=True),
            lifecycle_rules=[
                _rule(
                    "Delete",
                    gcp.storage.BucketLifecycleRuleConditionArgs(
                        days_since_noncurrent_time=_REPLACED_DAYS, with_state="ARCHIVED"
                    ),
                ),
                _rule(
                    "AbortIncompleteMultipartUpload",
                    gcp.storage.BucketLifecycleRuleConditionArgs(age=_UNFINISHED_DAYS),
                ),
                *(
                    [_rule("Delete", gcp.storage.BucketLifecycleRuleConditionArgs(age=expire_days, with_state="LIVE"))]
                    if expire_days
                    else []
                ),
            ],
            force_destroy=not protect,
            opts=self.options(protect=protect, depends_on=after),
        )
        self.called = bucket
        """Its name, which is known beforehand."""
        self.bucket: pulumi.Output[str] = made.name
        """The same, known once there is a bucket."""
        self.register_outputs({"bucket": self.bucket})


def _rule(action: str, condition: gcp.storage.BucketLifecycleRuleConditionArgs) -> gcp.storage.BucketLifecycleRuleArgs:
    return gcp.storage.BucketLifecycleRuleArgs(
        action=gcp.storage.BucketLifecycleRuleActionArgs(type=action), condition=condition
    )
