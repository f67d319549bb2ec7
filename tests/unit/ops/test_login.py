"""Docker's own command gets the password on its standard input, and nowhere else."""

import sys
from pathlib import Path

import pytest

from contract.image import Registry
from contract.problem import Problems
from oci.credential import Credential
from ops import login as module
from ops.delivered import Login
from ops.login import login

CANARY = "canary-9e0b ü"


def delivered(host: str = "127.0.0.1:5000") -> Login:
    return Login(Registry(host, "apps"), Credential("builder", CANARY), None)


def stand_in(folder: Path, body: str) -> str:
    """A `docker` that writes down how it was called."""
    program = folder / "docker"
    program.write_text(
        f"#!{sys.executable}\nimport os, sys, time\nfolder = {str(folder)!r}\n"
        "given = sys.stdin.buffer.read()\n"
        "open(folder + '/argv', 'w').write(' '.join(sys.argv[1:]))\n"
        "open(folder + '/stdin', 'wb').write(given)\n"
        "open(folder + '/environment', 'w').write(repr(dict(os.environ)))\n"
        f"{body}\n",
        encoding="utf-8",
    )
    program.chmod(0o755)
    return str(program)


def test_the_password_is_on_standard_input_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", "/chosen/by/the/user")
    done = login(delivered(), docker=stand_in(tmp_path, "print('Login Succeeded')"))
    assert (done.ok, done.output) == (True, "Login Succeeded")
    assert (tmp_path / "argv").read_text() == "login --username builder --password-stdin 127.0.0.1:5000"
    assert (tmp_path / "stdin").read_bytes() == CANARY.encode()
    environment = (tmp_path / "environment").read_text()
    assert "/chosen/by/the/user" in environment
    assert CANARY not in environment


def test_docker_hub_is_logged_in_to_without_a_host(tmp_path: Path) -> None:
    login(delivered("docker.io"), docker=stand_in(tmp_path, ""))
    assert (tmp_path / "argv").read_text() == "login --username builder --password-stdin"


def test_a_refusal_is_passed_on_without_the_password(tmp_path: Path) -> None:
    body = "sys.stderr.write('Error: unauthorized for ' + given.decode()); sys.exit(1)"
    done = login(delivered(), docker=stand_in(tmp_path, body))
    assert (done.ok, done.output) == (False, "Error: unauthorized for ***")


def test_a_missing_docker_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(Problems, match="install Docker's command"):
        login(delivered(), docker=str(tmp_path / "docker"))


def test_a_docker_that_may_not_be_run_is_told(tmp_path: Path) -> None:
    program = Path(stand_in(tmp_path, ""))
    program.chmod(0o600)
    with pytest.raises(Problems, match="may not be run"):
        login(delivered(), docker=str(program))


def test_a_docker_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TIMEOUT", 0.5)
    with pytest.raises(Problems, match="did not end") as caught:
        login(delivered(), docker=stand_in(tmp_path, "time.sleep(30)"))
    assert CANARY not in str(caught.value)
