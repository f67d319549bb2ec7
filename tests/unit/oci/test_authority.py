"""Which certificate authority the delivered variables say to trust."""

import base64
import ssl
from pathlib import Path

import pytest
import trustme

from oci import errors
from oci.authority import authority
from oci.client import Client
from oci.endpoint import Endpoint


def packed(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_the_certificates_themselves_are_trusted_beside_the_usual_ones() -> None:
    made = trustme.CA()
    pem = made.cert_pem.bytes().decode()
    trusted = authority({"DOCKER_REGISTRY_CA": packed(pem)})
    assert trusted == pem
    known = Endpoint("registry.example.com", trusted).trust().get_ca_certs(binary_form=True)
    assert ssl.PEM_cert_to_DER_cert(pem) in known
    assert len(known) > 1


def test_a_file_counts_before_them_and_nothing_is_nothing() -> None:
    assert authority({"DOCKER_REGISTRY_CA_FILE": "/x/ca.pem", "DOCKER_REGISTRY_CA": "!"}) == Path("/x/ca.pem")
    assert authority({"DOCKER_REGISTRY_CA": "", "DOCKER_REGISTRY_CA_FILE": ""}) is None


@pytest.mark.parametrize(
    "text", ["!", "aGVsbG8=", packed("-----BEGIN PRIVATE KEY-----"), "-----BEGIN CERTIFICATE-----"]
)
def test_what_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not the base64 of a certificate"):
        authority({"DOCKER_REGISTRY_CA": text})


def test_a_broken_certificate_is_named_by_its_variable() -> None:
    with pytest.raises(errors.UntrustedError, match="DOCKER_REGISTRY_CA"):
        Client("registry.example.com", None, authority="-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n")
