"""Converging as a whole, without a boot: what is done once, what is done anew, and what is said of a failure."""

import shutil

from tests.e2e.harbor_boot.clouds import NAMES
from tests.e2e.harbor_boot.machine import Machine


def states(here: Machine) -> list[tuple[str, str]]:
    return [(report["state"], report["step"]) for report in here.cloud.reports]


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


def test_scripts_that_it_was_not_made_with_stop_it(harbor: Machine) -> None:
    place = harbor.folder / "place.env"
    place.write_text(f"{place.read_text()}MORE_PARTS=1\nMORE_SHA256={'0' * 64}\n")
    harbor.cloud.parameters = {f"{NAMES['wanted']}-files-1": "c29tZWJvZHkncw=="}
    assert harbor.script("converge.sh").returncode == 1
    assert states(harbor)[-1] == ("failed", "wanted")
    assert "not those that it was made with" in harbor.cloud.reports[-1]["message"]
    assert harbor.cloud.downloads == []


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
