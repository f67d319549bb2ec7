"""A credential stands where docker and a kubelet look for it."""

import base64
import json

import pytest

from contract.docker_config import credential_key, document


@pytest.mark.parametrize("host", ["docker.io", "index.docker.io", "registry-1.docker.io"])
def test_docker_hub_has_one_key_under_all_its_names(host: str) -> None:
    assert credential_key(host) == "https://index.docker.io/v1/"


@pytest.mark.parametrize("host", ["ghcr.io", "127.0.0.1:5000", "docker.io.example.com", "notdocker.io"])
def test_every_other_host_is_its_own_key(host: str) -> None:
    assert credential_key(host) == host


def test_the_document_is_what_docker_login_writes() -> None:
    auths = json.loads(document("docker.io", "acme", 'pass"wörd:with'))["auths"]
    entry = auths["https://index.docker.io/v1/"]
    assert base64.b64decode(entry["auth"]).decode() == 'acme:pass"wörd:with'
    assert (entry["username"], entry["password"]) == ("acme", 'pass"wörd:with')
    assert document("docker.io", "a", "b") == document("docker.io", "a", "b")
