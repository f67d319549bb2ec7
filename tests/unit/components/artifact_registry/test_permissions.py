"""Who may do what: the table of permissions.yaml, asked of what the component grants; and that nothing is left out."""

import pytest

from tests.unit.components.artifact_registry.permissions import (
    PAGE,
    Question,
    grants,
    member,
    page,
    permissions,
    questions,
    resource,
    roles,
)

READS = {
    "get", "list", "download", "downloadArtifacts", "exportArtifacts", "listEffectiveTags", "listTagBindings",
    "readViaVirtualRepository", "getIamPolicy",
}  # fmt: skip


@pytest.mark.parametrize("question", questions(), ids=str)
def test_the_grants_say_what_the_table_says(question: Question) -> None:
    assert question.asked(grants()) is question.expected


@pytest.mark.parametrize("name", permissions())
def test_every_permission_that_changes_something_stands_in_the_table_one_way_or_the_other(name: str) -> None:
    """The list is Google's own, with what it has put into its roles beside what one would think."""
    block = permissions()[name]
    if not block["role"].startswith("roles/artifactregistry."):
        return
    told = {one.permission for one in questions() if one.block == name and one.expected}
    passing = {
        permission
        for permission in roles()[block["role"]]
        if permission.startswith("artifactregistry.") and permission.rpartition(".")[2] not in READS
    }
    assert passing <= told


@pytest.mark.parametrize("name", permissions())
def test_the_role_that_the_table_names_is_the_one_that_is_granted(name: str) -> None:
    block = permissions()[name]
    found = {grant.role for grant in grants() if grant.member == member(block["as"])}
    assert found == ({block["role"]} if block["allowed"] else set())


def test_nothing_is_granted_but_roles_that_are_known_on_repositories_and_accounts_of_the_registry() -> None:
    own = {resource(one) for one in ("snapdeploy-apps", "snapdeploy-apps-hub", "push", "pull", "clean")}
    assert {grant.resource for grant in grants()} <= own
    given = {grant.role for grant in grants()}
    assert given == set(roles()) - {"roles/artifactregistry.admin"}


def test_nobody_has_two_roles() -> None:
    for grant in grants():
        assert [one.role for one in grants() if one.member == grant.member and one.resource == grant.resource] == [
            grant.role
        ]


def test_no_service_account_may_become_another_of_the_registrys() -> None:
    own = {member(right) for right in ("push", "pull", "clean")}
    assert not [grant for grant in grants() if grant.member in own and "/serviceAccounts/" in grant.resource]


def test_the_table_has_no_key_that_nothing_reads() -> None:
    for block in permissions().values():
        assert set(block) == {"title", "for", "as", "role", "allowed", "refused"}
        for row in block["allowed"] + block["refused"]:
            assert set(row) == {"do", "at", "because"}


def test_the_page_is_made_of_the_tables() -> None:
    assert PAGE.read_text() == page(), "run `python -m tests.unit.components.artifact_registry.permissions`"
