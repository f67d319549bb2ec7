"""What the tests of Harbor on Kubernetes have in common: a right block of settings, and what a release is told.

Owns: those, and the program of one release under mocks. Does not own: what is expected of it.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from components.harbor.kubernetes.args import ReleaseArgs
from components.harbor.kubernetes.settings import KubernetesSettings
from tests.support.declared import Program, component

HERE: Mapping[str, Any] = {"context": "production", "ingress": {"class": "nginx"}}
BALANCED: Mapping[str, Any] = {"context": "production", "loadBalancer": {"annotations": {"a": "b"}}}
HOST = "registry.example.com"
S3 = {"kind": "s3", "bucket": "acme-images", "region": "eu-central-1"}
GCS = {"kind": "gcs", "bucket": "acme-images"}
ROLE = "arn:aws:iam::123456789012:role/harbor-images"
GOOGLE = "harbor-images@acme-prod.iam.gserviceaccount.com"
AUTHORITY = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
CANARIES = {
    "adminPassword": "canary-admin",
    "databasePassword": "canary-database",
    "redisPassword": "canary-redis",
    "tlsChain": "canary-chain",
    "tlsKey": "canary-key",
}
_PAIR = {"certificate": "canary-certificate", "key": "canary-private"}
MADE: Mapping[str, Mapping[str, Any]] = {
    "kubernetes:core/v1:Namespace": {},
    "kubernetes:core/v1:Secret": {},
    "kubernetes:core/v1:ServiceAccount": {},
    "kubernetes:helm.sh/v3:Release": {},
    "pulumi-python:dynamic/snapdeploy:HarborAnswers": {},
    "pulumi-python:dynamic/snapdeploy:HarborKeys": {
        name: f"canary-{name}"
        for name in (
            "secret_key",
            "core_secret",
            "jobservice_secret",
            "registry_secret",
            "csrf_key",
            "registry_password",
            "registry_htpasswd",
            "token_key",
            "token_certificate",
            "fingerprint_key",
        )
    },
    "pulumi-python:dynamic/snapdeploy:HarborCertificates": {
        "authority": "an authority",
        **dict.fromkeys(("host", "core", "jobservice", "registry", "portal", "trivy"), _PAIR),
    },
}


def settings(**changed: Any) -> KubernetesSettings:
    """The settings of a right block, changed."""
    return KubernetesSettings.model_validate({**HERE, **changed})


def args(**changed: Any) -> ReleaseArgs:
    """What a right release is told, changed."""
    whole: dict[str, Any] = {
        "host": HOST,
        "version": "2.15.1",
        "tls": {"mode": "given"},
        "storage": S3,
        "database": {
            "host": "db.internal",
            "port": 5432,
            "name": "registry",
            "username": "harbor",
            "sslmode": "verify-full",
        },
        "redis": {"host": "redis.internal", "port": 6379, "tls": True},
        "secrets": CANARIES,
        "protect": True,
        "tags": {},
    }
    return ReleaseArgs(**{**whole, **changed})


@cache
def declared(mode: str) -> Program:
    """What a release declares whose certificate is of that mode."""
    return component(f"{__name__}:_run", MADE, mode=mode)


def _run(order: dict[str, Any]) -> None:
    import pulumi

    from components.harbor.kubernetes.release import HarborRelease
    from tests.support.declared import observe

    def program() -> None:
        identity = {"roleArn": ROLE}
        secrets = {name: pulumi.Output.secret(value) for name, value in CANARIES.items()}
        told = args(tls={"mode": order["mode"]}, secrets=secrets)
        HarborRelease("standby", settings(identity=identity, authorities=AUTHORITY), told)

    observe(order, program)
