"""ECR: repositories and what hangs on each.

Owns: Repository, RepositoryPolicy, LifecyclePolicy. Does not own: what is one per account and
region (`ecr_registry`), nor what the emulator does not know (`ecr_stored`).

moto takes only lifecycle rules that count pushes and expire. A policy that counts pulls or
archives is kept in the store, judged by `lifecycle_rules`.
"""

from typing import Any

from tests.simulated.behaviour import Call
from tests.simulated.providers.aws import lifecycle_rules
from tests.simulated.providers.aws.kind import Kind, Task
from tests.simulated.providers.aws.place import Place
from tests.simulated.providers.aws.tagging import Tagging
from tests.simulated.wire import Properties

_REPOSITORY_GONE = (
    "RepositoryNotFoundException: The repository with name '{id}' does not exist in the registry with id '{account}'"
)


class Repository(Kind):
    """An ECR repository."""

    service = "ecr"
    noun = "ECR Repository"
    exists = (
        "RepositoryAlreadyExistsException: The repository with name '{id}'"
        " already exists in the registry with id '{account}'"
    )
    gone = _REPOSITORY_GONE
    replace_on_change = frozenset({"name", "encryptionConfigurations", "region"})
    stable = frozenset({"arn", "registryId", "repositoryUrl"})
    write_only = frozenset({"forceDelete"})
    filled = frozenset({"encryptionConfigurations.kmsKey"})
    named_by = "name"
    tagging = Tagging("resourceArn", given="tags", keys="tagKeys")

    def unset(self, call: Call) -> Properties:
        return {
            "encryptionConfigurations": [{"encryptionType": "AES256", "kmsKey": ""}],
            "imageScanningConfiguration": {"scanOnPush": False},
            "imageTagMutability": "MUTABLE",
        }

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["name"])

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {
            "arn": at.arn("ecr", f"repository/{id_}"),
            "registryId": at.account,
            # Not the emulator's own: that may name its address, and an image is pulled from AWS's.
            "repositoryUrl": f"{at.account}.dkr.ecr.{at.region}.{at.domain}/{id_}",
        }

    def make(self, task: Task) -> None:
        task.aws.create_repository(
            repositoryName=task.want["name"],
            encryptionConfiguration={
                name: value for name, value in task.want["encryptionConfigurations"][0].items() if value
            },
            **task.tagged,
            **task.pick(imageScanningConfiguration="imageScanningConfiguration"),
            **_mutability(task),
        )

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.describe_repositories(repositoryNames=[id_])["repositories"][0]
        encryption = there["encryptionConfiguration"]
        return {
            "arn": there["repositoryArn"],
            "encryptionConfigurations": [
                {"encryptionType": encryption["encryptionType"], "kmsKey": encryption.get("kmsKey", "")}
            ],
            "imageScanningConfiguration": dict(there["imageScanningConfiguration"]),
            "imageTagMutability": there["imageTagMutability"],
            "imageTagMutabilityExclusionFilters": [
                dict(entry) for entry in there.get("imageTagMutabilityExclusionFilters") or []
            ]
            or None,
            "name": there["repositoryName"],
            "registryId": there["registryId"],
        }

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        task.aws.put_image_tag_mutability(repositoryName=id_, **_mutability(task))
        task.aws.put_image_scanning_configuration(
            repositoryName=id_, imageScanningConfiguration=task.want["imageScanningConfiguration"]
        )

    def remove(self, task: Task, id_: str) -> None:
        task.aws.delete_repository(repositoryName=id_, force=task.want.get("forceDelete") is True)


def _mutability(task: Task) -> dict[str, Any]:
    return task.pick(
        imageTagMutability="imageTagMutability",
        imageTagMutabilityExclusionFilters="imageTagMutabilityExclusionFilters",
    )


class RepositoryPolicy(Kind):
    """Who may do what with one repository."""

    service = "ecr"
    noun = "ECR Repository Policy"
    gone = _REPOSITORY_GONE
    replace_on_change = frozenset({"repository", "region"})
    stable = frozenset({"registryId"})
    documents = frozenset({"policy"})
    overwrites = True

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["repository"])

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {"registryId": at.account}

    def make(self, task: Task) -> None:
        task.aws.set_repository_policy(repositoryName=task.want["repository"], policyText=task.want["policy"])

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.get_repository_policy(repositoryName=id_)
        return {"repository": id_, "policy": there["policyText"], "registryId": there["registryId"]}

    def remove(self, task: Task, id_: str) -> None:
        task.aws.delete_repository_policy(repositoryName=id_)


class LifecyclePolicy(Kind):
    """Which images of one repository go, and when."""

    service = "ecr"
    noun = "ECR Lifecycle Policy"
    gone = _REPOSITORY_GONE
    replace_on_change = frozenset({"repository", "region"})
    stable = frozenset({"registryId"})
    documents = frozenset({"policy"})
    overwrites = True

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["repository"])

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {"registryId": at.account}

    def judge(self, task: Task) -> None:
        lifecycle_rules.judge(task.want["policy"])

    def beyond(self, task: Task) -> bool:
        return lifecycle_rules.counts_pulls_or_archives(task.want["policy"])

    def make(self, task: Task) -> None:
        task.aws.put_lifecycle_policy(repositoryName=task.want["repository"], lifecyclePolicyText=task.want["policy"])

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.get_lifecycle_policy(repositoryName=id_)
        return {"repository": id_, "policy": there["lifecyclePolicyText"], "registryId": there["registryId"]}

    def remove(self, task: Task, id_: str) -> None:
        task.aws.delete_lifecycle_policy(repositoryName=id_)
