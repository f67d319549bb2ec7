"""Which events of a registry matter, and what people read of them: EventBridge patterns and input transformers.

Owns: patterns and messages, pure. Does not own: the rules as resources (`component.py`).

Detail types, fields and results, read 2026-11:
- https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html: `ECR Image Action` (result, action-type),
  `ECR Image Scan` (scan-status, finding-severity-counts: a severity without findings is left out) and
  `ECR Replication Action`, whose failure says `FAILED`; it is sent in the region that is replicated *to*;
- https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-events.html: enhanced scanning speaks
  through `aws.inspector2`, `Inspector2 Scan`: there `repository-name` is an ARN, and only CRITICAL, HIGH, MEDIUM and
  TOTAL are counted;
- https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html: `numeric`, `prefix`,
  `anything-but`, `$or`. An `$or` of one alternative is read as a field of that name (aws/event-ruler),
  so none is written.

ECR sends events on a best-effort basis. `Inspector2 Finding` has no rule: the first scan of an image sends one for each
finding, and the same findings are in `Inspector2 Scan`. What continuous scanning finds later is therefore not an alert.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from components.ecr.watch.names import Names
from components.ecr.watch.settings import Severity

Pattern = Mapping[str, Any]

_SOME = ({"numeric": [">", 0]},)


class Role(StrEnum):
    """What a rule is for."""

    PUSHED = "pushed"
    SCANNED_BASIC = "scanned-basic"
    SCANNED_ENHANCED = "scanned-enhanced"
    REPLICATION_FAILED = "replication-failed"


@dataclass(frozen=True)
class Message:
    """What becomes of an event before people read it."""

    lines: tuple[str, ...]
    """Each with `<word>` where a value of the event stands."""
    paths: Mapping[str, str]
    """Where in the event each word is found."""

    @property
    def template(self) -> str:
        """As EventBridge takes it: each line a JSON text."""
        return "\n".join(json.dumps(line, ensure_ascii=False) for line in self.lines)


@dataclass(frozen=True)
class Rule:
    """One rule: which events, and what is said of them."""

    role: Role
    description: str
    pattern: Pattern
    message: Message | None
    """None: the rule only counts, nobody is told."""


def rules(names: Names, minimum: Severity) -> tuple[Rule, ...]:
    """The rules of a namespace in its own region."""
    return (
        Rule(Role.PUSHED, f"Images pushed to {names.namespace}", pushed(names), None),
        Rule(
            Role.SCANNED_BASIC,
            f"Basic scans in {names.namespace} with findings from {minimum} on",
            scanned_basic(names, minimum),
            _SCANNED_BASIC,
        ),
        Rule(
            Role.SCANNED_ENHANCED,
            f"Enhanced scans in {names.namespace} with findings from {minimum} on",
            scanned_enhanced(names, minimum),
            _SCANNED_ENHANCED,
        ),
        Rule(
            Role.REPLICATION_FAILED,
            f"Images of {names.namespace} that were not replicated",
            replication_failed(names),
            _REPLICATION_FAILED,
        ),
    )


def pushed(names: Names) -> Pattern:
    """An image was pushed. A multi-architecture image is several: one for each platform and one for the index."""
    return _of_ecr(names, "ECR Image Action", {"action-type": ["PUSH"], "result": ["SUCCESS"]})


def scanned_basic(names: Names, minimum: Severity) -> Pattern:
    """A basic scan ended with findings from `minimum` on. What has no severity counts as informational."""
    counted = [severity.upper() for severity in _from(minimum)]
    if minimum is Severity.INFORMATIONAL:
        counted.append("UNDEFINED")
    return _of_ecr(names, "ECR Image Scan", {"scan-status": ["COMPLETE"], **_any_of(counted)})


def scanned_enhanced(names: Names, minimum: Severity) -> Pattern:
    """The first enhanced scan of an image ended with findings from `minimum` on.

    Low ones are in the event's total alone, so from `low` on every finding counts.
    """
    worse = [severity.upper() for severity in _from(minimum)]
    counted = ["TOTAL"] if "LOW" in worse else worse
    return {
        "source": ["aws.inspector2"],
        "account": [names.account],
        "detail-type": ["Inspector2 Scan"],
        "detail": {
            "scan-status": ["INITIAL_SCAN_COMPLETE"],
            "repository-name": [{"prefix": names.repository_arns}],
            **_any_of(counted),
        },
    }


def replication_failed(names: Names) -> Pattern:
    """An image did not reach this region. Whatever is no success is taken for a failure."""
    return _of_ecr(
        names, "ECR Replication Action", {"action-type": ["REPLICATE"], "result": [{"anything-but": ["SUCCESS"]}]}
    )


def _of_ecr(names: Names, detail_type: str, detail: Mapping[str, Any]) -> Pattern:
    return {
        "source": ["aws.ecr"],
        "account": [names.account],
        "detail-type": [detail_type],
        # With the slash: a namespace that only begins alike is another's.
        "detail": {"repository-name": [{"prefix": f"{names.namespace}/"}], **detail},
    }


def _from(minimum: Severity) -> Sequence[Severity]:
    order = list(Severity)
    return order[: order.index(minimum) + 1]


def _any_of(counted: Sequence[str]) -> dict[str, Any]:
    each = [{"finding-severity-counts": {name: list(_SOME)}} for name in counted]
    return dict(each[0]) if len(each) == 1 else {"$or": each}


def _message(*lines: str) -> Message:
    """A message whose words are paths: `<detail.image-digest>` becomes a word and where it is found."""
    paths: dict[str, str] = {}

    def word(found: re.Match[str]) -> str:
        name = re.sub(r"[^a-z0-9]", "", found[1].removeprefix("detail.").lower())
        paths[name] = f"$.{found[1]}"
        return f"<{name}>"

    return Message(tuple(re.sub(r"<([^>]+)>", word, line) for line in lines), MappingProxyType(paths))


# A path that leads nowhere leaves its word empty, so counts stand last in their line.
_COUNTS = "<detail.finding-severity-counts.{}>"

_SCANNED_BASIC = _message(
    "Vulnerabilities found in <detail.repository-name> (region <region>, <time>).",
    "Image: <detail.repository-name>@<detail.image-digest>, first tag: <detail.image-tags[0]>",
    *(f"{name.capitalize()}: {_COUNTS.format(name)}" for name in ("CRITICAL", "HIGH", "MEDIUM", "LOW")),
    "What to do: rebuild on a mended base image and push again; `aws ecr describe-image-scan-findings` lists them.",
)
_SCANNED_ENHANCED = _message(
    "Vulnerabilities found by Amazon Inspector in <detail.repository-name> (<time>).",
    "Image: <detail.image-digest>, first tag: <detail.image-tags[0]>",
    *(f"{name.capitalize()}: {_COUNTS.format(name)}" for name in ("CRITICAL", "HIGH", "MEDIUM", "TOTAL")),
    "What to do: rebuild on a mended base image and push again; the Inspector console lists the findings.",
)
_REPLICATION_FAILED = _message(
    "An image was not replicated to <region>: <detail.repository-name>:<detail.image-tag> (<time>).",
    "Digest: <detail.image-digest>, from account <detail.source-account>, region <detail.source-region>",
    "What to do: compare the destination's registry policy, template and immutable tags, then push the image again.",
)
