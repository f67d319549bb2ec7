"""What a backup holds, what a restore gives back, and what a rehearsal finds out."""

import hashlib
import json
import os
import re
import signal
from pathlib import Path

import pytest

from tests.e2e.harbor_daytwo.conftest import BUCKET, PASSWORD, Machine

WRECK = (
    "DROP TABLE robot CASCADE; DELETE FROM artifact WHERE id > 10; UPDATE project SET name = 'x' WHERE project_id = 2;"
)


def damage(machine: Machine, name: str) -> None:
    """Turns one byte of a backed-up file."""
    [key] = [key for key in machine.objects() if key.endswith(name)]
    content = bytearray(machine.objects()[key])
    content[len(content) // 2] ^= 1
    machine.s3.put_object(Bucket=BUCKET, Key=key, Body=bytes(content))


def test_a_backup_holds_each_file_under_its_sum_and_says_so_last(machine: Machine) -> None:
    machine.run("backup.sh")
    [identity] = machine.backups()
    assert re.fullmatch(r"\d{8}T\d{6}Z", identity)
    stored = {key.removeprefix(f"harbor/{identity}/"): content for key, content in machine.objects().items()}
    manifest = json.loads(stored.pop("manifest.json"))
    assert set(stored) == {"database.dump", "files.tar", "wanted.json"}
    assert manifest["files"] == {name: hashlib.sha256(content).hexdigest() for name, content in stored.items()}
    assert manifest["counts"] == {
        "project": 2,
        "harbor_user": 3,
        "robot": 20,
        "artifact": 5000,
        "version": 180,
        "dirty": False,
    }
    assert machine.remembered("backup.json") == {name: manifest[name] for name in ("id", "at", "version")}
    assert not (machine.state / "stage").exists()


def test_restore_gives_back_every_row_and_key_of_a_wrecked_harbor(machine: Machine) -> None:
    ca = machine.state / "tls" / "ca-key.pem"
    ca.write_text("the authority's key", encoding="utf-8")
    (machine.state / "tls" / "ca.pem").write_text("the authority", encoding="utf-8")
    before = machine.rows()
    machine.run("backup.sh")
    machine.database.sql(WRECK)
    wrecked = machine.database.sql("SELECT count(*) FROM artifact")
    (machine.keys / "keys" / "secretkey").write_text("another key     ", encoding="utf-8")
    ca.unlink()

    machine.run("restore.sh", "latest")

    assert machine.rows() == before
    assert (machine.keys / "keys" / "secretkey").read_text(encoding="utf-8") == "0123456789abcdef"
    assert ca.read_text(encoding="utf-8") == "the authority's key"
    [kept] = machine.databases() - {"registry"}
    assert machine.database.sql("SELECT count(*) FROM artifact", kept) == wrecked
    assert (machine.root / "run" / "up").exists()


def test_restore_works_where_the_database_is_gone(machine: Machine) -> None:
    before = machine.rows()
    machine.run("backup.sh")
    machine.database.sql("DROP DATABASE registry", "postgres")
    machine.run("restore.sh", "latest")
    assert machine.rows() == before


@pytest.mark.parametrize("name", ["database.dump", "files.tar"])
def test_a_damaged_backup_leaves_harbor_as_it_is(machine: Machine, name: str) -> None:
    machine.run("backup.sh")
    damage(machine, name)
    (machine.root / "calls").unlink()
    assert "damaged" in machine.run("restore.sh", "latest", code=1)
    assert (
        "systemctl" not in (machine.root / "calls").read_text(encoding="utf-8")
        if (machine.root / "calls").exists()
        else True
    )
    assert machine.databases() == {"registry"}


def test_restore_refuses_another_minor_version_unless_told(machine: Machine) -> None:
    machine.run("backup.sh")
    machine.install("2.15.2")
    (machine.state / "installed").write_text("2.15.2\n", encoding="utf-8")
    assert "--anyway" in machine.run("restore.sh", "latest", code=1)
    machine.run("restore.sh", "latest", "--anyway")
    assert "usage" in machine.run("restore.sh", "latest", "--any", code=1)
    assert "usage" in machine.run("restore.sh", code=1)


def test_a_restore_killed_in_the_middle_can_be_run_again(machine: Machine) -> None:
    before = machine.rows()
    machine.run("backup.sh")
    machine.database.sql(WRECK)
    halt = machine.root / "halt"
    process = machine.start(
        "restore.sh", "latest", STANDIN_HALT=str(halt), STANDIN_HALT_AT="systemctl stop harbor.service"
    )
    machine.wait_for(halt)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    machine.run("restore.sh", "latest")
    assert machine.rows() == before


def test_what_has_no_manifest_is_no_backup(machine: Machine) -> None:
    machine.run("backup.sh")
    [good] = machine.backups()
    machine.s3.put_object(Bucket=BUCKET, Key="harbor/99991231T000000Z/database.dump", Body=b"half")
    assert "no backup" in machine.run("restore.sh", "99991231T000000Z", code=1)
    machine.run("rehearse.sh")
    assert machine.remembered("rehearsal.json")["id"] == good


def test_a_backup_that_fails_does_not_count_and_says_so(machine: Machine) -> None:
    machine.database.sql("DROP TABLE artifact")
    assert "could not be dumped" in machine.run("backup.sh", code=1)
    assert machine.objects() == {}
    assert not (machine.state / "backup.json").exists()


def test_no_bucket_is_a_failure_too(machine: Machine) -> None:
    machine.want({"backup": {"bucket": "s3:elsewhere/harbor", "at": "02:15"}})
    assert "did not take it" in machine.run("backup.sh", code=1, RCLONE_RETRIES="1", RCLONE_LOW_LEVEL_RETRIES="1")
    assert not (machine.state / "backup.json").exists()


def test_the_timer_takes_one_a_day_after_the_hour(machine: Machine) -> None:
    machine.run("backup.sh", "--if-due")
    first = machine.backups()
    machine.run("backup.sh", "--if-due")
    assert machine.backups() == first
    assert len(first) == 1
    (machine.state / "backup.json").write_text('{"id": "old", "at": "2020-01-01T02:16:00Z"}', encoding="utf-8")
    machine.run("backup.sh", "--if-due")
    assert machine.remembered("backup.json")["id"] in machine.backups()


def test_a_rehearsal_restores_beside_harbor_and_leaves_nothing(machine: Machine) -> None:
    machine.run("backup.sh")
    said = machine.run("rehearse.sh")
    assert "restorable" in said.splitlines()[-1]
    outcome = machine.remembered("rehearsal.json")
    assert (outcome["ok"], {outcome["id"]}) == (True, machine.backups())
    assert machine.databases() == {"registry"}
    assert not (machine.state / "rehearsal").exists()


def test_a_rehearsal_finds_the_damage(machine: Machine) -> None:
    machine.run("rehearse.sh", code=1)
    assert "no backup" in machine.remembered("rehearsal.json")["message"]
    machine.database.sql("UPDATE schema_migrations SET dirty = true")
    machine.run("backup.sh")
    machine.run("rehearse.sh", code=1)
    assert "dirty" in machine.remembered("rehearsal.json")["message"]
    damage(machine, "database.dump")
    machine.run("rehearse.sh", code=1)
    outcome = machine.remembered("rehearsal.json")
    assert (outcome["ok"], outcome["message"]) == (False, "not whole")
    assert machine.databases() == {"registry"}


def test_a_rehearsal_counts_rows_and_weighs_the_key(machine: Machine) -> None:
    (machine.keys / "keys" / "secretkey").write_text("short", encoding="utf-8")
    machine.run("backup.sh")
    machine.run("rehearse.sh", code=1)
    assert "16 bytes" in machine.remembered("rehearsal.json")["message"]
    [key] = [key for key in machine.objects() if key.endswith("manifest.json")]
    manifest = json.loads(machine.objects()[key])
    manifest["counts"]["robot"] = 21
    machine.s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(manifest).encode())
    machine.run("rehearse.sh", code=1)
    assert "rows" in machine.remembered("rehearsal.json")["message"]


def test_a_database_of_ones_own_is_reached_with_a_password_that_nobody_sees(machine: Machine, tmp_path: Path) -> None:
    database = {
        "host": "127.0.0.1",
        "port": machine.database.port,
        "name": "registry",
        "username": "postgres",
        "sslmode": "prefer",
    }
    machine.want({"database": database})
    before = machine.rows()
    machine.run("backup.sh")
    machine.database.sql(WRECK)
    machine.run("restore.sh", "latest")
    machine.run("rehearse.sh")
    assert machine.rows() == before
    assert (machine.root / "run" / "pgpass").stat().st_mode & 0o777 == 0o600
    assert "docker exec" not in (machine.root / "calls").read_text(encoding="utf-8")
    seen = (machine.root / "seen").read_text(encoding="utf-8", errors="replace")
    assert "restore.sh" in seen, "the sample has to have caught the scripts at work"
    log = (machine.root / "run" / "log").read_text(encoding="utf-8")
    assert [word for word in (PASSWORD, "secret-access-key", "0123456789abcdef") if word in seen + log] == []
