"""Dynamic resources, simulated: what they are given is recorded, and nothing else happens.

A dynamic resource's code travels in its inputs and would do the real thing: start a
server, write a file. Here it is dropped unread. So an output that only that code can tell
is null, and `simulated` marks the resource in the state. Where others are made of such an
output, and would be refused without it, one is made up that says so itself.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from tests.simulated.behaviour import Call, CloudError, State, Stored
from tests.simulated.provider import Provider
from tests.simulated.wire import Properties, Secret


class Recorded(Stored):
    """Outputs are the inputs."""

    def computed(self, call: Call, id_: str, properties: Properties) -> Properties:
        return {"simulated": True}

    def create(self, call: Call, inputs: Properties) -> State:
        if "simulated" in inputs:
            raise CloudError(
                f"{call.token} has a property 'simulated' of its own, which the simulation needs as its mark"
            )
        return super().create(call, inputs)


class Told(Recorded):
    """Outputs are the inputs, and some that are made up of them and of the resource's name."""

    def __init__(self, tell: Callable[[str, Properties], Properties]) -> None:
        self._tell = tell

    def computed(self, call: Call, id_: str, properties: Properties) -> Properties:
        return {**super().computed(call, id_, properties), **self._tell(call.name, properties)}


_KEYS = (
    "secret_key",
    "core_secret",
    "jobservice_secret",
    "registry_secret",
    "csrf_key",
    "registry_password",
    "registry_htpasswd",
    "token_key",
    "token_certificate",
    "fingerprint_key",
)
_AUTHORITY = ("authority", "authority_key")
_PAIRS = ("host", "core", "jobservice", "registry", "portal", "trivy")


def _texts(name: str, outputs: tuple[str, ...]) -> Properties:
    return {output: f"simulated-{name}-{output}" for output in outputs}


def _robots(_name: str, inputs: Properties) -> Properties:
    return {
        "username": f"robot${inputs['project']}+made-up",
        "password": Secret("made-up"),
        "expires_at": (datetime.now(UTC) + timedelta(days=float(str(inputs["days"])))).isoformat(timespec="seconds"),
        "robot_id": 0,
        "slot": "a",
    }


def _password(name: str, _inputs: Properties) -> Properties:
    # Harbor's are handed to others, to which a null is a value that a preview never knows. The rest stay null.
    return _texts(name, ("value",)) if name.endswith(("-admin", "-database")) else {}


def _certificates(name: str, _inputs: Properties) -> Properties:
    pairs = {pair: _texts(f"{name}-{pair}", ("certificate", "key")) for pair in _PAIRS}
    return {**_texts(name, _AUTHORITY), **pairs}


_OURS = "pulumi-python:dynamic/snapdeploy:"
_TOLD: Mapping[str, Callable[[str, Properties], Properties]] = {
    # A server that was reached at once, with a certificate that the world trusts.
    "HarborReady": lambda _name, inputs: {"state": "healthy", "version": inputs["asked"], "ca": ""},
    "HarborRobots": _robots,
    "Password": _password,
    "HarborKeys": lambda name, _inputs: _texts(name, _KEYS),
    "HarborCertificates": _certificates,
}


def provider() -> Provider:
    """The provider of dynamic resources."""
    behaviours = {f"{_OURS}{name}": Told(tell) for name, tell in _TOLD.items()}
    return Provider(name="pulumi-python", package=None, behaviours=behaviours, fallback=Recorded())
