"""What goes to and from the clouds, and what is downloaded, with the real curl; and that the scripts are clean."""

import subprocess
from pathlib import Path

import pytest

from components.harbor.boot.render import cloud_config
from tests.e2e.harbor_boot import release
from tests.e2e.harbor_boot.clouds import GOOGLE, IMDS, KEY
from tests.e2e.harbor_boot.conftest import Make
from tests.e2e.harbor_boot.machine import SCRIPTS
from tests.support.debian import needs
from tests.unit.components.harbor.boot.test_render import PLACE


def test_the_scripts_are_clean_and_cloud_init_takes_the_user_data(tmp_path: Path) -> None:
    needs("shellcheck", "cloud-init")
    command = ["shellcheck", "-x", "-P", "lib", *(f"lib/{script.name}" for script in sorted(SCRIPTS.glob("*.sh")))]
    done = subprocess.run(command, cwd=SCRIPTS.parent, capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""
    (tmp_path / "user-data").write_text(cloud_config(PLACE))
    schema = ["cloud-init", "schema", "-c", str(tmp_path / "user-data")]
    done = subprocess.run(schema, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("Valid cloud-config"), done.stdout + done.stderr


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
