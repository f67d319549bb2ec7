"""What the workflow makes of a notice: the one of a bad finding in this registry is logged, all else is let be."""

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from components.artifact_registry.watch import metrics as watch_metrics
from components.artifact_registry.watch import scan_results
from components.artifact_registry.watch.names import Names
from components.artifact_registry.watch.settings import Severity
from components.gcp.place import Place
from tests.support.logging_query import matches
from tests.unit.components.artifact_registry.watch import samples
from tests.unit.components.artifact_registry.watch.samples import DIGEST, NAMES
from tests.unit.components.artifact_registry.watch.workflow import Execution, HttpError, WorkflowError, run

HOST = "https://europe-west1-docker.pkg.dev"


def _run(
    found: Mapping[str, Any],
    minimum: Severity = Severity.HIGH,
    names: Names = NAMES,
    event: Mapping[str, Any] | None = None,
) -> Execution:
    variables = scan_results.variables(names, minimum)
    return run(scan_results.source(), event or samples.notice(), variables, lambda _: dict(found))


def test_a_bad_finding_is_logged_with_image_and_note() -> None:
    done = _run(samples.occurrence())
    assert done.asked == ["https://containeranalysis.googleapis.com/v1/projects/my-project/occurrences/1"]
    (logged,) = done.logged
    assert logged == {
        "severity": "WARNING",
        "json": {
            "finding": "projects/my-project/occurrences/1",
            "image": f"{HOST}/my-project/snapdeploy-apps/web@{DIGEST}",
            "level": "CRITICAL",
            "note": "projects/goog-vulnz/notes/CVE-2026-0001",
        },
    }


def test_what_is_logged_is_counted() -> None:
    (logged,) = _run(samples.occurrence()).logged
    query = watch_metrics.findings(NAMES).filter
    assert matches(query, samples.told(NAMES.of("findings"), **logged["json"]))
    assert not matches(query, samples.told("another-workflow", **logged["json"]))
    assert not matches(query, samples.told(NAMES.of("findings"), other="x"))


@pytest.mark.parametrize("minimum", Severity)
def test_the_severity_decides(minimum: Severity) -> None:
    levels = list(Severity)
    for severity in levels:
        done = _run(samples.occurrence(severity.upper()), minimum)
        assert bool(done.logged) == (levels.index(severity) <= levels.index(minimum)), severity
    assert not _run(samples.occurrence("SEVERITY_UNSPECIFIED"), minimum).logged


@pytest.mark.parametrize(
    "image",
    [
        f"{HOST}/my-project/snapdeploy-apps-evil/web@{DIGEST}",
        f"{HOST}/my-project/other/snapdeploy-apps/web@{DIGEST}",
        f"{HOST}/another-project/snapdeploy-apps/web@{DIGEST}",
        f"https://us-docker.pkg.dev/my-project/snapdeploy-apps/web@{DIGEST}",
        f"https://europe-west1-dockerxpkg.dev/my-project/snapdeploy-apps/web@{DIGEST}",
    ],
)
def test_another_registry_s_finding_is_let_be(image: str) -> None:
    assert not _run(samples.occurrence(image=image)).logged


def test_images_in_a_cache_count_too() -> None:
    assert _run(samples.occurrence(image=f"{HOST}/my-project/docker-hub/library/nginx@{DIGEST}")).logged


def test_a_domain_s_project_is_found() -> None:
    names = Names(Place("example.com:my-shop", "europe-west1"), "snapdeploy-apps")
    image = f"{HOST}/example.com/my-shop/snapdeploy-apps/web@{DIGEST}"
    assert _run(samples.occurrence(image=image), names=names).logged
    assert not _run(samples.occurrence(image=image.replace("example.com", "examplescom")), names=names).logged


@pytest.mark.parametrize("kind", ["DISCOVERY", "PACKAGE", "SBOM_REFERENCE"])
def test_what_is_no_vulnerability_is_not_asked_for(kind: str) -> None:
    done = _run(samples.occurrence(), event=samples.notice(kind))
    assert not done.asked
    assert not done.logged


def _fail(code: int | None) -> Execution:
    def get(_: str) -> dict[str, Any]:
        raise HttpError(code)

    return run(scan_results.source(), samples.notice(), scan_results.variables(NAMES, Severity.HIGH), get)


def test_a_finding_that_is_gone_is_no_failure() -> None:
    assert _fail(404).returned == "gone since"


@pytest.mark.parametrize("code", [403, 500, None])
def test_every_other_failure_fails_the_execution(code: int | None) -> None:
    """Otherwise the alert `unread` would never come."""
    with pytest.raises(WorkflowError):
        _fail(code)


def test_the_text_is_within_google_s_limits() -> None:
    """https://docs.cloud.google.com/workflows/quotas: 128 KB of source, and 4 KiB a variable."""
    assert len(scan_results.source().encode()) < 128 * 1024
    many = Names(NAMES.place, "a" * 63, tuple(f"cache-{number:02}" for number in range(20)))
    for name, value in scan_results.variables(many, Severity.MINIMAL).items():
        assert not name.startswith(("GOOGLE", "WORKFLOWS"))
        assert len(value.encode()) <= 4096
    assert set(yaml.safe_load(scan_results.source())) == {"main"}
