"""The server's scripts for real, without booting: disk images, certificates, both clouds, a release on loopback."""

import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.e2e.harbor_boot import release
from tests.e2e.harbor_boot.clouds import GOOGLE, IMDS, KEY, Cloud
from tests.e2e.harbor_boot.machine import SCRIPTS, Machine, machine
from tests.support.debian import needs
from tests.support.http_double import serving

Make = Callable[..., Machine]
EBS = "Amazon\\x20Elastic\\x20Block\\x20Store"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Make]:
    """Makes the test's machine, with a cloud that has a release."""
    needs("jq", "curl", "openssl", "e2fsprogs", "python3-yaml")
    cloud = Cloud({}, release.SECRET, files=release.files())
    with serving(cloud.respond) as server:

        def make(*, kind: str = "ec2", real: tuple[str, ...] = (), **wanted: object) -> Machine:
            cloud.wanted = release.wanted(server, **wanted)
            return machine(tmp_path / "m", server, cloud, kind=kind, real=real)

        yield make


@pytest.fixture
def harbor(made: Make) -> Iterator[Machine]:
    """A machine on which a Harbor that is healthy answers, with the certificate that is on the disk."""
    here = made()

    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b'{"status": "healthy"}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    class Server(ThreadingHTTPServer):
        def get_request(self) -> tuple[ssl.SSLSocket, tuple[str, int]]:
            raw, address = super().get_request()
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(here.tls / "chain.pem", here.tls / "key.pem")
            return context.wrap_socket(raw, server_side=True), address

    server = Server(("127.0.0.1", 0), Health)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    here.environment["HARBOR_ADDRESS"] = f"127.0.0.1:{server.server_address[1]}"
    yield here
    server.shutdown()
    server.server_close()


def states(here: Machine) -> list[tuple[str, str]]:
    return [(report["state"], report["step"]) for report in here.cloud.reports]


def test_the_scripts_are_clean_and_cloud_init_takes_the_user_data(tmp_path: Path) -> None:
    needs("shellcheck", "cloud-init")
    from components.harbor.boot.render import cloud_config
    from tests.unit.components.harbor.boot.test_render import PLACE

    command = ["shellcheck", "-x", "-P", "lib", *(f"lib/{script.name}" for script in sorted(SCRIPTS.glob("*.sh")))]
    done = subprocess.run(command, cwd=SCRIPTS.parent, capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""
    (tmp_path / "user-data").write_text(cloud_config(PLACE))
    schema = ["cloud-init", "schema", "-c", str(tmp_path / "user-data")]
    done = subprocess.run(schema, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("Valid cloud-config"), done.stdout + done.stderr


# The disk


def image(folder: Path, *make: str, size: int = 64 << 20) -> Path:
    """An image file; `make`: the command that writes on it, which gets its path."""
    file = folder / "disk.img"
    with file.open("wb") as disk:
        disk.truncate(size)
    if make:
        subprocess.run([*make, str(file)], check=True, capture_output=True)
    return file


def test_an_empty_disk_becomes_ours_and_stays_so(made: Make, tmp_path: Path) -> None:
    here, disk = made(real=("blkid",)), image(tmp_path)
    for _ in range(2):
        done = here.shell(f"make_ready {disk}; what_is {disk}")
        assert (done.returncode, done.stdout) == (0, "ours\n"), done.stderr
    uuids = (tmp_path / "m" / "log").read_text().count("is empty, so it becomes the data disk")
    assert uuids == 1


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (("mkfs.ext4", "-q", "-L", "other"), "TYPE=ext4"),
        (("mkfs.ext4", "-q"), "TYPE=ext4"),
        (("mkswap", "-L", "harbor-data"), "TYPE=swap"),
        (("sh", "-c", 'printf x | dd of="$0" bs=1 seek=70000 conv=notrunc'), "no file system"),
    ],
)
def test_what_is_not_ours_stops_it_and_stays_as_it_is(
    made: Make, tmp_path: Path, make: tuple[str, ...], said: str
) -> None:
    here, disk = made(real=("blkid",)), image(tmp_path, *make)
    before = release.sha256(disk.read_bytes())
    done = here.shell(f"make_ready {disk}; echo went on")
    assert (done.returncode, done.stdout) == (1, "")
    report = here.cloud.reports[-1]
    assert (report["state"], report["step"]) == ("failed", "disk")
    assert said in report["message"]
    assert "nothing was written to it" in report["message"]
    assert release.sha256(disk.read_bytes()) == before


ROOT = "259:0 \n259:1 /dev/nvme0n1\n"


@pytest.mark.parametrize(
    ("disks", "found"),
    [
        (
            f"/dev/nvme0n1 {EBS}\n/dev/nvme1n1 {EBS}\n/dev/nvme2n1 Amazon\\x20EC2\\x20NVMe\\x20Instance\\x20Storage\n",
            "/dev/nvme1n1",
        ),
        (f"/dev/nvme0n1 {EBS}\n", ""),
        (f"/dev/nvme0n1 {EBS}\n/dev/nvme1n1 {EBS}\n/dev/nvme2n1 {EBS}\n", None),
    ],
)
def test_the_data_disk_is_the_one_ebs_volume_that_the_system_is_not_on(
    made: Make, disks: str, found: str | None
) -> None:
    here = made()
    here.state("lsblk-nrpo", ROOT)
    here.state("lsblk-dnrpo", disks)
    done = here.shell("find_disk")
    if found is None:
        assert "several EBS volumes" in here.cloud.reports[-1]["message"]
        assert "/dev/nvme1n1 /dev/nvme2n1" in here.cloud.reports[-1]["message"]
    else:
        assert (done.returncode, done.stdout) == (0, found), done.stderr


def test_a_disk_that_is_not_attached_is_said(made: Make) -> None:
    here = made()
    here.state("lsblk-nrpo", ROOT)
    here.state("lsblk-dnrpo", "")
    assert here.shell("await_disk").returncode == 1
    assert "not attached" in here.cloud.reports[-1]["message"]


# The certificate


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


# The clouds


@pytest.mark.parametrize("kind", ["ec2", "compute-engine"])
def test_documents_and_report_go_their_way_without_a_secret_in_an_argument(made: Make, kind: str) -> None:
    here = made(kind=kind)
    for name in ("wanted.json", "secret.json"):
        (here.run_dir / name).unlink()
    trace = 'curl() { printf "%s\\n" "$*" >>"$CALLS"; command curl "$@"; }\n'
    done = here.shell(trace + "fetch_wanted && fetch_secret && report working disk 'a message'")
    assert done.returncode == 0, done.stderr + str(here.cloud.refused)
    assert (here.run_dir / "wanted.json").read_text() == here.cloud.text
    assert (here.run_dir / "secret.json").stat().st_mode & 0o777 == 0o600
    assert here.shell("secret .adminPassword").stdout == release.SECRET["adminPassword"] + "\n"
    report = here.cloud.reports[-1]
    assert (report["wanted"], report["instance"], report["state"]) == (here.cloud.digest, "i-0first", "working")
    assert here.calls
    told = "\n".join(here.calls)
    assert [word for word in (KEY["SecretAccessKey"], KEY["Token"], IMDS, GOOGLE) if word in told] == []
    assert here.cloud.refused == []


def test_a_report_fits_and_holds_no_secret(made: Make) -> None:
    here = made()
    (here.folder / "log").write_text(f"{'x' * 9000} password {release.SECRET['adminPassword']} \n" + "\x01é" * 700)
    assert here.shell(f"report failed install {'m' * 3000}").returncode == 0
    assert here.shell('report failed install "it is $(secret .databasePassword)"').returncode == 0
    assert release.SECRET["adminPassword"] not in str(here.cloud.reports)
    assert here.cloud.reports[-1]["message"] == "it is ***"


# The installer


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("/harbor.tgz", "has SHA-256"),
        ("/cosign", "cosign"),
        ("/harbor.tgz.sigstore.json", "is not signed by"),
    ],
)
def test_what_is_not_the_release_is_never_unpacked(made: Make, spoil: str, said: str) -> None:
    here = made()
    here.cloud.files[spoil] = here.cloud.files[spoil] + b"x"
    assert here.shell("installer").returncode == 1
    assert said in here.cloud.reports[-1]["message"]
    assert not list((here.data / "installer").glob("2.15.2*"))
    assert not list((here.data / "installer").glob("*.partial"))


def test_a_release_without_a_bundle_is_known_by_its_checksum(made: Make) -> None:
    here = made()
    here.cloud.wanted = {**here.cloud.wanted, "installer": {**here.cloud.wanted["installer"], "bundleUrl": None}}
    (here.run_dir / "wanted.json").write_text(here.cloud.text)
    assert here.shell("installer").returncode == 0
    assert here.cloud.downloads == ["/harbor.tgz"]


# All of it


def test_converging_again_changes_nothing_and_says_nothing(harbor: Machine) -> None:
    done = harbor.script("converge.sh")
    assert done.returncode == 0, done.stderr + str(harbor.cloud.reports)
    assert states(harbor) == [("working", step) for step in ("certificate", "installer", "install", "healthy")] + [
        ("healthy", "healthy")
    ]
    calls, downloads = len(harbor.calls), len(harbor.cloud.downloads)
    assert harbor.script("converge.sh").returncode == 0
    assert [call for call in harbor.calls[calls:] if call.startswith(("docker", "systemctl"))] == []
    assert len(harbor.cloud.reports) == 5
    # After a restart, which empties the run folder, it is proven anew, and nothing is installed.
    shutil.rmtree(harbor.run_dir)
    assert harbor.script("converge.sh").returncode == 0
    assert states(harbor)[-1] == ("healthy", "healthy")
    assert (harbor.data / "harbor" / "installs").read_text().count("\n") == 1
    assert (harbor.data / "harbor" / "prepares").read_text().count("\n") == 1
    assert len(harbor.cloud.downloads) == downloads
    # Something else is wanted: harbor.yml changes, and Harbor starts anew, not installed.
    harbor.cloud.wanted = {**harbor.cloud.wanted, "jobs": 20}
    assert harbor.script("converge.sh").returncode == 0
    assert (harbor.data / "harbor" / "installs").read_text().count("\n") == 1
    assert (harbor.data / "harbor" / "prepares").read_text().count("\n") == 2
    assert "systemctl stop harbor.service" in harbor.calls
    assert harbor.cloud.reports[-1]["wanted"] == harbor.cloud.digest


def test_missing_packages_are_installed_and_a_failure_waits_before_the_next_try(harbor: Machine) -> None:
    harbor.state("missing", "rclone\n")
    harbor.state("offline")
    assert harbor.script("converge.sh").returncode == 1
    assert states(harbor)[-1] == ("failed", "packages")
    assert "Unable to locate package" in harbor.cloud.reports[-1]["message"]
    reports = len(harbor.cloud.reports)
    assert harbor.script("converge.sh").returncode == 0
    assert len(harbor.cloud.reports) == reports, "two minutes have not passed"
    (harbor.folder / "state" / "offline").unlink()
    assert harbor.script("converge.sh", "--now").returncode == 0
    assert any(
        call.startswith("apt-get ") and call.endswith("install --no-install-recommends rclone") for call in harbor.calls
    )
    assert states(harbor)[-1] == ("healthy", "healthy")


def test_what_nobody_thought_of_is_reported_with_its_step(harbor: Machine) -> None:
    (harbor.folder / "bin" / "tar").write_text("#!/bin/sh\nexit 0\n")
    (harbor.folder / "bin" / "tar").chmod(0o755)
    shutil.rmtree(harbor.tls)
    harbor.tls.write_text("a file where a folder should be")
    assert harbor.script("converge.sh").returncode == 1
    assert (harbor.cloud.reports[-1]["state"], harbor.cloud.reports[-1]["step"]) == ("failed", "disk")
    assert "disk.sh:" in harbor.cloud.reports[-1]["message"]


def test_a_server_that_is_healthy_does_not_fail_for_a_cloud_that_is_away(harbor: Machine) -> None:
    assert harbor.script("converge.sh").returncode == 0
    reports = len(harbor.cloud.reports)
    down = harbor.folder / "place.env"
    down.write_text(down.read_text().replace("/ssm", "/nowhere"))
    assert harbor.script("converge.sh").returncode == 1
    assert len(harbor.cloud.reports) == reports
