"""Who the caller is, on the real engine: the wrong account, another partition, and failures of the newer types."""

import json

import pytest

from tests.engine.simulated.conftest import Project
from tests.simulated.faults import Fault, Faults, Moment, Operation
from tests.simulated.providers.aws import CALLER
from tests.simulated.store import Store
from tests.support.emulator import Emulator


def test_a_provider_pinned_to_another_account_makes_nothing(project: Project) -> None:
    pinned = {"aws:allowedAccountIds": json.dumps(["210987654321"])}
    stack = project("adopted", config=pinned, environment={CALLER: "999999999999"})
    refused = stack.up(fails=True)
    assert "AWS account ID not allowed: 999999999999" in refused.diagnostics
    assert stack.resources() == {}
    assert Store(stack.simulated, "aws").held() == []


@pytest.mark.parametrize(
    ("region", "partition", "domain"),
    [("cn-north-1", "aws-cn", "amazonaws.com.cn"), ("us-gov-west-1", "aws-us-gov", "amazonaws.com")],
)
def test_a_stack_in_another_partition(
    project: Project, emulator: Emulator, region: str, partition: str, domain: str
) -> None:
    stack = project("adopted", config={"aws:region": region}, environment=emulator.environment)
    stack.up()
    found = stack.resources()
    assert found["role"]["outputs"]["arn"] == f"arn:{partition}:iam::123456789012:role/builder"
    assert found["topic"]["id"] == f"arn:{partition}:sns:{region}:123456789012:registry"
    assert found["repository"]["outputs"]["repositoryUrl"].endswith(f".dkr.ecr.{region}.{domain}/apps/web")
    assert stack.refresh("--expect-no-changes").changes == {}
    stack.destroy()
    assert emulator.client("iam", region).list_roles()["Roles"] == []


DENIED = "AccessDenied: User: arn:aws:iam::123456789012:user/x is not authorized to perform: iam:CreateRole"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Operation.CREATE, "aws:iam/role:Role", DENIED),
        Fault(Operation.CREATE, "aws:sns/topic:Topic", "Throttled: Rate exceeded", Moment.PARTIAL),
    ],
    ids=["denied", "half-created"],
)
def test_what_fails_in_the_emulator_is_made_by_the_next_up(project: Project, emulator: Emulator, fault: Fault) -> None:
    stack = project("adopted", environment=emulator.environment)
    Faults(stack.simulated).order(fault)
    assert fault.message in stack.up(fails=True).diagnostics
    stack.up()
    assert stack.up("--expect-no-changes").changes == {}
    assert stack.refresh("--expect-no-changes").changes == {}


def test_what_was_made_and_never_told_is_refused_until_it_is_imported(project: Project, emulator: Emulator) -> None:
    stack = project("adopted", environment=emulator.environment)
    lost = Fault(Operation.CREATE, "aws:ssm/parameter:Parameter", "RequestTimeout: no answer", Moment.LOST)
    Faults(stack.simulated).order(lost)
    assert lost.message in stack.up(fails=True).diagnostics
    again = stack.up(fails=True)
    assert "creating SSM Parameter (/registry/owner): ParameterAlreadyExists" in again.diagnostics
    stack.configure({"throwaway:ids": json.dumps({"mark": "/registry/owner"})})
    stack.up()
    assert stack.up("--expect-no-changes").changes == {}
    assert stack.refresh("--expect-no-changes").changes == {}
