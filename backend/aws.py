"""A state backend on AWS: an S3 bucket, and the KMS key that encrypts what is in it and the stacks' secrets.

Owns: the calls, and when what is there is strong enough. Does not own the bucket's contents. The engine locks a stack
by a file of its own, so there is no lock to make. Object lock is not used: the engine has to delete its locks, and old
versions already bring a state back that was overwritten or deleted.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from backend.parts import Backend, Part, ensure
from contract.problem import Problem, Problems, printable

TLS_ONLY = "SnapDeployStateOverTlsOnly"
OLD_VERSIONS = "snapdeploy-state-old-versions"
_TITLE = "The backend cannot be made"
_BLOCKED = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
_ABANDONED_DAYS = 7
_CONNECT, _READ, _ATTEMPTS = 5, 20, 4
_LONGEST = 300


def init(bucket: str, *, region: str, key: str | None, keep_days: int, dry_run: bool) -> Backend:
    """Makes the backend, or with `dry_run` tells what would be done; raises Problems.

    `key` is a KMS key's ARN or alias; None: one is made under `alias/<bucket>`. Old versions are kept `keep_days` days.
    """
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=_CONNECT, read_timeout=_READ, retries={"mode": "standard", "total_max_attempts": _ATTEMPTS}
    )
    session: Any = _asked("find AWS credentials", lambda: boto3.Session(region_name=region))
    made = _Aws(session.client("s3", config=config), session.client("kms", config=config), bucket, region, key)
    made.keep_days = keep_days
    found = ensure(made.parts(), dry_run=dry_run)
    return Backend(found, f"s3://{bucket}?region={region}&awssdk=v2", f"awskms://{made.key_name}?region={region}")


class _Aws:
    def __init__(self, s3: Any, kms: Any, bucket: str, region: str, key: str | None) -> None:
        self._s3, self._kms = s3, kms
        self._bucket, self._region = bucket, region
        self._given = key
        self.keep_days = 0
        self._is_new = False

    @property
    def key_name(self) -> str:
        """The key as the engine's secrets provider names it: an alias, or an ARN after a slash."""
        name = self._given or f"alias/{self._bucket}"
        return f"/{name}" if name.startswith("arn:") else name

    def parts(self) -> Iterator[Part]:
        """In the order in which they are made."""
        made = "the key that was given" if self._given else f"alias/{self._bucket}, rotated each year"
        yield Part("key", self._key_missing, self._make_key, made)
        yield Part("bucket", self._bucket_missing, self._make_bucket, f"{self._bucket} in {self._region}")
        yield Part("versions", self._versions_missing, self._keep_versions, "every version of a state is kept")
        yield Part("public access", self._block_missing, self._block, "blocked, all four ways")
        yield Part("encryption", self._encryption_missing, self._encrypt, "with a KMS key")
        yield Part("TLS", self._tls_missing, self._demand_tls, "requests without it are denied")
        yield Part("old versions", self._lifecycle_missing, self._expire, f"kept {self.keep_days} days or longer")

    # -- the key

    def _key(self) -> dict[str, Any] | None:
        name = self._given or f"alias/{self._bucket}"
        found: dict[str, Any] | None = self._unless(
            "NotFoundException", "look at the key", lambda: self._kms.describe_key(KeyId=name)
        )
        return found

    def _key_missing(self) -> str | None:
        found = self._key()
        if found is None:
            if self._given:
                raise _problem("--key", f"{self._given} is not there", "name a key of this account and region")
            return f"make a KMS key, alias/{self._bucket}, rotated each year"
        told = found["KeyMetadata"]
        if told["KeyState"] != "Enabled":
            raise _problem("key", f"{told['Arn']} is {told['KeyState']}", "enable it, or name another by --key")
        if self._given:
            return None
        rotated = self._ask("look at the key", lambda: self._kms.get_key_rotation_status(KeyId=told["KeyId"]))
        return None if rotated["KeyRotationEnabled"] else "rotate the key each year"

    def _make_key(self) -> None:
        found = self._key()
        if found is None:
            made = self._ask(
                "make a key", lambda: self._kms.create_key(Description=f"State of Pulumi stacks in {self._bucket}")
            )
            identity = made["KeyMetadata"]["KeyId"]
            alias = f"alias/{self._bucket}"
            self._ask("name a key", lambda: self._kms.create_alias(AliasName=alias, TargetKeyId=identity))
        else:
            identity = found["KeyMetadata"]["KeyId"]
        self._ask("rotate a key", lambda: self._kms.enable_key_rotation(KeyId=identity))

    # -- the bucket

    def _bucket_missing(self) -> str | None:
        told = self._unless("404", "look at the bucket", lambda: self._s3.head_bucket(Bucket=self._bucket))
        self._is_new = told is None
        if told is None:
            return f"make {self._bucket} in {self._region}"
        at = told.get("BucketRegion") or self._region
        if at != self._region:
            raise _problem("--region", f"{self._bucket} is in {at}", f"--region {at}")
        return None

    def _make_bucket(self) -> None:
        place = {} if self._region == "us-east-1" else {"LocationConstraint": self._region}
        given = {"CreateBucketConfiguration": place} if place else {}
        self._ask(
            "make the bucket",
            lambda: self._s3.create_bucket(Bucket=self._bucket, ObjectOwnership="BucketOwnerEnforced", **given),
        )

    def _told(self, absent: str, what: str, question: Callable[[], Any]) -> Any:
        """What the bucket says; None where it is not there, or where AWS answers `absent`."""
        there = self._unless("404", "look at the bucket", lambda: self._s3.head_bucket(Bucket=self._bucket))
        return None if there is None else self._unless(absent, what, question)

    def _versions_missing(self) -> str | None:
        told = self._told("", "look at the versions", lambda: self._s3.get_bucket_versioning(Bucket=self._bucket))
        return None if told and told.get("Status") == "Enabled" else "keep every version"

    def _keep_versions(self) -> None:
        on = {"Status": "Enabled"}
        self._ask(
            "keep versions",
            lambda: self._s3.put_bucket_versioning(Bucket=self._bucket, VersioningConfiguration=on),
        )

    def _block_missing(self) -> str | None:
        told = self._told(
            "NoSuchPublicAccessBlockConfiguration",
            "look at public access",
            lambda: self._s3.get_public_access_block(Bucket=self._bucket),
        )
        return None if told and told["PublicAccessBlockConfiguration"] == _BLOCKED else "block public access"

    def _block(self) -> None:
        self._ask(
            "block public access",
            lambda: self._s3.put_public_access_block(
                Bucket=self._bucket, PublicAccessBlockConfiguration=dict(_BLOCKED)
            ),
        )

    def _encryption_missing(self) -> str | None:
        told = self._told(
            "ServerSideEncryptionConfigurationNotFoundError",
            "look at the encryption",
            lambda: self._s3.get_bucket_encryption(Bucket=self._bucket),
        )
        rules = told["ServerSideEncryptionConfiguration"]["Rules"] if told else []
        for rule in rules:
            by = rule.get("ApplyServerSideEncryptionByDefault", {})
            # Another key than ours is somebody's decision; that of AWS itself is none.
            if by.get("SSEAlgorithm", "").startswith("aws:kms") and by.get("KMSMasterKeyID"):
                return None
        return "encrypt with the key"

    def _encrypt(self) -> None:
        key = self._key()
        assert key is not None
        by = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key["KeyMetadata"]["Arn"]}
        # A bucket key: one call to KMS for many objects, which the engine writes all the time.
        rule = {"ApplyServerSideEncryptionByDefault": by, "BucketKeyEnabled": True}
        self._ask(
            "encrypt the bucket",
            lambda: self._s3.put_bucket_encryption(
                Bucket=self._bucket, ServerSideEncryptionConfiguration={"Rules": [rule]}
            ),
        )

    # -- its policy and its lifecycle: what others have written stays

    def _statements(self) -> list[dict[str, Any]]:
        told = self._told(
            "NoSuchBucketPolicy", "look at the policy", lambda: self._s3.get_bucket_policy(Bucket=self._bucket)
        )
        found = json.loads(told["Policy"])["Statement"] if told else []
        return found if isinstance(found, list) else [found]

    def _tls_only(self) -> dict[str, Any]:
        partition = "aws-cn" if self._region.startswith("cn-") else "aws-us-gov" if "gov" in self._region else "aws"
        bucket = f"arn:{partition}:s3:::{self._bucket}"
        return {
            "Sid": TLS_ONLY,
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [bucket, f"{bucket}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }

    def _tls_missing(self) -> str | None:
        return None if self._tls_only() in self._statements() else "deny requests without TLS"

    def _demand_tls(self) -> None:
        others = [statement for statement in self._statements() if statement.get("Sid") != TLS_ONLY]
        policy = json.dumps({"Version": "2012-10-17", "Statement": [*others, self._tls_only()]})
        self._ask("write the policy", lambda: self._s3.put_bucket_policy(Bucket=self._bucket, Policy=policy))

    def _rules(self) -> list[dict[str, Any]]:
        told = self._told(
            "NoSuchLifecycleConfiguration",
            "look at the lifecycle",
            lambda: self._s3.get_bucket_lifecycle_configuration(Bucket=self._bucket),
        )
        return list(told["Rules"]) if told else []

    def _lifecycle_missing(self) -> str | None:
        if not self._is_new and not any(rule.get("ID") == OLD_VERSIONS for rule in self._rules()):
            return None  # Versions that are kept for ever stay: to let them go would take something away.
        for rule in self._rules():
            days = rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays", 0)
            if rule.get("ID") == OLD_VERSIONS and rule["Status"] == "Enabled" and days >= self.keep_days:
                return None
        return f"let old versions go after {self.keep_days} days"

    def _expire(self) -> None:
        rule = {
            "ID": OLD_VERSIONS,
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "NoncurrentVersionExpiration": {"NoncurrentDays": self.keep_days},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": _ABANDONED_DAYS},
        }
        rules = [*(other for other in self._rules() if other.get("ID") != OLD_VERSIONS), rule]
        self._ask(
            "write the lifecycle",
            lambda: self._s3.put_bucket_lifecycle_configuration(
                Bucket=self._bucket, LifecycleConfiguration={"Rules": rules}
            ),
        )

    def _ask(self, what: str, question: Callable[[], Any]) -> Any:
        return _asked(what, question)

    def _unless(self, code: str, what: str, question: Callable[[], Any]) -> Any:
        return _asked(what, question, absent=code)


def _asked(what: str, question: Callable[[], Any], *, absent: str = "") -> Any:
    """The answer to `question`, None where AWS says `absent`; raises Problems in words that say what to do."""
    from botocore import exceptions as aws

    try:
        return question()
    except aws.ClientError as error:
        code = printable(str(error.response.get("Error", {}).get("Code", "")))
        if absent and code in (absent, "NoSuchBucket" if absent == "404" else absent):
            return None
        failure = _refused(what, code, printable(str(error.response.get("Error", {}).get("Message", "")), _LONGEST))
    except aws.NoCredentialsError:
        mend = "log in (`aws sso login`, AWS_PROFILE) as somebody who administers the account"
        failure = _problem("AWS", f"cannot {what}: no credentials were found here", mend)
    except (aws.BotoCoreError, aws.HTTPClientError) as error:
        mend = "see region, proxy and credentials"
        failure = _problem("AWS", f"cannot {what}: {printable(str(error), _LONGEST)}", mend)
    # Outside the handlers: what AWS's library has raised can hold the whole request.
    raise failure


def _refused(what: str, code: str, message: str) -> Problems:
    if code in ("403", "AccessDenied", "AccessDeniedException"):
        mend = "log in as somebody who may; a bucket of this name may also be another account's: choose another name"
        return _problem("AWS", f"cannot {what}: access is denied ({code}) {message}".rstrip(), mend)
    if code in ("BucketAlreadyExists", "BucketAlreadyOwnedByYou"):
        return _problem("--url", "somebody else has a bucket of this name", "choose another: names are worldwide")
    return _problem("AWS", f"cannot {what}: {message} ({code})", "see what AWS says, and its health page")


def _problem(where: str, what: str, mend: str) -> Problems:
    return Problems(_TITLE, [Problem(where, what, mend)])
