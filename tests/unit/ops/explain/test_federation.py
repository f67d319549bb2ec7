"""Google's trust in GitHub's jobs: what a condition lets in, who that is in words, and who gains and loses."""

import json
from typing import Any

import pytest

from components._access import Right
from components._github_jobs import GITHUB_ISSUER, GithubJobs
from components.artifact_registry import federation as made
from components.artifact_registry import rights as roles
from components.artifact_registry.holders import Holders
from ops.explain import cel, digest, federation
from ops.explain.permissions import permissions
from ops.explain.point import Danger, Point

ROLE = "roles/iam.workloadIdentityUser"
POOL = "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
OWN = "snapdeploy:registry:ArtifactRegistry$snapdeploy:artifact-registry:Holders$"
JOBS = GithubJobs(repository="acme/app", branches=("main", "release/*"), tags=("v*-*",), environments=("prod",))


def step(token: str, name: str, old: Any, new: Any, *, own: bool = False, depends: Any = None) -> dict[str, Any]:
    op = "create" if old is None else "delete" if new is None else "same" if old == new else "update"
    states = {
        key: {"type": token, "custom": True, "inputs": inputs, "propertyDependencies": depends or {}}
        for key, inputs in (("oldState", old), ("newState", new))
        if inputs is not None
    }
    return {"op": op, "urn": f"urn:pulumi:gcp::registry::{OWN if own else ''}{token}::{name}", **states}


def said(*steps: dict[str, Any]) -> list[Point]:
    # Something that stood before, so that what widens is a danger.
    stood = step("gcp:pubsub/topic:Topic", "stood", {"name": "t"}, {"name": "t"})
    return list(permissions(digest.read(json.dumps({"steps": [stood, *steps]}))))


def provider(condition: str | None, mapping: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "workloadIdentityPoolId": "pool",
        "oidc": {"issuerUri": GITHUB_ISSUER},
        "attributeMapping": mapping or made.mapping(Right.PUSH, "ci"),
        **({} if condition is None else {"attributeCondition": condition}),
        **more,
    }


def ours(jobs: GithubJobs = JOBS, owner: int = 1, repository: int = 2) -> str:
    return made.condition(jobs, owner_id=owner, repository_id=repository)


def changed(old: Any, new: Any, *, name: str = "main-push-ci", own: bool = True) -> list[Point]:
    return said(step(federation.PROVIDER, name, old, new, own=own))


def test_what_is_known_here_of_the_component_is_what_it_does() -> None:
    assert federation.ISSUER == GITHUB_ISSUER
    assert federation.HOLDERS == Holders.TYPE
    assert federation.TRUSTED == made.TRUSTED
    assert federation.FEDERATE == roles.FEDERATE
    assert {str(right): roles.role(right) for right in Right} == federation.ROLES


@pytest.mark.parametrize("new", [None, provider("assertion.repository_id == '2'")])
def test_a_provider_that_is_made_or_goes_is_told_job_by_job(new: Any) -> None:
    found = changed(provider(ours()), new) if new is None else changed(None, provider(ours()))
    told = {str(point.sentence) for point in found}
    verb = "may no longer" if new is None else "may now"
    assert told == {
        f"jobs of GitHub repository acme/app (1/2) {where} {verb} act as service account main-push-account, "
        "and by that pull images, push images"
        for where in ("in environment prod", "on branch main", "on branch release/*", "on tag v*-*")
    }
    assert {point.danger for point in found} == ({None} if new is None else {Danger.WIDENED})


def test_a_changed_condition_is_told_as_who_gains_and_who_loses() -> None:
    gains, loses = changed(
        provider(ours(JOBS.model_copy(update={"branches": ("main",)}))),
        provider(ours(JOBS.model_copy(update={"branches": ("next",)}))),
    )
    assert "on branch next may now act" in str(gains.sentence)
    assert gains.danger is Danger.WIDENED
    assert "on branch main may no longer act" in str(loses.sentence)
    assert loses.danger is None


def test_the_same_condition_in_other_words_changes_nothing() -> None:
    other = (
        "(assertion.ref=='refs/heads/main' || 'refs/heads/next' == assertion.ref) && assertion.repository_id == \"2\""
    )
    first = "assertion.repository_id in ['2'] && assertion.ref in ['refs/heads/next', 'refs/heads/main']"
    assert not changed(provider(first), provider(other))


@pytest.mark.parametrize(
    ("condition", "who", "danger"),
    [
        ("true", "jobs of ANY repository on GitHub, those of pull requests too, may now act", Danger.PUBLIC),
        (None, "jobs of ANY repository on GitHub, those of pull requests too, may now act", Danger.PUBLIC),
        ("assertion.actor == 'me'", "if actor is me", Danger.PUBLIC),
        ("assertion.repository_owner == 'acme'", "jobs of ANY repository of acme on GitHub", Danger.WIDENED),
        ("assertion.repository_id == '2'", "jobs of the GitHub repository with number 2", Danger.WIDENED),
        ("assertion.repository.startsWith('acme')", "jobs of GitHub repository acme*", Danger.PUBLIC),
        ("assertion.repository.startsWith('acme/')", "jobs of GitHub repository acme/*", Danger.WIDENED),
        ("has(assertion.repository)", "jobs of ANY repository on GitHub", Danger.PUBLIC),
        ("assertion.repository != 'acme/app'", "jobs of ANY repository on GitHub", Danger.PUBLIC),
        ("assertion.repository == 'acme/app' && assertion.ref.matches('x')", "if ref matches x", Danger.WIDENED),
        (
            "assertion.repository == 'acme/app' && !assertion.ref.contains('x')",
            "ref does not contain x",
            Danger.WIDENED,
        ),
    ],
)
def test_a_condition_that_lets_in_more_is_a_danger(condition: str | None, who: str, danger: Danger) -> None:
    found = changed(provider(ours()), provider(condition))
    gained = [point for point in found if who in str(point.sentence)]
    assert [point.danger for point in gained] == [danger], [str(point.sentence) for point in found]


def test_pull_requests_that_are_let_in_are_told() -> None:
    (point,) = changed(
        provider("assertion.repository == 'acme/app' && !assertion.event_name.startsWith('pull_request')"),
        provider("assertion.repository == 'acme/app'"),
    )
    assert "acme/app, those of pull requests too, may now act" in str(point.sentence)
    assert point.danger is Danger.WIDENED


def test_a_provider_that_is_switched_off_lets_in_nobody() -> None:
    assert not changed(None, provider(ours(), disabled=True))
    assert all(point.danger is Danger.WIDENED for point in changed(provider(ours(), disabled=True), provider(ours())))


@pytest.mark.parametrize(
    "condition",
    [
        "assertion.repository.lowerAscii() == 'acme/app'",
        "assertion.sub == attribute.strange",
        "size(assertion.ref) > 3",
        "'acme/app'",
        "assertion.repository == 'a",
        "assertion.repository == '''a'''",
        "assertion.repository == 'a\\x41'",
        "(" * 70 + "true" + ")" * 70,
        " && ".join(["(assertion.a == '1' || assertion.a == '2')"] * 9),
        "true &&",
        "true true",
        "assertion.repository == 'acme/app')",
        "true " + " " * 5000,
        UNKNOWN,
    ],
)
def test_a_condition_that_cannot_be_read_is_a_danger_that_says_so(condition: str) -> None:
    (point,) = [point for point in changed(provider(ours()), provider(condition)) if point.danger]
    assert "cannot be read" in str(point.sentence)
    assert point.danger is Danger.WIDENED
    assert not [one for one in changed(provider(ours()), provider(condition)) if "no longer" in str(one.sentence)]


@pytest.mark.parametrize(
    ("pattern", "operator", "value"),
    [
        ("^refs/heads/.*[.]x$", "StringLike", "refs/heads/*.x"),
        ("^main$", "StringEquals", "main"),
        ("^a\\.b$", "StringEquals", "a.b"),
        ("main", "Matches", "main"),
        ("^a[*]$", "Matches", "^a[*]$"),
        ("^a+$", "Matches", "^a+$"),
        ("^ab*$", "Matches", "^ab*$"),
        ("^.*?x$", "Matches", "^.*?x$"),
        ("^[.]*$", "Matches", "^[.]*$"),
        ("^a{2}$", "Matches", "^a{2}$"),
        ("^(a|b)$", "Matches", "^(a|b)$"),
        ("^a.$", "Matches", "^a.$"),
        ("^[ab]$", "Matches", "^[ab]$"),
        ("^\\d$", "Matches", "^\\d$"),
    ],
)
def test_an_expression_is_a_pattern_only_where_it_is_no_more(pattern: str, operator: str, value: str) -> None:
    ((condition,),) = cel.ways(f"assertion.ref.matches(r'{pattern}')", {})
    assert (condition.operator, condition.values) == (operator, (value,))


def test_no_is_carried_to_the_claims() -> None:
    both = cel.ways("!(assertion.a == '1' || has(assertion.b)) && !!true", {})
    assert [[(one.operator, one.key) for one in way] for way in both] == [[("StringNotEquals", "a"), ("HasNot", "b")]]
    assert cel.ways("false || !true", {}) == ()
    assert len(cel.ways("!(assertion.a == '1' && assertion.b in ['2', '3'])", {})) == 2


def test_somebody_elses_pool_is_told_where_both_halves_are_there() -> None:
    member = {"serviceAccountId": "projects/p/serviceAccounts/b@p.iam.gserviceaccount.com", "role": ROLE}
    mapping = {"google.subject": "assertion.sub", "attribute.repository": "assertion.repository"}
    found = said(
        step(federation.PROVIDER, "github", None, provider("assertion.repository_owner_id == '1'", mapping)),
        step(
            "gcp:serviceaccount/iAMMember:IAMMember",
            "act",
            None,
            {**member, "member": f"{POOL}/attribute.repository/acme/app"},
        ),
    )
    (point,) = found
    assert str(point.sentence) == (
        "jobs of GitHub repository acme/app (1), those of pull requests too, may now act as service account "
        "b@p.iam.gserviceaccount.com"
    )
    alone = said(
        step(
            "gcp:serviceaccount/iAMMember:IAMMember",
            "act",
            None,
            {**member, "member": f"{POOL}/attribute.repository/acme/app"},
        )
    )
    assert "whoever signs in through pool pool with repository = acme/app" in str(alone[0].sentence)


def test_a_grant_is_said_once_and_by_an_address_that_follows() -> None:
    account = "urn:pulumi:gcp::registry::gcp:serviceaccount/account:Account::push"
    found = said(
        step("gcp:serviceaccount/account:Account", "push", None, {"accountId": "pusher", "project": "example.com:p"}),
        step(
            "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
            "granted",
            None,
            {"member": UNKNOWN, "repository": "apps", "role": "roles/artifactregistry.reader"},
            depends={"member": [account]},
        ),
        step(
            "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
            "late",
            None,
            {"member": UNKNOWN, "repository": "apps", "role": "roles/artifactregistry.reader"},
        ),
    )
    assert [str(point.sentence) for point in found] == [
        "service account pusher@p.example.com.iam.gserviceaccount.com may now pull images on repository apps",
        "What late gives to whom is known only after the update",
    ]


def test_a_role_that_is_not_known_is_told_by_its_name() -> None:
    def told(role: str) -> str:
        (point,) = said(
            step(
                "gcp:projects/iAMMember:IAMMember",
                "one",
                None,
                {"member": "user:a@b.c", "project": "p", "role": role},
            )
        )
        return str(point.sentence)

    assert told("roles/logging.logWriter") == "user a@b.c may now write logs on everything in project p"
    assert told("roles/yachts.sailor") == "user a@b.c may now roles/yachts.sailor on everything in project p"


def test_a_new_service_account_that_may_do_anything_is_a_danger() -> None:
    account = "urn:pulumi:gcp::registry::gcp:serviceaccount/account:Account::push"
    (point,) = said(
        step("gcp:serviceaccount/account:Account", "push", None, {"accountId": "pusher", "project": "p"}),
        step(
            "gcp:projects/iAMMember:IAMMember",
            "one",
            None,
            {"member": UNKNOWN, "project": "p", "role": "roles/owner"},
            depends={"member": [account]},
        ),
    )
    assert point.danger is Danger.WIDENED


def test_a_pools_member_is_who_its_attribute_says_and_nobody_else() -> None:
    mapping = {"google.subject": "assertion.sub", "attribute.who": "'one'"}
    other = {"google.subject": "assertion.sub", "attribute.who": "'other'"}
    grant = {
        "serviceAccountId": "projects/p/serviceAccounts/b@p.iam.gserviceaccount.com",
        "role": ROLE,
        "member": f"{POOL}/attribute.who/one",
    }
    found = said(
        step(federation.PROVIDER, "one", None, provider("assertion.repository == 'acme/one'", mapping)),
        step(federation.PROVIDER, "other", None, provider("assertion.repository == 'acme/other'", other)),
        step("gcp:serviceaccount/iAMMember:IAMMember", "act", None, grant),
    )
    assert ["acme/one" in str(point.sentence) for point in found] == [True]


def test_what_somebody_had_is_not_called_lost_where_who_has_it_now_is_not_known() -> None:
    token = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"
    told = {"repository": "apps", "role": "roles/artifactregistry.reader"}
    found = said(
        step("gcp:example/thing:Thing", "thing", None, {"label": "x"}),
        step(
            token,
            "granted",
            {**told, "member": "user:a@b.c"},
            {**told, "member": UNKNOWN},
            depends={"member": ["urn:pulumi:gcp::registry::gcp:example/thing:Thing::thing"]},
        ),
    )
    assert [str(point.sentence) for point in found] == [
        "thing (whose address is known only after the update) may now pull images on repository apps"
    ]
    assert found[0].danger is Danger.WIDENED
