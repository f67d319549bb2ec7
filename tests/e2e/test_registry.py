"""The client against a real distribution registry: what holds in memory has to hold on the wire."""

from collections.abc import Iterator

import pytest

from contract.image import Registry
from oci import errors
from oci.blob import CHUNK, Blob, Descriptor
from oci.checks import Name, Proof
from oci.client import Client
from oci.credential import Credential
from oci.image import random_image
from tests.support.registry import NAMESPACE, RunningRegistry, free_port, run_registry

REPOSITORY = f"{NAMESPACE}/e2e"


@pytest.fixture
def client(registry: RunningRegistry) -> Iterator[Client]:
    with Client(registry.registry.host, registry.credential) as connected:
        yield connected


def test_many_and_large_layers_go_there_and_back(client: Client) -> None:
    image = random_image(layers=6, layer_size=2 * CHUNK + 3)
    client.push_image(REPOSITORY, "large", image)
    assert client.read_image(REPOSITORY, image) > 12 * CHUNK
    assert "large" in set(client.tags(REPOSITORY))
    assert client.pull_manifest(REPOSITORY, "large") == image.manifest


def test_the_registry_refuses_content_under_a_wrong_digest(client: Client) -> None:
    lie = Blob(Descriptor("x", f"sha256:{'0' * 64}", 4), (b"abcd",))
    with pytest.raises(errors.RefusedError, match="DIGEST_INVALID"):
        client.push_blob(REPOSITORY, lie)


def test_a_manifest_whose_layer_was_never_uploaded_is_refused_with_advice(client: Client) -> None:
    with pytest.raises(errors.RefusedError, match="push the image again") as caught:
        client.push_manifest(f"{NAMESPACE}/no-layers", "x", random_image().manifest)
    assert caught.value.code == "MANIFEST_BLOB_UNKNOWN"


def test_pages_of_tags_are_all_read(client: Client) -> None:
    image = random_image()
    wanted = {f"t{number:03}" for number in range(25)}
    client.push_image(f"{NAMESPACE}/paged", "t000", image)
    for tag in wanted - {"t000"}:
        client.push_manifest(f"{NAMESPACE}/paged", tag, image.manifest)
    assert set(client.tags(f"{NAMESPACE}/paged")) == wanted


def test_a_missing_tag_is_not_found(client: Client) -> None:
    with pytest.raises(errors.NotFoundError, match="there is no such tag"):
        client.pull_manifest(REPOSITORY, "never-pushed")


def test_the_proof_holds_and_leaves_no_tag(registry: RunningRegistry, client: Client) -> None:
    checks = list(Proof(registry.registry, registry.credential, immutable=False).run())
    assert [check.name for check in checks if not check.ok] == []
    assert list(client.tags(f"{NAMESPACE}/snapdeploy-verify")) == []


def test_the_proof_holds_over_tls(tls_registry: RunningRegistry) -> None:
    proof = Proof(tls_registry.registry, tls_registry.credential, authority=tls_registry.ca_file)
    assert [check.name for check in proof.run() if not check.ok] == []


def test_an_unknown_authority_is_told_with_its_remedy(
    tls_registry: RunningRegistry, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with run_registry(tmp_path_factory.mktemp("other"), tls=True) as other:
        checks = list(Proof(tls_registry.registry, tls_registry.credential, authority=other.ca_file).run())
    assert "DOCKER_REGISTRY_CA_FILE" in checks[0].detail
    assert not any(check.ok for check in checks)


def test_plain_http_to_a_tls_registry_is_refused(tls_registry: RunningRegistry) -> None:
    (first, *_) = Proof(tls_registry.registry, tls_registry.credential).run()
    assert not first.ok
    assert "HTTP 400" in first.detail


def test_tls_to_a_plain_registry_is_told_with_its_remedy(
    registry: RunningRegistry, tls_registry: RunningRegistry
) -> None:
    (first, *_) = Proof(registry.registry, registry.credential, authority=tls_registry.ca_file).run()
    assert not first.ok
    assert "plain HTTP where HTTPS was expected" in first.detail


def test_an_open_registry_does_not_pass(open_registry: RunningRegistry) -> None:
    failed = [check.name for check in Proof(open_registry.registry, open_registry.credential).run() if not check.ok]
    assert failed == [Name.WRONG_PASSWORD_REFUSED, Name.ANONYMOUS_REFUSED]


def test_a_wrong_password_is_an_authentication_error(registry: RunningRegistry) -> None:
    wrong = Credential(registry.credential.username, "another")
    with Client(registry.registry.host, wrong) as client, pytest.raises(errors.AuthenticationError):
        client.ping()


def test_nobody_listening_is_told_quickly() -> None:
    proof = Proof(Registry(f"127.0.0.1:{free_port()}", NAMESPACE), Credential("a", "b"))
    (first, *_) = proof.run()
    assert proof.unreachable
    assert "nothing listens there" in first.detail
    assert first.seconds < 10


def test_a_registry_without_deletion_is_said_to_keep_the_image(tmp_path_factory: pytest.TempPathFactory) -> None:
    with run_registry(tmp_path_factory.mktemp("keeps"), delete=False) as keeping:
        *_, last = Proof(keeping.registry, keeping.credential).run()
    assert last.ok
    assert "refuses to delete" in last.detail


def test_the_registrys_log_has_no_password(registry: RunningRegistry) -> None:
    assert registry.credential.password not in registry.log.read_text(encoding="utf-8", errors="replace")
