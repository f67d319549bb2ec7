"""What target `github-actions` may be told."""

import asyncio
from typing import Any

import pulumi
import pytest

from components._settings import Settings
from components.delivery._github_settings import (
    EnvironmentSettings,
    GithubActionsSettings,
    OrganizationSettings,
    ReviewersSettings,
)
from components.delivery._interface import Context
from components.delivery.github_actions import GithubActions, _hidden
from contract.kinds import Environment
from tests.unit.stack.reading import mistake, parse


def _config(**block: object) -> dict[str, object]:
    told = {"target": "github-actions", "owner": "acme", **block}
    registries = {"main": {"kind": "ghcr", "namespace": "acme"}}
    return {"environment": "dev", "registries": registries, "delivery": {"workflow": told}}


def _read(**block: object) -> GithubActionsSettings:
    found = parse(_config(**block), stack="dev").delivery["workflow"]
    assert isinstance(found, GithubActionsSettings)
    return found


def _wrong(**block: object) -> str:
    return str(mistake(_config(**block), stack="dev"))


def test_a_place_is_a_repository_or_an_organization() -> None:
    assert _read(repository="Builder").destination() == "acme/builder"
    assert _read(repository="b", environment={"name": "Prod"}).destination() == "acme/b, environment prod"
    assert _read(repository="b", environment={}).destination() == "acme/b, environment {stack}"
    assert _read(organization={"repositories": {"b": 1}}).destination() == "organization acme"
    assert "neither `repository` nor `organization`" in _wrong()
    assert "both `repository` and `organization`" in _wrong(repository="b", organization={"access": "all"})
    assert "an environment and no repository" in _wrong(organization={"access": "all"}, environment={})


def test_the_same_place_twice_is_refused_whatever_its_case() -> None:
    told = _config(repository="builder")
    delivery: Any = told["delivery"]
    delivery["again"] = {"target": "github-actions", "owner": "ACME", "repository": "Builder"}
    assert "the same place" in mistake(told, stack="dev").what
    delivery["again"]["environment"] = {"name": "dev"}
    assert len(parse(told, stack="dev").delivery) == 2


def test_selected_repositories_are_named_and_no_others() -> None:
    assert "selects no repository" in _wrong(organization={})
    assert "contradict" in _wrong(organization={"access": "all", "repositories": {"b": 1}})
    assert "has to be a number" in _wrong(organization={"repositories": {"b": 0}})


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ({"reviewers": {}}, "names nobody"),
        ({"reviewers": {"users": {f"u{number}": number for number in range(1, 8)}}}, "names 7 reviewers"),
        ({"protectedBranches": True, "branches": ["main"]}, "both `protectedBranches: true` and patterns"),
        ({"waitMinutes": 43201}, "at most 43200"),
        ({"waitMinutes": -1}, "at least 0"),
        ({"name": "a'b"}, "not an environment's name"),
        ({"name": ""}, "not an environment's name"),
        ({"branches": ["main; rm -rf /"]}, "not a pattern"),
        ({"branches": [""]}, "not a pattern"),
        ({"branches": "main"}, "has to be a list"),
    ],
)
def test_guards_that_github_would_not_take_are_refused(block: dict[str, object], told: str) -> None:
    assert told in _wrong(repository="b", environment=block)


@pytest.mark.parametrize("name", ["", "a/b", "..", "a b", "x.git", "a" * 101, "a\nb"])
def test_a_hostile_repository_is_refused(name: str) -> None:
    assert "delivery.workflow.repository" in _wrong(repository=name)


@pytest.mark.parametrize("owner", ["", "a--b", "a/b", "-a", "x" * 40])
def test_a_hostile_owner_is_refused(owner: str) -> None:
    assert "delivery.workflow.owner" in _wrong(owner=owner, repository="b")


def test_production_says_which_branches_may_use_its_environment() -> None:
    context = Context("prod", Environment.PROD, {})
    open_to_all = GithubActions.objection(_read(repository="b", environment={}), context)
    assert open_to_all is not None
    assert "any branch" in open_to_all.what
    for guard in ({"branches": ["main"]}, {"tags": ["v*"]}, {"protectedBranches": True}):
        assert GithubActions.objection(_read(repository="b", environment=guard), context) is None
    assert GithubActions.objection(_read(repository="b"), context) is None
    assert GithubActions.objection(_read(repository="b", environment={}), Context("dev", Environment.DEV, {})) is None


def test_a_value_for_a_secret_is_hidden_even_where_it_comes_in_plain() -> None:
    async def secret() -> bool:
        return await _hidden(pulumi.Output.from_input("x")).is_secret()

    # `asyncio.run` would take the thread's loop away, which the SDK's mocks need.
    loop = asyncio.new_event_loop()
    assert loop.run_until_complete(secret())
    loop.close()


@pytest.mark.parametrize("model", [GithubActionsSettings, EnvironmentSettings, ReviewersSettings, OrganizationSettings])
def test_every_field_states_its_meaning_and_an_example(model: type[Settings]) -> None:
    for name, found in model.model_fields.items():
        if name not in {"target", "registry"}:
            assert found.description, name
            assert found.examples, name
