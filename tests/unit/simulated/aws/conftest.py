"""The simulated AWS without the engine: in the store, and through the emulator."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.simulated.faults import Faults
from tests.simulated.lifecycle import Lifecycle
from tests.simulated.providers.aws import CALLER, ENDPOINT, provider
from tests.simulated.sdk import Sdk
from tests.simulated.store import Store
from tests.simulated.wire import Properties
from tests.support.emulator import Emulator, emulator, emulator_server

__all__ = ["emulator", "emulator_server"]

Configured = Callable[..., Lifecycle]


@pytest.fixture(scope="session")
def sdk() -> Sdk:
    """Read in full: what other tests import of the package must stay whole."""
    return Sdk("pulumi_aws")


@pytest.fixture(params=["store", "emulator"])
def configured(request: pytest.FixtureRequest, sdk: Sdk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configured:
    """Makes a provider with a configuration; each test that takes it runs in the store and through the emulator."""
    monkeypatch.delenv(ENDPOINT, raising=False)
    monkeypatch.delenv(CALLER, raising=False)
    if request.param == "emulator":
        server: Emulator = request.getfixturevalue("emulator")
        monkeypatch.setenv(ENDPOINT, server.endpoint)

    def make(**config: str) -> Lifecycle:
        life = Lifecycle(provider(), Store(tmp_path, "aws"), Faults(tmp_path), sdk)
        given: Properties = dict(config)
        life.configure(given)
        return life

    return make


@pytest.fixture
def life(configured: Configured) -> Lifecycle:
    """With nothing configured."""
    return configured()
