"""KMS: keys and their other names.

Owns: Key, Alias. A key that is scheduled for deletion counts as gone, as the provider has it.
"""

import uuid
from typing import Any

from tests.simulated.behaviour import Call
from tests.simulated.providers.aws.kind import Kind, Task
from tests.simulated.providers.aws.place import Place
from tests.simulated.providers.aws.tagging import Tagging
from tests.simulated.wire import Properties


class Key(Kind):
    """A key."""

    service = "kms"
    noun = "KMS Key"
    replace_on_change = frozenset(
        {"customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "region", "xksKeyId"}
    )
    stable = frozenset({"arn", "keyId"})
    write_only = frozenset({"bypassPolicyLockoutSafetyCheck", "deletionWindowInDays"})
    filled = frozenset({"multiRegion", "policy", "rotationPeriodInDays", "description"})
    documents = frozenset({"policy"})
    tagging = Tagging("KeyId", "id", name="TagKey", value="TagValue", listing="list_resource_tags")

    def unset(self, call: Call) -> Properties:
        return {
            "bypassPolicyLockoutSafetyCheck": False,
            "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
            "enableKeyRotation": False,
            "isEnabled": True,
            "keyUsage": "ENCRYPT_DECRYPT",
        }

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(uuid.uuid4())

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {"arn": at.arn("kms", f"key/{id_}"), "keyId": id_}

    def make(self, task: Task) -> str:
        made = task.aws.create_key(
            **task.tagged,
            **task.pick(
                BypassPolicyLockoutSafetyCheck="bypassPolicyLockoutSafetyCheck",
                Description="description",
                KeySpec="customerMasterKeySpec",
                KeyUsage="keyUsage",
                MultiRegion="multiRegion",
                Policy="policy",
            ),
        )
        id_ = str(made["KeyMetadata"]["KeyId"])
        self._switch(task, id_, {"enableKeyRotation": False, "isEnabled": True})
        return id_

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        there = task.aws.describe_key(KeyId=id_)["KeyMetadata"]
        if there["KeyState"] == "PendingDeletion":
            return None
        rotation = task.aws.get_key_rotation_status(KeyId=id_)
        return {
            "arn": there["Arn"],
            "customerMasterKeySpec": there.get("KeySpec") or there.get("CustomerMasterKeySpec"),
            "description": there.get("Description") or None,
            "enableKeyRotation": rotation["KeyRotationEnabled"],
            "isEnabled": there["Enabled"],
            "keyId": there["KeyId"],
            "keyUsage": there["KeyUsage"],
            "multiRegion": there.get("MultiRegion", False),
            "policy": task.aws.get_key_policy(KeyId=id_, PolicyName="default")["Policy"],
            "rotationPeriodInDays": rotation.get("RotationPeriodInDays") if rotation["KeyRotationEnabled"] else None,
        }

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        if (task.want.get("description") or "") != (before.get("description") or ""):
            task.aws.update_key_description(KeyId=id_, Description=task.want.get("description") or "")
        if task.want.get("policy"):
            task.aws.put_key_policy(KeyId=id_, PolicyName="default", Policy=task.want["policy"])
        self._switch(task, id_, before)

    def _switch(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        if task.want["isEnabled"] and not before.get("isEnabled"):
            task.aws.enable_key(KeyId=id_)
        period = task.pick(RotationPeriodInDays="rotationPeriodInDays")
        if task.want["enableKeyRotation"] and (period or not before.get("enableKeyRotation")):
            task.aws.enable_key_rotation(KeyId=id_, **period)
        elif before.get("enableKeyRotation") and not task.want["enableKeyRotation"]:
            task.aws.disable_key_rotation(KeyId=id_)
        if before.get("isEnabled") and not task.want["isEnabled"]:
            task.aws.disable_key(KeyId=id_)

    def remove(self, task: Task, id_: str) -> None:
        task.aws.schedule_key_deletion(KeyId=id_, **task.pick(PendingWindowInDays="deletionWindowInDays"))


class Alias(Kind):
    """Another name of a key."""

    service = "kms"
    noun = "KMS Alias"
    exists = "AlreadyExistsException: An alias with the name {id} already exists"
    replace_on_change = frozenset({"name", "namePrefix", "region"})
    stable = frozenset({"arn"})
    named_by = "name"

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["name"])

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        key = str(properties["targetKeyId"])
        return {
            "arn": at.arn("kms", id_),
            "targetKeyArn": key if key.startswith("arn:") else at.arn("kms", f"key/{key}"),
        }

    def make(self, task: Task) -> None:
        task.aws.create_alias(AliasName=task.want["name"], TargetKeyId=task.want["targetKeyId"])

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        pages = task.aws.get_paginator("list_aliases").paginate()
        there = next((one for page in pages for one in page["Aliases"] if one["AliasName"] == id_), None)
        if there is None:
            return None
        known, found = str(task.want.get("targetKeyId", "")), there["TargetKeyId"]
        same = known.rpartition("/")[2] == found
        return {"arn": there["AliasArn"], "name": id_, "targetKeyId": known if same else found}

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        task.aws.update_alias(AliasName=id_, TargetKeyId=task.want["targetKeyId"])

    def remove(self, task: Task, id_: str) -> None:
        task.aws.delete_alias(AliasName=id_)
