"""A state backend on AWS, made in an emulated account and read back as a person with boto3 would."""

import json
from typing import Any

import pytest

from backend import aws
from backend.parts import Backend, Outcome
from contract.problem import Problems
from tests.support.emulator import Emulator, emulator, emulator_server

__all__ = ["emulator", "emulator_server"]

BUCKET = "acme-snapdeploy-state"


@pytest.fixture(autouse=True)
def _credentials(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)


def _init(**changed: Any) -> Backend:
    given = {"region": "eu-central-1", "key": None, "keep_days": 90, "dry_run": False} | changed
    return aws.init(BUCKET, **given)


def _outcomes(made: Backend) -> set[Outcome]:
    return {part.outcome for part in made.found}


def test_everything_is_made_once_and_a_second_run_finds_it_as_it_should_be(emulator: Emulator) -> None:
    made = _init()
    assert _outcomes(made) == {Outcome.DONE}
    assert made.url == f"s3://{BUCKET}?region=eu-central-1&awssdk=v2"
    assert made.secrets_provider == f"awskms://alias/{BUCKET}?region=eu-central-1"
    s3, kms = emulator.client("s3", "eu-central-1"), emulator.client("kms", "eu-central-1")
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    assert set(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values()) == {True}
    (rule,) = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    key = kms.describe_key(KeyId=f"alias/{BUCKET}")["KeyMetadata"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key["Arn"]}
    assert kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"]
    (statement,) = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    (lifecycle,) = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert lifecycle["NoncurrentVersionExpiration"]["NoncurrentDays"] == 90
    assert s3.get_bucket_ownership_controls(Bucket=BUCKET)["OwnershipControls"]["Rules"] == [
        {"ObjectOwnership": "BucketOwnerEnforced"}
    ]
    again = _init()
    assert not again.changed
    assert len(kms.list_keys()["Keys"]) == 1


def test_a_dry_run_makes_nothing(emulator: Emulator) -> None:
    made = _init(dry_run=True)
    assert _outcomes(made) == {Outcome.WOULD}
    assert emulator.client("s3").list_buckets()["Buckets"] == []
    assert emulator.client("kms", "eu-central-1").list_keys()["Keys"] == []


def test_what_is_there_is_made_stronger_and_never_weaker(emulator: Emulator) -> None:
    s3, kms = emulator.client("s3", "eu-central-1"), emulator.client("kms", "eu-central-1")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    theirs = kms.create_key()["KeyMetadata"]["Arn"]
    by = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms:dsse", "KMSMasterKeyID": theirs}}
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [by]})
    denied = {"Sid": "Theirs", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteBucket", "Resource": "*"}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [denied]}))
    _init()
    (rule,) = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] == theirs, "their stronger key stays"
    statements = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert [statement["Sid"] for statement in statements] == ["Theirs", aws.TLS_ONLY]
    with pytest.raises(s3.exceptions.ClientError, match="NoSuchLifecycle"):
        s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)  # versions that are kept for ever are kept
    assert not _init().changed


def test_old_versions_are_kept_longer_but_never_shorter(emulator: Emulator) -> None:
    s3 = emulator.client("s3", "eu-central-1")

    def days() -> int:
        (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
        return int(rule["NoncurrentVersionExpiration"]["NoncurrentDays"])

    _init()
    assert not _init(keep_days=30).changed
    assert days() == 90
    assert _init(keep_days=365).changed
    assert days() == 365


def test_another_region_and_a_key_that_is_missing_or_off_are_told(emulator: Emulator) -> None:
    _init()
    with pytest.raises(Problems, match="--region eu-central-1"):
        aws.init(BUCKET, region="us-west-2", key=None, keep_days=90, dry_run=True)
    with pytest.raises(Problems, match="is not there"):
        _init(key="alias/nobody")
    kms = emulator.client("kms", "eu-central-1")
    identity = kms.describe_key(KeyId=f"alias/{BUCKET}")["KeyMetadata"]["KeyId"]
    kms.disable_key(KeyId=identity)
    with pytest.raises(Problems, match="is Disabled"):
        _init()


def test_a_key_that_was_given_is_used_and_none_is_made(emulator: Emulator) -> None:
    kms = emulator.client("kms", "eu-central-1")
    given = kms.create_key()["KeyMetadata"]["Arn"]
    made = _init(key=given)
    assert made.secrets_provider == f"awskms:///{given}?region=eu-central-1"
    assert len(kms.list_keys()["Keys"]) == 1


def test_without_credentials_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(Problems, match="no credentials were found here"):
        _init()
