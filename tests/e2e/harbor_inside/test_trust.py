"""A program in Go, as the bridge's provider is one, trusts Harbor's own authority once it is put where we put it.

The provider itself cannot be had everywhere; `crane` verifies certificates by the same library.
"""

import os
import ssl
import subprocess
from pathlib import Path

import pytest
import trustme

from components.harbor.inside.trust import FOLDER, VARIABLE, TrustProvider
from tests.support.crane import CRANE
from tests.support.harbor_double import HarborDouble


def test_what_go_reads_from_that_folder_it_trusts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    harbor = HarborDouble("made-up")
    monkeypatch.chdir(tmp_path)
    told = {"file": str(FOLDER / "prod-main.pem"), "ca": authority.cert_pem.bytes().decode()}

    with harbor.serving(context) as url:

        def ask() -> None:
            command = [str(CRANE.ensure()), "ls", f"{url.removeprefix('https://')}/snapdeploy-apps/shop"]
            environment = {**os.environ, VARIABLE: f"{tmp_path / FOLDER}{os.pathsep}/etc/ssl/certs"}
            # It never succeeds: what counts is whether it asks at all.
            subprocess.run(command, env=environment, capture_output=True, check=False, timeout=60)

        ask()
        assert harbor.asked == []
        TrustProvider().create(told)
        ask()
        assert harbor.asked[:1] == [("GET", "/v2/")]
