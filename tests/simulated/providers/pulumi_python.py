"""Dynamic resources, simulated: what they are given is recorded, and nothing else happens.

A dynamic resource's code travels in its inputs and would do the real thing: start a
server, write a file. Here it is dropped unread. So an output that only that code can tell
is null, and `simulated` marks the resource in the state.
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


def provider() -> Provider:
    """The provider of dynamic resources."""
    return Provider(name="pulumi-python", package=None, fallback=Recorded())
