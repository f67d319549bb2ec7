"""A rule on how a registry is proven: in production never with a tag that others move.

Owns: the inputs of `snapdeploy:verify:SmokeTest`. Does not own: what the test does.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_policy import Severity

from policies._props import Gap, printable, text
from policies._rule import Finding, Practice, Remark, Rule, Seen

_SMOKE_TEST = "snapdeploy:verify:SmokeTest"
_MUTABLE_TAGS = ("latest",)
_ENVIRONMENTS = ("prod",)


def _listed(settings: Mapping[str, Any], name: str) -> frozenset[str]:
    """A list from the rule's settings; in lower case."""
    return frozenset(str(entry).lower() for entry in settings[name])


def _pinned(seen: Seen) -> Iterator[Remark]:
    tag, environment = text(seen.props, "tag"), text(seen.props, "environment")
    if Gap.UNKNOWN in (tag, environment):
        yield Gap.UNKNOWN
        return
    # A test that does not say where it runs is held to the strictest.
    if not isinstance(environment, Gap) and environment.lower() not in _listed(seen.settings, "environments"):
        return
    if isinstance(tag, Gap) or not tag:
        used = "no tag, which means `latest`"
    elif tag.lower() in _listed(seen.settings, "mutableTags"):
        used = f"the tag `{printable(tag)}`"
    else:
        return
    where = "an environment that it does not name" if isinstance(environment, Gap) else f"`{printable(environment)}`"
    yield Finding(f"smoke test {seen} uses {used} in {where}")


RULES: tuple[Rule, ...] = (
    Rule(
        name="smoke-test-uses-own-tag",
        says="A smoke test in production pushes under a tag of its own, never a mutable one such as `latest`.",
        refuses="a smoke test (`snapdeploy:verify:SmokeTest`) with the tag `latest`, or none, in `prod`",
        why="it moves a tag that deployments may follow, and proves whatever was pushed last instead of what it pushed",
        mend="leave the tag out of the config for a new one at each run, or write one that nothing else uses: "
        "`tag: smoke-test`",
        severity=Severity.MEDIUM,
        practices=(Practice.TAGS,),
        settings={
            "mutableTags": {
                "type": "array",
                "items": {"type": "string"},
                "default": list(_MUTABLE_TAGS),
                "description": "tags that are moved from image to image",
            },
            "environments": {
                "type": "array",
                "items": {"type": "string"},
                "default": list(_ENVIRONMENTS),
                "description": "environments in which the rule holds",
            },
        },
        types=(_SMOKE_TEST,),
        judge=_pinned,
    ),
)
