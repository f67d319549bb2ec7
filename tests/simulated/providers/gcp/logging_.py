"""Cloud Logging: metrics over log entries.

Owns: Metric. A filter is looked at for being there; whether it is one, and what it would count, is not simulated.
https://docs.cloud.google.com/logging/docs/reference/v2/rest/v2/projects.metrics, read 2026-11.
"""

import re

from tests.simulated.behaviour import Call, CloudError
from tests.simulated.checker import Mistake
from tests.simulated.providers.gcp.kind import Kind
from tests.simulated.providers.gcp.words import RefusedError, one_of, part, parts, text, within
from tests.simulated.store import Key, Store
from tests.simulated.wire import Properties

METRIC = "gcp:logging/metric:Metric"

_NAME = re.compile(r"[A-Za-z0-9_\-.,+!*'()%][A-Za-z0-9_\-.,+!*'()%/]{0,99}")
_EXTRACTOR = re.compile(r"(?s)(?:EXTRACT|REGEXP_EXTRACT)\(.+\)")
_FILTER = 20_000


class Metric(Kind):
    """A count, or a distribution, over the entries that a filter takes."""

    api = "logging.googleapis.com"
    noun = "Metric"
    exists = "Metric {id} already exists"
    filled = frozenset({"metricDescriptor", "metricDescriptor.unit", "metricDescriptor.labels.valueType"})
    named_by = "name"

    def rules(self, inputs: Properties) -> list[Mistake]:
        descriptor, here = part(inputs, "metricDescriptor"), "metricDescriptor"
        return [
            *within(inputs, "description", 8000),
            *one_of(descriptor, "metricKind", ("DELTA", "GAUGE", "CUMULATIVE"), f"{here}.metricKind"),
            *one_of(
                descriptor,
                "valueType",
                ("BOOL", "INT64", "DOUBLE", "STRING", "DISTRIBUTION", "MONEY"),
                f"{here}.valueType",
            ),
        ]

    def names(self, inputs: Properties) -> None:
        if _NAME.fullmatch(text(inputs, "name")) is None:
            raise RefusedError(400, f"Invalid metric name: {text(inputs, 'name')}")

    def identity(self, call: Call, inputs: Properties) -> str:
        return text(inputs, "name")

    def outputs(self, call: Call, id_: str, properties: Properties) -> Properties:
        plain: Properties = {"metricKind": "DELTA", "valueType": "INT64", "unit": "1"}
        given = part(properties, "metricDescriptor")
        if labels := parts(given, "labels"):
            given["labels"] = [{"valueType": "STRING", **label} for label in labels]
        return {"metricDescriptor": {**plain, **given}}

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        if text(properties, "name") != id_:
            # The provider puts the new name and leaves the old metric where it is, in nobody's state.
            raise CloudError("not simulated: another name for a metric")
        wanted = text(properties, "filter")
        if not wanted.strip() or len(wanted) > _FILTER:
            raise RefusedError(400, f"The filter of a metric has 1 to {_FILTER} characters.")
        descriptor = part(properties, "metricDescriptor")
        keys = {text(label, "key") for label in parts(descriptor, "labels")}
        extractors = part(properties, "labelExtractors")
        if keys != set(extractors):
            raise RefusedError(400, "Each label needs an extractor of its name, and each extractor a label.")
        for name, extractor in extractors.items():
            if _EXTRACTOR.fullmatch(str(extractor)) is None:
                raise RefusedError(400, f"Invalid extractor of the label {name}.")
        distribution = descriptor.get("valueType") == "DISTRIBUTION"
        if distribution != bool(text(properties, "valueExtractor")):
            raise RefusedError(400, "A value extractor goes with the value type DISTRIBUTION, and only with it.")
        if descriptor.get("metricKind") != "DELTA":
            raise RefusedError(400, "The metric kind of a logs-based metric has to be DELTA.")

    def _key(self, call: Call, id_: str) -> Key:
        # The provider's id is the bare name, which is unique within a project only.
        return super()._key(call, f"projects/{call.scope}/metrics/{id_}")


def exists(store: Store, owner: str, name: str) -> bool:
    """Whether the project has a metric of that name."""
    return store.get(Key(METRIC, "", f"projects/{owner}/metrics/{name}"), {}) is not None
