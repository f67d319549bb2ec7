"""Writes harbor.yml: render_harbor_yml.py VERSION WANTED SECRET DATA_DIR FILE. The file is there whole or not at all.

The keys are those of https://github.com/goharbor/harbor/blob/v2.15.2/make/harbor.yml.tmpl. Harbor's `prepare` looks
for `data_volume:` line by line, so every key has a line of its own.
"""

import json
import os
import pathlib
import sys
from typing import Any

import yaml

HTTP = "127.0.0.1:8081"
"""Harbor cannot be told to publish no plain HTTP. Port 80 belongs to certbot, for renewals under a running Harbor, so
its redirect is published where nobody comes."""


def render(wanted: dict[str, Any], secret: dict[str, Any], version: str = "", data: str = "/data") -> str:
    """The text for `version` (empty: the wanted one), with `data` as the data disk."""
    minor = ".".join((version or wanted["version"]).split(".")[:2])
    document = {
        "hostname": wanted["host"],
        "http": {"port": HTTP},
        "https": {
            "port": 443,
            "certificate": f"{data}/snapdeploy/tls/chain.pem",
            "private_key": f"{data}/snapdeploy/tls/key.pem",
        },
        "harbor_admin_password": secret["adminPassword"],
        **_database(wanted["database"], secret["databasePassword"]),
        **_redis(wanted["redis"], secret.get("redisPassword", "")),
        "data_volume": f"{data}/harbor",
        **_storage(wanted["storage"]),
        "trivy": {
            "ignore_unfixed": False,
            "skip_update": False,
            "skip_java_db_update": False,
            "offline_scan": False,
            "security_check": "vuln",
            "insecure": False,
            "timeout": "5m0s",
        },
        "jobservice": {
            "max_job_workers": wanted["jobs"],
            "max_job_duration_hours": 24,
            "job_loggers": ["STD_OUTPUT", "FILE"],
            "logger_sweeper_duration": 1,
        },
        "notification": {"webhook_job_max_retry": 3, "webhook_job_http_client_timeout": 3},
        "log": _log(wanted["auditForward"]),
        "_version": f"{minor}.0",
        "proxy": {
            "http_proxy": None,
            "https_proxy": None,
            "no_proxy": None,
            "components": ["core", "jobservice", "registry", "trivy"],
        },
        "metric": {"enabled": wanted["metrics"], "port": 9090, "path": "/metrics"},
        "upload_purging": {"enabled": True, "age": "168h", "interval": "24h", "dryrun": False},
        "cache": {"enabled": False, "expire_hours": 24},
    }
    return yaml.safe_dump(document, sort_keys=False, default_flow_style=False, width=2**31)


def _database(wanted: dict[str, Any] | None, password: str) -> dict[str, Any]:
    if wanted is None:
        return {"database": {"password": password, "max_idle_conns": 100, "max_open_conns": 900}}
    return {
        "external_database": {
            "harbor": {
                "host": wanted["host"],
                "port": wanted["port"],
                "db_name": wanted["name"],
                "username": wanted["username"],
                "password": password,
                "ssl_mode": wanted["sslmode"],
                "max_idle_conns": 2,
                "max_open_conns": 0,
            }
        }
    }


def _redis(wanted: dict[str, Any] | None, password: str) -> dict[str, Any]:
    if wanted is None:
        return {}
    return {
        "external_redis": {
            "host": f"{wanted['host']}:{wanted['port']}",
            "password": password,
            "tlsOptions": {"enable": wanted["tls"], "rootCA": None},
            "registry_db_index": 1,
            "jobservice_db_index": 2,
            "trivy_db_index": 5,
            "idle_timeout_seconds": 30,
        }
    }


def _storage(wanted: dict[str, Any]) -> dict[str, Any]:
    """Object storage without keys: the registry's container takes the instance's role."""
    if wanted["kind"] == "disk":
        return {}
    keys = [key for key in ("region", "bucket") if key in wanted]
    return {"storage_service": {wanted["kind"]: {key: wanted[key] for key in keys}}}


def _log(forward: str | None) -> dict[str, Any]:
    log: dict[str, Any] = {
        "level": "info",
        "local": {"rotate_count": 50, "rotate_size": "200M", "location": "/var/log/harbor"},
    }
    if forward:
        host, _, port = forward.rpartition(":")
        log["external_endpoint"] = {"protocol": "tcp", "host": host, "port": int(port)}
    return log


def main(version: str, wanted: str, secret: str, data: str, file: str) -> None:
    """Leaves the file alone where it already says so."""
    told, kept = (json.loads(pathlib.Path(path).read_text(encoding="utf-8")) for path in (wanted, secret))
    text, target, new = render(told, kept, version, data), pathlib.Path(file), pathlib.Path(f"{file}.new")
    if target.exists() and target.read_text(encoding="utf-8") == text:
        target.chmod(0o600)
        return
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    new.replace(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
