"""Stack `dev` as it is in the repository, on the real engine with GitHub simulated: its whole life."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.simulated.providers.github_kept import ENVIRONMENT
from tests.simulated.store import Key, Store
from tests.support.checkout import Checkout, checkout
from tests.support.fake_github import FakeGitHub, Package, Token

CANARY = "ghp_canary0000000000000000000000000000000"
VARIABLE = "github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable"
SECRET = "github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    with checkout(tmp_path_factory.mktemp("dev stack") / "é") as made:
        yield made


def _run(project: Checkout, command: str, *arguments: str, fails: bool = False, double: str = "") -> str:
    """One simulated command on stack dev; what it printed."""
    skip = [] if command in ("preview", "stack") else ["--yes", "--skip-preview"]
    done = project.pulumi(
        command,
        *arguments,
        "-s",
        "dev",
        *skip,
        SIMULATE="1",
        **({"SNAPDEPLOY_SIMULATED_GITHUB_API": double} if double else {}),
    )
    text = f"{done.stdout}\n{done.stderr}"
    assert (done.returncode != 0) == fails, text
    assert CANARY not in text
    return text


def _outputs(project: Checkout) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_run(project, "stack", "output", "--json").partition("\n}")[0] + "}")
    return found


def _store(project: Checkout) -> Store:
    (file,) = (project.root / ".state").rglob("github.json")
    return Store(file.parent, "github")


def _configure(project: Checkout, **block: Any) -> None:
    """Stack dev with `block` in its registry, in place of what the repository says of it."""
    file = project.root / "Pulumi.dev.yaml"
    told = yaml.safe_load(file.read_text(encoding="utf-8"))
    told["config"]["snapdeploy-registry:registries"] = {"main": {"kind": "ghcr", "namespace": "your-org/apps", **block}}
    file.write_text(yaml.safe_dump(told), encoding="utf-8")


def test_up_delivers_into_the_environment_and_a_second_up_changes_nothing(project: Checkout) -> None:
    made = _run(project, "up")
    assert "SIMULATED github" in made
    assert "+ 13 created" in made
    store = _store(project)
    assert {key.scope for key in store.held()} == {"your-org"}
    assert sorted(key.id for key in store.held() if key.token == VARIABLE) == [
        "your-builder:dev:builder_log_dir",
        "your-builder:dev:builder_work_dir",
        "your-builder:dev:docker_registry",
    ]
    assert [key.id for key in store.held() if key.token == ENVIRONMENT] == ["your-builder:dev"]
    assert not [key for key in store.held() if key.token == SECRET], "a workflow has its own token"
    _run(project, "up", "--expect-no-changes")
    _run(project, "refresh", "--expect-no-changes")


def test_what_was_changed_by_hand_is_found_and_mended(project: Checkout) -> None:
    store = _store(project)
    registry = Key(VARIABLE, "your-org", "your-builder:dev:docker_registry")
    store.drift(registry, {"value": "ghcr.io/stranger"})
    store.drift(Key(ENVIRONMENT, "your-org", "your-builder:dev"), {"canAdminsBypass": True})
    assert "~ 2 updated" in _run(project, "refresh")
    assert "~ 2 updated" in _run(project, "up")
    found = store.get(registry, {})
    assert found is not None
    assert found["value"] == "ghcr.io/your-org/apps"
    store.drop(registry)
    assert "- 1 deleted" in _run(project, "refresh")
    assert "+ 1 created" in _run(project, "up")


def test_a_token_is_looked_at_delivered_sealed_and_removed_again(project: Checkout) -> None:
    fake = FakeGitHub(
        owner="your-org",
        tokens={CANARY: Token("acme-bot", expires="2100-01-01 00:00:00 UTC")},
        packages={"x": Package()},
    )
    _configure(project, credential={"username": "acme-bot", "token": CANARY})
    with fake.serve() as address:
        assert "+ 2 created" in _run(project, "up", double=address)
        assert _outputs(project)["registries"]["main"]["expires_at"] == "2100-01-01T00:00:00Z"
        _run(project, "up", "--expect-no-changes", double=address)

        fake.tokens[CANARY].scopes = "read:packages"
        refused = _run(project, "up", fails=True, double=address)
        assert "lacks the scope write:packages" in refused
    assert [key.id for key in _store(project).held() if key.token == SECRET] == [
        "your-builder:dev:docker_registry_password"
    ]
    _held_secret(project)

    secret = Key(SECRET, "your-org", "your-builder:dev:docker_registry_password")
    _store(project).drift(secret, {"updatedAt": "2100-01-01 00:00:00 +0000 UTC"})
    assert "~ 1 updated" in _run(project, "refresh")
    assert "~ 1 updated" in _run(project, "up"), "a secret that was changed by hand is set again"

    _configure(project)
    assert "- 2 deleted" in _run(project, "up")
    assert not [key for key in _store(project).held() if key.token == SECRET]


def test_destroy_leaves_nothing(project: Checkout) -> None:
    store = _store(project)
    _run(project, "destroy")
    assert store.held() == []


def _held_secret(project: Checkout) -> None:
    """The token is plain neither in what GitHub keeps nor in the state.

    But for the dynamic provider's own entry, to which the engine hands the whole config: here it is in plain, which a
    real run refuses.
    """
    done = project.pulumi("stack", "export", "-s", "dev", SIMULATE="1")
    assert done.returncode == 0, done.stderr
    resources = json.loads(done.stdout)["deployment"]["resources"]
    assert len(resources) > 10
    for resource in resources:
        assert resource["type"] == "pulumi:providers:pulumi-python" or CANARY not in json.dumps(resource), resource[
            "urn"
        ]
    assert CANARY not in _store(project).file.read_text(encoding="utf-8")
