"""Secrets Manager: secrets, their versions, and who may read them.

Owns: Secret, SecretVersion, SecretPolicy. A value that is handed over write-only
(`secretStringWo`) is sent and never read back, so that a change made by hand is not found;
`secretStringWoVersion` says when to send it again. A version that is current stays when it
is taken away: AWS keeps it until the secret goes.
"""

import secrets
import uuid
from typing import Any

from tests.simulated.behaviour import Call
from tests.simulated.providers.aws.kind import Kind, Task
from tests.simulated.providers.aws.place import Place
from tests.simulated.providers.aws.tagging import Tagging
from tests.simulated.wire import Properties


class Secret(Kind):
    """A secret without a value."""

    service = "secretsmanager"
    noun = "Secrets Manager Secret"
    exists = "ResourceExistsException: A resource with the ID you requested already exists."
    gone = "ResourceNotFoundException: Secrets Manager can't find the specified secret."
    replace_on_change = frozenset({"name", "namePrefix", "type", "region"})
    stable = frozenset({"arn"})
    write_only = frozenset({"forceOverwriteReplicaSecret", "recoveryWindowInDays"})
    filled = frozenset({"policy", "replicas.kmsKeyId"})
    documents = frozenset({"policy"})
    named_by = "name"
    tagging = Tagging("SecretId", "id", listing="describe_secret")

    def unset(self, call: Call) -> Properties:
        return {"forceOverwriteReplicaSecret": False, "recoveryWindowInDays": 30}

    def identity(self, call: Call, inputs: Properties) -> str:
        return self.place(call, inputs).arn("secretsmanager", f"secret:{inputs['name']}-{secrets.token_hex(3)}")

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {"arn": id_}

    def make(self, task: Task) -> str:
        made = task.aws.create_secret(
            Name=task.want["name"],
            **task.tagged,
            **({"AddReplicaRegions": _replicas(task)} if task.want.get("replicas") else {}),
            **task.pick(
                Description="description",
                ForceOverwriteReplicaSecret="forceOverwriteReplicaSecret",
                KmsKeyId="kmsKeyId",
            ),
        )
        if task.want.get("policy"):
            task.aws.put_resource_policy(SecretId=made["ARN"], ResourcePolicy=task.want["policy"])
        return str(made["ARN"])

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        there = task.aws.describe_secret(SecretId=id_)
        if there.get("DeletedDate"):
            return None
        return {
            "arn": there["ARN"],
            "description": there.get("Description") or None,
            "kmsKeyId": there.get("KmsKeyId") or None,
            "name": there["Name"],
            "policy": task.aws.get_resource_policy(SecretId=id_).get("ResourcePolicy") or None,
            "replicas": [
                {"region": replica["Region"], **({"kmsKeyId": replica["KmsKeyId"]} if replica.get("KmsKeyId") else {})}
                for replica in there.get("ReplicationStatus") or []
            ]
            or None,
        }

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        task.aws.update_secret(
            SecretId=id_, Description=task.want.get("description") or "", **task.pick(KmsKeyId="kmsKeyId")
        )
        was = {replica["region"] for replica in before.get("replicas") or []}
        wanted = {replica["region"] for replica in task.want.get("replicas") or []}
        if was - wanted:
            task.aws.remove_regions_from_replication(SecretId=id_, RemoveReplicaRegions=sorted(was - wanted))
        if wanted - was:
            task.aws.replicate_secret_to_regions(
                SecretId=id_,
                AddReplicaRegions=[replica for replica in _replicas(task) if replica["Region"] not in was],
                **task.pick(ForceOverwriteReplicaSecret="forceOverwriteReplicaSecret"),
            )
        if task.want.get("policy"):
            task.aws.put_resource_policy(SecretId=id_, ResourcePolicy=task.want["policy"])

    def remove(self, task: Task, id_: str) -> None:
        there = task.aws.describe_secret(SecretId=id_)
        if there.get("DeletedDate"):
            return
        replicas = [replica["Region"] for replica in there.get("ReplicationStatus") or []]
        if replicas:
            task.aws.remove_regions_from_replication(SecretId=id_, RemoveReplicaRegions=replicas)
        days = task.want["recoveryWindowInDays"]
        kept = {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
        task.aws.delete_secret(SecretId=id_, **kept)


def _replicas(task: Task) -> list[dict[str, str]]:
    return [
        {"Region": replica["region"], **({"KmsKeyId": replica["kmsKeyId"]} if replica.get("kmsKeyId") else {})}
        for replica in task.want.get("replicas") or []
    ]


class SecretVersion(Kind):
    """A value of a secret."""

    service = "secretsmanager"
    noun = "Secrets Manager Secret Version"
    replace_on_change = frozenset({"secretId", "secretString", "secretBinary", "secretStringWoVersion", "region"})
    stable = frozenset({"arn", "secretArn", "versionId"})
    write_only = frozenset({"secretStringWo", "secretStringWoVersion"})
    filled = frozenset({"versionStages"})
    secret = frozenset({"secretString", "secretBinary", "secretStringWo"})

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"{inputs['secretId']}|{uuid.uuid4()}"

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        arn, _, version = id_.partition("|")
        return {
            "arn": arn,
            "hasSecretStringWo": "secretStringWo" in properties,
            "secretArn": arn,
            "versionId": version,
            "versionStages": properties.get("versionStages") or ["AWSCURRENT"],
        }

    def make(self, task: Task) -> str:
        made = task.aws.put_secret_value(
            SecretId=task.want["secretId"],
            **task.pick(SecretString="secretString", SecretBinary="secretBinary", VersionStages="versionStages"),
            **task.pick(SecretString="secretStringWo"),
        )
        return f"{made['ARN']}|{made['VersionId']}"

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        arn, _, version = id_.partition("|")
        there = task.aws.get_secret_value(SecretId=arn, VersionId=version)
        unread = bool(task.want.get("secretStringWo")) or task.want.get("hasSecretStringWo") is True
        return {
            "arn": there["ARN"],
            "hasSecretStringWo": unread,
            "secretArn": there["ARN"],
            "secretId": task.want.get("secretId") or there["ARN"],
            "secretString": None if unread else there.get("SecretString"),
            "versionId": version,
            "versionStages": there["VersionStages"],
        }

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        """Moves the stages that are wanted here from whichever version has them now."""
        arn, _, version = id_.partition("|")
        versions = task.aws.describe_secret(SecretId=arn)["VersionIdsToStages"]
        for stage in task.want.get("versionStages") or []:
            holder = next((other for other, stages in versions.items() if stage in stages), None)
            if holder not in (None, version):
                task.aws.update_secret_version_stage(
                    SecretId=arn, VersionStage=stage, RemoveFromVersionId=holder, MoveToVersionId=version
                )

    def remove(self, task: Task, id_: str) -> None:
        arn, _, version = id_.partition("|")
        stages = task.aws.get_secret_value(SecretId=arn, VersionId=version)["VersionStages"]
        for stage in stages:
            if stage != "AWSCURRENT":
                task.aws.update_secret_version_stage(SecretId=arn, VersionStage=stage, RemoveFromVersionId=version)


class SecretPolicy(Kind):
    """Who may read a secret."""

    service = "secretsmanager"
    noun = "Secrets Manager Secret Policy"
    overwrites = True
    replace_on_change = frozenset({"secretArn", "region"})
    write_only = frozenset({"blockPublicPolicy"})
    documents = frozenset({"policy"})

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["secretArn"])

    def make(self, task: Task) -> None:
        task.aws.put_resource_policy(
            SecretId=task.want["secretArn"],
            ResourcePolicy=task.want["policy"],
            **task.pick(BlockPublicPolicy="blockPublicPolicy"),
        )

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        policy = task.aws.get_resource_policy(SecretId=id_).get("ResourcePolicy")
        return {"secretArn": id_, "policy": policy} if policy else None

    def remove(self, task: Task, id_: str) -> None:
        task.aws.delete_resource_policy(SecretId=id_)
