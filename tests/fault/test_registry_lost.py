"""What can happen to the registry under us, and what the next `make up` makes of it."""

import os
import shutil
import socket
import stat
from pathlib import Path

from tests.support.checkout import Checkout


def test_a_second_up_changes_nothing_and_a_third_mends_a_killed_process(running: Checkout) -> None:
    password = running.password
    second = running.up()
    assert "engine: 11 unchanged" in second.stderr

    (process,) = running.registries()
    process.kill()
    process.wait(10)
    third = running.up()
    assert "main-process" in third.stderr
    assert "the registry's process was gone" in third.stderr
    assert len(running.registries()) == 1
    assert running.password == password, "a restart is no rotation"
    assert "engine: 11 unchanged" in running.up().stderr


def test_a_lost_data_folder_is_made_again(running: Checkout) -> None:
    shutil.rmtree(running.root / ".state" / "registry" / "local-main" / "data")
    assert "the folder with its images was gone" in running.up().stderr
    assert len(running.registries()) == 1


def test_a_lost_state_folder_leaves_no_second_registry(running: Checkout) -> None:
    shutil.rmtree(running.root / ".state")
    done = running.up()
    assert "11 created" in done.stderr
    assert len(running.registries()) == 1


def test_a_lost_passphrase_costs_no_image(running: Checkout) -> None:
    (running.root / ".state" / "passphrase").unlink()
    done = running.up()
    assert "the passphrase of the state was gone" in done.stderr
    assert len(running.registries()) == 1


def test_a_lost_and_an_edited_env_file_are_delivered_again(running: Checkout) -> None:
    before = running.env_file.read_text()
    running.env_file.unlink()
    assert "dotenv-file" in running.up().stderr
    assert running.env_file.read_text().strip() == before.strip()

    mine = "# mine\nOTHER='kept as it is'\n"
    running.env_file.write_text(mine + running.env_file.read_text().replace("builder", "somebody") + "LAST=1\n")
    assert "the variables in the file were changed by hand" in running.up().stderr
    after = running.env_file.read_text()
    assert after.startswith(mine)
    assert after.endswith("LAST=1\n")
    assert "somebody" not in after


def test_the_port_of_a_stopped_registry_that_somebody_took_is_left_to_them(running: Checkout) -> None:
    old = running.outputs()["host"]
    (process,) = running.registries()
    process.kill()
    process.wait(10)
    with _listening(int(old.rpartition(":")[2])):
        done = running.up()
        new = running.outputs()["host"]
        assert new != old
        assert running.variables["DOCKER_REGISTRY"].startswith(new), "the new address is delivered in the same update"
        assert new in done.stdout


def test_a_configured_port_that_is_taken_is_refused_before_anything_changes(project: Checkout) -> None:
    # Whoever has it may listen elsewhere too.
    with socket.socket() as other, socket.socket() as stranger:
        for one in (other, stranger):
            one.bind(("127.0.0.1", 0))
            one.listen()
        port = stranger.getsockname()[1]
        project.configure("registries.main.kind", "local")
        project.configure("registries.main.port", str(port))
        done = project.make("up")
        assert done.returncode == 2, "the exit code of make itself"
        assert f"127.0.0.1:{port} is taken by process {os.getpid()}" in done.stderr
        assert "Traceback" not in done.stderr + done.stdout
        assert not project.env_file.exists()
        assert not project.registries()
    project.up()
    assert project.outputs()["host"] == f"127.0.0.1:{port}"


def test_a_missing_binary_is_said_with_its_mend(project: Checkout) -> None:
    done = project.make("up", SNAPDEPLOY_REGISTRY_BINARY="/nowhere/registry")
    assert done.returncode == 2, "the exit code of make itself"
    assert "SNAPDEPLOY_REGISTRY_BINARY names /nowhere/registry" in done.stderr
    assert "mend:" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_changed_setting_restarts_it_with_its_images_kept(running: Checkout) -> None:
    image = running.root / ".state" / "registry" / "local-main" / "data" / "an-image"
    image.write_text("pushed")
    running.configure("registries.main.kind", "local")
    running.configure("registries.main.tls", "true")
    running.up()
    assert image.read_text() == "pushed"
    assert Path(running.variables["DOCKER_REGISTRY_CA_FILE"]).is_file()
    assert "engine: 11 unchanged" in running.up().stderr


def test_rotation_makes_and_delivers_a_new_password_in_one_update(running: Checkout) -> None:
    before = running.password
    running.configure("registries.main.kind", "local")
    running.configure("registries.main.passwordRotation", "2026-11")
    running.up()
    assert running.password != before
    assert "engine: 11 unchanged" in running.up().stderr


def test_down_removes_all_and_keeps_images_when_asked(running: Checkout) -> None:
    image = running.root / ".state" / "registry" / "local-main" / "data" / "an-image"
    image.write_text("pushed")
    running.env_file.write_text("MINE=1\n" + running.env_file.read_text())

    kept = running.make("down", "KEEP_IMAGES=1")
    assert kept.returncode == 0, kept.stderr
    assert not running.registries()
    assert running.env_file.read_text().strip() == "MINE=1"
    assert image.exists()

    running.up()
    assert image.exists()
    gone = running.make("down")
    assert gone.returncode == 0, gone.stderr
    assert not image.exists()
    assert not running.registries()
    again = running.make("down")
    assert again.returncode == 0, "twice is as good as once"


def test_a_umask_of_nothing_still_closes_the_files(project: Checkout) -> None:
    done = project.run("sh", "-c", f"umask 000; exec make PYTHON='{project.root}/.venv/bin/python' up")
    assert done.returncode == 0, done.stderr
    registry = project.root / ".state" / "registry" / "local-main"
    for file in (
        project.env_file,
        project.root / ".state" / "passphrase",
        registry / "htpasswd",
        registry / "config.yml",
    ):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE((project.root / ".state").stat().st_mode) == 0o700


def _listening(port: int) -> socket.socket:
    stranger = socket.socket()
    stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    stranger.bind(("127.0.0.1", port))
    stranger.listen()
    return stranger
