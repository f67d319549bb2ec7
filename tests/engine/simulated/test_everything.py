"""Each AWS type once, on the real engine: in the store, and in the emulator read back by somebody else."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.engine.simulated.conftest import engine_project
from tests.simulated import documents
from tests.simulated.providers.aws import KINDS
from tests.simulated.sdk import Sdk
from tests.simulated.store import Store
from tests.support.emulator import Emulator
from tests.support.engine import EngineProject

CANARY = "canary-everything-93"
TAGS = {"stack": "test"}
CONFIG = {"aws:defaultTags": json.dumps({"tags": TAGS})}
STORED = {
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule",
    "aws:ecr/accountSetting:AccountSetting",
    "aws:ecr/pullTimeUpdateExclusion:PullTimeUpdateExclusion",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation",
    # One of each: what moto's own check of the document does not know.
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    "aws:ecr/registryPolicy:RegistryPolicy",
}
NEVER_SET = {
    # Of a key with pgpKey, a function that is signed, an association into another account, a topic that archives.
    "encryptedSecret",
    "encryptedSesSmtpPasswordV4",
    "keyFingerprint",
    "externalId",
}


def _project(folder: Path, environment: dict[str, str]) -> EngineProject:
    return engine_project(
        folder, "everything", config=CONFIG, secrets={"throwaway:token": CANARY}, environment=environment
    )


def _live(stack: EngineProject) -> None:
    """Up, the same again, and a look at what is there: the last three change nothing."""
    foreseen = stack.preview()
    made = stack.up()
    assert made.changes == foreseen.changes
    assert made.changes["create"] == len(stack.resources()) + 1
    assert stack.up("--expect-no-changes").changes == {}
    assert stack.refresh("--expect-no-changes").changes == {}
    assert stack.preview("--expect-no-changes").changes == {}
    assert CANARY not in made.text


def _shapes(stack: EngineProject) -> dict[str, set[str]]:
    """The outputs that each resource has, but for those that AWS fills in as it likes."""
    return {name: set(found["outputs"]) - KINDS[found["type"]].filled for name, found in stack.resources().items()}


def test_every_type_lives_in_the_store(tmp_path: Path) -> None:
    stack = _project(tmp_path, {})
    _live(stack)
    resources = stack.resources()
    assert {found["type"] for found in resources.values()} == set(KINDS), (
        "the program declares every type that there is"
    )
    assert CANARY not in (stack.simulated / "aws.json").read_text()
    assert CANARY not in json.dumps(stack.state())

    sdk = Sdk("pulumi_aws")
    for name, found in resources.items():
        lacking = sdk.resource(found["type"]).computed.keys() - found["outputs"].keys() - NEVER_SET
        assert lacking == set(), f"{name} of type {found['type']} has outputs that are never set"

    stack.destroy()
    assert Store(stack.simulated, "aws").held() == []


def test_every_type_lives_in_the_emulator(tmp_path: Path, emulator: Emulator) -> None:
    stack = _project(tmp_path, emulator.environment)
    _live(stack)
    assert {key.token for key in Store(stack.simulated, "aws").held()} == STORED
    _read_back(emulator, stack)
    assert CANARY not in json.dumps(stack.state())

    beside = _project(tmp_path / "beside", {})
    beside.up()
    assert _shapes(stack) == _shapes(beside), "a resource looks the same, wherever it is kept"

    _drift(emulator, stack)
    found = stack.refresh()
    assert found.changes == {"update": 12, "delete": 1}
    assert stack.up().changes == {"update": 12, "create": 1}
    assert stack.refresh("--expect-no-changes").changes == {}
    _read_back(emulator, stack)

    stack.destroy()
    assert Store(stack.simulated, "aws").held() == []
    _nothing_left(emulator)


def _read_back(emulator: Emulator, stack: EngineProject) -> None:
    """What somebody with boto3 sees, and not what the state says."""
    out = stack.outputs(secrets=True)
    iam, kms, sns = emulator.client("iam"), emulator.client("kms"), emulator.client("sns")
    role = iam.get_role(RoleName=out["role"])["Role"]
    assert role["Description"] == "pushes"
    assert {tag["Key"]: tag["Value"] for tag in role["Tags"]} == {**TAGS, "for": "builder"}
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {
        "Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    }
    assert len(iam.list_attached_role_policies(RoleName=out["role"])["AttachedPolicies"]) == 1
    assert len(iam.list_role_policies(RoleName=out["role"])["PolicyNames"]) == 1
    assert len(iam.list_instance_profiles_for_role(RoleName=out["role"])["InstanceProfiles"]) == 1
    (user,) = iam.list_users()["Users"]
    (key,) = iam.list_access_keys(UserName=user["UserName"])["AccessKeyMetadata"]
    assert key["Status"] == "Active"

    assert kms.describe_key(KeyId=out["key"])["KeyMetadata"]["Description"] == "images"
    assert kms.get_key_rotation_status(KeyId=out["key"])["KeyRotationEnabled"] is True
    assert [one["TargetKeyId"] for one in kms.list_aliases()["Aliases"] if one["AliasName"] == "alias/images"] == [
        out["key"]
    ]

    ecr = emulator.client("ecr")
    repositories = {one["repositoryName"]: one for one in ecr.describe_repositories()["repositories"]}
    assert sorted(repositories) == ["apps/api", "apps/web"]
    assert repositories["apps/web"]["imageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert repositories["apps/web"]["encryptionConfiguration"]["kmsKey"].endswith(out["key"])
    abroad = emulator.client("ecr", "eu-west-1").describe_repositories()["repositories"]
    assert [one["repositoryArn"] for one in abroad] == ["arn:aws:ecr:eu-west-1:123456789012:repository/apps/web"]
    assert ecr.get_registry_scanning_configuration()["scanningConfiguration"]["rules"][0]["scanFrequency"] == (
        "SCAN_ON_PUSH"
    )
    assert len(ecr.describe_registry()["replicationConfiguration"]["rules"]) == 1
    assert "ecr:ReplicateImage" in ecr.get_registry_policy()["policyText"]
    for call in (ecr.get_repository_policy, ecr.get_lifecycle_policy):
        assert call(repositoryName="apps/web")["registryId"] == "123456789012"

    secrets = emulator.client("secretsmanager")
    for name in ("builder", "ecr-pullthroughcache/docker-hub"):
        assert secrets.get_secret_value(SecretId=name)["SecretString"] == CANARY
    assert secrets.describe_secret(SecretId="builder")["ReplicationStatus"][0]["Region"] == "eu-west-1"
    ssm = emulator.client("ssm")
    assert ssm.get_parameter(Name="/registry/owner")["Parameter"]["Value"] == "123456789012/test"

    (topic,) = sns.list_topics()["Topics"]
    attributes = sns.get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"]
    assert attributes["KmsMasterKeyId"].endswith(out["key"])
    assert json.loads(attributes["Policy"])["Statement"][0]["Sid"] == "events"
    assert len(sns.list_subscriptions()["Subscriptions"]) == 1
    (rule,) = emulator.client("events").list_rules()["Rules"]
    assert rule["State"] == "ENABLED"
    (target,) = emulator.client("events").list_targets_by_rule(Rule=rule["Name"])["Targets"]
    assert target["Arn"] == topic["TopicArn"]
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 3600}

    alarms = emulator.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert {alarm["Threshold"] for alarm in alarms} == {1000, 0.5}
    assert len(emulator.client("cloudwatch").list_dashboards()["DashboardEntries"]) == 1
    (group,) = emulator.client("logs").describe_log_groups()["logGroups"]
    assert group["retentionInDays"] == 30
    assert len(emulator.client("logs").describe_metric_filters()["metricFilters"]) == 1
    functions = emulator.client("lambda")
    (function,) = functions.list_functions()["Functions"]
    assert function["Environment"]["Variables"] == {"PREFIX": "apps"}
    assert function["CodeSize"] > 100
    assert "events.amazonaws.com" in functions.get_policy(FunctionName=function["FunctionName"])["Policy"]


def _drift(emulator: Emulator, stack: EngineProject) -> None:
    """What a person changes in the console: twelve resources, and one that goes."""
    out = stack.outputs()
    iam, ecr, events = emulator.client("iam"), emulator.client("ecr"), emulator.client("events")
    empty = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    iam.update_role(RoleName=out["role"], Description="pulls")
    (inline,) = iam.list_role_policies(RoleName=out["role"])["PolicyNames"]
    iam.put_role_policy(RoleName=out["role"], PolicyName=inline, PolicyDocument=json.dumps(empty))
    (attached,) = iam.list_attached_role_policies(RoleName=out["role"])["AttachedPolicies"]
    iam.detach_role_policy(RoleName=out["role"], PolicyArn=attached["PolicyArn"])
    emulator.client("kms").update_key_description(KeyId=out["key"], Description="somebody else's")
    ecr.put_image_tag_mutability(repositoryName="apps/api", imageTagMutability="IMMUTABLE")
    ecr.put_registry_scanning_configuration(scanType="BASIC", rules=[])
    ecr.put_replication_configuration(replicationConfiguration={"rules": []})
    emulator.client("secretsmanager").tag_resource(SecretId="builder", Tags=[{"Key": "stray", "Value": "yes"}])
    emulator.client("ssm").put_parameter(Name="/registry/owner", Value="mallory", Type="String", Overwrite=True)
    (rule,) = events.list_rules()["Rules"]
    events.disable_rule(Name=rule["Name"])
    (group,) = emulator.client("logs").describe_log_groups()["logGroups"]
    emulator.client("logs").put_retention_policy(logGroupName=group["logGroupName"], retentionInDays=1)
    (topic,) = emulator.client("sns").list_topics()["Topics"]
    emulator.client("sns").set_topic_attributes(
        TopicArn=topic["TopicArn"], AttributeName="DisplayName", AttributeValue="spam"
    )
    (function,) = emulator.client("lambda").list_functions()["Functions"]
    emulator.client("lambda").update_function_configuration(FunctionName=function["FunctionName"], Timeout=900)


def _nothing_left(emulator: Emulator) -> None:
    assert emulator.client("iam").list_roles()["Roles"] == []
    assert emulator.client("iam").list_users()["Users"] == []
    assert emulator.client("iam").list_policies(Scope="Local")["Policies"] == []
    assert emulator.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"] == []
    assert emulator.client("ecr").describe_repositories()["repositories"] == []
    assert emulator.client("ecr", "eu-west-1").describe_repositories()["repositories"] == []
    assert emulator.client("ecr").describe_registry()["replicationConfiguration"]["rules"] == []
    assert emulator.client("secretsmanager").list_secrets()["SecretList"] == []
    assert emulator.client("ssm").describe_parameters()["Parameters"] == []
    assert emulator.client("sns").list_topics()["Topics"] == []
    assert emulator.client("events").list_rules()["Rules"] == []
    assert emulator.client("logs").describe_log_groups()["logGroups"] == []
    assert emulator.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    assert emulator.client("cloudwatch").list_dashboards()["DashboardEntries"] == []
    assert emulator.client("lambda").list_functions()["Functions"] == []


@pytest.mark.parametrize("kept", ["store", "emulator"])
def test_what_is_there_is_imported_as_it_is(tmp_path: Path, request: pytest.FixtureRequest, kept: str) -> None:
    environment = request.getfixturevalue("emulator").environment if kept == "emulator" else {}
    stack = engine_project(tmp_path, "adopted", environment=environment)
    stack.up()
    made = stack.resources()
    for found in reversed(made.values()):
        stack.run("state", "delete", found["urn"], "--yes")
    ids = {name: found["id"] for name, found in made.items()}
    stack.configure({"throwaway:ids": json.dumps(ids)})
    assert stack.up().changes == {"import": len(made)}
    assert _meant(stack.resources()) == _meant(made)
    assert stack.up("--expect-no-changes").changes == {}
    assert stack.refresh("--expect-no-changes").changes == {}


def _meant(resources: dict[str, Any]) -> dict[str, Any]:
    """The outputs, without what a cloud never gives back, and without the form of a document."""
    return {
        name: {
            key: documents.normal(value)
            for key, value in found["outputs"].items()
            # A secret is encrypted anew each time; a policy that was made first had no attachment yet.
            if key not in KINDS[found["type"]].write_only | KINDS[found["type"]].secret | {"attachmentCount"}
        }
        for name, found in resources.items()
    }
