"""The settings of the stack that belong to no registry and no delivery: builder, smoke test, tags.

Owns their keys, defaults and single-value rules. Does not own what is made of them.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from components._settings import MistakeError, PathText, Settings
from contract.image import tag_mistake
from contract.variables import DEFAULT_LOG_DIR, DEFAULT_WORK_DIR

# What AWS takes, which is the widest of the clouds that have tags or labels:
# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
_TAG_KEY = re.compile(r"[\w .:/=+@-]{1,128}")
_TAG_VALUE = re.compile(r"[\w .:/=+@-]{0,256}")


def _image_tag(text: str) -> str:
    mistake = tag_mistake(text)
    if mistake is not None:
        raise MistakeError(mistake)
    return text


class BuilderSettings(Settings):
    """Folders that SnapDeploy's builder is told to use."""

    work_dir: PathText = Field(
        default=DEFAULT_WORK_DIR,
        description="where the builder unpacks and builds sources",
        examples=[DEFAULT_WORK_DIR],
    )
    log_dir: PathText = Field(
        default=DEFAULT_LOG_DIR, description="where the builder writes its logs", examples=[DEFAULT_LOG_DIR]
    )


class SmokeTestSettings(Settings):
    """The image that is pushed and pulled to prove that a registry works."""

    enabled: bool = Field(default=True, description="whether to prove it at all", examples=[True])
    tag: Annotated[str, AfterValidator(_image_tag)] | None = Field(
        default=None,
        description="the tag of the image that is pushed; left out: a new one each time, as immutable tags need",
        examples=["smoke-test"],
    )


def tag_key_mistake(key: str) -> str | None:
    """Why `key` cannot be a resource tag's key, or None where it can."""
    if _TAG_KEY.fullmatch(key) is None or key != key.strip():
        return "is not a tag's key: 1 to 128 letters, digits, spaces inside, and . : / = + @ - _"
    if key.lower().startswith("aws:"):
        return "begins with `aws:`, which AWS keeps for itself"
    return None


def tag_value_mistake(value: str) -> str | None:
    """Why `value` cannot be a resource tag's value, or None where it can."""
    if _TAG_VALUE.fullmatch(value) is None or value != value.strip():
        return "is not a tag's value: up to 256 letters, digits, spaces inside, and . : / = + @ - _"
    return None
