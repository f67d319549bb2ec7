"""Waits, inside the update, until a server has made itself what it is wanted to be.

Owns: when a report is the answer, when waiting ends, and what is then said. Does not own the report itself
(`report.py`). A report for another document, or of a server that has been replaced, is no answer. A failure that was
there before the waiting began is given time for the server's next try, which is at most a minute away.
"""

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, Resource, UpdateResult

from components._provided import PRESENT_SINCE, Failed, Mistaken, Properties, Provider, known
from components.harbor import versions
from components.harbor.report import FAILED, HEALTHY, Reader, Said, reader, shell
from components.harbor.server import Report

_POLL = 5.0
_TELL_EACH = 60.0
_NEXT_TRY = 180.0
"""Three of the server's own rounds, one each minute."""
_MINUTE = 60.0


@dataclass(frozen=True)
class Clock:
    """What time passes by, in seconds."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Awaited:
    """What is waited for."""

    host: str
    wanted: str
    """The digest that has to be answered."""
    serial: str
    """The server's instance id; empty where it has none."""
    minutes: float
    shell: str
    """The command that opens a shell on the server."""

    def is_answered_by(self, said: Said) -> bool:
        """Whether `said` is about this document, and of this server."""
        same = not self.serial or not said.instance or said.instance == self.serial
        return same and said.wanted == self.wanted


def wait(read: Reader, awaited: Awaited, *, clock: Clock, tell: Callable[[str], None]) -> Said:
    """The report that says healthy. Raises `Failed` where the server says that it failed, or time is up."""
    began = clock.now()
    told, told_at = "", began
    first = last = read()
    while True:
        passed = clock.now() - began
        if last is not None and awaited.is_answered_by(last):
            if last.state == HEALTHY:
                return last
            if last.state == FAILED and (last != first or passed >= _NEXT_TRY):
                raise Failed(_failed(awaited, last))
        if passed >= awaited.minutes * _MINUTE:
            raise Failed(_late(awaited, last))
        now = _words(awaited, last)
        if now != told or clock.now() - told_at >= _TELL_EACH:
            tell(f"{awaited.host}: {now} ({passed / _MINUTE:.0f} of {awaited.minutes:.0f} minutes)")
            told, told_at = now, clock.now()
        clock.sleep(_POLL)
        last = read()


def _words(awaited: Awaited, said: Said | None) -> str:
    if said is None:
        return "no report yet"
    if not awaited.is_answered_by(said):
        return "the server has not read what is wanted now"
    return f"{said.state}, step {said.step}" + (f": {said.message}" if said.message else "")


def _failed(awaited: Awaited, said: Said) -> str:
    return (
        f"the server for {awaited.host} stopped at step `{said.step}`: {said.message}\n"
        f"so: nothing was made inside it; what ran before still runs\n{_tail(said)}"
        "mend: what the message says, then `pulumi up` again; the server tries again by itself each minute. "
        f"{_look(awaited)}"
    )


def _late(awaited: Awaited, said: Said | None) -> str:
    if said is None:
        what = (
            "it has sent no report at all: it did not start, or reaches neither its cloud nor the internet; "
            "look at the subnet's route and at what its security group or firewall lets out"
        )
    elif not awaited.is_answered_by(said):
        what = (
            f"its last report, of {said.at or 'an unknown time'}, answers an earlier document: it cannot read the new "
            "one, or is still at the one before; look at its role's rights"
        )
    else:
        what = f"its last report, of {said.at}: {said.state}, step `{said.step}`: {said.message}"
    return (
        f"the server for {awaited.host} was not healthy after {awaited.minutes:.0f} minutes; {what}\n"
        f"so: nothing was made inside it\n{_tail(said)}"
        f"mend: run `pulumi up` again, which goes on waiting, or write a larger `timeoutMinutes`. {_look(awaited)}"
    )


def _tail(said: Said | None) -> str:
    if said is None or not said.log.strip():
        return ""
    lines = "\n".join(f"    {line}" for line in said.log.strip().splitlines())
    return f"its log ends so:\n{lines}\n"


def _look(awaited: Awaited) -> str:
    return f"To look yourself: `{awaited.shell}`, then `sudo tail -n 200 /var/log/snapdeploy-harbor.log`"


class ReadyProvider(Provider):
    """Waits when it is made, when what is wanted changes, and when the server is no longer healthy."""

    def drift(self, olds: Properties, news: Properties) -> str | None:
        """Why it has to be waited for again. Raises `Mistaken` for a step between versions that Harbor cannot take."""
        # The inputs of before, which the engine keeps only where they were reached.
        before, wanted = olds.get("asked"), news["asked"]
        if before and known(wanted):
            mistake = versions.step_mistake(str(before), str(wanted))
            if mistake is not None:
                raise Mistaken("asked", f"the registry's `version` {mistake}; see docs/harbor-runbooks.md")
        if not before or not known(news["wanted"]) or olds.get("wanted") != news["wanted"]:
            return None
        said = reader(olds["cloud"], olds["place"])()
        if said is None:
            return "the server's report was gone"
        if said.wanted != news["wanted"] or said.state != HEALTHY:
            return f"the server was not healthy, at step {said.step}" if said.step else "the server was not healthy"
        return None

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult("ready", {**props, **_reached(props)})

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        return UpdateResult({**_news, **_reached(_news)})


def _reached(props: Properties) -> dict[str, str]:
    cloud: str = props["cloud"]
    place: Mapping[str, str] = props["place"]
    awaited = Awaited(
        props["host"],
        props["wanted"],
        props["serial"] or "",
        float(props["minutes"]),
        shell(cloud, place, props["serial"] or ""),
    )
    said = wait(reader(cloud, place), awaited, clock=Clock(), tell=_tell)
    return {"state": said.state, "version": said.version, "ca": said.ca}


def _tell(line: str) -> None:
    # The engine shows what a provider writes there, while the update runs.
    print(line, file=sys.stderr, flush=True)


class HarborReady(Resource, module="snapdeploy", name="HarborReady"):
    """A server that is what it was wanted to be."""

    version: pulumi.Output[str]
    """The version of Harbor that answers."""
    ca: pulumi.Output[str]
    """The certificate authority to trust, PEM; empty where it is one that the world trusts."""

    def __init__(
        self,
        name: str,
        report: Report,
        *,
        host: str,
        wanted: pulumi.Output[str],
        asked: str,
        serial: pulumi.Output[str],
        minutes: int,
        opts: pulumi.ResourceOptions,
    ) -> None:
        """`wanted` is the document's digest, `asked` the version in it."""
        told = {
            "cloud": report.cloud,
            "place": dict(report.place),
            "host": host,
            "wanted": wanted,
            "asked": asked,
            "serial": serial,
            "minutes": minutes,
        }
        super().__init__(
            ReadyProvider(), name, {**told, "state": None, "version": None, "ca": None, PRESENT_SINCE: None}, opts
        )
