"""Dynamic resources, simulated: what they are given is recorded, and nothing else happens.

A dynamic resource's code travels in its inputs and would do the real thing: start a
server, write a file. Here it is dropped unread. So an output that only that code can tell
is null, and `simulated` marks the resource in the state.

A few are needed by others to be more than null. They are plainly made up (`StandIn`), and as different as
the names of the resources that they are of.
"""

from tests.simulated.behaviour import Call, CloudError, State, Stored
from tests.simulated.provider import Provider
from tests.simulated.wire import Properties


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


class StandIn(Recorded):
    """Some outputs are made up, from the resource's name and theirs."""

    def __init__(self, *texts: str, pairs: tuple[str, ...] = ()) -> None:
        """`texts` are outputs that are text; `pairs` those that are a certificate and its key."""
        self._texts = texts
        self._pairs = pairs

    def computed(self, call: Call, id_: str, properties: Properties) -> Properties:
        texts = {name: f"simulated-{call.name}-{name}" for name in self._texts}
        pairs: Properties = {
            name: {part: f"simulated-{call.name}-{name}-{part}" for part in ("certificate", "key")}
            for name in self._pairs
        }
        return {**super().computed(call, id_, properties), **texts, **pairs}


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
_PAIRS = ("host", "core", "jobservice", "registry", "portal", "trivy")


def provider() -> Provider:
    """The provider of dynamic resources."""
    behaviours = {
        "pulumi-python:dynamic/snapdeploy:HarborKeys": StandIn(*_KEYS),
        "pulumi-python:dynamic/snapdeploy:HarborCertificates": StandIn("authority", "authority_key", pairs=_PAIRS),
    }
    return Provider(name="pulumi-python", package=None, behaviours=behaviours, fallback=Recorded())
