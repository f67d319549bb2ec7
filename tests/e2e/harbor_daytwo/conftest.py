"""A server of Harbor's day two: its real scripts, a real PostgreSQL, rclone to an emulated S3, a stand-in Harbor.

Owns: the database server of the session, and the machine that a test gets. Does not own: what Harbor itself does; the
stand-ins in `bin/` know the few commands that the scripts say to Docker and systemd, and refuse every other.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harbor_daytwo.harbor import HOST, Harbor, serving
from tests.support.debian import needs
from tests.support.emulator import Emulator, emulator_server
from tests.support.registry import free_port

__all__ = ["emulator_server"]

HERE = Path(__file__).parent
SCRIPTS = HERE.parents[2] / "components" / "harbor" / "boot" / "files" / "lib"
BUCKET = "backups"
PASSWORD = r"Pass:w\ord'1 with \\ and : in it"
ADMIN = 'Admin"1\\Password'
_SECONDS = 90.0


@dataclass(frozen=True)
class Database:
    """A PostgreSQL server that belongs to the tests."""

    socket: Path
    port: int

    def sql(self, text: str, database: str = "registry") -> str:
        """The answer to `text`, unaligned; raises CalledProcessError where the server refuses it."""
        command = [
            str(_binaries() / "psql"),
            "-XAtq",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            str(self.socket),
            "-p",
            str(self.port),
        ]
        done = subprocess.run(
            [*command, "-U", "postgres", "-d", database],
            input=text,
            capture_output=True,
            text=True,
            check=True,
            timeout=_SECONDS,
        )
        return done.stdout.strip()


def _binaries() -> Path:
    """PostgreSQL's own programs: what is on the PATH in Debian is a wrapper around them in Perl."""
    return max(Path("/usr/lib/postgresql").glob("*/bin"))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Debian's PostgreSQL with Harbor's tables in database `seed`; run as an unprivileged user where we are root."""
    needs("postgresql", "rclone", "jq", "openssl")
    folder = Path("/tmp") / f"harbor-daytwo-{os.getpid()}"  # a socket's path has at most 107 characters
    folder.mkdir(mode=0o700)
    binaries = _binaries()
    become = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    database = Database(folder, free_port())
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run([*become, *command], check=True, capture_output=True, timeout=_SECONDS, cwd=folder)

    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    (folder / "password").chmod(0o644)
    run(str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
        "--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile", str(folder / "password"))  # fmt: skip
    options = f"-p {database.port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    run(str(binaries / "pg_ctl"), "-D", str(data), "-l", str(folder / "log"), "-w", "-o", options, "start")
    try:
        database.sql("CREATE DATABASE seed", "postgres")
        database.sql((HERE / "harbor.sql").read_text(encoding="utf-8"), "seed")
        yield database
    finally:
        run(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


@dataclass
class Machine:
    """The server, as its scripts find it."""

    root: Path
    database: Database
    s3: Any
    environment: dict[str, str]

    @property
    def state(self) -> Path:
        """What the scripts remember."""
        return self.root / "data" / "snapdeploy"

    @property
    def keys(self) -> Path:
        """Harbor's secret files."""
        return self.root / "data" / "harbor" / "secret"

    def start(self, script: str, *words: str, **environment: str) -> subprocess.Popen[str]:
        """Starts one of the scripts in a process group of its own."""
        return subprocess.Popen(
            [str(SCRIPTS / script), *words],
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, script: str, *words: str, code: int = 0, **environment: str) -> str:
        """What a script printed; it has to end with `code`."""
        process = self.start(script, *words, **environment)
        said, _ = process.communicate(timeout=_SECONDS)
        assert process.returncode == code, said
        return said

    def want(self, change: dict[str, Any]) -> None:
        """Another wanted document."""
        path = self.root / "run" / "wanted.json"
        document = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        path.write_text(json.dumps(document | change), encoding="utf-8")

    def remembered(self, name: str) -> dict[str, Any]:
        """A state file."""
        document: dict[str, Any] = json.loads((self.state / name).read_text(encoding="utf-8"))
        return document

    def rows(self, database: str = "registry") -> str:
        """Every row of Harbor's tables."""
        tables = ("schema_migrations", "harbor_user", "project", "robot", "artifact")
        return self.database.sql("".join(f"SELECT * FROM {table} ORDER BY 1;" for table in tables), database)

    def databases(self) -> set[str]:
        """The databases of the server besides its own."""
        names = "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname NOT IN ('postgres', 'seed')"
        return set(self.database.sql(names, "postgres").split())

    def objects(self) -> dict[str, bytes]:
        """What is in the bucket."""
        listed = self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return {entry["Key"]: self.s3.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read() for entry in listed}

    def backups(self) -> set[str]:
        """The ids of the backups that count."""
        return {key.split("/")[1] for key in self.objects() if key.endswith("/manifest.json")}

    def install(self, version: str, migrate: str = "") -> None:
        """Unpacks an installer whose Harbor migrates the database by `migrate` when it starts."""
        folder = self.root / "data" / "installer" / version
        (folder / "harbor").mkdir(parents=True)
        prepare = folder / "harbor" / "prepare"
        prepare.write_text("#!/bin/sh\ngrep -q ^hostname: harbor.yml && touch prepared\n", encoding="utf-8")
        prepare.chmod(0o755)
        if migrate:
            path = folder / "migrate"
            path.write_text(
                f"#!/bin/sh\nexec psql -Xq -v ON_ERROR_STOP=1 -d registry <<'EOF'\n{migrate}\nEOF\n", encoding="utf-8"
            )
            path.chmod(0o755)

    def wait_for(self, path: Path) -> None:
        """Returns once `path` exists."""
        end = time.monotonic() + _SECONDS
        while not path.exists():
            assert time.monotonic() < end, f"{path} did not come"
            time.sleep(0.02)


@pytest.fixture(scope="session")
def harbor_server() -> Iterator[Harbor]:
    """Harbor's API for the whole run; `harbor` is what a test takes."""
    with serving(ADMIN) as server:
        yield server


@pytest.fixture
def harbor(harbor_server: Harbor, tmp_path: Path) -> Harbor:
    """Harbor's API on the test's machine."""
    harbor_server.run, harbor_server.collected, harbor_server.status = tmp_path / "run", None, "Success"
    return harbor_server


@pytest.fixture
def machine(tmp_path: Path, postgres: Database, emulator_server: Emulator, harbor: Harbor) -> Machine:
    """Harbor 2.14.1 with its data, up, and an empty bucket."""
    emulator_server.reset()
    s3 = emulator_server.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    for name in ("data/snapdeploy/tls", "data/harbor/database", "run"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "place.env").write_text("CLOUD=ec2\nREGION=us-east-1\n", encoding="utf-8")
    (tmp_path / "bin").mkdir()
    for name in ("docker", "systemctl", "rclone", "pg_dump", "curl"):
        (tmp_path / "bin" / name).symlink_to(HERE / "bin" / "sampled")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PG", "RCLONE_", "CURL_"))
    }
    environment |= {
        "PATH": f"{tmp_path / 'bin'}:{_binaries()}:{environment['PATH']}",
        "DATA_DIR": str(tmp_path / "data"),
        "RUN_DIR": str(tmp_path / "run"),
        "LIB_DIR": str(SCRIPTS),
        "LOG_FILE": str(tmp_path / "run" / "log"),
        "QUIET": "1",  # the report is boot's
        "HARBOR_ADDRESS": harbor.address,
        "HEALTH_SECONDS": "1",
        "PLACE_FILE": str(tmp_path / "place.env"),
        "PAUSE": "0.05",
        "NO_PROXY": "127.0.0.1",
        "S3_PROVIDER": "Other",  # with AWS the bucket would be in the host name, which loopback has not
        "RCLONE_CONFIG_S3_ENDPOINT": emulator_server.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "secret-access-key",
        "STANDIN_SOCKET": str(postgres.socket),
        "STANDIN_PORT": str(postgres.port),
        "STANDIN_BIN": str(HERE / "bin"),
        "STANDIN_SEEN": str(tmp_path / "seen"),
        "STANDIN_CALLS": str(tmp_path / "calls"),
    }
    machine = Machine(tmp_path, postgres, s3, environment)
    machine.want(
        {
            "host": HOST,
            "version": "2.14.1",
            "database": None,
            "redis": None,
            "metrics": False,
            "auditForward": None,
            "jobs": 10,
            "storage": {"kind": "disk"},
            "backup": {"bucket": f"s3:{BUCKET}/harbor", "at": "02:15", "days": 30},
        }
    )
    secret = {"adminPassword": ADMIN, "databasePassword": PASSWORD}
    (tmp_path / "run" / "secret.json").write_text(json.dumps(secret), encoding="utf-8")
    (machine.state / "installed").write_text("2.14.1\n", encoding="utf-8")
    (tmp_path / "run" / "up").write_text("2.14.1\n", encoding="utf-8")
    for name, text in {
        "keys/secretkey": "0123456789abcdef",
        "core/private_key.pem": "core",
        "registry/root.crt": "crt",
    }.items():
        (machine.keys / name).parent.mkdir(parents=True)
        (machine.keys / name).write_text(text, encoding="utf-8")
    for name in machine.databases():
        postgres.sql(f'DROP DATABASE "{name}" WITH (FORCE)', "postgres")
    postgres.sql("CREATE DATABASE registry TEMPLATE seed", "postgres")
    (machine.state / "tls" / "chain.pem").write_bytes(harbor.certificate)
    machine.install("2.14.1")
    return machine
