"""What ECR does with a lifecycle policy, by its documentation.

`fate` is the documented evaluation and nothing else: which rule an image belongs to, and whether that rule takes
it. Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html, evaluation rules.
"""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from components.ecr.lifecycle import Policy, PolicyRule
from tests.support.retention import Image


def fate(policy: Policy, images: Sequence[Image]) -> Mapping[Image, str]:
    """`stays`, `expire` or `transition` for each image, at one evaluation."""
    fates = dict.fromkeys(images, "stays")
    for image in images:
        storage = "standard" if image.archived is None else "archive"
        for rule in sorted(policy["rules"], key=lambda rule: rule["rulePriority"]):
            # Rules of another storage class do not see the image; the first that matches its tags owns it.
            if rule["selection"].get("storageClass", "standard") == storage and _matches(rule, image):
                if _takes(rule, image, images):
                    fates[image] = rule["action"]["type"]
                break
    return fates


def _matches(rule: PolicyRule, image: Image) -> bool:
    match rule["selection"]["tagStatus"]:
        case "untagged":
            return not image.tags
        case "tagged":
            patterns = rule["selection"].get("tagPatternList", [])
            return all(any(fnmatchcase(tag, pattern) for tag in image.tags) for pattern in patterns)
        case _:
            return True


def _takes(rule: PolicyRule, image: Image, images: Sequence[Image]) -> bool:
    number = rule["selection"]["countNumber"]
    match rule["selection"]["countType"]:
        case "imageCountMoreThan":
            seen = [other for other in images if other.archived is None and _matches(rule, other)]
            return image in sorted(seen, key=lambda other: other.pushed)[number:]
        case "sinceImagePushed":
            return image.pushed > number
        case "sinceImagePulled":
            return (image.pulled if image.pulled is not None else image.pushed) > number
        case _:
            assert image.archived is not None
            return image.archived > number
