"""What every repository of a registry has, however it comes into being: by a first push, a copy, or by name.

Owns: the protection as one value, and how the provider writes it down. Does not own: what is made with it
(`template.py`, `repositories.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pulumi

from components._retention import ExpireOlder, Rule
from components.ecr import lifecycle
from components.ecr.settings import EncryptionType


@dataclass(frozen=True)
class Protection:
    """What a repository does with tags, keys, old images and other accounts."""

    immutable: bool
    movable_tags: tuple[str, ...]
    """Patterns of tags that may move although the others may not."""
    encryption: EncryptionType
    lifecycle: str | None
    """ECR's lifecycle policy, JSON; None: nothing is ever removed."""
    repository_policy: str | None
    """Who of other accounts may pull, JSON."""
    tags: Mapping[str, str]

    def of_cached(self, days: int) -> "Protection":
        """That of cached images: their tags move with the upstream's, and after `days` they are fetched anew."""
        rules = {"old": ExpireOlder(rule=Rule.EXPIRE_OLDER, days=days)}
        return replace(self, immutable=False, movable_tags=(), lifecycle=lifecycle.document(rules))

    def mutability(self) -> dict[str, Any]:
        """The arguments that repositories and templates have in common for the immutability of tags."""
        if not self.immutable:
            return {"image_tag_mutability": "MUTABLE"}
        if not self.movable_tags:
            return {"image_tag_mutability": "IMMUTABLE"}
        return {
            "image_tag_mutability": "IMMUTABLE_WITH_EXCLUSION",
            "image_tag_mutability_exclusion_filters": [
                {"filter": pattern, "filter_type": "WILDCARD"} for pattern in self.movable_tags
            ],
        }

    def encrypted(self, key: pulumi.Input[str] | None) -> list[Any]:
        """The encryption of a repository or a template, under `key` where there is one."""
        if self.encryption is EncryptionType.AES256:
            return [{"encryption_type": "AES256"}]
        return [{"encryption_type": "KMS", "kms_key": key}]
