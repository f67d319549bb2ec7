"""Lists that stay short and honest: the first few of each sort, and the exact number of the rest.

Owns: what counts as the same sort (the same sentence about another thing). Pure.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def shortened(found: Sequence[T], sort: Callable[[T], object], most: int) -> Iterator[tuple[T, int]]:
    """Of each sort the first `most`, in order of the sorts, with how many more there are after the last of it."""
    sorts: dict[object, list[T]] = defaultdict(list)
    for one in found:
        sorts[sort(one)].append(one)
    for same in sorts.values():
        shown = same[: max(most, 1)]
        for at, one in enumerate(shown, 1):
            yield one, len(same) - len(shown) if at == len(shown) else 0


def cut(found: Sequence[T], most: int) -> tuple[Sequence[T], int]:
    """The first `most`, and how many are left out."""
    return found[:most], max(len(found) - most, 0)
