"""The settings as the running program gets them: from the engine's config, its marks, the file and the environment."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest

from contract.problem import Problems
from stack.settings import load

NS = "snapdeploy-registry:"


class NoResources(pulumi.runtime.Mocks):
    """Settings declare nothing and ask nothing."""

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        raise AssertionError(f"{args.typ} was declared")

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"{args.token} was called")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project's folder, the working directory while stack `dev` runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SNAPDEPLOY_SIMULATED", raising=False)
    pulumi.runtime.set_mocks(NoResources(), project="snapdeploy-registry", stack="dev")
    yield tmp_path
    pulumi.runtime.set_all_config({}, [])


def _mistakes(config: dict[str, str], secret: list[str] | None = None) -> str:
    pulumi.runtime.set_all_config(config, secret or [])
    with pytest.raises(Problems) as caught:
        load()
    return str(caught.value)


def test_a_right_config_is_read() -> None:
    pulumi.runtime.set_all_config(
        {f"{NS}environment": "local", f"{NS}tags": '{"team":"x"}', f"{NS}registries": "{}", "aws:region": "x"}, []
    )
    settings = load()
    assert settings.stack == "dev"
    assert settings.tags == {"team": "x"}
    assert not settings.simulated


def test_the_line_comes_from_the_stacks_file(project: Path) -> None:
    (project / "Pulumi.dev.yaml").write_text("config:\n  environment: prd\n")
    assert "Pulumi.dev.yaml:2 environment:" in _mistakes({f"{NS}environment": "prd"})


def test_no_line_is_given_from_a_file_that_is_not_the_one_in_use(project: Path) -> None:
    (project / "Pulumi.dev.yaml").write_text("config:\n  environment: prod\n")
    assert "stack dev: environment:" in _mistakes({f"{NS}environment": "prd"})


def test_what_the_engine_marked_as_secret_is_not_shown() -> None:
    assert "hunter2" not in _mistakes({f"{NS}environment": "hunter2"}, [f"{NS}environment"])


def test_a_misspelt_namespace_is_told_with_the_rest() -> None:
    text = _mistakes({"snapdeploy-registy:tags": "{}", f"{NS}environment": "prd"})
    assert "2 mistakes" in text
    assert "snapdeploy-registy:tags" in text


def test_simulation_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNAPDEPLOY_SIMULATED", "1")
    assert "which is not simulated" in _mistakes({f"{NS}environment": "local"})


@pytest.mark.parametrize("value", ["true", "yes", "2", " 1", "\x1b[2J"])
def test_a_simulation_that_is_neither_on_nor_off_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNAPDEPLOY_SIMULATED", value)
    text = _mistakes({f"{NS}environment": "local"})
    assert "environment variable SNAPDEPLOY_SIMULATED" in text
    assert "\x1b" not in text


@pytest.mark.parametrize("value", ["", "0"])
def test_a_simulation_that_is_off_is_off(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNAPDEPLOY_SIMULATED", value)
    pulumi.runtime.set_all_config({f"{NS}environment": "local"}, [])
    assert not load().simulated


def test_a_folder_in_the_place_of_the_env_file_is_seen(project: Path) -> None:
    (project / ".env").mkdir()
    assert "is a folder that exists" in _mistakes({f"{NS}environment": "local"})
