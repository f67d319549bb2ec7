"""Words of Markdown that the pages made from tables share."""

from collections.abc import Iterable

import yaml


def code(words: Iterable[str]) -> str:
    """Each word as code."""
    return " ".join(f"`{word}`" for word in words)


def config(block: dict[str, object]) -> str:
    """A block of the config in one line."""
    return f"`{{{', '.join(f'{key}: {_flow(value)}' for key, value in block.items())}}}`"


def _flow(value: object) -> str:
    return yaml.safe_dump(value, default_flow_style=True, width=1000).strip().removesuffix("...").strip()
