"""ECR: what there is one of in an account and region, so that whoever writes last has it.

Owns: RegistryPolicy, RegistryScanningConfiguration, ReplicationConfiguration. Taking the last
two away sets them back to nothing, as the provider does: they cannot not be there.

moto refuses two things that AWS takes: a registry policy with an action besides
CreateRepository and ReplicateImage, and more than one replication rule. The store keeps those.
"""

import json
from typing import Any

from tests.simulated.behaviour import Call
from tests.simulated.providers.aws.kind import Kind, Task
from tests.simulated.providers.aws.place import Place, account
from tests.simulated.wire import Properties

_POLICY_ACTIONS = frozenset({"ecr:CreateRepository", "ecr:ReplicateImage"})


class _Registry(Kind):
    """One per account and region, with the account's id."""

    service = "ecr"
    replace_on_change = frozenset({"region"})
    stable = frozenset({"registryId"})
    overwrites = True

    def identity(self, call: Call, inputs: Properties) -> str:
        return account(call.config)

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {"registryId": at.account}


class RegistryPolicy(_Registry):
    """Who else may write into the registry."""

    noun = "ECR Registry Policy"
    documents = frozenset({"policy"})

    def beyond(self, task: Task) -> bool:
        try:
            statements = json.loads(task.want["policy"])["Statement"]
            return any(
                not _POLICY_ACTIONS.issuperset([actions] if isinstance(actions, str) else actions)
                for actions in (statement["Action"] for statement in statements)
            )
        except (ValueError, KeyError, TypeError):
            return False

    def make(self, task: Task) -> None:
        task.aws.put_registry_policy(policyText=task.want["policy"])

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.get_registry_policy()
        return {"policy": there["policyText"], "registryId": there["registryId"]}

    def remove(self, task: Task, id_: str) -> None:
        task.aws.delete_registry_policy()


class RegistryScanningConfiguration(_Registry):
    """Which repositories are scanned, how and when."""

    noun = "ECR Registry Scanning Configuration"

    def make(self, task: Task) -> None:
        task.aws.put_registry_scanning_configuration(scanType=task.want["scanType"], rules=task.want.get("rules") or [])

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.get_registry_scanning_configuration()
        found = there["scanningConfiguration"]
        return {
            "registryId": there["registryId"],
            "scanType": found["scanType"],
            "rules": found.get("rules") or None,
        }

    def remove(self, task: Task, id_: str) -> None:
        task.aws.put_registry_scanning_configuration(scanType="BASIC", rules=[])


class ReplicationConfiguration(_Registry):
    """Where else images go."""

    noun = "ECR Replication Configuration"

    def beyond(self, task: Task) -> bool:
        return len((task.want.get("replicationConfiguration") or {}).get("rules") or []) > 1

    def make(self, task: Task) -> None:
        task.aws.put_replication_configuration(
            replicationConfiguration=task.want.get("replicationConfiguration") or {"rules": []}
        )

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        there = task.aws.describe_registry()
        found = there["replicationConfiguration"]
        rules = found.get("rules") or []
        return {
            "registryId": there["registryId"],
            "replicationConfiguration": {"rules": rules} if rules else None,
        }

    def remove(self, task: Task, id_: str) -> None:
        task.aws.put_replication_configuration(replicationConfiguration={"rules": []})
