"""PromQL over Cloud Monitoring's metrics: selectors in which every metric has the name that Google publishes.

Owns: how a metric and its labels are written. Does not own: which metrics are asked for.

A quoted name in braces is the UTF-8 form of PromQL, which Cloud Monitoring takes for all its metrics
(https://docs.cloud.google.com/monitoring/promql, read 2026-11). The older form turns `/`, `.` and `-` into `_`, so that
two log-based metrics could become one. `monitored_resource` is obligatory where a metric has several resource types.
"""

from collections.abc import Sequence


def series(metric: str, resource: str, **labels: str | Sequence[str]) -> str:
    """The time series of `metric` on `resource` whose labels have these values; several values: any of them."""
    found = [f'"{metric}"', f'monitored_resource="{resource}"']
    for label, value in labels.items():
        if isinstance(value, str):
            found.append(f'{label}="{value}"')
        else:
            found.append(f'{label}=~"{"|".join(literal(one) for one in value)}"')
    return "{" + ", ".join(found) + "}"


def literal(text: str) -> str:
    """`text` within a regular expression of RE2, without a backslash, which each language escapes in its own way.

    Raises ValueError where `text` has a character that no name of Google's has.
    """
    strange = {one for one in text if not (one.isascii() and (one.isalnum() or one in "-_.:/@"))}
    if strange:
        raise ValueError(f"not a name: {''.join(sorted(strange))!r} in it")
    return text.replace(".", "[.]")
