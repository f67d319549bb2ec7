"""Labels, as the provider adds them up: the resource's own over the provider's over its mark.

Owns: the three properties that a labelled type has, and the rule for a label. `labels` are what the program set
on the resource, `pulumiLabels` all that Pulumi manages, `effectiveLabels` all that is there, strangers' too.
"""

import re
from collections.abc import Mapping

from tests.simulated.checker import Mistake
from tests.simulated.wire import Properties, Value, plain

MARK = {"goog-pulumi-provisioned": "true"}
"""What the provider puts on everything that it makes, unless it is told not to."""

_MOST = 64
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_VALUE = re.compile(r"[a-z0-9_-]{0,63}")


def managed(config: Properties, own: Value) -> Properties:
    """What is `pulumiLabels` with `own` labels under the provider's configuration."""
    mark: Properties = {} if config.get("addPulumiAttributionLabel") is False else dict(MARK)
    return {**_as_map(config.get("defaultLabels")), **mark, **_as_map(own)}


def effective(before: Value, was_managed: Value, manages: Mapping[str, Value]) -> Properties:
    """`effectiveLabels` after an update: strangers' labels stay, those that are managed no longer go."""
    strangers = {name: value for name, value in _as_map(before).items() if name not in _as_map(was_managed)}
    return {**strangers, **manages}


def seen(found: Value, known: Value) -> Properties:
    """Of the labels that are there those that were `known`: what a refresh makes of `labels`."""
    there = _as_map(found)
    return {name: there[name] for name in _as_map(known) if name in there}


def mistakes(inputs: Properties, name: str = "labels") -> list[Mistake]:
    """Labels that Google would not take."""
    labels = _as_map(inputs.get(name))
    found = [] if len(labels) <= _MOST else [Mistake(name, f"a resource can have at most {_MOST} labels")]
    for key, value in labels.items():
        if _KEY.fullmatch(key) is None:
            found.append(Mistake(name, f'Invalid label key "{key}": it has to match {_KEY.pattern}'))
        elif isinstance(value, str) and _VALUE.fullmatch(value) is None:
            found.append(Mistake(f"{name}.{key}", f"Invalid label value: it has to match {_VALUE.pattern}"))
    return found


def _as_map(value: Value) -> Properties:
    opened = plain(value)
    return dict(opened) if isinstance(opened, dict) else {}
