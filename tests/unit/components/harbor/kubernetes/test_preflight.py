"""What is looked up before a Harbor on Kubernetes is declared: the kubeconfig, and the chart as it is served."""

import hashlib
from pathlib import Path
from typing import Any

from components._base import Surroundings
from components.harbor.kubernetes.preflight import obstacles
from contract.kinds import Environment
from tests.unit.components.harbor.kubernetes.told import settings

ARCHIVE = b"an archive"
CHART = {"version": "1.19.1", "sha256": hashlib.sha256(ARCHIVE).hexdigest()}


def found(fetch: Any, simulated: bool = False, **changed: Any) -> list[tuple[tuple[str, ...], str]]:
    around = Surroundings("prod", Environment.PROD, {}, simulated)
    told = obstacles(settings(**{"chart": CHART, **changed}), "2.15.1", around, fetch)
    return [(each.inside, each.what) for each in told]


def refused(url: str) -> bytes:
    raise OSError("connection refused")


def test_the_chart_that_was_meant_is_taken() -> None:
    served = {"https://helm.goharbor.io/harbor-1.19.1.tgz": ARCHIVE}
    assert found(served.__getitem__) == []


def test_another_archive_under_its_address_is_in_the_way() -> None:
    ((inside, what),) = found(lambda _: b"another archive")
    assert inside == ("kubernetes", "chart")
    assert hashlib.sha256(b"another archive").hexdigest() in what


def test_a_repository_that_cannot_be_reached_is_in_the_way() -> None:
    ((inside, what),) = found(refused)
    assert inside == ("kubernetes", "chart")
    assert "connection refused" in what


def test_a_simulated_run_asks_nobody() -> None:
    assert found(refused, simulated=True) == []


def test_a_kubeconfig_has_to_be_there(tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    ((inside, _),) = found(refused, simulated=True, kubeconfig=str(file))
    assert inside == ("kubernetes", "kubeconfig")
    file.touch()
    assert found(refused, simulated=True, kubeconfig=str(file)) == []
