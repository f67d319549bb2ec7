"""Waiting for a server, with a clock that does not wait and reports that are made up."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from components._provided import Failed, Mistaken
from components.harbor import ready, report
from components.harbor.ready import Awaited, Clock, ReadyProvider, wait
from components.harbor.report import Said

OURS = "d" * 64
HOST = "registry.acme.example"
AWAITED = Awaited(HOST, OURS, "i-1", 30, "aws ssm start-session --target i-1")
PLACE = {"region": "eu-central-1", "parameter": "/snapdeploy/prod-main/report"}


def said(state: str, **more: str) -> Said:
    told = {"step": "install", "message": "", "version": "2.15.2", "instance": "i-1", "at": "2026-11-29T05:00:00Z"}
    return Said(wanted=OURS, state=state, **{**told, **more})


class Time:
    """A clock that runs only by sleeping."""

    def __init__(self) -> None:
        self.passed = 0.0

    def clock(self) -> Clock:
        def sleep(seconds: float) -> None:
            self.passed += seconds

        return Clock(now=lambda: self.passed, sleep=sleep)


def run(*reports: Said | None, awaited: Awaited = AWAITED) -> tuple[Said, list[str], float]:
    """What waiting ends in where the reports come one at each look, and the last one stays."""
    coming: Iterator[Said | None] = iter(reports)
    seen: list[Said | None] = []

    def read() -> Said | None:
        seen.append(next(coming, seen[-1] if seen else None))
        return seen[-1]

    time, told = Time(), list[str]()
    found = wait(read, awaited, clock=time.clock(), tell=told.append)
    return found, told, time.passed


def test_it_ends_when_the_report_answers_and_tells_each_step_once() -> None:
    working = said("working", step="certificate", message="asking Let's Encrypt")
    found, told, passed = run(None, None, working, working, said("healthy", ca="PEM"))
    assert (found.version, found.ca) == ("2.15.2", "PEM")
    assert passed == 20
    assert [line.partition(" (")[0] for line in told] == [
        f"{HOST}: no report yet",
        f"{HOST}: working, step certificate: asking Let's Encrypt",
    ]


def test_a_report_for_another_document_or_of_another_server_is_no_answer() -> None:
    earlier = said("healthy", instance="i-1")
    old_document = Said(**{**earlier.__dict__, "wanted": "e" * 64})
    old_server = said("healthy", instance="i-0")
    found, _, passed = run(old_document, old_server, earlier)
    assert (found, passed) == (earlier, 10)


def test_a_failure_ends_it_at_once_with_the_step_the_message_and_the_logs_end() -> None:
    failed = said("failed", step="installer", message="the checksum is wrong", log="fetched\nsha256sum: FAILED\n")
    with pytest.raises(Failed) as caught:
        run(said("working"), failed)
    text = str(caught.value)
    for part in (
        "`installer`",
        "the checksum is wrong",
        "    sha256sum: FAILED",
        "start-session --target i-1",
        "mend:",
    ):
        assert part in text, part


def test_a_failure_of_before_is_given_the_servers_next_try() -> None:
    before = said("failed", message="no route")
    assert run(before, before, said("healthy"))[0].state == "healthy"
    with pytest.raises(Failed, match="no route"):
        run(before)
    with pytest.raises(Failed, match="again"):
        run(before, said("failed", message="again", at="2026-11-29T05:01:00Z"))


@pytest.mark.parametrize(
    ("last", "what"),
    [
        (None, "no report at all"),
        (Said(wanted="e" * 64, state="healthy"), "answers an earlier document"),
        (said("working", step="healthy", message="core is starting", log="waiting"), "core is starting"),
    ],
)
def test_when_time_is_up_it_says_how_far_it_came_and_how_to_look(last: Said | None, what: str) -> None:
    with pytest.raises(Failed) as caught:
        run(last, awaited=Awaited(HOST, OURS, "i-1", 5, "gcloud compute ssh"))
    text = str(caught.value)
    assert "not healthy after 5 minutes" in text
    for part in (what, "timeoutMinutes", "gcloud compute ssh", "/var/log/snapdeploy-harbor.log"):
        assert part in text, part


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the cloud holds as the report: `said`."""
    kept: dict[str, Any] = {"said": said("healthy")}
    monkeypatch.setattr(ready, "reader", lambda _cloud, _place: lambda: kept["said"])
    return kept


def props(**more: object) -> dict[str, Any]:
    least = {"cloud": "ec2", "place": PLACE, "host": HOST, "wanted": OURS, "asked": "2.15.2", "serial": "i-1"}
    return {**least, "minutes": 30, **more}


def test_made_it_tells_version_and_authority(kept: dict[str, Any]) -> None:
    kept["said"] = said("healthy", ca="PEM")
    outs = ReadyProvider().create(props()).outs or {}
    assert (outs["state"], outs["version"], outs["ca"]) == ("healthy", "2.15.2", "PEM")


@pytest.mark.parametrize(
    ("found", "since"),
    [
        (said("healthy"), "1: made"),
        (None, "2: the server's report was gone"),
        (said("failed", step="certificate"), "2: the server was not healthy, at step certificate"),
        (Said(wanted="e" * 64, state="healthy"), "2: the server was not healthy"),
    ],
)
def test_a_server_that_is_no_longer_healthy_is_waited_for_again(
    kept: dict[str, Any], found: Said | None, since: str
) -> None:
    kept["said"] = found
    made = {**props(), "since": "1: made"}
    assert ReadyProvider().check(made, props()).inputs["since"] == since


def test_a_step_that_harbor_cannot_take_is_refused_before_anything_is_changed(kept: dict[str, Any]) -> None:
    old = {**props(asked="2.12.4"), "since": "1: made"}
    (failure,) = ReadyProvider().check(old, props(wanted="f" * 64)).failures
    assert (failure.property, "2.12.4 to 2.15.2 in one step" in failure.reason) == ("asked", True)
    with pytest.raises(Mistaken, match="goes back"):
        ReadyProvider().drift({**old, "asked": "2.15.3"}, props(wanted="f" * 64))


def test_a_report_is_read_from_whatever_is_there() -> None:
    text = json.dumps({"schema": 1, "wanted": OURS, "state": "healthy", "version": None, "more": 1})
    assert Said.read(text) == Said(wanted=OURS, state="healthy")
    assert Said.read("[]") == Said()
    assert report._said("not written yet") is None
