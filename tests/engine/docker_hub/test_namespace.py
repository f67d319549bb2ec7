"""A namespace of Docker Hub on the real engine, against a double of the Hub's API over loopback."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from components.docker_hub.api import API_VARIABLE
from tests.support.engine import ROOT, EngineProject, Result
from tests.support.hub import FakeHub

PROGRAM = Path(__file__).with_name("namespace.py")
TOKEN, ADMIN, ANOTHER = "dckr_pat_canary-push-1", "dckr_pat_canary-admin-2", "dckr_pat_canary-new-3"


@dataclass
class Namespace:
    """A stack and the Hub that it is about."""

    stack: EngineProject
    hub: FakeHub
    runs: list[Result] = field(default_factory=list)

    def declare(self, repositories: dict[str, dict[str, bool]], **options: str) -> None:
        told = {"repositories": json.dumps(repositories), **options}
        self.stack.configure({f"throwaway:{key}": value for key, value in told.items()})

    def up(self, *arguments: str, fails: bool = False) -> Result:
        self.runs.append(self.stack.up(*arguments, fails=fails))
        return self.runs[-1]

    def preview(self) -> Result:
        self.runs.append(self.stack.preview("--diff"))
        return self.runs[-1]


@pytest.fixture
def namespace(tmp_path: Path) -> Iterator[Namespace]:
    hub = FakeHub(tokens={"acme-ci": [TOKEN, ADMIN, ANOTHER]}, readers={TOKEN, ANOTHER})
    with hub.serving() as address:
        stack = EngineProject(
            tmp_path / "a folder, é",
            PROGRAM.read_text(encoding="utf-8"),
            secrets={"throwaway:token": TOKEN, "throwaway:admin": ADMIN},
            providers=(),
            environment={"PYTHONPATH": str(ROOT), API_VARIABLE: address},
        )
        made = Namespace(stack, hub)
        made.declare({"shop": {}, "docs": {"private": False}})
        yield made
    assert hub.unknown == []


def test_its_life_from_the_first_up_to_the_last(namespace: Namespace) -> None:
    hub = namespace.hub
    hub.repositories = {"shop": False, "theirs": True}
    assert "+" in namespace.preview().stdout
    assert hub.changes() == []
    namespace.up()
    assert hub.repositories == {"shop": True, "docs": False, "snapdeploy-verify": True, "theirs": True}
    report = namespace.stack.outputs()["report"]
    assert (report["registry"], report["host"], report["auth"]) == ("docker.io/acme", "docker.io", "static")
    assert report["public_repositories"] == []

    hub.asked.clear()
    assert namespace.up("--expect-no-changes").changes == {}
    assert hub.changes() == []

    # Somebody opens it, and a first push under a new name makes a public one.
    hub.repositories |= {"shop": False, "pushed": False}
    assert "shop was made public by somebody" in namespace.preview().stdout
    namespace.up()
    assert hub.repositories["shop"] is True
    assert hub.repositories["pushed"] is False, "what is not declared is told of, and left alone"
    assert namespace.stack.outputs()["report"]["public_repositories"] == ["pushed"]
    assert namespace.up("--expect-no-changes").changes == {}

    # A new token to push with touches no repository.
    hub.asked.clear()
    namespace.stack.run("config", "set", "throwaway:token", "--secret", stdin=ANOTHER)
    namespace.up()
    assert hub.changes() == []

    kept = json.dumps(namespace.stack.state()) + json.dumps(namespace.stack.outputs())
    for secret in (TOKEN, ADMIN, ANOTHER):
        assert secret not in kept
        shown = [run.arguments for run in namespace.runs if secret in run.text or secret in json.dumps(run.events)]
        assert shown == []

    namespace.stack.destroy()
    assert "shop" in hub.repositories
    assert "docs" in hub.repositories


def test_what_was_made_here_goes_with_the_stack_only_when_told(namespace: Namespace) -> None:
    namespace.hub.repositories = {"theirs": True}
    namespace.declare({"shop": {}, "theirs": {}}, delete="true")
    namespace.up()
    namespace.stack.destroy()
    assert namespace.hub.repositories == {"theirs": True}


def test_a_token_that_may_not_manage_is_refused_in_words(namespace: Namespace) -> None:
    namespace.stack.run("config", "set", "throwaway:admin", "--secret", stdin=TOKEN)
    refused = namespace.up(fails=True)
    assert "access denied: insufficient scope (HTTP 403)" in refused.diagnostics
    assert "adminToken" in refused.diagnostics
    assert "Traceback" not in refused.text
    assert namespace.hub.repositories == {}
