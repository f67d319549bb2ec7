"""The program under test: one release of Harbor on Kubernetes, without what is inside of it."""

import json

import pulumi

from components.harbor.kubernetes.release import HarborRelease, ReleaseArgs
from components.harbor.kubernetes.settings import KubernetesSettings

config = pulumi.Config()
secrets = {
    "adminPassword": config.require_secret("admin"),
    "databasePassword": config.require_secret("database"),
    "redisPassword": config.require_secret("redis"),
}
release = HarborRelease(
    "standby",
    KubernetesSettings.model_validate(json.loads(config.require("told"))),
    ReleaseArgs(
        host="registry.example.com",
        version="2.15.1",
        tls={"mode": "internal"},
        storage={"kind": "s3", "bucket": "acme-images", "region": "eu-central-1"},
        database={
            "host": "db.internal",
            "port": 5432,
            "name": "registry",
            "username": "harbor",
            "sslmode": "verify-full",
        },
        redis={"host": "redis.internal", "port": 6379, "tls": True},
        secrets=secrets,
        protect=False,
        tags={},
    ),
)
pulumi.export("ca", release.ca)
