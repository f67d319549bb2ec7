"""The authority of a local registry: trusted by its file alone, renewed in time, its files closed."""

import datetime
import stat
from pathlib import Path

import pytest
from cryptography import x509

from components import _certificate
from components._certificate import Certificate


def test_it_is_made_once_and_signs_the_address(tmp_path: Path) -> None:
    certificate = Certificate(tmp_path / "tls")
    assert certificate.trouble() == "its certificate was gone"
    certificate.ensure("127.0.0.1")
    assert certificate.trouble() is None
    first = certificate.chain.read_bytes()
    certificate.ensure("127.0.0.1")
    assert certificate.chain.read_bytes() == first
    served = x509.load_pem_x509_certificate(first)
    served.verify_directly_issued_by(x509.load_pem_x509_certificate(certificate.authority.read_bytes()))
    names = served.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "127.0.0.1" in {str(address) for address in names.get_values_for_type(x509.IPAddress)}
    for file in (certificate.key, certificate.chain, certificate.authority):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(list(certificate.folder.iterdir())) == 3, "the authority's own key is not kept"


def test_it_is_renewed_a_month_before_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = Certificate(tmp_path)
    monkeypatch.setattr(_certificate, "_DAYS", 29)
    certificate.ensure("127.0.0.1")
    assert (certificate.trouble() or "").startswith("its certificate ends in 2")
    monkeypatch.setattr(_certificate, "_DAYS", 397)
    certificate.ensure("127.0.0.1")
    ends = x509.load_pem_x509_certificate(certificate.chain.read_bytes()).not_valid_after_utc
    assert ends - datetime.datetime.now(datetime.UTC) > datetime.timedelta(days=390)
