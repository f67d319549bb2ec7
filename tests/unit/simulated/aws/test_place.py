"""Who the caller is, and what a partition changes."""

import pytest

from tests.simulated.behaviour import CloudError
from tests.simulated.lifecycle import Lifecycle, Resource
from tests.simulated.providers.aws import CALLER
from tests.unit.simulated.aws.conftest import Configured

ROLE = Resource("aws:iam/role:Role", "role")
TOPIC = Resource("aws:sns/topic:Topic", "topic")
KEY = Resource("aws:kms/key:Key", "key")
TRUST = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}]}'


def _account(life: Lifecycle) -> object:
    return life.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})["accountId"]


def test_the_account_is_the_named_one_and_its_resources_are_in_it(
    configured: Configured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CALLER, "210987654321")
    life = configured()
    assert _account(life) == "210987654321"
    topic = life.create(TOPIC, {"name": "told"}, preview=False)
    assert topic.id == "arn:aws:sns:us-east-1:210987654321:told"
    monkeypatch.delenv(CALLER)
    assert configured().read(TOPIC, topic.id, {}, {}) is None, "another account sees nothing of it"


def test_a_provider_that_is_pinned_to_another_account_refuses_to_start(
    configured: Configured, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _account(configured(allowedAccountIds='["210987654321"]')) == "210987654321"
    monkeypatch.setenv(CALLER, "999999999999")
    with pytest.raises(CloudError, match="AWS account ID not allowed: 999999999999"):
        configured(allowedAccountIds='["210987654321"]')
    with pytest.raises(CloudError, match="AWS account ID not allowed: 999999999999"):
        configured(forbiddenAccountIds='["999999999999"]')


def test_a_role_elsewhere_makes_the_caller_somebody_there(configured: Configured) -> None:
    life = configured(assumeRoles='[{"roleArn": "arn:aws:iam::210987654321:role/replicas"}]')
    assert _account(life) == "210987654321"


@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_a_partition_is_in_every_arn(configured: Configured, region: str, partition: str) -> None:
    life = configured(region=region)
    role = life.create(ROLE, {"name": "builder", "assumeRolePolicy": TRUST}, preview=False)
    assert role.properties["arn"] == f"arn:{partition}:iam::123456789012:role/builder"
    assert life.create(TOPIC, {"name": "told"}, preview=False).id == f"arn:{partition}:sns:{region}:123456789012:told"
    key = life.create(KEY, {}, preview=False)
    assert key.properties["arn"] == f"arn:{partition}:kms:{region}:123456789012:key/{key.id}"


def test_iam_is_the_same_from_every_region(configured: Configured) -> None:
    role = configured(region="us-east-1").create(ROLE, {"name": "builder", "assumeRolePolicy": TRUST}, preview=False)
    elsewhere = configured(region="eu-west-1")
    assert elsewhere.read(ROLE, role.id, {}, {}) is not None
    with pytest.raises(CloudError, match="EntityAlreadyExists: Role with name builder already exists"):
        elsewhere.create(ROLE, {"name": "builder", "assumeRolePolicy": TRUST}, preview=False)
