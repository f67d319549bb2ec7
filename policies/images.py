"""A rule on what is run: an image that is named by what it is, not by what is newest.

Owns: images in Kubernetes' workloads, ECS tasks, Lambda functions and Cloud Run services. Does not own: what is pushed
(`ecr.py`, `google_registry.py`).
"""

import json
import re
from collections.abc import Iterator

from pulumi_policy import Severity

from policies._props import Gap, Leaf, leaves, printable, read, unknowns
from policies._rule import Finding, Practice, Remark, Rule, Seen

TASK = "aws:ecs/taskDefinition:TaskDefinition"
_FUNCTION = "aws:lambda/function:Function"
_WORKLOADS = ("kubernetes:apps/v1:", "kubernetes:batch/v1:", "kubernetes:core/v1:Pod")
_CLOUD_RUN = ("gcp:cloudrunv2/service:Service", "gcp:cloudrunv2/job:Job", "gcp:cloudrun/service:Service")
_HOLDERS = frozenset({"image", "containers", "initContainers", "spec", "template"})
_TAGGED = re.compile(r"(?:.*/)?[^/:@]+:(?P<tag>[^/:@]+)")


def _loose(image: str, mutable: frozenset[str]) -> str | None:
    """What is loose about an image's name; None where it stays what it is."""
    if "@" in image or not image.strip():
        return None
    found = _TAGGED.fullmatch(image.strip())
    if found is None:
        return "has no tag, which means `latest`"
    return f"has the tag `{printable(found['tag'])}`" if found["tag"].lower() in mutable else None


def _images(seen: Seen) -> Iterator[str | Gap]:
    if seen.type == TASK:
        told = read(seen.props, "containerDefinitions")
        if told is Gap.UNKNOWN:
            yield Gap.UNKNOWN
        try:
            containers = json.loads(told) if isinstance(told, str) else []
            yield from [str(one["image"]) for one in containers if isinstance(one, dict) and "image" in one]
        except ValueError:
            return
    elif seen.type == _FUNCTION:
        told = read(seen.props, "imageUri")
        if isinstance(told, str) or told is Gap.UNKNOWN:
            yield told
    else:
        for leaf in leaves(seen.props):
            if _is_image(leaf):
                yield str(leaf.value)


def _is_image(leaf: Leaf) -> bool:
    return leaf.path[-1] == "image" and any("ontainers" in part for part in leaf.path) and isinstance(leaf.value, str)


def _unsaid(seen: Seen) -> bool:
    """Whether some container, or its image, is not known yet."""
    return seen.type not in (TASK, _FUNCTION) and any(path[-1] in _HOLDERS for path in unknowns(seen.props))


def _pinned(seen: Seen) -> Iterator[Remark]:
    mutable = frozenset(str(tag).lower() for tag in seen.settings["mutableTags"])
    for image in _images(seen):
        if isinstance(image, Gap):
            yield image
            continue
        loose = _loose(image, mutable)
        if loose is not None:
            yield Finding(f"image `{printable(image.partition('?')[0])}` of {seen} {loose}")
    if _unsaid(seen):
        yield Gap.UNKNOWN


RULES: tuple[Rule, ...] = (
    Rule(
        name="images-are-pinned",
        says="What runs is named by a version or a digest.",
        refuses="a workload whose image has no tag, or the tag `latest`",
        why="what runs changes with the next push, differs from node to node, and cannot be gone back to",
        mend="name a version, or better the digest that `snapdeploy-registry verify` prints: `<app>@sha256:…`",
        severity=Severity.MEDIUM,
        checks=("CKV_K8S_14",),
        practices=(Practice.TAGS,),
        settings={
            "mutableTags": {
                "type": "array",
                "items": {"type": "string"},
                "default": ["latest"],
                "description": "tags that are moved from image to image",
            }
        },
        types=(*_WORKLOADS, TASK, _FUNCTION, *_CLOUD_RUN),
        judge=_pinned,
    ),
)
