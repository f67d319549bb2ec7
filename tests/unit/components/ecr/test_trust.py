"""Who may become a role: the table of trust.yaml, and what the config may not say."""

import pytest
from pydantic import ValidationError

from components._github_jobs import GITHUB_ISSUER
from components.aws.place import Place
from components.ecr import trust
from components.ecr.settings_access import AccessSettings
from tests.support.iam import allowed, findings
from tests.unit.components.ecr.permissions import PLACE, Question, principal, trust_document, trust_questions, trusts

# What the linter says that is meant, with the reason.
MEANT = {
    "CREDENTIALS_EXPOSURE": "to become a role is to get its credentials",
}
MEANT_OF_TOKENS = {
    "UNKNOWN_FEDERATION_SOURCE": "the linter's list has no OIDC provider of an account; ours is one",
    "UNKNOWN_CONDITION_FOR_ACTION": "nor the claims of its tokens",
}
KINDS = {"github", "ec2", "ecs", "eks-pod-identity", "irsa", "account", "organization", "user"}


@pytest.mark.parametrize("question", trust_questions(), ids=str)
def test_the_evaluator_says_what_the_table_says(question: Question) -> None:
    assert question.asked(trust_document(trusts()[question.block])) is question.expected


def test_every_kind_of_principal_stands_in_the_table() -> None:
    assert {block["principal"]["from"] for block in trusts().values()} == KINDS - {"user"}


@pytest.mark.parametrize("name", trusts())
def test_the_linter_finds_nothing_but_what_is_meant(name: str) -> None:
    found = {issue for issue, _ in findings(trust_document(trusts()[name]), PLACE.iam("role/x"))}
    assert found == {*MEANT, *(MEANT_OF_TOKENS if "issuer" in trusts()[name] else {})}


def test_the_table_has_no_key_that_nothing_reads() -> None:
    for block in trusts().values():
        assert set(block) <= {"principal", "issuer", "request", "admits", "refuses"}
        rows = block["admits"] + block["refuses"]
        assert {key for row in rows for key in row} <= {"as", "do", "with", "because"}


@pytest.mark.parametrize("name", trusts())
def test_no_condition_has_a_wildcard_that_nobody_asked_for(name: str) -> None:
    block = trusts()[name]
    asked = repr(block["principal"]).count("*")
    for statement in trust_document(block)["Statement"]:
        conditions = {op: keys for op, keys in statement.get("Condition", {}).items() if op != "ArnLike"}
        assert repr(conditions).count("*") == asked
        assert ("StringLike" in conditions) == (asked > 0)


@pytest.mark.parametrize("name", trusts())
@pytest.mark.parametrize(("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_no_document_leaves_its_partition(name: str, region: str, partition: str) -> None:
    document = trust_document(trusts()[name], Place("123456789012", region))
    assert "arn:aws:" not in repr(document)
    named = repr(document).count("arn:")
    assert named == repr(document).count(f"arn:{partition}:")


def test_in_china_the_token_is_made_for_chinas_sts_and_ec2_has_its_own_principal() -> None:
    place = Place("123456789012", "cn-north-1")
    github = repr(trust_document(trusts()["github, ids pinned"], place))
    assert "'sts.amazonaws.com.cn'" in github
    assert "'ec2.amazonaws.com.cn'" in repr(trust_document(trusts()["ec2"], place))
    assert "'ecs-tasks.amazonaws.com'" in repr(trust_document(trusts()["ecs"], place))
    assert "'pods.eks.amazonaws.com'" in repr(trust_document(trusts()["eks-pod-identity"], place))
    assert "'sts.amazonaws.com'" in repr(trust_document(trusts()["irsa"], place))


def test_a_user_is_nobodys_role() -> None:
    assert trust.document_for(principal({"principal": {"from": "user", "a": "2026-11"}}), PLACE) is None


def test_the_templates_role_is_ecrs_alone() -> None:
    document = trust.template_role(PLACE)
    assert allowed(document, "sts:AssumeRole", principal=("Service", "ecr.amazonaws.com"))
    assert not allowed(document, "sts:AssumeRole", principal=("Service", "ec2.amazonaws.com"))
    assert not allowed(document, "sts:AssumeRole", principal=("AWS", PLACE.root()))


def test_the_provider_is_the_accounts_own() -> None:
    arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    assert trust.provider_arn(GITHUB_ISSUER, PLACE) == arn


GITHUB: dict[str, object] = {"from": "github", "repository": "owner/name", "branches": ["main"]}
PODS: dict[str, object] = {"from": "eks-pod-identity", "cluster": "apps", "namespace": "n", "serviceAccount": "s"}
IRSA: dict[str, object] = {
    "from": "irsa",
    "issuer": "https://oidc.eks.us-east-1.amazonaws.com/id/AB",
    "namespace": "n",
    "serviceAccount": "s",
}


def _mistakes(block: dict[str, object], name: str = "ci") -> list[tuple[tuple[int | str, ...], str]]:
    with pytest.raises(ValidationError) as caught:
        AccessSettings.model_validate({"push": {name: block}}, by_alias=True, by_name=False)
    return [
        (detail["loc"][3:], str(detail.get("ctx", {}).get("error", detail["type"]))) for detail in caught.value.errors()
    ]


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({**GITHUB, "branches": []}, "names no branch, tag or environment"),
        ({**GITHUB, "ownerId": 1}, "has one of `ownerId` and `repositoryId`, and needs both or none"),
        ({**GITHUB, "repositoryId": 1}, "has one of `ownerId` and `repositoryId`, and needs both or none"),
        ({**GITHUB, "ownerId": 0, "repositoryId": 1}, "greater_than_equal"),
        ({**GITHUB, "ownerId": "1", "repositoryId": 1}, "int_type"),
        *(
            ({**GITHUB, "repository": repository}, "is not owner/name of a GitHub repository")
            for repository in (
                "", "owner", "owner/", "/name", "owner/name/x", "*/name", "owner/*", "owner/na?me", "owner/name:ref",
                "owner@1/name", "owner/name@2", "-owner/name", "owner-/name", "own--er/name", "a" * 40 + "/name",
                "o/n\n", "${aws:x}/name",
            )
        ),
        *(
            ({**GITHUB, "branches": [branch]}, "is not a branch or tag: ")
            for branch in ("", "a:b", "a?", "${aws:username}", "a b", "a\n", "x" * 201, "ma[i]n", "é")
        ),
        *(
            ({**GITHUB, "environments": [environment]}, "is not an environment: ")
            for environment in ("", "a:b", "a?", "$x", "a\n", "a'b")
        ),
        *(
            ({**PODS, key: value}, words)
            for key, value, words in (
                ("cluster", "*", "is not a cluster's name"),
                ("cluster", "apps/x", "is not a cluster's name"),
                ("namespace", "*", "is not a name in Kubernetes"),
                ("serviceAccount", "a:b", "is not a name in Kubernetes"),
                ("serviceAccount", "Builder", "is not a name in Kubernetes"),
            )
        ),
        *(
            ({**IRSA, "issuer": issuer}, "is not the address of an OIDC issuer, https://…")
            for issuer in ("oidc.eks.us-east-1.amazonaws.com/id/AB", "http://x.y", "https://", "https://x.y/*", "https://x.y/a?b")
        ),
        ({"from": "account", "account": "*"}, "is not an account's id: 12 digits"),
        ({"from": "account", "account": 210987654321}, "string_type"),
        ({"from": "account", "account": "210987654321", "externalId": "x"}, "is not an external id: "),
        ({"from": "account", "account": "210987654321", "externalId": "a*b"}, "is not an external id: "),
        ({"from": "organization", "id": "*"}, "is not an organization's id, o-…"),
        ({"from": "organization", "id": "o-A1B2C3D4E5"}, "is not an organization's id, o-…"),
        ({"from": "user"}, "delivers the key in slot `a`, which is empty"),
        ({"from": "user", "active": "b", "a": "2026-11"}, "delivers the key in slot `b`, which is empty"),
        ({"from": "ec2", "account": "210987654321"}, "extra_forbidden"),
        ({"from": "github"}, "missing"),
    ],
)  # fmt: skip
def test_what_would_trust_too_much_or_nobody_is_refused(block: dict[str, object], words: str) -> None:
    ((_, found),) = _mistakes(block)
    assert found.startswith(words)


@pytest.mark.parametrize("name", ["", "A", "1a", "a_b", "a" * 32, "ci "])
def test_a_principals_name_can_stand_in_the_name_of_a_role(name: str) -> None:
    assert _mistakes(GITHUB, name)[0][1].startswith("is not a name: ")


@pytest.mark.parametrize(
    "branch", ["main", "release/1.x", "dependabot/npm_and_yarn/a-1.2", "feature/a+b", "user@topic", "release/*", "#12"]
)
def test_the_branches_that_people_have_are_taken(branch: str) -> None:
    AccessSettings.model_validate({"push": {"ci": {**GITHUB, "branches": [branch]}}}, by_alias=True, by_name=False)


def test_settings_that_were_read_can_be_handed_on_by_their_own_names() -> None:
    read = AccessSettings.model_validate(
        {"pull": {name.split(",")[0].replace(" ", "-"): block["principal"] for name, block in trusts().items()}},
        by_alias=True,
        by_name=False,
    )
    assert AccessSettings.model_validate(read.model_dump(exclude_none=True)) == read
