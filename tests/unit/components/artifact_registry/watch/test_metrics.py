"""Which log entries are pushes and failed pushes, by a small evaluator of Cloud Logging's query language."""

from dataclasses import replace

import pytest

from components.artifact_registry.watch import metrics as watch_metrics
from components.artifact_registry.watch.metrics import PUSH_CALLS, LogMetric
from components.artifact_registry.watch.names import Names
from components.artifact_registry.watch.settings import AuditLogs, ScanResultsSettings, WatchSettings
from components.gcp.place import Place
from tests.support.logging_query import matches
from tests.unit.components.artifact_registry.watch import samples
from tests.unit.components.artifact_registry.watch.samples import NAMES, Entry

WHOLE = WatchSettings(audit_logs=AuditLogs.OWN, scan_results=ScanResultsSettings())
PUSHES, FAILED = watch_metrics.pushes(NAMES).filter, watch_metrics.failed_pushes(NAMES).filter


def test_a_pushed_manifest_counts_once() -> None:
    assert matches(PUSHES, samples.call())
    assert matches(PUSHES, samples.call(before="/")), "others' filters have a slash before it"
    assert not matches(FAILED, samples.call())
    assert not any(matches(PUSHES, samples.call(method)) for method in PUSH_CALLS if method != "Docker-PutManifest")


@pytest.mark.parametrize("call", PUSH_CALLS)
@pytest.mark.parametrize("code", [5, 7, 8, 9, 16])
def test_a_failed_call_of_a_push_counts(call: str, code: int) -> None:
    assert matches(FAILED, samples.call(call, code=code))
    assert matches(FAILED, samples.call(call, code=code, image="")), "a refused call can name the repository alone"
    assert not matches(PUSHES, samples.call(call, code=code))


STRANGE: tuple[Entry, ...] = (
    samples.call(code=7, repository="snapdeploy-apps-evil"),
    samples.call(code=7, repository="my-snapdeploy-apps"),
    samples.call(code=7, repository="docker-hub"),
    samples.call(code=7, place=Place("another-project", "europe-west1")),
    samples.call(code=7, place=Place("my-project", "europe-west4")),
    samples.call(code=7, log="cloudaudit.googleapis.com%2Factivity"),
    samples.call(code=7, service="containerregistry.googleapis.com"),
    samples.call("Docker-HeadBlob", code=5),
    samples.call("Docker-HeadManifest", code=5),
    samples.call("Docker-GetManifest", code=7),
    samples.call("Docker-CancelUpload", code=1),
    samples.call("google.devtools.artifactregistry.v1.ArtifactRegistry.DeleteVersion", code=7),
)


@pytest.mark.parametrize("entry", STRANGE)
def test_what_is_no_failed_push_does_not_count(entry: Entry) -> None:
    assert not matches(FAILED, entry)
    assert not matches(PUSHES, entry)


def test_a_domain_s_project_is_matched_to_the_letter() -> None:
    place = Place("example.com:my-shop", "europe-west1")
    query = watch_metrics.pushes(Names(place, "snapdeploy-apps")).filter
    assert matches(query, samples.call(place=place))
    entry = samples.call(place=place)
    entry["protoPayload"]["resourceName"] = entry["protoPayload"]["resourceName"].replace("example.com", "examplescom")
    assert not matches(query, entry)


def test_no_label_grows_with_apps_tags_or_callers() -> None:
    labels = {label: path for metric in watch_metrics.metrics(NAMES, WHOLE) for label, path in metric.labels.items()}
    assert labels == {"code": "protoPayload.status.code", "level": "jsonPayload.level"}


def test_the_labels_are_declared_and_extracted_alike() -> None:
    for metric in watch_metrics.metrics(NAMES, WHOLE):
        found = metric.arguments(samples.OWNER)
        declared = [each["key"] for each in found["metric_descriptor"].get("labels", [])]
        assert declared == list(found.get("label_extractors", {})) == list(metric.labels)
        assert all(value.startswith("EXTRACT(") for value in found.get("label_extractors", {}).values())
        assert ("label_extractors" in found) == bool(metric.labels), "Google leaves empty ones out"


def test_what_is_not_logged_has_no_metric() -> None:
    def roles(settings: WatchSettings) -> list[str]:
        return [metric.role for metric in watch_metrics.metrics(NAMES, settings)]

    assert roles(WatchSettings()) == []
    assert roles(WatchSettings(audit_logs=AuditLogs.GIVEN)) == ["pushes", "failed-pushes"]
    assert roles(WHOLE) == ["pushes", "failed-pushes", "findings"]


@pytest.mark.parametrize("namespace", ["snapdeploy-apps", "n" * 63])
def test_a_metric_fits(namespace: str) -> None:
    names = replace(NAMES, namespace=namespace)
    for metric in watch_metrics.metrics(names, WHOLE):
        assert len(metric.filter) <= 20_000
        assert len(names.of(metric.role)) <= 100


def test_two_registries_of_a_project_have_their_own_metrics() -> None:
    elsewhere = replace(NAMES, place=Place("my-project", "europe-west4"))
    other = replace(NAMES, namespace="snapdeploy-apps-2")
    found = {watch_metrics.metric_type(names, "pushes") for names in (NAMES, elsewhere, other)}
    assert len(found) == 3


def test_the_evaluator_refuses_what_it_does_not_know() -> None:
    for query in ("NOT severity>=ERROR", 'textPayload:"x"', 'severity>=ERROR AND a!="b"', "a=b"):
        with pytest.raises(ValueError, match="not understood"):
            matches(query, samples.call())


def test_a_name_with_a_sign_of_a_pattern_is_refused() -> None:
    with pytest.raises(ValueError, match="not a name"):
        watch_metrics.pushes(replace(NAMES, namespace="a|b"))


def test_each_metric_is_of_one_resource() -> None:
    found: dict[str, LogMetric] = {metric.role: metric for metric in watch_metrics.metrics(NAMES, WHOLE)}
    assert found["findings"].resource == "workflows.googleapis.com/Workflow"
    assert found["pushes"].resource == found["failed-pushes"].resource == "audited_resource"
