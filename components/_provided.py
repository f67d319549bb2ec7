"""The base of the providers that this project brings itself, as Pulumi's dynamic providers.

Owns: failing without a traceback, and noticing that what was made is not as it was left.
Does not own: any resource.

A dynamic provider is pickled into the state. Pickling goes by reference for a class in an
importable module, so provider classes hold no data and stay where they are; renaming one
needs a note in the changelog. Their methods run in a process of their own.
"""

import sys
import traceback
from collections.abc import Mapping
from typing import Any

from pulumi.dynamic import CheckFailure, CheckResult, ConfigureRequest, ResourceProvider
from pulumi.runtime.rpc import UNKNOWN

PRESENT_SINCE = "since"
"""The input that says which making of the resource stands, and why it was made: `2: the process was gone`.

It is the provider's own. A new value is how the engine learns that something has to be made again, and how the
person who reads the preview learns why.
"""

Properties = Mapping[str, Any]


class Failed(Exception):
    """The operation did not succeed; the message says what, what follows and how to mend it."""


class Mistaken(Exception):
    """The inputs cannot work. `property` names the one to change."""

    def __init__(self, property_: str, reason: str) -> None:
        super().__init__(reason)
        self.property = property_
        self.reason = reason


class Provider(ResourceProvider):
    """A provider that compares what it finds with what was asked for at each preview and each update."""

    # The pickled reference is no secret, and as one it would cost a decryption for each resource.
    serialize_as_secret_always = False

    def configure(self, req: ConfigureRequest) -> None:  # noqa: ARG002  # the SDK's signature
        """Makes foreseen failures end in their own message.

        The SDK sends the traceback of whatever a provider raises to the user, and has no other way to fail.
        """
        original = traceback.format_exc

        def message_or_traceback(limit: int | None = None, chain: bool = True) -> str:
            error = sys.exc_info()[1]
            return str(error) if isinstance(error, Failed) else original(limit, chain)

        if original.__name__ != message_or_traceback.__name__:
            traceback.format_exc = message_or_traceback

    def drift(self, olds: Properties, news: Properties) -> str | None:  # noqa: ARG002
        """Why what stands is not what `olds` made, in a few words, or None where it is. Raises `Mistaken`."""
        return None

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Adds `PRESENT_SINCE`: the old value while what was made stands, a new one with its reason when not."""
        since = str(_olds.get(PRESENT_SINCE, "1: made"))
        failures: list[CheckFailure] = []
        try:
            reason = self.drift(_olds, news)
        except Mistaken as mistake:
            reason = None
            failures.append(CheckFailure(mistake.property, mistake.reason))
        if reason is not None:
            count = int(since.partition(":")[0]) + 1
            since = f"{count}: {reason}"
        return CheckResult({**news, PRESENT_SINCE: since}, failures)


def known(value: Any) -> bool:
    """Whether `value` is more than a promise: in a preview, what is yet to be made is not."""
    return value is not None and value != UNKNOWN
