"""Google's versions on the real engine: none is missing for a moment, and the newest is always the delivered one."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.engine.delivery.places import GoogleSecretManagerPlace as Place
from tests.simulated.providers.gcp import payloads
from tests.simulated.providers.gcp.place import OTHERS, SERVICE
from tests.simulated.providers.gcp.secret_manager import SECRET, VERSION
from tests.simulated.store import Key, Store
from tests.support.engine import ROOT, EngineProject

PROGRAM = Path(__file__).with_name("programs") / "delivery.py"
PROJECT = "my-project"
PLAIN = {"DOCKER_REGISTRY": "registry.example.com/apps", "DOCKER_REGISTRY_USERNAME": "builder"}


class Delivered:
    """A stack with one delivery, and the simulated Google beside it."""

    def __init__(self, folder: Path) -> None:
        self.stack = EngineProject(
            folder,
            PROGRAM.read_text(encoding="utf-8"),
            secrets={"throwaway:password": "canary-version-1e"},
            providers=Place.providers,
            environment={"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        )
        self.store = Store(folder / "simulated", "gcp")
        self.tell()

    def tell(self, plain: dict[str, str] = PLAIN, **told: Any) -> None:
        """Writes the config."""
        delivery = {"target": "google-secret-manager", "registry": "main", "project": PROJECT, **told}
        self.stack.configure({"throwaway:plain": json.dumps(plain), "throwaway:delivery": json.dumps(delivery)})

    def versions(self) -> dict[str, bool]:
        """Each version by its number, and whether it was destroyed."""
        keys = [key for key in self.store.held() if key.token == VERSION]
        return {key.id.rpartition("/")[2]: "destroyTime" in (self.store.get(key, {}) or {}) for key in keys}

    def latest(self) -> dict[str, str]:
        """What a builder reads."""
        found = json.loads(payloads.latest(self.store, PROJECT, Place.name) or "{}")
        assert isinstance(found, dict)
        return found


@pytest.fixture
def delivered(tmp_path: Path) -> Delivered:
    """One that is yet to be made."""
    return Delivered(tmp_path / "stack")


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    """One that is there, and that each test leaves with the same value delivered."""
    made = Delivered(tmp_path_factory.mktemp("standing") / "stack")
    made.stack.up()
    return made


def test_a_new_version_is_there_before_the_old_one_goes(delivered: Delivered) -> None:
    delivered.stack.up()
    delivered.tell({**PLAIN, "DOCKER_REGISTRY": "other.example.com/apps"})
    changed = delivered.stack.up()
    order = [
        event["resOutputsEvent"]["metadata"]["op"]
        for event in changed.events
        if "resOutputsEvent" in event and "secretVersion" in event["resOutputsEvent"]["metadata"]["type"]
    ]
    assert order.index("create-replacement") < order.index("delete-replaced")
    assert delivered.versions() == {"1": True, "2": False}
    assert delivered.latest()["DOCKER_REGISTRY"] == "other.example.com/apps"


def test_a_version_added_by_hand_is_found_by_the_next_preview_without_a_refresh(standing: Delivered) -> None:
    whole = standing.latest()
    payloads.add_by_hand(standing.store, PROJECT, Place.name, json.dumps({**whole, "DOCKER_REGISTRY": "by.hand/x"}))
    own, by_hand = sorted(standing.versions(), key=int)[-2:]
    assert standing.stack.preview().changes == {"replace": 1, "update": 1}
    standing.stack.up()
    assert standing.latest() == whole
    standing.stack.up("--expect-no-changes")
    # What a person made is left to them: only `latest` is this stack's.
    after = standing.versions()
    assert (after[own], after[by_hand], after[str(int(by_hand) + 1)]) == (True, False, False)


@pytest.mark.parametrize("state", [{"enabled": False}, {"destroyTime": "2026-01-01T00:00:00Z"}])
def test_a_newest_version_that_nobody_can_read_is_followed_by_one_that_all_can(
    standing: Delivered, state: dict[str, Any]
) -> None:
    whole = standing.latest()
    payloads.add_by_hand(standing.store, PROJECT, Place.name, "{}")
    newest = payloads.newest(standing.store, PROJECT, Place.name)
    assert newest is not None
    standing.store.drift(Key(VERSION, "", newest), state)
    assert standing.latest() == {} or state == {"destroyTime": "2026-01-01T00:00:00Z"}
    standing.stack.up()
    assert standing.latest() == whole
    standing.stack.up("--expect-no-changes")


def test_the_same_value_added_by_hand_is_left_alone(standing: Delivered) -> None:
    whole = payloads.latest(standing.store, PROJECT, Place.name)
    assert whole is not None
    payloads.add_by_hand(standing.store, PROJECT, Place.name, whole)
    standing.stack.up("--expect-no-changes")
    payloads.add_by_hand(standing.store, PROJECT, Place.name, "{}")
    standing.stack.up()
    assert payloads.latest(standing.store, PROJECT, Place.name) == whole
    standing.stack.up("--expect-no-changes")


def test_an_annotation_changed_by_hand_costs_a_version_and_no_more(standing: Delivered) -> None:
    whole = standing.latest()
    (secret,) = [key for key in standing.store.held() if key.token == SECRET]
    standing.store.drift(secret, {"annotations": {}, "effectiveAnnotations": {}})
    standing.stack.refresh()
    standing.stack.up()
    standing.stack.up("--expect-no-changes")
    assert standing.latest() == whole


def test_who_may_not_look_is_warned_and_changes_nothing(standing: Delivered) -> None:
    whole = standing.latest()
    payloads.add_by_hand(standing.store, PROJECT, Place.name, "{}")
    others: Any = {OTHERS: PROJECT}
    blind = standing.stack.up("--expect-no-changes", **others)
    assert "a value that was added by hand is not found" in blind.text
    # It is still found by whoever may look.
    standing.stack.up()
    assert standing.latest() == whole
    standing.stack.up("--expect-no-changes")


def test_the_api_stays_on_and_nothing_else_stays(delivered: Delivered) -> None:
    delivered.stack.up()
    delivered.stack.destroy()
    assert [key.id for key in delivered.store.held()] == [f"{PROJECT}/secretmanager.googleapis.com"]
    assert {key.token for key in delivered.store.held()} == {SERVICE}


def test_a_protected_secret_holds_destroy_back_with_its_value(delivered: Delivered) -> None:
    delivered.tell(protect=True)
    delivered.stack.up()
    whole = delivered.latest()
    refused = delivered.stack.destroy(fails=True)
    assert "handed-secret" in refused.text
    assert delivered.latest() == whole
    delivered.tell(protect=False)
    delivered.stack.up()
    delivered.stack.destroy()
    assert not [key for key in delivered.store.held() if key.token == SECRET]


def test_a_secret_in_other_regions_needs_another_name(delivered: Delivered) -> None:
    delivered.stack.up()
    whole = delivered.latest()
    delivered.tell(regions={"europe-west1": {}})
    assert "already exists" in delivered.stack.up(fails=True).text
    assert delivered.latest() == whole
    delivered.tell(regions={"europe-west1": {}}, name="another")
    delivered.stack.up()
    assert json.loads(payloads.latest(delivered.store, PROJECT, "another") or "{}") == whole
    assert payloads.latest(delivered.store, PROJECT, Place.name) is None
