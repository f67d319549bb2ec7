"""Made-up images are real ones: what a container engine would accept."""

import hashlib
import io
import json
import tarfile

import pytest

from oci.blob import CHUNK
from oci.image import RandomTar, random_image


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 77])
def test_a_layer_is_a_tar_with_a_file_of_that_size(size: int) -> None:
    layer = RandomTar(size)
    content = b"".join(layer)
    assert b"".join(layer) == content
    assert len(content) % 512 == 0
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        (entry,) = archive.getmembers()
        file = archive.extractfile(entry)
        assert file is not None
        assert len(file.read()) == size


def test_manifest_and_config_name_each_layer_by_its_own_digest() -> None:
    image = random_image(layers=3, layer_size=100)
    digests = [f"sha256:{hashlib.sha256(b''.join(layer.content)).hexdigest()}" for layer in image.layers]
    assert len(set(digests)) == 3
    manifest = json.loads(image.manifest.content)
    config = json.loads(b"".join(image.config.content))
    assert [layer["digest"] for layer in manifest["layers"]] == digests == config["rootfs"]["diff_ids"]
    assert manifest["config"]["digest"] == image.config.descriptor.digest
    assert image.manifest.descriptor.digest == f"sha256:{hashlib.sha256(image.manifest.content).hexdigest()}"


def test_no_two_images_are_alike() -> None:
    assert random_image().manifest.descriptor.digest != random_image().manifest.descriptor.digest
