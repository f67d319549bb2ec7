"""Who may do what: the table of permissions.yaml, asked of a real evaluator; and that the table leaves nothing out."""

from typing import Any

import botocore.session
import pytest

from components.aws.documents import EVERYBODY, By, allow
from components.aws.place import Place
from components.ecr import rights
from tests.support.iam import allowed, findings
from tests.unit.components.ecr.permissions import (
    KEY,
    NAMESPACE,
    PAGE,
    PLACE,
    Question,
    documents,
    page,
    permission_questions,
    permissions,
)

ATTACHED = {
    "repository": PLACE.repository(f"{NAMESPACE}/web"),
    "registry": PLACE.repository(f"{NAMESPACE}/web"),
    "key": KEY,
}

# What the linter says that is meant, with the reason.
MEANT = {
    ("push", "CREDENTIALS_EXPOSURE"): "a token for docker is what a builder needs",
    ("pull", "CREDENTIALS_EXPOSURE"): "a token for docker is what a deployer needs",
    ("pull", "RESOURCE_MISMATCH"): "ecr:BatchImportUpstreamImage takes a repository; the linter's list is older",
    ("registry", "RESOURCE_MISMATCH"): "ecr:BatchImportUpstreamImage takes a repository; the linter's list is older",
    ("key", "RESOURCE_STAR"): "in a key's policy `*` is that key",
    ("key", "PERMISSIONS_MANAGEMENT_ACTIONS"): "the account administers its key",
    (
        "template-role",
        "PERMISSIONS_MANAGEMENT_ACTIONS",
    ): "a new repository needs a grant (kms:CreateGrant) on the one key",
}


@pytest.mark.parametrize("question", permission_questions(), ids=str)
def test_the_evaluator_says_what_the_table_says(question: Question) -> None:
    assert question.asked(documents()[question.block]) is question.expected


@pytest.mark.parametrize("name", documents())
def test_every_statement_has_a_reason_and_is_asked_about(name: str) -> None:
    block = permissions()[name]
    statements = documents()[name]["Statement"]
    assert [statement["Sid"] for statement in statements] == list(block["says"])
    for statement in statements:
        alone = {"Version": "2012-10-17", "Statement": [statement]}
        asked = [question for question in permission_questions() if question.block == name and question.expected]
        assert any(question.asked(alone) for question in asked), f"no row needs {statement['Sid']}"  # type: ignore[arg-type]


def test_the_table_has_no_key_that_nothing_reads() -> None:
    for block in permissions().values():
        assert set(block) <= {"title", "for", "says", "allowed", "refused"}
        assert {key for row in block["allowed"] + block["refused"] for key in row} <= {
            "do", "at", "as", "with", "because"
        }  # fmt: skip
        assert all(row.get("because") for row in block["refused"])


def _actions() -> set[str]:
    operations: Any = botocore.session.get_session().get_service_model("ecr").operation_names
    # These two are ECR's own, and no calls.
    return {f"ecr:{operation}" for operation in operations} | {"ecr:ReplicateImage", "ecr:BatchImportUpstreamImage"}


@pytest.mark.parametrize("name", ["push", "pull", "clean", "findings", "template-role"])
@pytest.mark.parametrize("resource", ["repository/snapdeploy-apps/web", "repository/docker-hub/library/alpine", "*"])
def test_of_all_actions_of_ecr_only_those_of_the_table_pass(name: str, resource: str) -> None:
    """The list is the SDK's, so that an action that AWS adds is asked about too."""
    arn = PLACE.arn("ecr", resource) if resource != "*" else resource
    passing = {action for action in _actions() if allowed(documents()[name], action, arn)}
    reached = {"*"} if resource == "*" else {"*", PLACE.repository("*"), arn}
    told = {
        one.action for one in permission_questions() if one.block == name and one.expected and one.resource in reached
    }
    assert passing == {action for action in told if action.startswith("ecr:")}


@pytest.mark.parametrize("name", documents())
def test_the_linter_finds_nothing_but_what_is_meant(name: str) -> None:
    found = {issue for issue, _ in findings(documents()[name], ATTACHED.get(name, PLACE.iam("role/x")))}
    assert found == {issue for block, issue in MEANT if block == name}


def test_the_linter_would_find_something() -> None:
    wrong = allow("Wrong", ["ecr:PutImages", "s3:GetObject"], ["*"])
    issues = {issue for issue, _ in findings({"Version": "2012-10-17", "Statement": [wrong]}, "*")}
    assert "UNKNOWN_ACTION" in issues


@pytest.mark.parametrize("name", documents())
def test_only_what_iam_cannot_narrow_is_allowed_on_everything(name: str) -> None:
    wide = {
        action
        for statement in documents()[name]["Statement"]
        if "*" in statement.get("Resource", [])
        for action in statement["Action"]
    }
    assert name == "key" or wide <= {"ecr:GetAuthorizationToken"}


@pytest.mark.parametrize(("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_no_document_leaves_its_partition(region: str, partition: str) -> None:
    place = Place("123456789012", region)
    found = [
        rights.push(place, NAMESPACE),
        rights.pull(place, NAMESPACE, ["docker-hub"]),
        rights.clean(place, NAMESPACE),
        rights.findings(place, NAMESPACE),
        rights.repository(place, ["210987654321"]),
        rights.registry(place, NAMESPACE, sources=["210987654321"], importers=["210987654321"], caches=["docker-hub"]),
        rights.key(place),
        rights.template_role([place], [NAMESPACE]),
    ]
    assert "arn:aws:" not in repr(found)
    assert f"arn:{partition}:" in repr(found)


def test_a_policy_for_nobody_is_none() -> None:
    assert rights.repository(PLACE) is None
    assert rights.registry(PLACE, NAMESPACE) is None
    assert rights.registry(PLACE, NAMESPACE, importers=["210987654321"]) is None, "there is no cache to fill"
    assert rights.registry(PLACE, NAMESPACE, caches=["docker-hub"]) is None, "there is nobody to fill it"


def test_without_caches_and_keys_there_is_no_statement_for_them() -> None:
    assert [one["Sid"] for one in rights.pull(PLACE, NAMESPACE)["Statement"]] == ["Token", "Pull"]
    assert [one["Sid"] for one in rights.template_role([PLACE], [NAMESPACE])["Statement"]] == ["MakeRepositories"]


def test_documents_do_not_depend_on_the_order_of_accounts() -> None:
    assert rights.repository(PLACE, ["222222222222", "111111111111"]) == rights.repository(
        PLACE, ["111111111111", "222222222222"]
    )


def test_a_statement_for_everybody_needs_a_condition() -> None:
    with pytest.raises(ValueError, match="would allow everybody"):
        allow("Open", ["sts:AssumeRole"], principals={By.ACCOUNT: [EVERYBODY]})


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == page(), "run `python -m tests.unit.components.ecr.permissions`"
