"""What resources are called in plain words.

Owns: a word for each type, what belongs to which part of the stack, and whether what is in it can be made again. A
type that is not known here is told by its own last word: `aws:rds/instance:Instance` is an `RDS instance`.
"""

import re

from ops.explain import google
from ops.explain.digest import Change, Op

_WORDS = {
    "aws:ecr/repository:Repository": "repository",
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": "creation template",
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "repository's policy",
    "aws:ecr/registryPolicy:RegistryPolicy": "registry's policy",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": "repository's lifecycle rules",
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": "account's scanning configuration",
    "aws:ecr/replicationConfiguration:ReplicationConfiguration": "account's replication configuration",
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": "pull-through cache",
    "aws:ecr/accountSetting:AccountSetting": "account setting of ECR",
    "aws:iam/role:Role": "role",
    "aws:iam/rolePolicy:RolePolicy": "role's policy",
    "aws:iam/user:User": "user",
    "aws:iam/accessKey:AccessKey": "long-lived access key",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "trust in an identity provider",
    "aws:iam/instanceProfile:InstanceProfile": "instance profile",
    "aws:kms/key:Key": "encryption key",
    "aws:kms/alias:Alias": "name of an encryption key",
    "aws:secretsmanager/secret:Secret": "secret",
    "aws:secretsmanager/secretVersion:SecretVersion": "secret's content",
    "aws:ssm/parameter:Parameter": "parameter",
    "aws:sns/topic:Topic": "topic for alerts",
    "aws:sns/topicSubscription:TopicSubscription": "subscription to alerts",
    "aws:sns/topicPolicy:TopicPolicy": "topic's policy",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "alarm",
    "aws:cloudwatch/dashboard:Dashboard": "dashboard",
    "aws:cloudwatch/eventRule:EventRule": "rule for events",
    "aws:cloudwatch/eventTarget:EventTarget": "target of a rule",
    "aws:cloudwatch/logGroup:LogGroup": "log",
    "aws:lambda/function:Function": "function",
    "aws:lambda/permission:Permission": "right to run a function",
    "gcp:artifactregistry/repository:Repository": "repository",
    "gcp:secretmanager/secret:Secret": "secret",
    "gcp:secretmanager/secretVersion:SecretVersion": "secret's content",
    "gcp:serviceaccount/account:Account": "service account",
    "gcp:serviceaccount/key:Key": "long-lived key of a service account",
    "gcp:kms/cryptoKey:CryptoKey": "encryption key",
    "gcp:kms/keyRing:KeyRing": "key ring",
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": "identity pool",
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": "trust in an identity provider",
    "gcp:monitoring/alertPolicy:AlertPolicy": "alarm",
    "gcp:monitoring/dashboard:Dashboard": "dashboard",
    "gcp:monitoring/notificationChannel:NotificationChannel": "notification channel",
    "gcp:logging/metric:Metric": "metric of a log",
    "gcp:projects/service:Service": "API",
    "gcp:projects/serviceIdentity:ServiceIdentity": "service agent",
    "gcp:projects/iAMAuditConfig:IAMAuditConfig": "audit log configuration",
    "gcp:eventarc/trigger:Trigger": "trigger for events",
    "gcp:workflows/workflow:Workflow": "workflow",
    "gcp:pubsub/topic:Topic": "topic",
    "gcp:pubsub/subscription:Subscription": "subscription",
    "github:index/repositoryEnvironment:RepositoryEnvironment": "deployment environment",
    "github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy": "environment's branch",
    "github:index/actionsVariable:ActionsVariable": "variable",
    "github:index/actionsSecret:ActionsSecret": "secret",
    "github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable": "environment's variable",
    "github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret": "environment's secret",
    "github:index/actionsOrganizationVariable:ActionsOrganizationVariable": "organization's variable",
    "github:index/actionsOrganizationSecret:ActionsOrganizationSecret": "organization's secret",
    "kubernetes:core/v1:Secret": "pull secret",
    "pulumi-python:dynamic/snapdeploy:Password": "generated password",
    "pulumi-python:dynamic/snapdeploy:EnvFile": "file of variables",
    "pulumi-python:dynamic/snapdeploy:DeliveryReceipt": "record of what was delivered",
    "pulumi-python:dynamic/snapdeploy:SmokeTest": "proof by a push and a pull",
    "pulumi-python:dynamic/snapdeploy:RegistryProcess": "registry's process",
    "pulumi-python:dynamic/snapdeploy:DockerHubRepositories": "repositories on Docker Hub",
}

_CALLED = {
    # What people call it is not in a property that is its name in the cloud.
    "gcp:projects/service:Service": "service",
    "gcp:projects/serviceIdentity:ServiceIdentity": "service",
    "gcp:projects/iAMAuditConfig:IAMAuditConfig": "service",
    "gcp:secretmanager/secret:Secret": "secretId",
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": "workloadIdentityPoolId",
    "gcp:monitoring/alertPolicy:AlertPolicy": "displayName",
    "gcp:monitoring/notificationChannel:NotificationChannel": "displayName",
}
_HOLDS_DATA = {
    "aws:ecr/repository:Repository": "images in it",
    "gcp:artifactregistry/repository:Repository": "images in it",
    "aws:kms/key:Key": "whatever is encrypted with it",
    "gcp:kms/cryptoKey:CryptoKey": "whatever is encrypted with it",
    "gcp:kms/keyRing:KeyRing": "whatever is encrypted with its keys",
    "aws:secretsmanager/secret:Secret": "the content that the builder reads",
    "gcp:secretmanager/secret:Secret": "the content that the builder reads",
    "aws:cloudwatch/logGroup:LogGroup": "what was logged",
    "aws:ebs/volume:Volume": "what is on it",
    "gcp:compute/disk:Disk": "what is on it",
    "aws:s3/bucket:Bucket": "what is in it",
    "aws:s3/bucketV2:BucketV2": "what is in it",
    "gcp:storage/bucket:Bucket": "what is in it",
}
"""What goes with a resource when it goes."""

_TOLD_ELSEWHERE = frozenset(
    {
        "aws:secretsmanager/secretVersion:SecretVersion",
        "gcp:secretmanager/secretVersion:SecretVersion",
        "aws:lambda/permission:Permission",
        # Google has one for each service and project, whoever asks for it, and deletes none.
        "gcp:projects/serviceIdentity:ServiceIdentity",
        "pulumi-python:dynamic/snapdeploy:DeliveryReceipt",
        "pulumi-python:dynamic/snapdeploy:SmokeTest",
        "pulumi-python:dynamic/snapdeploy:Password",
    }
)

_WATCHES = frozenset({"gcp:monitoring/alertPolicy:AlertPolicy"})
"""A policy by its name alone: it gives nobody anything."""
_JOINTS = (" of ", " for ", " to ", " in ", " by ")
_PROVIDERS = {"aws": "AWS", "gcp": "Google", "github": "GitHub", "kubernetes": "Kubernetes"}
_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+")
_TOKEN = re.compile(r"[A-Za-z0-9._-]+:[A-Za-z0-9._/-]*:[A-Za-z0-9]+")


def kind(token: str) -> str:
    """A type in plain words; one of a hostile form is `resource of an unknown type`."""
    if token in _WORDS:
        return _WORDS[token]
    if token.endswith(("IamMember", "IAMMember", "IamBinding", "IAMBinding")):
        return "grant"
    if not _TOKEN.fullmatch(token) or len(token) > 120:
        return "resource of an unknown type"
    package, module, last = token.split(":")
    words = " ".join(part if part.isupper() else part.lower() for part in _PARTS.findall(last))
    service = module.split("/")[0]
    if service and service not in ("index", "dynamic") and service.lower() not in words.replace(" ", ""):
        words = f"{service.upper() if len(service) <= 3 else service} {words}"
    return f"{_PROVIDERS[package]} {words}" if package in _PROVIDERS else f"{package} {words}"


def holds(change: Change) -> str | None:
    """What is lost with it; None where it can be made again."""
    return _HOLDS_DATA.get(change.type)


def part(change: Change) -> tuple[str, str]:
    """Which part of the stack a resource belongs to: `registry`, `delivery` or `other`, and the part's name."""
    if not change.chain or not change.chain[0].startswith("snapdeploy:"):
        return "other", "everything else"
    family = change.chain[0].split(":")[1] if change.chain[0].count(":") == 2 else "other"
    return (family, change.chain[0].rsplit(":", 1)[-1]) if family in ("registry", "delivery") else ("other", "")


def told_elsewhere(change: Change) -> bool:
    """Whether its going or being replaced is told by what it gives or delivers, and loses nothing."""
    return change.type in _TOLD_ELSEWHERE or (
        (change.type not in _WATCHES)
        and change.type.endswith(("Policy", "PolicyAttachment", "IamMember", "IAMMember", "IamBinding", "IAMBinding"))
    )


def plural(kind_: str) -> str:
    """More than one of a kind."""
    first, joint, rest = next((kind_.partition(word) for word in _JOINTS if word in kind_), (kind_, "", ""))
    if first.endswith("s"):
        return kind_
    return (first[:-1] + "ies" if first.endswith("y") and not first.endswith("ey") else first + "s") + joint + rest


def address(change: Change) -> str:
    """What people call it outside the program: its name in the cloud where it has one of its own."""
    gone = change.op in (Op.DELETE, Op.REPLACE)
    if (account := google.name_of(change)) and change.type == google.ACCOUNT:
        return account
    told = _CALLED.get(change.type)
    for name in ([told] if told else []) + ["repositoryName", "repositoryId", "secretName", "variableName", "name"]:
        found = (change.old if gone and change.old else change.state).get(name)
        # Google's full names say where a thing is, and often only by a number which.
        if type(found) is str and found and not found.startswith("projects/"):
            return found
    return change.name
