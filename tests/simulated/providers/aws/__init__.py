"""AWS, simulated: an account with one owner, and in it what ECR and a server of Harbor declare.

Owns: which types there are, and which function is answered by whom. Does not own: one type's
calls (a module per service), nor what is the same for all (`kind`).

Where `SNAPDEPLOY_SIMULATED_AWS_ENDPOINT` names an emulator, each call goes there through
boto3, judged by botocore's model of AWS. Without one, the same arguments are judged and the
store keeps the resource. Kept by the store either way, since moto does not know them:
`ecr_stored` whole, EKS pod identities, DLM's policies, and those documents for which a type says `beyond`.
"""

import os

from tests.simulated.provider import Provider
from tests.simulated.providers.aws import (
    cloudwatch,
    ecr,
    ecr_registry,
    ecr_stored,
    eks,
    events,
    iam,
    iam_trust,
    iam_users,
    kms,
    lambda_,
    logs,
    secretsmanager,
    sns,
    ssm,
)
from tests.simulated.providers.aws.emulator import Emulator
from tests.simulated.providers.aws.invokes import invokes
from tests.simulated.providers.aws.kind import Kind
from tests.simulated.providers.aws.machines import MACHINES
from tests.simulated.providers.aws.place import ACCOUNT, CALLER, account, admitted, region

__all__ = ["ACCOUNT", "CALLER", "ENDPOINT", "KINDS", "MACHINES", "REPOSITORY", "provider"]

ENDPOINT = "SNAPDEPLOY_SIMULATED_AWS_ENDPOINT"
REPOSITORY = "aws:ecr/repository:Repository"

KINDS: dict[str, type[Kind]] = {
    REPOSITORY: ecr.Repository,
    "aws:ecr/repositoryPolicy:RepositoryPolicy": ecr.RepositoryPolicy,
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": ecr.LifecyclePolicy,
    "aws:ecr/registryPolicy:RegistryPolicy": ecr_registry.RegistryPolicy,
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": ecr_registry.RegistryScanningConfiguration,
    "aws:ecr/replicationConfiguration:ReplicationConfiguration": ecr_registry.ReplicationConfiguration,
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": ecr_stored.RepositoryCreationTemplate,
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": ecr_stored.PullThroughCacheRule,
    "aws:ecr/accountSetting:AccountSetting": ecr_stored.AccountSetting,
    "aws:ecr/pullTimeUpdateExclusion:PullTimeUpdateExclusion": ecr_stored.PullTimeUpdateExclusion,
    "aws:iam/role:Role": iam.Role,
    "aws:iam/rolePolicy:RolePolicy": iam.RolePolicy,
    "aws:iam/policy:Policy": iam.Policy,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": iam.RolePolicyAttachment,
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": iam_trust.OpenIdConnectProvider,
    "aws:iam/instanceProfile:InstanceProfile": iam_trust.InstanceProfile,
    "aws:iam/user:User": iam_users.User,
    "aws:iam/userPolicy:UserPolicy": iam_users.UserPolicy,
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": iam_users.UserPolicyAttachment,
    "aws:iam/accessKey:AccessKey": iam_users.AccessKey,
    "aws:kms/key:Key": kms.Key,
    "aws:kms/alias:Alias": kms.Alias,
    "aws:secretsmanager/secret:Secret": secretsmanager.Secret,
    "aws:secretsmanager/secretVersion:SecretVersion": secretsmanager.SecretVersion,
    "aws:secretsmanager/secretPolicy:SecretPolicy": secretsmanager.SecretPolicy,
    "aws:ssm/parameter:Parameter": ssm.Parameter,
    "aws:cloudwatch/eventRule:EventRule": events.EventRule,
    "aws:cloudwatch/eventTarget:EventTarget": events.EventTarget,
    "aws:cloudwatch/logGroup:LogGroup": logs.LogGroup,
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": logs.LogMetricFilter,
    "aws:cloudwatch/metricAlarm:MetricAlarm": cloudwatch.MetricAlarm,
    "aws:cloudwatch/dashboard:Dashboard": cloudwatch.Dashboard,
    "aws:sns/topic:Topic": sns.Topic,
    "aws:sns/topicPolicy:TopicPolicy": sns.TopicPolicy,
    "aws:sns/topicSubscription:TopicSubscription": sns.TopicSubscription,
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": eks.PodIdentityAssociation,
    "aws:lambda/function:Function": lambda_.Function,
    "aws:lambda/permission:Permission": lambda_.Permission,
}


def provider() -> Provider:
    """AWS as it is simulated here. Raises ValueError for an emulator that is not on this machine."""
    endpoint = os.environ.get(ENDPOINT)
    emulator = Emulator(endpoint) if endpoint else None
    return Provider(
        name="aws",
        package="pulumi_aws",
        behaviours={token: kind(emulator) for token, kind in {**KINDS, **MACHINES}.items()},
        invokes=invokes(emulator),
        complete=admitted,
        scope=lambda config, properties: f"{account(config)}/{region(config, properties)}",
    )
