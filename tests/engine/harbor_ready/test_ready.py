"""Waiting for a server on the real engine, with its report in a parameter of an emulated AWS."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.emulator import Emulator, emulator, emulator_server
from tests.support.engine import ROOT, EngineProject

__all__ = ["emulator", "emulator_server"]

PROGRAM = Path(__file__).with_name("server.py")
PARAMETER = "/snapdeploy/prod-main/report"
FIRST, SECOND = "1" * 64, "2" * 64
_SECONDS = 60


@dataclass
class Server:
    """A stack, and the report that its server would write."""

    stack: EngineProject
    ssm: Any

    def says(self, wanted: str, state: str, **more: str) -> None:
        report = {"schema": 1, "wanted": wanted, "state": state, "instance": "i-1", "version": "2.15.1", **more}
        self.ssm.put_parameter(Name=PARAMETER, Value=json.dumps(report), Type="String", Overwrite=True)

    def told(self, text: str) -> None:
        """Returns when the running update has said `text`; fails when it does not in a minute."""
        until = time.monotonic() + _SECONDS
        log = self.stack.folder.parent
        while time.monotonic() < until:
            if any(text in file.read_text(encoding="utf-8", errors="replace") for file in log.glob("*.json*")):
                return
            time.sleep(0.1)
        raise AssertionError(f"the update never said {text!r}")


@pytest.fixture
def server(tmp_path: Path, emulator: Emulator) -> Server:
    stack = EngineProject(
        tmp_path / "project",
        PROGRAM.read_text(encoding="utf-8"),
        config={"throwaway:wanted": FIRST, "throwaway:version": "2.15.1"},
        providers=(),
        environment={
            "PYTHONPATH": str(ROOT),
            "AWS_ENDPOINT_URL": emulator.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "NO_PROXY": "127.0.0.1",
        },
    )
    return Server(stack, emulator.client("ssm", "eu-central-1"))


def test_an_update_goes_on_when_the_server_is_what_is_wanted_and_fails_when_it_says_so(server: Server) -> None:
    server.says(FIRST, "healthy", ca="PEM")
    server.stack.up()
    assert server.stack.outputs() == {"version": "2.15.1", "ca": "PEM"}
    server.stack.up("--expect-no-changes")

    server.ssm.delete_parameter(Name=PARAMETER)
    assert "the server's report was gone" in server.stack.preview("--diff").stdout

    # Another document: the server works on it, and fails.
    server.says(SECOND, "working", step="installer", message="fetching 696 MB")
    server.stack.configure({"throwaway:wanted": SECOND, "throwaway:version": "2.15.2"})
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(server.stack.up, fails=True)
        server.told("working, step installer: fetching 696 MB")
        server.says(SECOND, "failed", step="installer", message="the checksum is wrong", log="sha256sum: FAILED")
        failed = running.result()
    for said in ("stopped at step `installer`: the checksum is wrong", "    sha256sum: FAILED", "start-session"):
        assert said in failed.text, said
    assert "Traceback" not in failed.text

    server.stack.configure({"throwaway:version": "2.18.0"})
    refused = server.stack.preview(fails=True)
    assert "goes from 2.15.1 to 2.18.0 in one step" in refused.text
