"""A state of one's own, made by `backend init`, holds a stack of the real engine: lock, versions, secrets."""

from pathlib import Path

import pytest

from backend import aws
from tests.support.emulator import Emulator, emulator, emulator_server
from tests.support.engine import EngineProject

__all__ = ["emulator", "emulator_server"]

BUCKET = "acme-snapdeploy-state"
PROGRAM = """\
import pulumi
pulumi.export("secret", pulumi.Config().require_secret("word"))
"""
CANARY = "canary-in-the-state"


def test_the_engine_keeps_a_stack_in_the_bucket_and_its_secrets_under_the_key(
    tmp_path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = {
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "NO_PROXY": "127.0.0.1",
    }
    for name, value in there.items():
        monkeypatch.setenv(name, value)
    made = aws.init(BUCKET, region="eu-central-1", key=None, keep_days=90, dry_run=False)
    s3 = emulator.client("s3", "eu-central-1")
    # The emulator denies without looking at the condition, that of TLS, which it does not speak.
    s3.delete_bucket_policy(Bucket=BUCKET)
    # Nor has it a name for each bucket.
    where = {"PULUMI_BACKEND_URL": f"{made.url}&s3ForcePathStyle=true"}
    project = EngineProject(tmp_path, PROGRAM, providers=(), environment=there | where)
    project.run("stack", "init", "keyed", "--secrets-provider", made.secrets_provider)
    project.stack = "keyed"
    project.run("config", "set", "word", "--secret", stdin=CANARY)
    project.up()
    project.up("--expect-no-changes")
    assert project.outputs(secrets=True) == {"secret": CANARY}
    assert "encryptedkey" in (project.folder / "Pulumi.keyed.yaml").read_text()
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    (state,) = [key for key in keys if key.endswith("/stacks/throwaway/keyed.json")]
    told = s3.get_object(Bucket=BUCKET, Key=state)
    assert CANARY not in told["Body"].read().decode()
    assert told["ServerSideEncryption"] == "aws:kms"
    versions = s3.list_object_versions(Bucket=BUCKET, Prefix=state)["Versions"]
    assert len(versions) > 1, "a state that was overwritten can be brought back"

    s3.put_object(Bucket=BUCKET, Key=f".pulumi/locks/organization/throwaway/keyed/{'1' * 8}.json", Body=b"{}")
    refused = project.up(fails=True)
    assert "the stack is currently locked by 1 lock(s)" in refused.text
