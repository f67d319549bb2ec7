"""Rules on AWS IAM: nobody may do everything, and not everybody may do something.

Owns: what documents of rights grant, who administers, and whom policies on resources let in. Does not own: trust in
GitHub's workflows (`github_trust.py`), keys of users (`long_lived_keys.py`).
"""

import fnmatch
from collections.abc import Iterable, Iterator

from pulumi_policy import Severity

from policies._documents import ANYBODY, Statement, statements
from policies._props import Gap, groups, printable, text, words
from policies._rule import Finding, Practice, Remark, Rule, Seen

ROLE = "aws:iam/role:Role"
_DOCUMENTS = (
    "aws:iam/policy:Policy",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/groupPolicy:GroupPolicy",
)
_PERMISSION = "aws:lambda/permission:Permission"
_ON_RESOURCES = {
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:ecr/registryPolicy:RegistryPolicy": "policy",
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": "repositoryPolicy",
    "aws:kms/key:Key": "policy",
    "aws:kms/keyPolicy:KeyPolicy": "policy",
    "aws:sns/topicPolicy:TopicPolicy": "policy",
    "aws:sqs/queuePolicy:QueuePolicy": "policy",
    "aws:secretsmanager/secret:Secret": "policy",
    "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
    "aws:s3/bucketPolicy:BucketPolicy": "policy",
}
_ATTACHMENTS = {
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "policyArn",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "policyArn",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": "policyArn",
    "aws:iam/policyAttachment:PolicyAttachment": "policyArn",
    ROLE: "managedPolicyArns",
}
_ADMINISTRATORS = (
    "AdministratorAccess",
    "PowerUserAccess",
    "IAMFullAccess",
    "AmazonEC2ContainerRegistryFullAccess",
    "AmazonElasticContainerRegistryPublicFullAccess",
    "SecretsManagerReadWrite",
)
_ON_ANYTHING = (
    "ecr:GetAuthorizationToken",
    "ecr:DescribeRepositories",  # asked without names, it lists them all
    "ecr-public:GetAuthorizationToken",
    "ecr:DescribeRegistry",
    "ecr:GetRegistryPolicy",
    "ecr:GetRegistryScanningConfiguration",
    "ecr:PutRegistryScanningConfiguration",
    "ecr:PutReplicationConfiguration",
    "ecr:GetAccountSetting",
    "ecr:PutAccountSetting",
    "ecr:DescribeRepositoryCreationTemplates",
    "sts:GetCallerIdentity",
    "sts:GetServiceBearerToken",
    "cloudwatch:PutMetricData",
    "cloudwatch:GetMetricData",
    "cloudwatch:ListMetrics",
    "logs:DescribeLogGroups",
    "ec2:Describe*",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "servicequotas:GetServiceQuota",
    "servicequotas:ListServiceQuotas",
    "secretsmanager:GetRandomPassword",
    "secretsmanager:ListSecrets",
    "route53:ListHostedZones",
    "ssm:DescribeParameters",
    # A machine's shell by Session Manager; only the first has resources at all, and those are machines.
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
    "kms:ListAliases",
    "kms:ListKeys",
    "s3:ListAllMyBuckets",
    "iam:ListAccountAliases",
)


def _rights(seen: Seen) -> Iterator[Statement | Gap | None]:
    """The statements of what a resource grants; a role may hold documents inside itself."""
    if seen.type == ROLE:
        inline = groups(seen.props, "inlinePolicies")
        holders = [inline] if isinstance(inline, Gap) else inline
        found = [one if isinstance(one, Gap) else statements(one, "policy") for one in holders]
    else:
        found = [statements(seen.props, "policy")]
    for one in found:
        if isinstance(one, list):
            yield from one
        else:
            yield one


def _unreadable(seen: Seen) -> Finding:
    return Finding(f"the document of {seen} cannot be read as one: it cannot be judged, and AWS would refuse it")


def _actions(seen: Seen) -> Iterator[Remark]:
    for one in _rights(seen):
        if one is None:
            yield _unreadable(seen)
        elif isinstance(one, Gap):
            yield one
        elif one.allows and one.not_actions:
            yield Finding(f"statement {printable(one.label)} of {seen} allows all that `NotAction` does not name")
        elif one.allows:
            wide = [action for action in one.actions if action == ANYBODY or action.endswith(":*")]
            if wide:
                yield Finding(f"statement {printable(one.label)} of {seen} allows {_shown(wide)}")


def _resources(seen: Seen) -> Iterator[Remark]:
    fine = [pattern.lower() for pattern in (*_ON_ANYTHING, *map(str, seen.settings["onAnything"]))]
    for one in _rights(seen):
        if one is None or isinstance(one, Gap):
            if one is Gap.UNKNOWN:
                yield one
            continue
        if not one.allows or one.narrowed:
            continue
        if one.not_resources:
            yield Finding(
                f"statement {printable(one.label)} of {seen} allows it on all that `NotResource` does not name"
            )
        elif any(_is_everything(resource) for resource in one.resources):
            wide = [a for a in one.actions if not any(fnmatch.fnmatchcase(a.lower(), pattern) for pattern in fine)]
            if wide:
                yield Finding(f"statement {printable(one.label)} of {seen} allows {_shown(wide)} on every resource")


def _is_everything(resource: str) -> bool:
    parts = resource.split(":", 5)
    return resource == ANYBODY or (len(parts) == 6 and parts[5] in (ANYBODY, "repository/*", "secret:*", "parameter/*"))


def _shown(actions: list[str]) -> str:
    more = f" and {len(actions) - 3} more" if len(actions) > 3 else ""
    return ", ".join(f"`{printable(action)}`" for action in actions[:3]) + more


def _administrators(seen: Seen) -> Iterator[Remark]:
    told = words(seen.props, _ATTACHMENTS[seen.type])
    if told is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    for arn in told if isinstance(told, list) else []:
        if arn is Gap.UNKNOWN:
            yield Gap.UNKNOWN
        elif isinstance(arn, str) and arn.rpartition("/")[2] in _ADMINISTRATORS:
            yield Finding(f"{seen} attaches `{printable(arn.rpartition('/')[2])}`")


def _trust(seen: Seen) -> Iterator[Remark]:
    yield from _anybody(seen, "assumeRolePolicy", "may be assumed by anybody")


def _let_in(seen: Seen) -> Iterator[Remark]:
    if seen.type == _PERMISSION:
        principal = text(seen.props, "principal")
        if principal is Gap.UNKNOWN:
            yield Gap.UNKNOWN
        elif principal == ANYBODY and isinstance(text(seen.props, "principalOrgId"), Gap):
            yield Finding(f"permission {seen} lets anybody call the function")
        return
    yield from _anybody(seen, _ON_RESOURCES[seen.type], "lets anybody in")


def _anybody(seen: Seen, name: str, what: str) -> Iterator[Remark]:
    found = statements(seen.props, name)
    if found is None:
        yield _unreadable(seen)
    elif found is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    elif isinstance(found, list):
        for one in found:
            if one.allows and one.for_anybody and not one.narrowed:
                yield Finding(f"{seen} {what} by statement {printable(one.label)}: no condition says who")


def _foreign_services(seen: Seen) -> Iterable[Remark]:
    """A service that acts for many customers is told for whom."""
    name = "assumeRolePolicy" if seen.type == ROLE else _ON_RESOURCES[seen.type]
    found = statements(seen.props, name)
    if found is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    for one in found if isinstance(found, list) else []:
        services = [who for kind, who in one.principals if kind == "Service"]
        shared = [who for who in services if who.partition(".")[0] in _SHARED]
        if one.allows and shared and not one.narrowed:
            yield Finding(f"{seen} lets `{printable(shared[0])}` in for every customer of AWS's")


_SHARED = frozenset({"cloudwatch", "sns", "s3", "ecs-tasks", "delivery", "cloudtrail", "config"})
"""Services that act on behalf of whoever asks them, and say for whom. EventBridge does not say, at SNS topics."""


RULES: tuple[Rule, ...] = (
    Rule(
        name="iam-no-wildcard-actions",
        says="A grant names what may be done.",
        refuses="a statement that allows `*`, `<service>:*`, or all but some (`NotAction`)",
        why="whoever gets hold of the credential can also delete images, change policies and let others in",
        mend="let `registries.<name>.access` write the document (name the actions in `Action`)",
        severity=Severity.CRITICAL,
        checks=("CKV_AWS_63", "CKV_AWS_62", "CKV_AWS_286", "CKV_AWS_287", "CKV_AWS_288", "CKV_AWS_289", "CKV_AWS_290"),
        practices=(Practice.ROLES,),
        types=(*_DOCUMENTS, ROLE),
        judge=_actions,
    ),
    Rule(
        name="iam-no-wildcard-resources",
        says="A grant names what it is on.",
        refuses="a statement without a condition that allows on `*`, or on every repository, what can be allowed on"
        " less",
        why="one app's builder can overwrite every other image in the account",
        mend="let `registries.<name>.access` write the document (ARNs in `Resource`; only what AWS has no ARN for, "
        "such as `ecr:GetAuthorizationToken`, needs `*`)",
        severity=Severity.HIGH,
        checks=("CKV_AWS_355",),
        practices=(Practice.ROLES,),
        settings={
            "onAnything": {
                "type": "array",
                "items": {"type": "string"},
                "default": [],
                "description": "further actions that may be allowed on `*`, with `*` in them",
            }
        },
        types=(*_DOCUMENTS, ROLE),
        judge=_resources,
    ),
    Rule(
        name="iam-no-administrators",
        says="What builds and deploys administers nothing.",
        refuses="AdministratorAccess, PowerUserAccess, and full access to ECR, IAM or Secrets Manager, attached to "
        "anything",
        why="a build runs users' code; with such rights that code owns the account",
        mend="name it under `registries.<name>.access.push`, `pull` or `clean` (attach a policy with the least rights)",
        severity=Severity.CRITICAL,
        practices=(Practice.ROLES,),
        types=tuple(_ATTACHMENTS),
        judge=_administrators,
    ),
    Rule(
        name="iam-trust-names-principals",
        says="A role says who may become it.",
        refuses="a trust document whose principal is `*`, or everybody but some, without a condition that says who",
        why="anybody with an AWS account can become the role, and push",
        mend="name the principal under `registries.<name>.access` (`Principal`, or a condition such as "
        "`aws:PrincipalOrgID`)",
        severity=Severity.CRITICAL,
        practices=(Practice.ROLES, Practice.PRIVATE),
        types=(ROLE,),
        judge=_trust,
    ),
    Rule(
        name="resource-policies-name-principals",
        says="A policy on a registry, key, topic or secret says who is let in.",
        refuses="an ECR, KMS, SNS, SQS, S3, Secrets Manager or Lambda policy for `*` without a condition that says who",
        why="anybody with an AWS account may pull, decrypt, read or publish what it is on",
        mend="write `registries.<name>.access.pull` with `from: account` or `from: organization` (`Principal`, or a "
        "condition such as `aws:PrincipalOrgID` or `aws:SourceAccount`)",
        severity=Severity.CRITICAL,
        checks=("CKV_AWS_32", "CKV_AWS_33"),
        practices=(Practice.PRIVATE,),
        types=(*_ON_RESOURCES, _PERMISSION),
        judge=_let_in,
    ),
    Rule(
        name="services-act-for-this-account",
        says="An AWS service that acts for many customers is let in for this account only.",
        refuses="CloudWatch, S3, SNS, ECS tasks or CloudTrail as a principal without `aws:SourceAccount` or "
        "`aws:SourceArn`",
        why="another customer can have the service do to this account what only their own should allow: a confused "
        "deputy",
        mend="leave the document to `registries.<name>.access` or `watch` (a condition on `aws:SourceAccount`)",
        severity=Severity.MEDIUM,
        practices=(Practice.ROLES,),
        types=(ROLE, "aws:sns/topicPolicy:TopicPolicy", "aws:sqs/queuePolicy:QueuePolicy", "aws:kms/key:Key"),
        judge=_foreign_services,
    ),
)
