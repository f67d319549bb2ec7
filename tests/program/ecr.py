"""What the program's tests of ECR have in common: a right registry, and an AWS that answers for its types.

Owns: the types that the component may declare, with the outputs that AWS would add; any other is an error. Does not
own: what is expected.
"""

from collections.abc import Mapping
from typing import Any

from tests.support.declared import Program, declare

ACCOUNT = "123456789012"

MADE: Mapping[str, Mapping[str, Any]] = {
    "aws:cloudwatch/dashboard:Dashboard": {},
    "aws:cloudwatch/eventRule:EventRule": {"arn": f"arn:aws:events:us-east-1:{ACCOUNT}:rule/made-up"},
    "aws:cloudwatch/eventTarget:EventTarget": {},
    "aws:cloudwatch/logGroup:LogGroup": {"arn": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:made-up"},
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": {},
    "aws:cloudwatch/metricAlarm:MetricAlarm": {},
    "aws:ecr/accountSetting:AccountSetting": {},
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": {},
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": {},
    "aws:ecr/registryPolicy:RegistryPolicy": {},
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": {},
    "aws:ecr/replicationConfiguration:ReplicationConfiguration": {},
    "aws:ecr/repository:Repository": {},
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": {},
    "aws:ecr/repositoryPolicy:RepositoryPolicy": {},
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": {},
    "aws:iam/accessKey:AccessKey": {"secret": "made-up"},
    "aws:iam/instanceProfile:InstanceProfile": {},
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {},
    "aws:iam/role:Role": {"arn": f"arn:aws:iam::{ACCOUNT}:role/made-up"},
    "aws:iam/rolePolicy:RolePolicy": {},
    "aws:iam/user:User": {},
    "aws:iam/userPolicy:UserPolicy": {},
    "aws:kms/alias:Alias": {},
    "aws:kms/key:Key": {"arn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/made-up", "keyId": "made-up"},
    "aws:lambda/function:Function": {"arn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:made-up"},
    "aws:lambda/permission:Permission": {},
    "aws:secretsmanager/secret:Secret": {"arn": f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:made-up"},
    "aws:secretsmanager/secretVersion:SecretVersion": {},
    "aws:sns/topic:Topic": {"arn": f"arn:aws:sns:us-east-1:{ACCOUNT}:made-up"},
    "aws:sns/topicPolicy:TopicPolicy": {},
    "aws:sns/topicSubscription:TopicSubscription": {},
    "aws:ssm/parameter:Parameter": {},
    "pulumi-python:dynamic/snapdeploy:DeliveryReceipt": {"revocable": {}},
    "pulumi-python:dynamic/snapdeploy:Password": {"value": "generated"},
}
IDENTITY = "aws:index/getCallerIdentity:getCallerIdentity"
MARKS = "aws:ssm/getParametersByPath:getParametersByPath"
REPOSITORIES = "aws:ecr/getRepositories:getRepositories"
GITHUB = "aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider"

ANSWERS: Mapping[str, Mapping[str, Any]] = {
    IDENTITY: {"accountId": ACCOUNT},
    MARKS: {"names": [], "values": []},
    REPOSITORIES: {"names": []},
    GITHUB: {"arn": f"arn:aws:iam::{ACCOUNT}:oidc-provider/made-up", "tags": {"team": "another"}},
}


def registry(**keys: Any) -> dict[str, Any]:
    """A right ECR registry's block with `keys` in it."""
    return {"kind": "ecr", "account": ACCOUNT, "region": "us-east-1", **keys}


def program(
    block: Mapping[str, Any],
    answers: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    made: Mapping[str, Mapping[str, Any]] = MADE,
    **config: Any,
) -> Program:
    """The stack `prod` with `block` as its only registry."""
    return declare(
        "prod",
        made,
        config={"environment": "prod", "registries": {"main": dict(block)}, **config},
        answers={**ANSWERS, **(answers or {})},
        simulated=True,
    )
