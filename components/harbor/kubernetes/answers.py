"""Waits, inside the update, until Harbor on Kubernetes answers under its host's name.

Owns: when the answer is the right one, when waiting ends, and what is then said. Does not own: the pods, which Helm has
waited for by then. What may still be missing is outside of the release: the record in DNS, the certificate that
cert-manager asks for, the load balancer.
"""

import json
import socket
import ssl
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, Resource, UpdateResult

from components._provided import PRESENT_SINCE, Failed, Mistaken, Properties, Provider, known
from components.harbor import versions

_POLL = 5.0
_TELL_EACH = 60.0
_MINUTE = 60.0
_SECONDS = 10.0
_MOST = 65536
"""Bytes of an answer that are read; Harbor's has some hundred."""
HEALTHY = "healthy"


@dataclass(frozen=True)
class Clock:
    """What time passes by, in seconds."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def ask(host: str, ca: str) -> str:
    """`HEALTHY`, or in a few words why not. `ca`: the authority to trust, PEM; empty: the world's."""
    context = ssl.create_default_context(cadata=ca or None)
    try:
        with urllib.request.urlopen(f"https://{host}/api/v2.0/health", timeout=_SECONDS, context=context) as answer:
            told = json.loads(answer.read(_MOST))
    except urllib.error.HTTPError as error:
        return f"it answers with status {error.code}"
    except urllib.error.URLError as error:
        return _reason(error.reason)
    except (OSError, ValueError) as error:
        return f"its answer is not Harbor's ({type(error).__name__})"
    if not isinstance(told, dict):
        return "its answer is not Harbor's"
    if told.get("status") == HEALTHY:
        return HEALTHY
    parts = told.get("components")
    ill = [str(each.get("name")) for each in parts if each.get("status") != HEALTHY] if isinstance(parts, list) else []
    return f"it says that it is not healthy: {', '.join(ill) or 'no part is named'}"


def _reason(reason: object) -> str:
    if isinstance(reason, socket.gaierror):
        return "its name is in no DNS: make the record, with the address of the ingress controller or load balancer"
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {reason.verify_message}"
    return f"it cannot be reached: {reason}"


def wait(host: str, asked: Callable[[], str], minutes: float, *, clock: Clock, tell: Callable[[str], None]) -> None:
    """Returns once `asked` answers `HEALTHY`. Raises `Failed` when time is up."""
    began = clock.now()
    told, told_at = "", began
    while (now := asked()) != HEALTHY:
        passed = clock.now() - began
        if passed >= minutes * _MINUTE:
            raise Failed(
                f"https://{host} was not healthy after {minutes:.0f} minutes; {now}\n"
                "so: nothing was made inside it; its pods run\n"
                "mend: what it says, then `pulumi up` again, which goes on waiting"
            )
        if now != told or clock.now() - told_at >= _TELL_EACH:
            tell(f"{host}: {now} ({passed / _MINUTE:.0f} of {minutes:.0f} minutes)")
            told, told_at = now, clock.now()
        clock.sleep(_POLL)


class AnswersProvider(Provider):
    """Waits when it is made, and when the release changes."""

    def drift(self, olds: Properties, news: Properties) -> str | None:
        """Raises `Mistaken` for a step between versions that Harbor cannot take."""
        before = olds.get("asked")
        if before and known(news["asked"]):
            mistake = versions.step_mistake(str(before), str(news["asked"]))
            if mistake is not None:
                raise Mistaken("asked", f"the registry's `version` {mistake}")
        return None

    def create(self, props: dict[str, Any]) -> CreateResult:
        _reach(props)
        return CreateResult("answers", props)

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        _reach(_news)
        return UpdateResult(_news)


def _reach(props: Properties) -> None:
    host, ca = str(props["host"]), str(props["ca"] or "")
    wait(host, lambda: ask(host, ca), float(props["minutes"]), clock=Clock(), tell=_tell)


def _tell(line: str) -> None:
    # The engine shows what a provider writes there, while the update runs.
    print(line, file=sys.stderr, flush=True)


class Answers(Resource, module="snapdeploy", name="HarborAnswers"):
    """A Harbor that answers under its host's name."""

    def __init__(
        self,
        name: str,
        *,
        host: str,
        version: str,
        ca: pulumi.Input[str],
        occasion: pulumi.Input[str],
        minutes: int,
        opts: pulumi.ResourceOptions,
    ) -> None:
        """`occasion`: waited for again when it changes."""
        told = {"host": host, "asked": version, "ca": ca, "occasion": occasion, "minutes": minutes}
        super().__init__(AnswersProvider(), name, {**told, PRESENT_SINCE: None}, opts)
