"""A simulated Google Cloud of a test's own: one project with every API on that is asked for here."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.simulated.behaviour import State
from tests.simulated.faults import Faults
from tests.simulated.lifecycle import Difference, Lifecycle, Naming, Resource
from tests.simulated.providers.gcp import by_hand, provider
from tests.simulated.sdk import Sdk
from tests.simulated.store import Store
from tests.simulated.wire import Properties

PROJECT = "my-project"
APIS = (
    *("artifactregistry", "cloudkms", "containeranalysis", "containerscanning", "eventarc", "iam", "iamcredentials"),
    *("pubsub", "secretmanager", "sts", "workflows"),
)


@dataclass(frozen=True)
class Cloud:
    """The lifecycle of one provider, and the store beneath it."""

    life: Lifecycle
    store: Store

    def make(self, token: str, **inputs: Any) -> State:
        """A new resource. Raises CloudError where the provider or Google refuses it; fails on a mistake in it."""
        checked, mistakes = self._checked(token, inputs)
        assert mistakes == []
        return self.life.create(Resource(token, "x"), checked, preview=False)

    def mistakes(self, token: str, **inputs: Any) -> list[str]:
        """What a check finds."""
        return self._checked(token, inputs)[1]

    def _checked(self, token: str, inputs: dict[str, Any]) -> tuple[Properties, list[str]]:
        checked, mistakes = self.life.check(Resource(token, "x"), {}, inputs, Naming(b"seed"))
        return checked, [str(one) for one in mistakes]

    def read(self, token: str, id_: str, known: Properties | None = None) -> Properties | None:
        """All properties of a resource as they are, or None."""
        found = self.life.read(Resource(token, "x"), id_, known or {}, {})
        return None if found is None else found[1]

    def diff(self, token: str, made: State, before: Properties, wanted: Properties) -> Difference:
        """What an update would change."""
        return self.life.diff(Resource(token, "x"), made.properties, before, wanted)

    def update(self, token: str, made: State, wanted: Properties) -> Properties:
        """The resource after an update."""
        return self.life.update(Resource(token, "x"), made.id, made.properties, wanted, preview=False)

    def delete(self, token: str, made: State) -> None:
        """Takes a resource away."""
        self.life.delete(Resource(token, "x"), made.id, made.properties)


@pytest.fixture(scope="session")
def sdk() -> Sdk:
    """What is known of Google's types."""
    return Sdk("pulumi_gcp")


@pytest.fixture
def bare(sdk: Sdk, tmp_path: Path) -> Cloud:
    """A project as Google makes one: little is on."""
    store = Store(tmp_path, "gcp")
    life = Lifecycle(provider(), store, Faults(tmp_path), sdk)
    life.configure({"project": PROJECT, "region": "europe-west1"})
    return Cloud(life, store)


@pytest.fixture
def cloud(bare: Cloud) -> Cloud:
    """A project in which all is on."""
    by_hand.enable(bare.store, PROJECT, *(f"{api}.googleapis.com" for api in APIS))
    return bare
