"""What a server for Harbor is to be, and what it has to keep to itself: the two documents that it reads.

Owns: their words. Does not own: the buckets' names, which the server's cloud adds, where the documents lie
(`ec2/`, `gce/`), or what the server makes of them (`boot/`). No secret is in the wanted document.
"""

import json
from collections.abc import Mapping
from typing import Any

import pulumi

from components.harbor import versions
from components.harbor.settings import HarborSettings
from components.harbor.settings_tls import Given, LetsEncrypt

SCHEMA = 1
_JOBS = 10
"""Workers that replication, scans, retention and garbage collection share: Harbor's own default."""
_NAMESPACE = "SnapDeploy/Harbor"
"""Where measurements are written to."""


def wanted(settings: HarborSettings, *, registry: str) -> dict[str, Any]:
    """The wanted document without `storage` and `backup`. `registry`: `<stack>/<name>`, which measurements name."""
    release, cosign = versions.release(settings.version), versions.cosign()
    return {
        "schema": SCHEMA,
        "host": settings.host,
        "version": release.version,
        "installer": {
            "url": release.url,
            "sha256": settings.installer_sha256,
            "bundleUrl": release.bundle_url,
            "identity": release.identity,
            "issuer": release.issuer,
        },
        "cosign": {"version": cosign.version, "url": cosign.url, "sha256": cosign.sha256},
        "tls": tls(settings),
        "database": database(settings),
        "redis": redis(settings),
        "metrics": settings.watch is not None or bool(settings.vm and settings.vm.metrics_from),
        "watch": {"namespace": _NAMESPACE, "registry": registry} if settings.watched_by_cloud else None,
        "auditForward": settings.audit_log.forward,
        "adminLogin": settings.admin_login,
        "jobs": _JOBS,
    }


def tls(settings: HarborSettings) -> dict[str, Any]:
    """How the certificate is come by."""
    if isinstance(settings.tls, LetsEncrypt):
        return {"mode": "lets-encrypt", "email": settings.tls.email, "challenge": str(settings.tls.challenge)}
    return {"mode": str(settings.tls.mode)}


def storage(settings: HarborSettings) -> dict[str, Any]:
    """Where images lie; an empty `bucket` is one that is made, an empty `region` the server's."""
    told = settings.storage
    if told.kind == "disk":
        return {"kind": "disk"}
    if told.kind == "s3":
        return {"kind": "s3", "bucket": told.bucket or "", "region": told.region or ""}
    return {"kind": "gcs", "bucket": told.bucket or ""}


def backup(settings: HarborSettings) -> dict[str, Any]:
    """The daily backup; an empty `bucket` is one that is made."""
    told = settings.backed_up
    return {"bucket": told.bucket or "", "at": told.at, "days": told.days}


def database(settings: HarborSettings) -> dict[str, Any] | None:
    """The external PostgreSQL, without its password; None: Harbor's own."""
    told = settings.database
    if told is None:
        return None
    return {
        "host": told.host,
        "port": told.port,
        "name": told.name,
        "username": told.username,
        "sslmode": str(told.sslmode),
    }


def redis(settings: HarborSettings) -> dict[str, Any] | None:
    """The external Redis, without its password; None: Harbor's own."""
    told = settings.redis
    return None if told is None else {"host": told.host, "port": told.port, "tls": told.tls}


def secrets(
    settings: HarborSettings, *, admin: pulumi.Output[str], database: pulumi.Output[str] | None
) -> dict[str, pulumi.Output[str]]:
    """The secret document's keys, each a secret. `database` is the generated password; None where one is given."""
    given = settings.tls if isinstance(settings.tls, Given) else None
    told_database, told_redis = settings.database, settings.redis
    if database is None:
        database = pulumi.Output.from_input(told_database.password.get_secret_value() if told_database else "")
    plain = {
        "redisPassword": told_redis.password.get_secret_value() if told_redis and told_redis.password else "",
        "tlsChain": given.chain if given else "",
        "tlsKey": given.key.get_secret_value() if given else "",
        "backupKey": "",
    }
    return {
        "adminPassword": pulumi.Output.secret(admin),
        "databasePassword": pulumi.Output.secret(database),
        **{key: pulumi.Output.secret(value) for key, value in plain.items()},
    }


def document(secrets: Mapping[str, pulumi.Output[str]]) -> pulumi.Output[str]:
    """The secret document as one text, a secret itself. The order of its keys is always the same."""
    names = sorted(secrets)
    text = pulumi.Output.all(*(secrets[name] for name in names)).apply(
        lambda found: json.dumps(dict(zip(names, found, strict=True)), sort_keys=True)
    )
    return pulumi.Output.secret(text)
