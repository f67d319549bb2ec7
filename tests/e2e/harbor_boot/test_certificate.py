"""The certificate by its three ways, with the real openssl and a stand-in for certbot."""

import subprocess
from pathlib import Path

import pytest

from tests.e2e.harbor_boot import release
from tests.e2e.harbor_boot.conftest import Make
from tests.e2e.harbor_boot.machine import Machine


def openssl(*command: str | Path) -> str:
    return subprocess.run(["openssl", *command], capture_output=True, text=True, check=True).stdout


def test_its_own_authority_signs_for_the_host_and_is_kept(made: Make) -> None:
    here = made()
    assert here.shell("certificate").returncode == 0
    first, ca = (here.tls / "chain.pem").read_bytes(), (here.tls / "ca.pem").read_bytes()
    strict = ["-x509_strict", "-purpose", "sslserver", "-verify_hostname", release.HOST]
    openssl("verify", *strict, "-CAfile", here.tls / "ca.pem", here.tls / "chain.pem")
    assert {oct(file.stat().st_mode)[-3:] for file in here.tls.iterdir()} == {"600"}
    assert here.shell("certificate").returncode == 0
    assert (here.tls / "chain.pem").read_bytes() == first
    assert sorted(file.name for file in here.tls.iterdir()) == ["ca-key.pem", "ca.pem", "chain.pem", "key.pem"]
    # Sixty days before its end there is a new one, by the same authority.
    assert here.shell("HOST_LEFT=398; certificate").returncode == 0
    assert (here.tls / "chain.pem").read_bytes() != first
    assert (here.tls / "ca.pem").read_bytes() == ca
    assert here.shell("report working certificate x").returncode == 0
    assert here.cloud.reports[-1]["ca"] == ca.decode()


def given(here: Machine, folder: Path, days: int = 90) -> dict[str, str]:
    """A chain and a key that a person gave."""
    chain, key = folder / "given.pem", folder / "given-key.pem"
    subject = ["-subj", "/CN=given", "-addext", f"subjectAltName=DNS:{release.HOST}"]
    openssl(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", str(days), *subject, "-keyout", key, "-out", chain
    )
    return {"tlsChain": chain.read_text(), "tlsKey": key.read_text()}


def test_a_given_certificate_is_taken_with_its_key_and_not_with_another(made: Make, tmp_path: Path) -> None:
    here = made(tls={"mode": "given"})
    secret = {**release.SECRET, **given(here, tmp_path)}
    (here.run_dir / "secret.json").write_text(release.to_json(secret))
    assert here.shell("certificate").returncode == 0
    assert (here.tls / "chain.pem").read_text().strip() == secret["tlsChain"].strip()
    other = {**secret, "tlsKey": given(here, tmp_path)["tlsKey"]}
    (here.run_dir / "secret.json").write_text(release.to_json(other))
    assert here.shell("certificate").returncode == 1
    assert "not that of the given certificate" in here.cloud.reports[-1]["message"]
    assert (here.tls / "chain.pem").read_text().strip() == secret["tlsChain"].strip()


@pytest.mark.parametrize(
    ("kind", "challenge", "how"),
    [
        ("ec2", "http", "--standalone --preferred-challenges http"),
        ("ec2", "dns", "--dns-route53"),
        ("compute-engine", "dns", "--dns-google"),
    ],
)
def test_lets_encrypt_is_asked_by_its_challenge(made: Make, kind: str, challenge: str, how: str) -> None:
    here = made(kind=kind, tls={"mode": "lets-encrypt", "email": "a@example.com", "challenge": challenge})
    here.state("offline")
    assert here.shell("certificate").returncode == 1
    assert "Let's Encrypt gave no certificate" in here.cloud.reports[-1]["message"]
    (here.folder / "state" / "offline").unlink()
    assert here.shell("certificate").returncode == 0
    assert here.calls[-1].startswith("certbot certonly --non-interactive")
    assert here.calls[-1].endswith(how)
    # What is here still serves when a renewal fails.
    here.state("offline")
    assert here.shell("certificate").returncode == 0


def test_a_renewed_certificate_reaches_the_running_harbor(made: Make) -> None:
    here = made(tls={"mode": "lets-encrypt", "email": "a@example.com", "challenge": "http"})
    (here.data / "snapdeploy" / "installed").write_text("2.15.2\n")
    (here.data / "installer" / "2.15.2" / "harbor").mkdir(parents=True)
    served = here.data / "harbor" / "secret" / "cert"
    served.mkdir(parents=True)
    done = here.script("tls.sh", "renew")
    assert done.returncode == 0, done.stderr
    assert (served / "server.crt").read_bytes() == (here.tls / "chain.pem").read_bytes()
    assert (served / "server.key").stat().st_mode & 0o777 == 0o600
    assert here.calls[-1] == "docker compose exec -T proxy nginx -s reload"
    assert here.cloud.reports == []
