"""Mistakes in access reach the user as others do: the path in the file, the fact, what to write."""

import pytest
from pydantic import Field

from components._settings import Settings
from components.artifact_registry.settings_access import AccessSettings
from contract.problem import Problems
from stack._models import read
from stack._report import Report
from tests.unit.components.artifact_registry.accessible import GITHUB, GKE


class Registry(Settings):
    """As much of a registry's settings as this is about."""

    access: AccessSettings = Field(default_factory=AccessSettings, description="who may what", examples=[{}])


def _told(block: dict[str, object]) -> list[tuple[str, str, str]]:
    report = Report(stack="prod", file=None, secret_keys=())
    assert read(Registry, {"access": block}, ("registries", "main"), report) is None
    with pytest.raises(Problems) as caught:
        report.raise_if_any()
    problems = caught.value.problems
    return [(one.where.removeprefix("stack prod: registries.main."), one.what, one.mend) for one in problems]


@pytest.mark.parametrize(
    ("block", "where", "what", "mend"),
    [
        (
            {"push": {"ci": {"from": "githb"}}},
            "access.push.ci.from",
            "has to be one of github, gke, compute, account, key, but is the text `githb`",
            "write `from: github`",
        ),
        (
            {"push": {"ci": {key: value for key, value in GITHUB.items() if key != "ownerId"}}},
            "access.push.ci.ownerId",
            "is missing",
            "write for example `ownerId: 1234567` (`gh api repos/OWNER/NAME --jq .owner.id`)",
        ),
        (
            {"pull": {"all": {"from": "account", "member": "allUsers"}}},
            "access.pull.all.member",
            ("the text `allUsers` is not serviceAccount:ADDRESS, group:ADDRESS or user:ADDRESS, in lower-case letters"),
            (
                'write for example `member: "serviceAccount:deployer@my-project.iam.gserviceaccount.com"` '
                "(who, as Google's policies write it)"
            ),
        ),
        (
            {"push": {"pods": {**GKE, "workload_pool": "x.svc.id.goog"}}},
            "access.push.pods.workload_pool",
            "is not a key that can stand here",
            "write `workloadPool` instead of `workload_pool`",
        ),
        (
            {"accountPrefix": "snapdeploy-staging-europe-main"},
            "access.accountPrefix",
            (
                "the text `snapdeploy-staging-europe-main` is not a prefix: up to 24 of a-z, 0-9 and '-', a letter "
                "first, no '-' last, and not `gcp-…`"
            ),
            (
                "write for example `accountPrefix: snapdeploy-prod` "
                "(what the ids of the service accounts begin with; left out: snapdeploy-<stack>-<registry>)"
            ),
        ),
    ],
)
def test_a_mistake_is_told_where_it_is_with_what_to_write(
    block: dict[str, object], where: str, what: str, mend: str
) -> None:
    assert _told(block) == [(where, what, mend)]


def test_all_mistakes_are_told_at_once() -> None:
    told = _told({"push": {"ci": {**GITHUB, "branches": []}, "pods": {**GKE, "namespace": "*"}}})
    assert [where for where, _, _ in told] == ["access.push.ci", "access.push.pods.namespace"]
