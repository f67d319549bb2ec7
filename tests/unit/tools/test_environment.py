"""The engine's environment: the user's choices stand, a simulated run sees none of them."""

import stat
from pathlib import Path

import pytest

from tools import environment, places, simulation
from tools.engine import Engine
from tools.say import Failure

ENGINE = Engine(Path("/opt/engine/pulumi"), own_host=True, version="v3.259.0", way="test")


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of its own, in a path that a URL has to escape."""
    made = tmp_path / "my prójects"
    made.mkdir()
    monkeypatch.setattr(places, "ROOT", made)
    monkeypatch.setattr(places, "STATE", made / ".state")
    for name in (
        "PULUMI_BACKEND_URL",
        "PULUMI_CONFIG_PASSPHRASE",
        "PULUMI_CONFIG_PASSPHRASE_FILE",
        "SNAPDEPLOY_BACKEND",
    ):
        monkeypatch.delenv(name, raising=False)
    return made


def test_by_default_the_state_and_a_closed_passphrase_are_the_checkouts_own(root: Path) -> None:
    made = environment.environment(ENGINE)
    assert made["PULUMI_BACKEND_URL"] == f"file://{root.parent}/my%20pr%C3%B3jects/.state/backend"
    passphrase = Path(made["PULUMI_CONFIG_PASSPHRASE_FILE"])
    assert stat.S_IMODE(passphrase.stat().st_mode) == 0o600
    assert len(passphrase.read_text()) > 40
    assert environment.environment(ENGINE) == made, "made once"


def test_an_opened_passphrase_is_closed_again() -> None:
    file = Path(environment.environment(ENGINE)["PULUMI_CONFIG_PASSPHRASE_FILE"])
    file.chmod(0o644)
    environment.environment(ENGINE)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_the_user_chose_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://theirs")
    made = environment.environment(ENGINE)
    assert made["PULUMI_BACKEND_URL"] == "s3://theirs"
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" not in made, "ours would lock them out elsewhere"


def test_the_login_is_used_only_when_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNAPDEPLOY_BACKEND", "login")
    assert "PULUMI_BACKEND_URL" not in environment.environment(ENGINE)
    monkeypatch.setenv("SNAPDEPLOY_BACKEND", "typo")
    with pytest.raises(Failure, match="typo"):
        environment.environment(ENGINE)


def test_a_simulated_run_sees_no_backend_credential_or_plugin_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    real = {
        "PULUMI_BACKEND_URL": "s3://theirs",
        "PULUMI_ACCESS_TOKEN": "canary",
        "AWS_SECRET_ACCESS_KEY": "canary",
        "GOOGLE_APPLICATION_CREDENTIALS": "canary",
        "GITHUB_TOKEN": "canary",
        "KUBECONFIG": "canary",
    }
    for name, value in real.items():
        monkeypatch.setenv(name, value)
    made = environment.environment(ENGINE, simulated=True)
    assert "canary" not in made.values()
    assert made["PULUMI_BACKEND_URL"].endswith("/.state/simulated/backend")
    assert made["PULUMI_HOME"].endswith("/.state/simulated/home")
    assert made["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] == "true"
    assert made["PATH"].split(":")[0].endswith("tests/simulated/bin")
    assert made["SNAPDEPLOY_SIMULATED"] == "1"


def test_a_path_that_no_path_can_name_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "ROOT", root / "a:b")
    with pytest.raises(Failure, match="has a ':' in it"):
        environment.environment(ENGINE)


def test_a_simulated_run_can_be_asked_for_the_event_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_DEBUG_COMMANDS", "true")
    assert environment.environment(ENGINE, simulated=True)["PULUMI_DEBUG_COMMANDS"] == "true"


def test_a_simulated_stack_file_holds_the_settings_and_no_key_to_the_real_ones(root: Path) -> None:
    (root / "Pulumi.yaml").write_text("name: x\nruntime: python\n")
    original = root / "Pulumi.prod.yaml"
    original.write_text(
        "secretsprovider: awskms://real\nencryptedkey: abc\nconfig:\n  x:token:\n    secure: v1:zzz\n  x:region: eu\n"
        "  x:block: {token: {secure: 'v1:zzz'}, port: 1}\n"
    )
    before = original.read_text()
    copy = Path(simulation.stack_file("prod")["PULUMI_OPTION_CONFIG_FILE"])
    text = copy.read_text()
    assert "real" not in text
    assert "v1:zzz" not in text
    assert text.splitlines()[5:6] == before.splitlines()[5:6], "on the same lines as in the user's file"
    assert text.splitlines()[6:] == ["  x:block: {token: simulated-secret, port: 1}"]
    copy.write_text(text + "encryptionsalt: v1:simulated\n")
    simulation.stack_file("prod")
    assert "encryptionsalt: v1:simulated" in copy.read_text(), "the simulated state can still be read"
    assert original.read_text() == before
