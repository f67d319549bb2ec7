"""What somebody may have made by hand already; the stack's configuration says what to import, by logical name."""

import json

import pulumi
import pulumi_aws as aws

ids: dict[str, str] = json.loads(pulumi.Config().get("ids") or "{}")


def adopting(name: str) -> pulumi.ResourceOptions:
    """Imports what is named in the configuration, and makes the rest."""
    return pulumi.ResourceOptions(import_=ids.get(name))


statement = {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": ["*"]}
policy = json.dumps({"Statement": [statement], "Version": "2012-10-17"})
trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
role = aws.iam.Role(
    "role",
    name="builder",
    assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    tags={"for": "builder"},
    opts=adopting("role"),
)
aws.iam.RolePolicy("push", name="push", role=role.name, policy=policy, opts=adopting("push"))
aws.iam.RolePolicyAttachment(
    "attached",
    role=role.name,
    policy_arn=aws.iam.Policy("policy", name="pull", policy=policy, opts=adopting("policy")).arn,
    opts=adopting("attached"),
)
aws.iam.OpenIdConnectProvider(
    "oidc",
    url="https://token.actions.githubusercontent.com",
    client_id_lists=["sts.amazonaws.com"],
    opts=adopting("oidc"),
)
repository = aws.ecr.Repository(
    "repository",
    name="apps/web",
    encryption_configurations=[{"encryption_type": "AES256"}],
    opts=adopting("repository"),
)
selection = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 14}
rules = [{"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}]
aws.ecr.LifecyclePolicy(
    "lifecycle", repository=repository.name, policy=json.dumps({"rules": rules}), opts=adopting("lifecycle")
)
aws.ecr.RegistryScanningConfiguration("scanning", scan_type="BASIC", opts=adopting("scanning"))
aws.ssm.Parameter(
    "mark", name="/registry/owner", type="String", value="organization/project/stack", opts=adopting("mark")
)
aws.sns.Topic("topic", name="registry", display_name="registry", opts=adopting("topic"))
aws.cloudwatch.LogGroup("logs", name="/registry", retention_in_days=30, opts=adopting("logs"))
