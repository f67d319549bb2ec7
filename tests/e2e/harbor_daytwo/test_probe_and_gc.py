"""The certificate's probe against what is served, and what a garbage collection freed."""

import pytest
import trustme

from tests.e2e.harbor_daytwo.conftest import ADMIN, Machine
from tests.e2e.harbor_daytwo.harbor import HOST, Harbor


def test_the_probe_is_content_with_the_newest_certificate(machine: Machine) -> None:
    assert "the newest is served" in machine.run("probe.sh")


def test_it_waits_for_a_renewal_to_be_served_and_then_says_so(machine: Machine) -> None:
    renewed = trustme.CA().issue_cert(HOST).cert_chain_pems[0].bytes()
    (machine.state / "tls" / "chain.pem").write_bytes(renewed)
    assert "an older one is served" in machine.run("probe.sh", code=1, TRIES="2")


def test_it_counts_the_days(machine: Machine, harbor: Harbor) -> None:
    said = machine.run("probe.sh", code=1, NEEDED_DAYS="1000000")
    assert "days left: see" in said


def test_it_knows_when_nothing_is_served(machine: Machine) -> None:
    assert "nothing is served" in machine.run("probe.sh", code=1, TRIES="1", HARBOR_ADDRESS="127.0.0.1:1")


@pytest.mark.parametrize(("words", "left"), [((), 0), (("--dry-run",), 4096)])
def test_garbage_is_counted_before_and_after(
    machine: Machine, harbor: Harbor, words: tuple[str, ...], left: int
) -> None:
    harbor.collected = machine.root / "data" / "harbor" / "registry" / "docker" / "blob"
    harbor.collected.parent.mkdir(parents=True)
    harbor.collected.write_bytes(b"x" * 4096)
    said = machine.run("gc-proof.sh", *words)
    assert f"4096 bytes freed; the storage held 4096 bytes and holds {left}" in said
    seen = (machine.root / "seen").read_text(encoding="utf-8", errors="replace")
    assert "gc-proof.sh" in seen
    assert ADMIN not in seen + said


def test_a_collection_that_failed_is_no_proof(machine: Machine, harbor: Harbor) -> None:
    (machine.root / "data" / "harbor" / "registry").mkdir()
    harbor.status = "Error"
    assert "ended as Error" in machine.run("gc-proof.sh", code=1)
    assert "usage" in machine.run("gc-proof.sh", "--dry", code=1)
