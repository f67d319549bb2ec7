"""Arguments that AWS would refuse are refused, with and without an emulator, and no value is shown."""

import pytest

from tests.simulated.behaviour import CloudError
from tests.simulated.lifecycle import Lifecycle, Resource
from tests.simulated.wire import Properties, Secret

TEMPLATE: Properties = {"prefix": "apps", "appliedFors": ["CREATE_ON_PUSH"]}
RULE: Properties = {"ecrRepositoryPrefix": "hub", "upstreamRegistryUrl": "registry-1.docker.io"}


@pytest.mark.parametrize(
    ("token", "inputs", "said"),
    [
        ("aws:ecr/repository:Repository", {"name": "Apps"}, "'repositoryName'.*regular expression pattern"),
        ("aws:ecr/repository:Repository", {"name": "a" * 257}, "'repositoryName'.*length less than or equal to 256"),
        ("aws:cloudwatch/logGroup:LogGroup", {"name": "l", "kmsKeyId": "k" * 257}, "'kmsKeyId'.*length less than"),
        ("aws:ecr/lifecyclePolicy:LifecyclePolicy", {"repository": "apps", "policy": "{}"}, "validation failure"),
        (
            "aws:secretsmanager/secretVersion:SecretVersion",
            {"secretId": "s", "secretString": "x", "versionStages": ["s"] * 21},
            "'VersionStages'.*length less",
        ),
        (
            "aws:secretsmanager/secretPolicy:SecretPolicy",
            {"secretArn": "s", "policy": "{}" * 20000},
            "'ResourcePolicy'.*length less",
        ),
        (
            "aws:ecr/repository:Repository",
            {"name": "apps", "imageTagMutability": "SOMETIMES"},
            r"InvalidParameterException: Invalid parameter at 'imageTagMutability'.*set: \[MUTABLE, IMMUTABLE",
        ),
        (
            "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
            {"scanType": "BASIC", "rules": [{"scanFrequency": "NEVER", "repositoryFilters": []}]},
            "'rules.1.member.scanFrequency'",
        ),
        (
            "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
            {**TEMPLATE, "appliedFors": ["ON_PUSH"]},
            "'appliedFor.1.member'",
        ),
        (
            "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
            {**TEMPLATE, "resourceTags": {"a": "b"}},
            "'customRoleArn'.*a custom role is required",
        ),
        (
            "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
            {**TEMPLATE, "encryptionConfigurations": [{"encryptionType": "KMS"}]},
            "'customRoleArn'.*a custom role is required",
        ),
        (
            "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
            {**TEMPLATE, "lifecyclePolicy": '{"rules": []}'},
            "Lifecycle policy validation failure",
        ),
        ("aws:ecr/pullThroughCacheRule:PullThroughCacheRule", RULE, "'credentialArn'.*a credential is required"),
        (
            "aws:ecr/pullThroughCacheRule:PullThroughCacheRule",
            {**RULE, "credentialArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:hub-abc"},
            "'credentialArn'.*regular expression pattern",
        ),
        ("aws:ecr/accountSetting:AccountSetting", {"name": "BLOB_MOUNTING", "value": "ON"}, r"\[DISABLED, ENABLED\]"),
        ("aws:ecr/accountSetting:AccountSetting", {"name": "blob", "value": "ON"}, "'name'.*BASIC_SCAN_TYPE_VERSION"),
        ("aws:ssm/parameter:Parameter", {"name": "n", "type": "Text", "value": "v"}, "'Type'.*SecureString"),
        (
            "aws:iam/role:Role",
            {"name": "r", "assumeRolePolicy": "{}", "maxSessionDuration": 99999},
            "ValidationError: 1 validation error detected: Value at 'MaxSessionDuration'",
        ),
        ("aws:kms/alias:Alias", {"name": "alias/no spaces", "targetKeyId": "k"}, "'AliasName'"),
        (
            "aws:eks/podIdentityAssociation:PodIdentityAssociation",
            {"clusterName": "c", "namespace": "n", "serviceAccount": "s", "roleArn": 7.0},
            "(?s)Parameter validation failed.*roleArn",
        ),
        ("aws:cloudwatch/logGroup:LogGroup", {"name": "two words"}, "'logGroupName'"),
    ],
)
def test_what_aws_refuses_is_refused(life: Lifecycle, token: str, inputs: Properties, said: str) -> None:
    with pytest.raises(CloudError, match=f"^creating .*{said}" if not said.startswith("(?s)") else said):
        life.create(Resource(token, "wrong"), inputs, preview=False)


def test_a_value_is_not_shown_since_it_may_be_a_secret(life: Lifecycle) -> None:
    inputs: Properties = {"name": "/mark", "type": "String", "tier": "canary-tier", "value": Secret("canary-value")}
    with pytest.raises(CloudError) as refused:
        life.create(Resource("aws:ssm/parameter:Parameter", "mark"), inputs, preview=False)
    assert "canary" not in str(refused.value)
    assert "'Tier'" in str(refused.value)


def test_an_update_is_judged_too(life: Lifecycle) -> None:
    box = Resource("aws:ecr/repository:Repository", "apps")
    made = life.create(box, {"name": "apps"}, preview=False)
    with pytest.raises(CloudError, match="updating ECR Repository"):
        life.update(box, "apps", made.properties, {"name": "apps", "imageTagMutability": "SOMETIMES"}, preview=False)
