"""ECR: what moto does not know, and the store therefore keeps whether there is an emulator or not.

Owns: RepositoryCreationTemplate, PullThroughCacheRule, AccountSetting, PullTimeUpdateExclusion.
Their arguments are judged by botocore's model of AWS. What nobody checks here: whether the
role, key or secret that they name exists, and what AWS does with them at a push or a pull.
"""

from tests.simulated.behaviour import Call
from tests.simulated.providers.aws import lifecycle_rules
from tests.simulated.providers.aws.judge import RefusedError
from tests.simulated.providers.aws.kind import Kind, Task
from tests.simulated.providers.aws.place import Place
from tests.simulated.wire import Properties

_ANONYMOUS = frozenset({"public.ecr.aws", "quay.io", "registry.k8s.io"})
"""Upstreams that need no credential; an ECR upstream has a role in its place."""


class RepositoryCreationTemplate(Kind):
    """What a repository gets that is made on a first push, by a pull through the cache, or by replication."""

    service = "ecr"
    noun = "ECR Repository Creation Template"
    exists = "TemplateAlreadyExistsException: The creation template already exists for the prefix '{id}'"
    gone = "TemplateNotFoundException: The repository creation template with prefix '{id}' does not exist"
    stored_only = True
    replace_on_change = frozenset({"prefix", "region"})
    stable = frozenset({"registryId"})
    documents = frozenset({"lifecyclePolicy", "repositoryPolicy"})

    def unset(self, call: Call) -> Properties:
        return {
            "encryptionConfigurations": [{"encryptionType": "AES256", "kmsKey": ""}],
            "imageTagMutability": "MUTABLE",
        }

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["prefix"])

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {"registryId": at.account}

    def judge(self, task: Task) -> None:
        kms = any(entry.get("encryptionType") != "AES256" for entry in task.want["encryptionConfigurations"])
        if (kms or task.want.get("resourceTags")) and not task.want.get("customRoleArn"):
            raise RefusedError(
                "InvalidParameterException: Invalid parameter at 'customRoleArn' failed to satisfy constraint:"
                " 'a custom role is required where the template sets tags or KMS encryption'"
            )
        if task.want.get("lifecyclePolicy"):
            lifecycle_rules.judge(task.want["lifecyclePolicy"])

    def make(self, task: Task) -> None:
        encryption = task.want["encryptionConfigurations"][0]
        task.aws.create_repository_creation_template(
            prefix=task.want["prefix"],
            appliedFor=task.want["appliedFors"],
            encryptionConfiguration={name: value for name, value in encryption.items() if value},
            resourceTags=[{"Key": key, "Value": value} for key, value in (task.want.get("resourceTags") or {}).items()],
            **task.pick(
                customRoleArn="customRoleArn",
                description="description",
                imageTagMutability="imageTagMutability",
                imageTagMutabilityExclusionFilters="imageTagMutabilityExclusionFilters",
                lifecyclePolicy="lifecyclePolicy",
                repositoryPolicy="repositoryPolicy",
            ),
        )


class PullThroughCacheRule(Kind):
    """A prefix under which another registry is mirrored."""

    service = "ecr"
    noun = "ECR Pull Through Cache Rule"
    exists = (
        "PullThroughCacheRuleAlreadyExistsException: A pull through cache rule already exists in the registry"
        " with id '{account}' for the repository prefix '{id}'"
    )
    gone = "PullThroughCacheRuleNotFoundException: The pull through cache rule for the prefix '{id}' does not exist"
    stored_only = True
    replace_on_change = frozenset({"ecrRepositoryPrefix", "upstreamRegistryUrl", "upstreamRepositoryPrefix", "region"})
    stable = frozenset({"registryId"})
    filled = frozenset({"upstreamRepositoryPrefix"})

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["ecrRepositoryPrefix"])

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {
            "registryId": at.account,
            "upstreamRepositoryPrefix": properties.get("upstreamRepositoryPrefix") or "ROOT",
        }

    def judge(self, task: Task) -> None:
        upstream = task.want["upstreamRegistryUrl"]
        if ".dkr.ecr" not in upstream and upstream not in _ANONYMOUS and not task.want.get("credentialArn"):
            raise RefusedError(
                "InvalidParameterException: Invalid parameter at 'credentialArn' failed to satisfy constraint:"
                f" 'a credential is required for the upstream registry {upstream}'"
            )

    def make(self, task: Task) -> None:
        task.aws.create_pull_through_cache_rule(
            ecrRepositoryPrefix=task.want["ecrRepositoryPrefix"],
            upstreamRegistryUrl=task.want["upstreamRegistryUrl"],
            **task.pick(
                credentialArn="credentialArn",
                customRoleArn="customRoleArn",
                upstreamRepositoryPrefix="upstreamRepositoryPrefix",
            ),
        )


class AccountSetting(Kind):
    """One switch of the account in a region. Taken away, the store forgets it; in AWS it stays as it was."""

    service = "ecr"
    noun = "ECR Account Setting"
    stored_only = True
    overwrites = True
    named_by = "name"
    replace_on_change = frozenset({"name", "region"})

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["name"])

    def judge(self, task: Task) -> None:
        values = _SETTINGS.get(task.want["name"])
        if values is None or task.want["value"] not in values:
            place, allowed = ("name", sorted(_SETTINGS)) if values is None else ("value", sorted(values))
            raise RefusedError(
                f"InvalidParameterException: Invalid parameter at '{place}' failed to satisfy constraint:"
                f" 'Member must satisfy enum value set: [{', '.join(allowed)}]'"
            )

    def make(self, task: Task) -> None:
        task.aws.put_account_setting(name=task.want["name"], value=task.want["value"])


_SETTINGS = {
    "BASIC_SCAN_TYPE_VERSION": frozenset({"AWS_NATIVE", "CLAIR"}),
    "BLOB_MOUNTING": frozenset({"ENABLED", "DISABLED"}),
    "REGISTRY_POLICY_SCOPE": frozenset({"V1", "V2"}),
}


class PullTimeUpdateExclusion(Kind):
    """A principal whose pulls do not count as pulls."""

    service = "ecr"
    noun = "ECR Pull Time Update Exclusion"
    exists = "ExclusionAlreadyExistsException: The exclusion for '{id}' already exists"
    stored_only = True
    replace_on_change = frozenset({"principalArn", "region"})

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["principalArn"])

    def make(self, task: Task) -> None:
        task.aws.register_pull_time_update_exclusion(principalArn=task.want["principalArn"])
