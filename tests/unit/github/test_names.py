"""Names as GitHub takes them; hostile ones are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.image import namespace_mistake
from github import names
from github.names import OwnerKind


@pytest.mark.parametrize("login", ["a", "acme", "Acme-Inc", "a1-b2", "x" * 39, "octocat_acme"])
def test_a_login_is_taken(login: str) -> None:
    assert names.login_mistake(login) is None


@pytest.mark.parametrize(
    "login", ["", "-a", "a-", "a--b", "x" * 40, "a.b", "a b", "a/b", "é", "a\n", "../x", "a_b_c", "a%2Fb", "a;rm -rf"]
)
def test_what_is_no_login_is_refused(login: str) -> None:
    assert names.login_mistake(login) is not None


@given(st.text(max_size=45))
def test_whatever_passes_for_a_login_can_begin_an_image_name(login: str) -> None:
    if names.login_mistake(login) is None:
        assert namespace_mistake(login.lower()) is None


@pytest.mark.parametrize("name", ["a", "my.repo", "_", "-", "a" * 100, "..."])
def test_a_repository_is_taken(name: str) -> None:
    assert names.repository_mistake(name) is None


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a" * 101, "a b", "x.git", "x.GIT", "é", "a\n", "a?b"])
def test_what_is_no_repository_is_refused(name: str) -> None:
    assert names.repository_mistake(name) is not None


@pytest.mark.parametrize("name", ["dev", "a:b", "release/1", "é", "a b", "x" * 255])
def test_an_environment_is_taken(name: str) -> None:
    assert names.environment_mistake(name) is None


@pytest.mark.parametrize("name", ["", "x" * 256, "a\nb", "a'b", 'a"b', "a`b", "a,b", "a;b", "a\\b", " a", "a "])
def test_what_is_no_environment_is_refused(name: str) -> None:
    assert names.environment_mistake(name) is not None


def test_a_package_of_several_parts_is_one_part_of_an_address() -> None:
    assert names.package_settings("acme", OwnerKind.ORGANIZATION, "apps/web") == (
        "https://github.com/orgs/acme/packages/container/apps%2Fweb/settings"
    )
    assert names.package_page("octocat", OwnerKind.USER, "web") == (
        "https://github.com/users/octocat/packages/container/package/web"
    )
