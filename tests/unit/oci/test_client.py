"""What each call asks and reads."""

import httpx
import pytest

from oci import errors
from oci.blob import Blob
from oci.image import MANIFEST, Manifest, random_image
from tests.support.fake_registry import FakeRegistry
from tests.unit.oci.conftest import CREDENTIAL, Connect


def test_an_image_goes_there_and_back(connect: Connect) -> None:
    fake = FakeRegistry(CREDENTIAL)
    image = random_image(layers=6, layer_size=3000)
    with connect(fake) as client:
        client.push_image("a/b", "v1", image)
        assert client.pull_manifest("a/b", "v1") == image.manifest
        assert client.read_image("a/b", image) > 6 * 3000
        assert all(client.has_blob("a/b", layer.descriptor.digest) for layer in image.layers)
        assert not client.has_blob("a/b", f"sha256:{'0' * 64}")
        assert list(client.tags("a/b")) == ["v1"]
        client.delete_manifest("a/b", image.manifest.descriptor.digest)
        client.delete_manifest("a/b", image.manifest.descriptor.digest)
        with pytest.raises(errors.NotFoundError, match="there is no such tag"):
            client.pull_manifest("a/b", "v1")


def test_one_failed_layer_fails_the_push_before_the_manifest(connect: Connect) -> None:
    fake = FakeRegistry()
    image = random_image(layers=5)
    lost = image.layers[2].descriptor.digest

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("digest") == lost:
            return httpx.Response(500)
        return fake(request)

    with connect(handler) as client, pytest.raises(errors.UnavailableError, match=lost):
        client.push_image("a/b", "v1", image)
    assert fake.manifests == {}


def test_pages_of_tags_are_followed(connect: Connect) -> None:
    pages = {
        "": ({"tags": ["a"]}, '</v2/a/b/tags/list?n=1000&last=a>; rel="next"'),
        "a": ({"tags": ["b"]}, '<https://registry.example.com/v2/a/b/tags/list?last=b>; rel="next"'),
        "b": ({"tags": None}, '<?last=c>; rel="next"'),
        "c": ({"tags": ["d"]}, ""),
    }

    def handler(request: httpx.Request) -> httpx.Response:
        document, link = pages[request.url.params.get("last", "")]
        return httpx.Response(200, json=document, headers={"Link": link} if link else {})

    with connect(handler) as client:
        assert list(client.tags("a/b")) == ["a", "b", "d"]


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ('<https://thief.example/v2/>; rel="next"', "another host"),
        ('<http://registry.example.com/v2/a/b/tags/list>; rel="next"', "another host"),
        ('</v2/a/b/tags/list?n=1000>; rel="next"', "do not end"),
    ],
)
def test_pages_that_lead_astray_are_refused(connect: Connect, link: str, why: str) -> None:
    asked: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"tags": ["a"]}, headers={"Link": link})

    with connect(handler) as client, pytest.raises(errors.ProtocolError, match=why):
        list(client.tags("a/b"))
    assert {request.url.host for request in asked} == {"registry.example.com"}


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"tags":{"a":1}}', b'{"tags":[1]}'])
def test_a_list_of_tags_that_is_none_is_refused(connect: Connect, body: bytes) -> None:
    with connect(lambda _: httpx.Response(200, content=body)) as client, pytest.raises(errors.ProtocolError):
        list(client.tags("a/b"))


def test_a_manifest_that_is_not_what_was_asked_for_is_refused(connect: Connect) -> None:
    wanted = Manifest.of(MANIFEST, b"{}").descriptor.digest
    with (
        connect(lambda _: httpx.Response(200, content=b'{"other":1}')) as client,
        pytest.raises(errors.DigestMismatchError),
    ):
        client.pull_manifest("a/b", wanted)


@pytest.mark.parametrize("headers", [{}, {"Location": "https://[::1"}])
def test_an_upload_without_an_address_is_refused(connect: Connect, headers: dict[str, str]) -> None:
    with (
        connect(lambda _: httpx.Response(202, headers=headers)) as client,
        pytest.raises(errors.ProtocolError, match="no usable address"),
    ):
        client.push_blob("a/b", Blob.of_bytes("x", b""))


@pytest.mark.parametrize("repository", ["", "A/b", "a/../b", "a b", "a?x=1", "a#", "a/%2e", "a\r\nX: 1"])
def test_a_name_that_no_repository_has_is_not_asked_for(connect: Connect, repository: str) -> None:
    with connect(FakeRegistry()) as client, pytest.raises(ValueError, match="repository"):
        list(client.tags(repository))


@pytest.mark.parametrize("reference", ["", "../x", "a/b", "-x", "sha256:00", "a?b"])
def test_a_reference_that_is_none_is_not_asked_for(connect: Connect, reference: str) -> None:
    with connect(FakeRegistry()) as client, pytest.raises(ValueError, match="reference"):
        client.pull_manifest("a/b", reference)


def test_docker_hub_is_asked_where_its_api_is(connect: Connect) -> None:
    hosts: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        return httpx.Response(200)

    with connect(handler, host="docker.io") as client:
        client.ping()
    assert hosts == ["registry-1.docker.io"]


def test_a_blob_refuses_content_that_can_be_read_only_once() -> None:
    with pytest.raises(TypeError, match="starts again"):
        Blob.of("x", iter([b"a"]))
