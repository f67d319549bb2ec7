"""Pieces of content and how they are named.

Owns: descriptors, blobs that can be read again from the start, and checking a digest while
reading. Does not own moving them.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from oci import errors

CHUNK = 1 << 20
"""How much is read, hashed and written at a time, in bytes."""


@dataclass(frozen=True)
class Descriptor:
    """Names content by its sha256 digest and size in bytes."""

    media_type: str
    digest: str
    size: int

    def as_dict(self) -> dict[str, str | int]:
        """As the image specification writes it."""
        return {"mediaType": self.media_type, "digest": self.digest, "size": self.size}


@dataclass(frozen=True)
class Blob:
    """Content with its descriptor; `content` yields the same bytes each time it is iterated."""

    descriptor: Descriptor
    content: Iterable[bytes] = field(repr=False)

    @classmethod
    def of(cls, media_type: str, content: Iterable[bytes]) -> "Blob":
        """Reads `content` once to name it; raises TypeError for an iterator that is used up by that."""
        if isinstance(content, Iterator):
            raise TypeError("a blob's content is read more than once: pass an iterable that starts again")
        hashed, size = hashlib.sha256(), 0
        for piece in content:
            hashed.update(piece)
            size += len(piece)
        return cls(Descriptor(media_type, f"sha256:{hashed.hexdigest()}", size), content)

    @classmethod
    def of_bytes(cls, media_type: str, content: bytes) -> "Blob":
        """A blob held in memory."""
        return cls.of(media_type, (content,))


def verified(what: str, descriptor: Descriptor, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """`pieces` as they come; raises DigestMismatchError at the end, or as soon as there are too many.

    What was yielded may only be relied upon once the iterator has ended without an error.
    """
    hashed, size = hashlib.sha256(), 0
    for piece in pieces:
        hashed.update(piece)
        size += len(piece)
        if size > descriptor.size:
            raise errors.DigestMismatchError(what, f"more came than the {descriptor.size} bytes announced")
        yield piece
    found = f"sha256:{hashed.hexdigest()}"
    if found != descriptor.digest or size != descriptor.size:
        raise errors.DigestMismatchError(
            what, f"{size} bytes with digest {found} came; {descriptor.size} with {descriptor.digest} were announced"
        )
