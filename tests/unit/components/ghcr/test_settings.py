"""What kind `ghcr` may be told."""

import pytest

from components._settings import Settings
from components.ghcr.settings import CredentialSettings, GhcrSettings, RetentionSettings
from contract.kinds import Auth, Kind
from github.names import OwnerKind, Visibility
from tests.unit.stack.reading import mistake, parse

CANARY = "ghp_canary0000000000000000000000000000000"


def _config(**block: object) -> dict[str, object]:
    return {"environment": "dev", "registries": {"main": {"kind": "ghcr", "namespace": "acme/apps", **block}}}


def _read(**block: object) -> GhcrSettings:
    found = parse(_config(**block), stack="dev", secret={"registries"}).registries["main"]
    assert isinstance(found, GhcrSettings)
    return found


def test_an_owner_is_enough() -> None:
    found = _read(namespace="acme")
    assert (found.kind, found.owner, found.prefix) == (Kind.GHCR, "acme", "")
    assert (found.owner_kind, found.visibility, found.credential) == (OwnerKind.ORGANIZATION, Visibility.PRIVATE, None)


def test_how_the_builder_gets_in_is_what_was_given() -> None:
    assert _read().builder_auth() is Auth.GITHUB_TOKEN
    assert _read(credential={"username": "acme-bot", "token": CANARY}).builder_auth() is Auth.STATIC


def test_the_namespace_is_made_lower_case() -> None:
    found = _read(namespace="Acme-Inc/Team/Apps")
    assert (found.namespace, found.owner, found.prefix) == ("acme-inc/team/apps", "acme-inc", "team/apps")


@pytest.mark.parametrize(
    "namespace",
    ["", "/apps", "acme/", "a--b", "-acme", "acme-/x", "x" * 40, "acme//x", "acme/a b", "acme/é", "ghcr.io/acme"],
)
def test_a_hostile_namespace_is_refused(namespace: str) -> None:
    assert "registries.main.namespace" in mistake(_config(namespace=namespace), stack="dev").where


def test_a_token_is_never_shown() -> None:
    found = _read(credential={"username": "acme-bot", "token": CANARY})
    assert CANARY not in f"{found} {found!r} {found.model_dump()} {found.model_dump_json()}"
    problem = mistake(_config(credential={"username": "a--b", "token": CANARY}), stack="dev")
    assert CANARY not in str(problem)
    problem = mistake(_config(credential={"username": "acme-bot", "token": [CANARY]}), stack="dev")
    assert CANARY not in str(problem)
    assert "pulumi config set --secret --path" in problem.mend


def test_a_token_in_plain_is_refused_and_not_shown() -> None:
    problem = mistake(_config(credential={"username": "acme-bot", "token": CANARY}), stack="dev")
    assert problem.where == "stack dev: registries.main.credential.token"
    assert problem.what == "is a secret, and written in plain"
    assert "--secret --path 'registries.main.credential.token'" in problem.mend
    assert CANARY not in str(problem)
    told = _config(credential={"username": "acme-bot", "token": "simulated-secret"})
    assert parse(told, stack="dev", simulated=True).registries


def test_only_an_organization_has_internal_packages() -> None:
    assert _read(visibility="internal").visibility is Visibility.INTERNAL
    problem = mistake(_config(visibility="internal", ownerKind="user"), stack="dev")
    assert "visibility: internal" in problem.what


@pytest.mark.parametrize(("key", "value"), [("keepNewest", 0), ("untaggedDays", 0), ("untaggedDays", "7")])
def test_retention_never_means_everything_at_once(key: str, value: object) -> None:
    assert f"retention.{key}" in mistake(_config(retention={key: value}), stack="dev").where


@pytest.mark.parametrize("model", [GhcrSettings, CredentialSettings, RetentionSettings])
def test_every_field_states_its_meaning_and_an_example(model: type[Settings]) -> None:
    for name, found in model.model_fields.items():
        if name != "kind":
            assert found.description, name
            assert found.examples, name
