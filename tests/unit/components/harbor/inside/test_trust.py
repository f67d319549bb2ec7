"""Harbor's own authority: where the bridge looks for it, and that it is there."""

from pathlib import Path

import pytest

from components._provided import Failed
from components.harbor.inside.trust import FOLDER, TrustProvider, obstacles

PEM = "-----BEGIN CERTIFICATE-----\nmade-up\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize("named", ["", "/etc/ssl/certs", "{root}"])
def test_where_the_provider_would_not_look_it_is_told_before_anything_is_made(tmp_path: Path, named: str) -> None:
    environment = {"SSL_CERT_DIR": named.replace("{root}", str(tmp_path))}
    (found,) = obstacles(environment, tmp_path, platform="linux")
    assert f"export SSL_CERT_DIR={tmp_path / FOLDER}:/etc/ssl/certs" in found.mend


def test_where_it_looks_nothing_is_in_the_way(tmp_path: Path) -> None:
    environment = {"SSL_CERT_DIR": f"/etc/ssl/certs:{tmp_path / FOLDER}"}
    assert list(obstacles(environment, tmp_path, platform="linux")) == []


def test_the_file_is_kept_made_again_and_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    provider = TrustProvider()
    told = {"file": str(FOLDER / "prod-main.pem"), "ca": PEM}
    inputs = provider.check({}, told).inputs
    provider.create(inputs)
    file = tmp_path / FOLDER / "prod-main.pem"
    assert file.read_text() == PEM
    assert [each.name for each in file.parent.iterdir()] == [file.name]
    assert provider.check(inputs, told).inputs == inputs
    file.unlink()
    assert provider.check(inputs, told).inputs["since"] == "2: the file was gone"
    provider.update("", inputs, inputs)
    assert file.exists()
    provider.delete("", inputs)
    provider.delete("", inputs)
    assert not file.exists()
    with pytest.raises(Failed, match="reported no certificate authority"):
        provider.create({**inputs, "ca": ""})
