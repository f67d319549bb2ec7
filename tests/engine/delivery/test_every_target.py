"""What every delivery target promises, on the real engine: read back where the builder would read it."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from components._table import TARGETS as DECLARED
from contract.kinds import Target
from tests.engine.delivery.places import TARGETS, DeliveryPlace, cluster_folder
from tests.simulated.providers.kubernetes import CLUSTER
from tests.support.emulator import Emulator, emulator, emulator_server
from tests.support.engine import ROOT, EngineProject, Result

__all__ = ["emulator", "emulator_server"]

PROGRAM = Path(__file__).with_name("programs") / "delivery.py"
CANARY = "canary-delivered-8d21"
ANOTHER = "canary-rotated-77b0"
BY_HAND = "canary-by-hand-03fe"
PLAIN = {
    "DOCKER_REGISTRY": "registry.example.com/apps",
    "DOCKER_REGISTRY_USERNAME": "builder",
    "BUILDER_WORK_DIR": "/tmp/a folder",
    "BUILDER_LOG_DIR": "./temp",
}
ALL = {**PLAIN, "DOCKER_REGISTRY_PASSWORD": CANARY}


@dataclass
class Handed:
    """A stack with one delivery, the place it goes to, and all that was run."""

    target: Target
    stack: EngineProject
    place: DeliveryPlace
    runs: list[Result] = field(default_factory=list)

    def up(self, *arguments: str) -> dict[str, int]:
        """`pulumi up`; returns what changed."""
        self.runs.append(self.stack.up(*arguments))
        return self.runs[-1].changes

    def preview(self) -> dict[str, int]:
        """`pulumi preview` as a reviewer sees it, with all that differs; returns what would change."""
        self.runs.append(self.stack.preview("--diff"))
        return self.runs[-1].changes

    def refresh(self, *arguments: str) -> dict[str, int]:
        """`pulumi refresh`; returns what changed."""
        self.runs.append(self.stack.refresh(*arguments))
        return self.runs[-1].changes

    def settled(self) -> None:
        """Another `up` and a refresh have nothing to do."""
        assert self.up("--expect-no-changes") == {}
        assert self.refresh("--expect-no-changes") == {}

    def tell(self, plain: dict[str, str], delivery: bool = True) -> None:
        """Writes the config: the plain variables, and whether there is a delivery at all."""
        told = {"target": self.target, "registry": "main", **self.place.settings} if delivery else {}
        self.stack.configure({"throwaway:plain": json.dumps(plain), "throwaway:delivery": json.dumps(told)})

    def password(self, value: str) -> None:
        """Another secret value."""
        self.stack.run("config", "set", "throwaway:password", "--secret", stdin=value)

    def seen(self, secret: str) -> list[str]:
        """Where `secret` shows: in a run's output, or in a file that is not where it was delivered to."""
        state = json.dumps(self.stack.state()) + json.dumps(self.stack.outputs())
        files = [
            str(file)
            for file in self.stack.folder.parent.rglob("*")
            if file.is_file() and not self.place.holds(file) and secret.encode() in file.read_bytes()
        ]
        runs = [" ".join(run.arguments) for run in self.runs if secret in run.text or secret in json.dumps(run.events)]
        return [*files, *runs, *(["the state"] if secret in state else [])]


@pytest.fixture(params=list(TARGETS))
def handed(request: pytest.FixtureRequest, tmp_path: Path, emulator: Emulator) -> Handed:
    """A stack that has not been brought up yet, with a delivery to each target in turn."""
    target = Target(request.param)
    kind = TARGETS[target]
    stack = EngineProject(
        tmp_path / "a folder, é",
        PROGRAM.read_text(encoding="utf-8"),
        secrets={"throwaway:password": CANARY},
        providers=kind.providers,
        environment={
            **emulator.environment,
            CLUSTER: str(cluster_folder(tmp_path / "a folder, é")),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        },
    )
    made = Handed(target, stack, kind(stack.folder, emulator))
    made.tell(PLAIN)
    return made


def test_every_target_that_exists_is_tested() -> None:
    assert set(TARGETS) == set(DECLARED)


def test_it_arrives_whole_and_a_second_up_changes_nothing(handed: Handed) -> None:
    handed.preview()
    assert handed.place.read() == {}
    handed.up()
    assert handed.place.read() == handed.place.kept(ALL)
    handed.settled()
    assert handed.place.read() == handed.place.kept(ALL)


def test_a_secret_shows_nowhere_but_where_it_was_delivered(handed: Handed) -> None:
    handed.preview()
    handed.up()
    handed.password(ANOTHER)
    handed.preview()
    handed.up()
    handed.place.change("DOCKER_REGISTRY_PASSWORD", BY_HAND)
    handed.refresh()
    handed.preview()
    handed.up()
    assert handed.place.read() == handed.place.kept({**ALL, "DOCKER_REGISTRY_PASSWORD": ANOTHER})
    for secret in (CANARY, ANOTHER, BY_HAND):
        assert handed.seen(secret) == []
    # What is no secret is found, so that a search that finds nothing proves something.
    assert "the state" in handed.seen("throwaway")


@pytest.mark.parametrize("secret", [True, False], ids=["secret", "plain"])
def test_a_changed_value_arrives_in_one_step(handed: Handed, secret: bool) -> None:
    handed.up()
    if secret:
        handed.password(ANOTHER)
        expected = {**ALL, "DOCKER_REGISTRY_PASSWORD": ANOTHER}
    else:
        expected = {**ALL, "DOCKER_REGISTRY": "other.example.com/apps"}
        handed.tell({**PLAIN, "DOCKER_REGISTRY": "other.example.com/apps"})
    assert handed.preview()
    assert handed.place.read() == handed.place.kept(ALL)
    handed.up()
    assert handed.place.read() == handed.place.kept(expected)
    handed.settled()


@pytest.mark.parametrize("name", ["DOCKER_REGISTRY_PASSWORD", "DOCKER_REGISTRY"])
def test_a_value_changed_by_hand_is_found_and_mended(handed: Handed, name: str) -> None:
    handed.up()
    handed.place.change(name, BY_HAND)
    assert handed.place.read() == handed.place.kept({**ALL, name: BY_HAND})
    handed.refresh()
    assert handed.preview(), "the change by hand was not found"
    handed.up()
    assert handed.place.read() == handed.place.kept(ALL)
    handed.settled()


def test_what_was_lost_is_delivered_again(handed: Handed) -> None:
    handed.up()
    handed.place.lose()
    assert handed.place.read() == {}
    handed.refresh()
    handed.up()
    assert handed.place.read() == handed.place.kept(ALL)
    handed.settled()


def test_a_variable_that_is_gone_is_gone_there_too(handed: Handed) -> None:
    if handed.place.whole:
        return  # without a password there is nothing to deliver, and the settings refuse it
    handed.up()
    handed.tell({name: value for name, value in PLAIN.items() if name != "DOCKER_REGISTRY_USERNAME"})
    handed.stack.run("config", "rm", "throwaway:password")
    handed.up()
    assert handed.place.read().keys() == PLAIN.keys() - {"DOCKER_REGISTRY_USERNAME"}
    handed.settled()


@pytest.mark.parametrize("how", ["destroy", "leave out"])
def test_what_is_removed_is_removed_there(handed: Handed, how: str) -> None:
    handed.up()
    if how == "destroy":
        handed.stack.destroy()
    else:
        handed.tell(PLAIN, delivery=False)
        handed.up()
    assert handed.place.read() == {}
    assert handed.stack.resources() == {}


def test_two_stacks_never_share_a_place_by_accident(handed: Handed) -> None:
    """The default place holds the stack's name, unless it lies in the project's own folder."""
    handed.up()
    destination = handed.stack.outputs()["destination"]
    assert handed.stack.stack in destination or not Path(destination).is_absolute()
    assert "{stack}" not in destination
