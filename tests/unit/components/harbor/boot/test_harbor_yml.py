"""harbor.yml, as Harbor's `prepare` reads it: by lines for the data volume, and as YAML."""

import re
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.harbor.boot.files.lib.render_harbor_yml import main, render
from tests.e2e.harbor_boot.release import SECRET, to_json, wanted

DATABASE = {"host": "db.internal", "port": 5433, "name": "registry", "username": "harbor", "sslmode": "verify-full"}


def read(secret: dict[str, str] | None = None, **other: Any) -> Any:
    """harbor.yml of a wanted document that is usual but for `other`."""
    return yaml.safe_load(render(wanted("https://example.com", **other), secret or SECRET))


def test_the_usual_one() -> None:
    found = read()
    assert found["_version"] == "2.15.0"
    assert found["hostname"] == "registry.example.com"
    assert found["https"] == {
        "port": 443,
        "certificate": "/data/snapdeploy/tls/chain.pem",
        "private_key": "/data/snapdeploy/tls/key.pem",
    }
    assert found["http"]["port"].startswith("127.0.0.1:"), "port 80 is certbot's"
    assert found["harbor_admin_password"] == SECRET["adminPassword"]
    assert found["database"]["password"] == SECRET["databasePassword"]
    assert found["jobservice"]["max_job_workers"] == 10
    assert found["metric"] == {"enabled": True, "port": 9090, "path": "/metrics"}
    assert not {"external_database", "external_redis", "storage_service"} & set(found)
    assert "external_endpoint" not in found["log"]


def test_prepare_finds_the_data_volume_by_its_line() -> None:
    text = render(wanted("https://example.com"), SECRET)
    assert re.findall(r"^[^#\n]*data_volume:.*$", text, re.MULTILINE) == ["data_volume: /data/harbor"]


@pytest.mark.parametrize("word", ["'\"\\", "#no comment", "yes", "12345", "a: b", "{x}", "*x", "é", " x" * 200])
def test_a_password_arrives_as_it_is(word: str) -> None:
    assert read({**SECRET, "adminPassword": word})["harbor_admin_password"] == word


def test_what_is_outside_is_named_with_its_password() -> None:
    found = read(
        {**SECRET, "databasePassword": "d", "redisPassword": "r"},
        database=DATABASE,
        redis={"host": "redis.internal", "port": 6380, "tls": True},
        auditForward="syslog.example.com:514",
    )
    assert "database" not in found
    assert (
        found["external_database"]["harbor"] | {"password": "d", "db_name": "registry", "ssl_mode": "verify-full"}
        == (found["external_database"]["harbor"])
    )
    assert found["external_redis"]["host"] == "redis.internal:6380"
    # `prepare` raises KeyError where TLS is on and this key is not there.
    assert found["external_redis"]["tlsOptions"] == {"enable": True, "rootCA": None}
    assert found["log"]["external_endpoint"] == {"protocol": "tcp", "host": "syslog.example.com", "port": 514}


@pytest.mark.parametrize(
    ("storage", "expected"),
    [
        ({"kind": "s3", "bucket": "b", "region": "us-east-1"}, {"s3": {"bucket": "b", "region": "us-east-1"}}),
        ({"kind": "gcs", "bucket": "b"}, {"gcs": {"bucket": "b"}}),
    ],
)
def test_object_storage_is_entered_by_the_servers_role(storage: dict[str, str], expected: dict[str, Any]) -> None:
    assert read(storage=storage)["storage_service"] == expected


def test_the_file_is_roots_and_left_alone_where_it_is_right(tmp_path: Path) -> None:
    told, kept, file = tmp_path / "wanted.json", tmp_path / "secret.json", tmp_path / "harbor.yml"
    told.write_text(to_json(wanted("https://example.com")))
    kept.write_text(to_json(SECRET))
    file.write_text("from before")
    file.chmod(0o644)
    (tmp_path / "harbor.yml.new").write_text("from an interrupted run")
    main("2.14.3", str(told), str(kept), "/data", str(file))
    assert yaml.safe_load(file.read_text())["_version"] == "2.14.0", "the version that is said, not the wanted one"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.stat().st_ino
    main("2.14.3", str(told), str(kept), "/data", str(file))
    assert file.stat().st_ino == before
