"""An upgrade ends in the new version with the data, or in the old one with the data: whatever happens in between."""

import json
import os
import signal
import subprocess

import pytest

from tests.e2e.harbor_daytwo.conftest import SCRIPTS, Machine

GIB = 1 << 30
MIGRATION = """
ALTER TABLE artifact ADD COLUMN IF NOT EXISTS icon varchar(255);
ALTER TABLE robot DROP COLUMN IF EXISTS secret;
UPDATE schema_migrations SET version = 181, dirty = {dirty};
"""


@pytest.fixture
def upgradable(machine: Machine) -> Machine:
    """The machine with 2.15.2 unpacked, and wanted."""
    machine.install("2.15.2", MIGRATION.format(dirty=False))
    machine.want({"version": "2.15.2"})
    # The check of free space is a pure function's, below: what this disk has free is not the tests'.
    (machine.root / "bin" / "df").write_text(f"#!/bin/sh\necho Avail\necho {100 * GIB}\n", encoding="utf-8")
    (machine.root / "bin" / "df").chmod(0o755)
    return machine


def upgrade(machine: Machine, code: int = 0, **environment: str) -> str:
    return machine.run("upgrade.sh", installed(machine), "2.15.2", code=code, **environment)


def installed(machine: Machine) -> str:
    return (machine.state / "installed").read_text(encoding="utf-8").strip()


def up(machine: Machine) -> str:
    return (machine.root / "run" / "up").read_text(encoding="utf-8").strip()


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        (("2.14.1", "2.15.2", 20 * GIB, GIB, "false"), ""),
        (("2.13.0", "2.15.2", 20 * GIB, GIB, "false"), ""),
        (("2.15.1", "2.15.2", 11 * GIB, GIB, "false"), ""),
        (("2.9.5", "2.10.0", 20 * GIB, GIB, "false"), ""),
        (("2.12.4", "2.15.2", 20 * GIB, GIB, "false"), "two minor"),
        (("1.10.0", "2.0.0", 20 * GIB, GIB, "false"), "two minor"),
        (("2.15.2", "2.15.1", 20 * GIB, GIB, "false"), "older"),
        (("2.15.2", "2.9.5", 20 * GIB, GIB, "false"), "older"),
        (("2.14.1", "2.15.2", 11 * GIB - 1, GIB, "false"), "enlarge the data disk"),
        (("2.14.1", "2.15.2", 20 * GIB, GIB, "true"), "dirty"),
    ],
)
def test_the_preflight_refuses_what_could_not_end_well(facts: tuple[object, ...], refused: str) -> None:
    text = (SCRIPTS / "upgrade.sh").read_text(encoding="utf-8")
    function = text[text.index("refusal() {") : text.index("\n}\n", text.index("refusal() {")) + 3]
    command = ["bash", "-euo", "pipefail", "-c", f'{function}refusal "$@"', "bash", *map(str, facts)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout
    assert (refused in said) if refused else said == ""


def test_forward_with_a_backup_right_before(upgradable: Machine) -> None:
    robots = upgradable.database.sql("SELECT name, project_id, expiresat FROM robot ORDER BY id")
    upgrade(upgradable)
    assert (installed(upgradable), up(upgradable)) == ("2.15.2", "2.15.2")
    assert upgradable.database.sql("SELECT version, dirty FROM schema_migrations") == "181|f"
    assert upgradable.database.sql("SELECT name, project_id, expiresat FROM robot ORDER BY id") == robots
    assert upgradable.remembered("backup.json")["version"] == "2.14.1"
    assert not (upgradable.state / "upgrade.json").exists()
    folder = upgradable.root / "data" / "installer" / "2.15.2" / "harbor"
    assert (folder / "prepared").exists()
    calls = (upgradable.root / "calls").read_text(encoding="utf-8")
    assert calls.index("systemctl stop harbor.service") < calls.index("pg_dump"), (
        "nothing may be pushed after the backup"
    )


def test_an_unhealthy_version_is_taken_back_with_all_data(upgradable: Machine) -> None:
    before = upgradable.rows()
    (upgradable.root / "run" / "sick").write_text("2.15.2\n", encoding="utf-8")
    said = upgrade(upgradable, code=1)
    assert "failed: upgrade: not upgraded to 2.15.2: the health check failed; 2.14.1 runs as before" in said
    assert upgradable.rows() == before
    assert (installed(upgradable), up(upgradable)) == ("2.14.1", "2.14.1")
    assert (upgradable.root / "data" / "harbor" / "database_failed").is_dir()

    # The same wish is not tried again by itself, or Harbor would stop every minute; a person, or another wish, may.
    backups = upgradable.backups()
    assert "2.14.1 runs as before" in upgrade(upgradable, code=1)
    assert upgradable.backups() == backups
    (upgradable.root / "run" / "sick").unlink()
    upgradable.run("upgrade.sh", "--again")
    upgrade(upgradable)
    assert up(upgradable) == "2.15.2"


def test_a_migration_that_fails_is_taken_back(upgradable: Machine) -> None:
    before = upgradable.rows()
    (upgradable.root / "data" / "installer" / "2.15.2" / "migrate").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    upgradable.want({"digest": "another"})
    assert "starting the containers failed" in upgrade(upgradable, code=1)
    assert (upgradable.rows(), up(upgradable)) == (before, "2.14.1")


def test_without_a_bucket_nothing_is_stopped(upgradable: Machine) -> None:
    upgradable.want({"backup": {"bucket": "s3:elsewhere/harbor", "at": "02:15"}})
    said = upgrade(upgradable, code=1, RCLONE_RETRIES="1", RCLONE_LOW_LEVEL_RETRIES="1")
    assert "no way back" in said
    assert "systemctl stop" not in (upgradable.root / "calls").read_text(encoding="utf-8")
    assert not (upgradable.state / "upgrade.json").exists()


def test_without_the_backup_the_old_version_starts_again(upgradable: Machine) -> None:
    (upgradable.keys / "core" / "private_key.pem").unlink()
    (upgradable.keys / "core").rmdir()
    assert "the backup before it failed" in upgrade(upgradable, code=1)
    assert (installed(upgradable), up(upgradable)) == ("2.14.1", "2.14.1")
    assert upgradable.backups() == set()


@pytest.mark.parametrize(
    ("at", "ends"),
    [
        ("rclone copy ", "2.15.2"),  # in the backup: nothing was changed, so it begins again
        ("2.15.2: docker compose up", "2.14.1"),  # before the new version starts
        ("psql -XAtq -v ON_ERROR_STOP=1 -d postgres -1", "2.14.1"),  # in the middle of the way back itself
    ],
)
def test_a_power_cut_ends_in_one_of_the_two(upgradable: Machine, at: str, ends: str) -> None:
    before = upgradable.rows()
    robots = upgradable.database.sql("SELECT name FROM robot ORDER BY id")
    if "postgres -1" in at:
        (upgradable.root / "run" / "sick").write_text("2.15.2\n", encoding="utf-8")
    halt = upgradable.root / "halt"
    words = ("upgrade.sh", "2.14.1", "2.15.2")
    process = upgradable.start(*words, STANDIN_HALT=str(halt), STANDIN_HALT_AT=at)
    upgradable.wait_for(halt)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert installed(upgradable) == "2.14.1"

    said = upgrade(upgradable, code=0 if ends == "2.15.2" else 1)

    assert (installed(upgradable), up(upgradable)) == (ends, ends), said
    if ends == "2.14.1":
        assert upgradable.rows() == before
        assert "in the middle" in said
    assert upgradable.database.sql("SELECT name FROM robot ORDER BY id") == robots


def test_a_wish_taken_back_during_a_power_cut_is_taken_back(upgradable: Machine) -> None:
    before = upgradable.rows()
    upgradable.run("backup.sh")
    [backup] = upgradable.backups()
    upgradable.database.sql(MIGRATION.format(dirty=True))
    state = {"phase": "change", "from": "2.14.1", "to": "2.15.2", "backup": backup, "message": "", "wanted": ""}
    (upgradable.state / "upgrade.json").write_text(json.dumps(state), encoding="utf-8")
    upgradable.want({"version": "2.14.1"})
    upgradable.run("upgrade.sh", "2.14.1", "2.14.1", code=1)
    assert (upgradable.rows(), up(upgradable)) == (before, "2.14.1")
    upgradable.run("upgrade.sh", "2.14.1", "2.14.1")
    assert not (upgradable.state / "upgrade.json").exists()
