"""Who may come in: the table of trust.yaml, with the conditions evaluated as they stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from components._access import Right
from components._github_jobs import GITHUB_ISSUER, GithubJobs
from components.artifact_registry import federation
from components.artifact_registry.settings_access import GithubPrincipal
from tests.support.cel import holds, mapped
from tests.unit.components.artifact_registry.accessible import POOL, PROVIDER, access
from tests.unit.components.artifact_registry.permissions import granted, principal, trusts

BECOME = {"roles/iam.workloadIdentityUser", "roles/iam.serviceAccountTokenCreator"}
NAME = f"{POOL}/providers/made-up"
MADE_FOR_IT = {"iss": GITHUB_ISSUER, "aud": f"https://iam.googleapis.com/{NAME}"}


@dataclass(frozen=True)
class Row:
    """One row of trust.yaml."""

    block: str
    row: Mapping[str, Any]
    expected: bool

    def __str__(self) -> str:
        return f"{self.block} {'yes' if self.expected else 'no'}: {self.row['because']}"


ROWS = [
    Row(name, row, expected)
    for name, block in trusts().items()
    for expected, rows in ((True, block["admits"]), (False, block["refuses"]))
    for row in rows
]


@cache
def declared(name: str) -> Any:
    """What is declared for the principal of a block."""
    return access({"push": {"x": trusts()[name]["principal"]}})


def _member(name: str, row: Mapping[str, Any]) -> str | None:
    """Who the one of a row is to IAM, after the exchange of its token where it has one; None where it gets none."""
    if "as" in row:
        return str(row["as"])
    claims = {**MADE_FOR_IT, **trusts()[name]["token"], **row.get("with", {})}
    claims = {key: value for key, value in claims.items() if value}
    (provider,) = declared(name).of(PROVIDER)
    # As Google does it: the issuer, the audience (by default the provider's name), the condition, the mapping.
    assert "allowedAudiences" not in provider.inputs["oidc"]
    if claims.get("iss") != provider.inputs["oidc"]["issuerUri"] or claims.get("aud") != MADE_FOR_IT["aud"]:
        return None
    if not holds(provider.inputs["attributeCondition"], claims):
        return None
    attributes = mapped(provider.inputs["attributeMapping"], claims)
    if attributes is None or not 0 < len(attributes["google.subject"]) <= federation.MOST_OF_A_SUBJECT:
        return None
    return f"principalSet://iam.googleapis.com/{POOL}/attribute.trusted/{attributes['attribute.trusted']}"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_grants_say_what_the_table_says(row: Row) -> None:
    member = _member(row.block, row.row)
    trusted = {grant.member for grant in granted(declared(row.block)) if grant.role in BECOME}
    assert (member in trusted) is row.expected


def test_every_kind_of_principal_stands_in_the_table() -> None:
    """Who has a right without becoming anybody stands in permissions.yaml."""
    assert {block["principal"]["from"] for block in trusts().values()} == {"github", "gke", "compute", "key"}


def test_the_table_has_no_key_that_nothing_reads() -> None:
    for block in trusts().values():
        assert set(block) <= {"principal", "token", "admits", "refuses"}
        assert {key for row in block["admits"] + block["refuses"] for key in row} <= {"as", "with", "because"}


def test_one_principals_tokens_are_not_anothers() -> None:
    both = {
        "push": {"ci": trusts()["github"]["principal"]},
        "clean": {"ci": {**trusts()["github"]["principal"], "branches": ["janitor"]}},
    }
    found = access(both)
    of = {one.inputs["displayName"]: one.inputs for one in found.of(PROVIDER)}
    claims = {**trusts()["github"]["token"], "ref": "refs/heads/main"}
    assert holds(of["push-ci"]["attributeCondition"], claims)
    assert not holds(of["clean-ci"]["attributeCondition"], claims)
    values = {name: mapped(inputs["attributeMapping"], claims) for name, inputs in of.items()}
    assert {name: value and value["attribute.trusted"] for name, value in values.items()} == {
        "push-ci": "push-ci",
        "clean-ci": "clean-ci",
    }


def test_a_condition_that_is_in_error_lets_nobody_in() -> None:
    assert not holds("assertion.nothing == 'x'", {"ref": "x"})
    assert mapped({"google.subject": "assertion.nothing"}, {"ref": "x"}) is None


@pytest.mark.parametrize("hostile", ["a' || true || 'b", "a\\' || true || \\'b", "a\\"])
def test_a_text_that_the_config_would_refuse_stays_a_text(hostile: str) -> None:
    """The rules of the config keep quotes out; the conditions do not rely on it."""
    jobs = GithubJobs.model_construct(repository="owner/name", branches=(hostile,), tags=(), environments=(hostile,))
    condition = federation.condition(jobs, owner_id=11, repository_id=22)
    token = trusts()["github"]["token"]
    assert not holds(condition, {**token, "ref": "refs/heads/main", "environment": "prod"})
    assert holds(condition, {**token, "ref": f"refs/heads/{hostile}"})
    assert holds(condition, {**token, "environment": hostile})


@pytest.mark.parametrize("sign", list("._/@+*#=,%- "))
def test_every_sign_that_a_name_may_have_stands_for_itself_beside_a_wildcard(sign: str) -> None:
    jobs = GithubJobs.model_construct(
        repository="owner/name", branches=(), tags=(), environments=(f"*{sign.replace('*', '')}x",)
    )
    condition = federation.condition(jobs, owner_id=11, repository_id=22)
    token = trusts()["github"]["token"]
    assert holds(condition, {**token, "environment": f"y{sign}x"})
    if sign != "*":
        assert not holds(condition, {**token, "environment": "yyx"})


def test_a_subject_is_short_and_names_the_run_however_long_the_names_are() -> None:
    numbers = {"repository_id": "9" * 19, "run_id": "9" * 19, "sub": "repo:" + "x" * 300}
    attributes = mapped(federation.mapping(Right.PUSH, "x" * 21), numbers)
    assert attributes is not None
    assert attributes["google.subject"] == f"github:{'9' * 19}:{'9' * 19}"
    assert len(attributes["google.subject"]) <= federation.MOST_OF_A_SUBJECT


def test_the_condition_is_that_of_the_principal() -> None:
    who = principal(trusts()["github"])
    assert isinstance(who, GithubPrincipal)
    assert who.condition() == (
        "assertion.repository_owner_id == '11' && assertion.repository_id == '22'"
        " && assertion.repository == 'owner/name' && !assertion.event_name.startsWith('pull_request')"
        " && (assertion.ref == 'refs/heads/main' || assertion.ref.startsWith('refs/tags/v')"
        " || (has(assertion.environment) && (assertion.environment == 'prod')))"
    )
