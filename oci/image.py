"""Images made up on the spot, to prove a registry with.

Owns: building a valid OCI image out of random bytes: config, tar layers, manifest. Does not
own sending it. Layers are made again while they are read, so that their size costs no memory.
"""

import json
import os
import tarfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from oci.blob import CHUNK, Blob, Descriptor

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"

_TAR_BLOCK = 512
_HASHED_AT_ONCE = 4


@dataclass(frozen=True)
class Manifest:
    """A manifest's exact bytes, and what names them."""

    descriptor: Descriptor
    content: bytes

    @classmethod
    def of(cls, media_type: str, content: bytes) -> "Manifest":
        """Names `content`."""
        return cls(Blob.of_bytes(media_type, content).descriptor, content)


@dataclass(frozen=True)
class Image:
    """A whole image: what its manifest names, and the manifest."""

    config: Blob
    layers: tuple[Blob, ...]
    manifest: Manifest


class RandomTar(Iterable[bytes]):
    """A tar with one file of `size` bytes that no registry has seen before.

    One random mebibyte is repeated, each time with a counter in front: cheap enough not to slow
    a measurement down, and different in every chunk.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._random = os.urandom(min(size, CHUNK))

    def __iter__(self) -> Iterator[bytes]:
        entry = tarfile.TarInfo("snapdeploy-verify")
        entry.size = self._size
        yield entry.tobuf(tarfile.PAX_FORMAT)
        for start in range(0, self._size, CHUNK):
            counter = (start // CHUNK).to_bytes(8, "big") if start else b""
            yield (counter + self._random[len(counter) :])[: self._size - start]
        yield bytes(-self._size % _TAR_BLOCK + 2 * _TAR_BLOCK)


def random_image(layers: int = 1, layer_size: int = 1024) -> Image:
    """An image of `layers` layers, each with `layer_size` random bytes, for linux/amd64; it cannot be run."""
    with ThreadPoolExecutor(_HASHED_AT_ONCE, thread_name_prefix="layer") as pool:
        blobs = tuple(pool.map(lambda _: Blob.of(LAYER, RandomTar(layer_size)), range(layers)))
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Labels": {"org.opencontainers.image.title": "snapdeploy-verify"}},
        # The layers are not compressed, so a layer's own digest is its diff id too.
        "rootfs": {"type": "layers", "diff_ids": [blob.descriptor.digest for blob in blobs]},
    }
    named = Blob.of_bytes(CONFIG, _document(config))
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": named.descriptor.as_dict(),
        "layers": [blob.descriptor.as_dict() for blob in blobs],
    }
    return Image(named, blobs, Manifest.of(MANIFEST, _document(manifest)))


def _document(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()
