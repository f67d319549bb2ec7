"""Each AWS type that the simulation knows, once, in one small account of things that belong together."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
me = aws.get_caller_identity().account_id
part = aws.get_partition()
region = aws.get_region().region


def document(*statements: dict[str, Any]) -> str:
    """An IAM document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=2)


def allow(action: Any, **more: Any) -> dict[str, Any]:
    """A statement."""
    return {"Effect": "Allow", "Action": action, **more}


root = {"AWS": f"arn:{part.partition}:iam::{me}:root"}
keep = {"rulePriority": 1, "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 9}}
rules = json.dumps({"rules": [{**keep, "action": {"type": "expire"}}]})
pulled = {"tagStatus": "any", "countType": "sinceImagePulled", "countUnit": "days", "countNumber": 90}
by_pull = json.dumps({"rules": [{"rulePriority": 1, "selection": pulled, "action": {"type": "expire"}}]})

# KMS
key = aws.kms.Key(
    "key",
    description=config.get("description") or "images",
    enable_key_rotation=True,
    deletion_window_in_days=7,
    policy=document(allow("kms:*", Principal=root, Resource="*")),
)
aws.kms.Alias("alias", name="alias/images", target_key_id=key.key_id)

# IAM
oidc = aws.iam.OpenIdConnectProvider(
    "oidc", url="https://token.actions.githubusercontent.com", client_id_lists=["sts.amazonaws.com"]
)
trust = oidc.arn.apply(
    lambda arn: document(
        allow("sts:AssumeRoleWithWebIdentity", Principal={"Federated": arn}),
        allow("sts:AssumeRole", Principal={"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}),
    )
)
role = aws.iam.Role("role", assume_role_policy=trust, description="pushes", tags={"for": "builder"})
aws.iam.RolePolicy("push", role=role.name, policy=document(allow(["ecr:GetAuthorizationToken"], Resource="*")))
policy = aws.iam.Policy("pull", policy=document(allow("ecr:BatchGetImage", Resource="*")), description="pulls")
aws.iam.RolePolicyAttachment("attached", role=role.name, policy_arn=policy.arn)
aws.iam.InstanceProfile("profile", role=role.name)
user = aws.iam.User("user", force_destroy=True)
aws.iam.UserPolicy("user-push", user=user.name, policy=document(allow("ecr:PutImage", Resource="*")))
aws.iam.UserPolicyAttachment("user-attached", user=user.name, policy_arn=policy.arn)
access_key = aws.iam.AccessKey("access-key", user=user.name)

# ECR
repository = aws.ecr.Repository(
    "repository",
    name="apps/web",
    image_tag_mutability="IMMUTABLE_WITH_EXCLUSION",
    image_tag_mutability_exclusion_filters=[{"filter": "cache*", "filter_type": "WILDCARD"}],
    encryption_configurations=[{"encryption_type": "KMS", "kms_key": key.arn}],
    image_scanning_configuration={"scan_on_push": True},
)
other = aws.ecr.Repository("other", name="apps/api", encryption_configurations=[{"encryption_type": "AES256"}])
abroad = aws.ecr.Repository("abroad", name="apps/web", region="eu-west-1")
aws.ecr.RepositoryPolicy(
    "repository-policy",
    repository=repository.name,
    policy=document(allow("ecr:BatchGetImage", Principal=root, Sid="pull")),
)
aws.ecr.LifecyclePolicy("lifecycle", repository=repository.name, policy=rules)
aws.ecr.LifecyclePolicy("lifecycle-by-pull", repository=other.name, policy=by_pull)
aws.ecr.RegistryPolicy(
    "registry-policy",
    policy=document(allow(["ecr:ReplicateImage"], Sid="in", Principal=root, Resource="*")),
)
aws.ecr.RegistryPolicy(
    "registry-policy-abroad",
    region="eu-west-1",
    policy=document(allow("ecr:BatchImportUpstreamImage", Sid="in", Principal=root, Resource="*")),
)
aws.ecr.RegistryScanningConfiguration(
    "scanning",
    scan_type="BASIC",
    rules=[
        {
            "scan_frequency": "SCAN_ON_PUSH",
            "repository_filters": [{"filter": "apps/*", "filter_type": "WILDCARD"}],
        }
    ],
)
aws.ecr.ReplicationConfiguration(
    "replication",
    replication_configuration={
        "rules": [
            {
                "destinations": [{"region": "eu-west-1", "registry_id": me}],
                "repository_filters": [{"filter": "apps/", "filter_type": "PREFIX_MATCH"}],
            }
        ]
    },
)
aws.ecr.RepositoryCreationTemplate(
    "template",
    prefix="apps",
    applied_fors=["CREATE_ON_PUSH", "PULL_THROUGH_CACHE", "REPLICATION"],
    custom_role_arn=role.arn,
    description="what a first push makes",
    encryption_configurations=[{"encryption_type": "AES256"}],
    image_tag_mutability="IMMUTABLE",
    lifecycle_policy=by_pull,
    repository_policy=document(allow("ecr:BatchGetImage", Principal=root)),
    resource_tags={"by": "template"},
)

# Secrets Manager and Systems Manager
upstream = aws.secretsmanager.Secret("upstream", name="ecr-pullthroughcache/docker-hub", recovery_window_in_days=0)
aws.secretsmanager.SecretVersion(
    "upstream-value", secret_id=upstream.id, secret_string=config.get_secret("token") or "unset"
)
aws.secretsmanager.SecretPolicy(
    "upstream-policy",
    secret_arn=upstream.arn,
    policy=document(allow("secretsmanager:GetSecretValue", Principal=root, Resource="*")),
)
delivered = aws.secretsmanager.Secret(
    "delivered",
    name="builder",
    description="what the builder gets",
    kms_key_id=key.arn,
    recovery_window_in_days=0,
    replicas=[{"region": "eu-west-1"}],
    tags={"env": "test"},
)
aws.secretsmanager.SecretVersion(
    "delivered-value",
    secret_id=delivered.id,
    secret_string_wo=config.get_secret("token") or "unset",
    secret_string_wo_version=1,
)
aws.ssm.Parameter("mark", name="/registry/owner", type="String", insecure_value=f"{me}/test", tags={"a": "b"})
aws.ssm.Parameter("plain", name="/registry/host", type="String", value="a.example.com")
aws.ssm.Parameter("secure", type="SecureString", value=config.get_secret("token") or "unset")
aws.ecr.PullThroughCacheRule(
    "cache",
    ecr_repository_prefix="docker-hub",
    upstream_registry_url="registry-1.docker.io",
    credential_arn=upstream.arn,
)
aws.ecr.PullThroughCacheRule("cache-public", ecr_repository_prefix="quay", upstream_registry_url="quay.io")
aws.ecr.AccountSetting("setting", name="BASIC_SCAN_TYPE_VERSION", value="AWS_NATIVE")
aws.ecr.PullTimeUpdateExclusion("exclusion", principal_arn=role.arn)

# Watch
topic = aws.sns.Topic("topic", display_name="registry", kms_master_key_id=key.arn, tags={"a": "b"})
aws.sns.TopicPolicy(
    "topic-policy",
    arn=topic.arn,
    policy=topic.arn.apply(
        lambda arn: document(
            allow("sns:Publish", Principal={"Service": "events.amazonaws.com"}, Resource=arn, Sid="events")
        )
    ),
)
aws.sns.TopicSubscription("subscription", topic=topic.arn, protocol="email", endpoint="somebody@example.com")
rule = aws.cloudwatch.EventRule(
    "rule", event_pattern=json.dumps({"source": ["aws.ecr"], "detail": {"action-type": ["PUSH"]}}), tags={"a": "b"}
)
aws.cloudwatch.EventTarget(
    "target",
    rule=rule.name,
    arn=topic.arn,
    retry_policy={"maximum_retry_attempts": 3, "maximum_event_age_in_seconds": 3600},
    input_transformer={"input_paths": {"name": "$.detail.repository-name"}, "input_template": '"pushed <name>"'},
)
logs = aws.cloudwatch.LogGroup("logs", retention_in_days=30, tags={"a": "b"})
aws.cloudwatch.LogMetricFilter(
    "filter",
    log_group_name=logs.name,
    pattern='{ $.errorCode = "*" }',
    metric_transformation={"name": "Failed", "namespace": "Registry", "value": "1", "default_value": "0"},
)
aws.cloudwatch.MetricAlarm(
    "alarm",
    alarm_actions=[topic.arn],
    comparison_operator="GreaterThanThreshold",
    dimensions={"RepositoryName": "apps/web"},
    evaluation_periods=1,
    metric_name="RepositoryPullCount",
    namespace="AWS/ECR",
    period=300,
    statistic="Sum",
    threshold=1000,
    treat_missing_data="notBreaching",
)
aws.cloudwatch.MetricAlarm(
    "alarm-by-search",
    comparison_operator="GreaterThanThreshold",
    evaluation_periods=1,
    threshold=0.5,
    metric_queries=[
        {"id": "sum", "expression": "FILL(a, 0)", "return_data": True, "label": "pulls"},
        {
            "id": "a",
            "metric": {"metric_name": "Failed", "namespace": "Registry", "period": 300, "stat": "Sum"},
        },
    ],
)
aws.cloudwatch.Dashboard(
    "dashboard",
    dashboard_name="registry",
    dashboard_body=json.dumps({"widgets": [{"type": "text", "properties": {"markdown": "# Registry"}}]}),
)
function = aws.lambda_.Function(
    "usage",
    role=role.arn,
    runtime=aws.lambda_.Runtime.PYTHON3D12,
    handler="usage.handler",
    code=pulumi.AssetArchive({"usage.py": pulumi.StringAsset("def handler(event, context):\n    return {}\n")}),
    environment={"variables": {"PREFIX": "apps"}},
    timeout=30,
    tags={"a": "b"},
)
aws.lambda_.Permission(
    "scheduled",
    action="lambda:InvokeFunction",
    function=function.name,
    principal="events.amazonaws.com",
    source_arn=rule.arn,
)
aws.eks.PodIdentityAssociation(
    "pod", cluster_name="apps", namespace="build", service_account="builder", role_arn=role.arn, tags={"a": "b"}
)

pulumi.export("secret", access_key.secret)
pulumi.export("repository", repository.repository_url)
pulumi.export("key", key.key_id)
pulumi.export("role", role.name)
pulumi.export("secret_arn", delivered.arn)
